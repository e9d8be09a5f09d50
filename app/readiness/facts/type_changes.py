"""Whether a new type for a column rewrites its table: that depends on the type which it has before."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Literal

from app import patterns
from app.readiness.facts.changes import Change, Changes
from app.readiness.facts.keys import base_type
from app.schema.each import each

Rewrite = Literal["yes", "no", "unknown"]

_MODIFIERS = patterns.compile(r"\((\d+)(?:,(\d+))?\)")
_WIDTHS = frozenset({"varchar", "numeric", "timestamp", "timestamptz", "time", "timetz", "varbit"})
"""The types of PostgreSQL that differ from a wider one only in what they refuse."""
_ANYTHING = frozenset({"text", "varchar"})
_MOST_DIGITS = 6
_ONE_BYTE = 255
"""The longest varchar of which MySQL stores the length in one byte; beyond it the rows look different."""


def type_changes(
    change: Change, changes: Changes, engine: str, existing_ddl: str, memo: dict[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """Of each column to which a statement gives a type: its name, the type before ("" when nothing shows it)
    and the new one."""
    from app.schema.dialects import dialect_of
    from app.schema.effects import ChangeColumn
    from app.schema.read import read_schema
    from app.schema.statements import read_statement

    wanted = {act.name for act in change.named("type")}
    if not wanted:
        return
    earlier = (other for other in changes.statements[: changes.statements.index(change)])
    told = ";\n".join(other.sql for other in earlier if other.table == change.table)
    there = each(memo, "existing types", (existing_ddl,), partial(read_schema, engine=engine), engine)
    before = [read_schema(told, engine), *there]
    for effect in read_statement(change.sql.strip().rstrip(";"), dialect_of(engine)).effects:
        if isinstance(effect, ChangeColumn) and effect.type is not None and effect.column in wanted:
            tables = filter(None, (schema.any_table(change.table) for schema in before))
            columns = filter(None, (table.column(effect.column) for table in tables))
            yield effect.column, next((column.type for column in columns), ""), effect.type


def rewrites_on_postgresql(old: str, new: str) -> Rewrite:
    """Whether PostgreSQL writes every row anew, where no USING computes other values."""
    kinds = base_type(old), base_type(new)
    if not old:
        # whatever becomes text may have been a varchar, which stays as it is
        return "no" if new in _ANYTHING else "unknown" if kinds[1] in _WIDTHS else "yes"
    if old == new or (kinds[0] in _ANYTHING and new in _ANYTHING):
        return "no"
    if kinds[0] != kinds[1] or kinds[0] not in _WIDTHS:
        return "no" if kinds == ("cidr", "inet") else "yes"
    return "no" if _wider(kinds[0], _modifiers(old), _modifiers(new)) else "yes"


def _modifiers(kind: str) -> tuple[int, int] | None:
    found = _MODIFIERS.search(kind)
    return (int(found[1]), int(found[2] or 0)) if found else None


def _wider(kind: str, old: tuple[int, int] | None, new: tuple[int, int] | None) -> bool:
    if new is None:
        return True
    if kind.startswith("time"):
        return new[0] >= (_MOST_DIGITS if old is None else old[0])
    return old is not None and new[0] >= old[0] and new[1] == old[1]


def copies_on_mysql(old: str, new: str) -> Rewrite:
    """Whether MySQL copies the table, while nobody may write to it."""
    if not old:
        return "unknown"
    if old == new:
        return "no"
    if (base_type(old), base_type(new)) == ("varchar", "varchar"):
        before, after = _modifiers(old), _modifiers(new)
        if before and after and before[0] <= after[0]:
            # How many bytes a character takes is not known, so both must be on one side of the limit.
            return "no" if after[0] * 4 <= _ONE_BYTE or before[0] > _ONE_BYTE else "unknown"
    if old.startswith("enum(") and new.startswith(old.rstrip(")")):
        return "no"
    return "yes"
