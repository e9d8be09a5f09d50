"""What statements do to tables that exist: those of the DDL, and those that migration steps write out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from itertools import compress, count
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.ddl import DdlSource, is_like
from app.readiness.facts.detected import object_key
from app.readiness.facts.objects import unread_about
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import addressed, cell
from app.readiness.model import NotChecked, Target
from app.readiness.registry import fact
from app.schema.each import all_of, each, union_of
from app.schema.model import Schema, StatementKind, Unread

_ON_TABLES = frozenset(
    {"alter_table", "create_index", "drop_table", "truncate", "rename", "update", "delete"}
)
_MIGRATING = frozenset(
    {"add_column", "drop_column", "type", "set_not_null", "validate", "rename_column", "rename_table"}
)
KEY_ACTS = ("add_unique", "add_primary_key", "add_exclusion")
"""The verbs of acts that build an index for a constraint."""
_MODIFIERS = frozenset({"not_valid", "using_index"})
_QUOTED = patterns.compile(r"`([^`]{1,4000})`")
_START = patterns.compile(
    r"\b(?:ALTER\s+TABLE|CREATE\s+(?:UNIQUE\s+)?INDEX|DROP\s+TABLE|TRUNCATE|UPDATE)\s[^;`]{3,4000}"
)
_SQL = patterns.compile(r"\s*(?:alter|create|drop|truncate|update)\s", re.IGNORECASE)
_MOST = 20


class Act(Struct, frozen=True):
    """One thing that a statement does, such as `add_check` of `ck_hold`."""

    verb: str
    name: str
    not_valid: bool = False
    using_index: bool = False


class Change(Struct, frozen=True):
    """A statement: what it does, its text, and where it stands.

    `existing`: its table is there before the change. `flags` are words such as `concurrently` or `copy`.
    """

    kind: str
    table: str
    acts: tuple[Act, ...]
    flags: frozenset[str]
    sql: str
    target: Target
    existing: bool = False

    def named(self, *verbs: str) -> tuple[Act, ...]:
        """What it does that is called by one of the verbs."""
        return tuple(act for act in self.acts if act.verb in verbs)


class Changes(Struct, frozen=True):
    """The statements in order, those of the DDL first; `on_existing` are those about tables that exist.

    `made` are the keys of the tables and columns that the change itself makes; `unread` the statements of
    the DDL that no parser read.
    """

    statements: tuple[Change, ...] = ()
    on_existing: tuple[Change, ...] = ()
    made: frozenset[str] = frozenset()
    unread: tuple[Unread, ...] = ()


def unread_like(changes: Changes, pattern: str) -> Iterator[NotChecked]:
    """For each statement of the DDL that no parser read and that `pattern` finds itself in."""
    for unread in changes.unread:
        if is_like(unread, pattern):
            where = Target("physical.ddl", line=unread.span.line)
            reason = f"line {unread.span.line} of the DDL could not be read: {unread.reason}"
            yield NotChecked(reason, where)


@fact
def changes(
    bank: Bank,
    engine: str,
    schema: Schema | None,
    migration_steps: Value | None,
    existing_names: frozenset[str],
    ddl_text: DdlSource,
    memo: dict[str, Any],
) -> Changes:
    """Every statement about a table, of the DDL and of the migration steps.

    A table exists when statements change it and none makes it, or when 1.1 lists it. What the DDL says of
    a table that it restates counts from the first statement on that only a migration has.
    """

    def of_ddl(statement: StatementKind) -> Change:
        target = Target("physical.ddl", line=statement.span.line)
        return _change(statement, ddl_text.cut(statement.span), target)

    own = each(memo, "changes", schema.statements if schema is not None else (), of_ddl)
    planned = []
    for address, row in addressed(bank, "migration.steps", migration_steps):
        target = Target("migration.steps", address, "action")
        for sql, statement in sql_in(cell(row, "action"), engine):
            planned.append(_change(statement, sql[statement.span.start : statement.span.end], target))
    found = (*own, *planned) if planned else own
    created = _created(all_of(memo, "created names", found, _names_made))
    unread = schema.unread if schema else ()
    begun = next(compress(count(), each(memo, "migrating", found, _migrates)), len(found))

    def existing(change: Change, *, begun: bool) -> bool:
        if change.kind not in _ON_TABLES:
            return False
        key = object_key(change.table)
        if key in created:
            return begun and bool({key, entity_key(change.table)} & existing_names)
        return not (schema and unread_about(schema, change.table))

    def placed(change: Change, *, begun: bool) -> Change:
        return replace(change, existing=True) if existing(change, begun=begun) else change

    given = created, existing_names, unread
    before = each(memo, "changes before", found[:begun], partial(placed, begun=False), given)
    after = each(memo, "changes after", found[begun:], partial(placed, begun=True), given)
    statements = (*before, *after) if after else before
    columns = union_of(memo, "added columns", found, _columns_added)
    on_existing = tuple(change for change in statements if change.existing)
    return Changes(statements, on_existing, (created - existing_names) | columns, unread)


@lru_cache(maxsize=1_024)
def sql_in(words: str, engine: str) -> tuple[tuple[str, StatementKind], ...]:
    """The statements that a text writes out, in backquotes or in capitals, with the SQL of each."""
    from app.schema.read import read_schema

    quoted = [sql for sql in _QUOTED.findall(words) if _SQL.match(sql)]
    plain = [match[0] for match in _START.finditer(_QUOTED.sub(";", words))]
    return tuple(
        (sql, statement)
        for sql in (quoted + plain)[:_MOST]
        for statement in read_schema(sql, engine).statements
    )


def _change(statement: StatementKind, sql: str, target: Target) -> Change:
    acts: list[Act] = []
    flags: set[str] = set()
    for detail in statement.details:
        verb, colon, name = detail.partition(":")
        if colon:
            acts.append(Act(verb, name))
        elif verb in _MODIFIERS and acts:
            late, index = verb == "not_valid", verb == "using_index"
            acts[-1] = replace(
                acts[-1], not_valid=acts[-1].not_valid or late, using_index=acts[-1].using_index or index
            )
        else:
            flags.add(verb)
    return Change(statement.kind, statement.table, tuple(acts), frozenset(flags), sql, target)


def _names_made(change: Change) -> Iterator[tuple[str | None, str]]:
    """The keys of the tables and views that a statement makes, behind None or the key of an earlier name."""
    if change.kind in ("create_table", "create_view"):
        yield None, object_key(change.table)
    for act in change.named("table", "rename_table"):
        old, _, new = act.name.partition(":")
        yield object_key(old), object_key(new)


def _created(made: Iterable[tuple[str | None, str]]) -> frozenset[str]:
    """The keys of the tables and views that statements make, under their later names too."""
    created: set[str] = set()
    created.update(new for old, new in made if old is None or old in created)
    return frozenset(created)


def _columns_added(change: Change) -> frozenset[str]:
    return frozenset(object_key(act.name) for act in change.named("add_column"))


def _migrates(change: Change) -> bool:
    if "concurrently" in change.flags or change.kind in ("rename", "drop_table", "truncate", "update"):
        return True
    return any(act.verb in _MIGRATING or act.not_valid for act in change.acts)
