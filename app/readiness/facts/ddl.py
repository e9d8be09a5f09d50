"""What the DDL of a document changes: tables that it makes, and what it adds to others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.document.answers import Value
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import lines, name_key
from app.readiness.facts.texts import is_bare
from app.readiness.model import Found, NotChecked, Severity, Target
from app.readiness.registry import fact
from app.schema.dialects import dialect_of
from app.schema.model import Schema, SchemaColumn, Span, Table, Unread

DDL = "physical.ddl"
_COMMENT = re.compile(r"--([^\n]*)|/\*(.*?)\*/", re.DOTALL)
_PLAIN = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_FILLER = "dbcharter_"
_ADDING = frozenset({"alter_table", "create_index", "create_policy", "create_trigger"})


@dataclass(frozen=True)
class Changed:
    """A table that the DDL makes or adds something to.

    `columns` are the new ones, without those taken over from a parent. `whole`: everything about the
    table is in the DDL; otherwise `table` holds no more than what the DDL adds to one that it does not
    show. `added` names the new constraints and indexes, None when all are new.
    """

    table: Table
    columns: tuple[SchemaColumn, ...]
    whole: bool = True
    added: frozenset[str] | None = None

    def is_new(self, name: str) -> bool:
        """Whether a constraint or index is one that this DDL adds."""
        return self.added is None or name in self.added


@fact
def ddl_text(physical_ddl: Value | None) -> str:
    """The SQL into which the spans of the schema point."""
    return physical_ddl if isinstance(physical_ddl, str) else ""


@fact
def altered_tables(schema: Schema | None, ddl_text: str, engine: str) -> Mapping[str, Table]:
    """By name as the DDL has it, the tables that it alters and does not make, with only what it adds."""
    if schema is None:
        return {}
    made = {entity_key(s.table) for s in schema.statements if s.kind == "create_table"}
    named = {s.table for s in schema.statements if s.kind in _ADDING and s.table}
    absent = sorted(
        name
        for name in named
        if _PLAIN.fullmatch(name)
        and entity_key(name) not in made
        and not schema.table(name)
        and not _view(schema, name)
    )
    if not absent:
        return {}
    from app.schema.read import read_schema

    context = "\n".join(f"CREATE TABLE {_quoted(name, engine)} ({_FILLER} integer);" for name in absent)
    seen = read_schema(ddl_text, engine, context)
    found = {name: seen.table(name) for name in absent}
    bare = {
        name: replace(table, columns=tuple(c for c in table.columns if c.name != _FILLER))
        for name, table in found.items()
        if table is not None
    }
    return {name: table for name, table in bare.items() if _holds_something(table)}


def _holds_something(table: Table) -> bool:
    """Whether the DDL adds anything: a sequence whose owner is set is altered like a table."""
    parts = (table.columns, table.keys, table.foreign_keys, table.checks, table.exclusions, table.indexes)
    return any((*parts, table.policies, table.triggers, table.row_security))


def _view(schema: Schema, name: str) -> bool:
    bare = name.rsplit(".", 1)[-1].casefold()
    return any(view.rsplit(".", 1)[-1].casefold() == bare for view in schema.views)


def _quoted(name: str, engine: str) -> str:
    if not dialect_of(engine).postgres:
        return name
    return ".".join(f'"{part}"' for part in name.split("."))


@fact
def changed_tables(schema: Schema | None, altered_tables: Mapping[str, Table]) -> tuple[Changed, ...]:
    """Every table that the DDL makes or adds to; partitions are left out."""
    if schema is None:
        return ()
    details: dict[str, set[str]] = {}
    for statement in schema.statements:
        table = schema.table(statement.table)
        if table is not None and table.existing:
            details.setdefault(table.name, set()).update(statement.details)
    found = []
    for table in schema.tables.values():
        if table.partition_of:
            continue
        if not table.existing:
            own = tuple(c for c in table.columns if c.span.start >= table.span.start)
            found.append(Changed(table, own))
        elif table.name in details:
            told = details[table.name]
            added = frozenset(d.partition(":")[2] for d in told if d.startswith(("add_", "index:")))
            new = tuple(c for c in table.columns if f"add_column:{c.name}" in told)
            found.append(Changed(table, new, added=added))
    return (*found, *(Changed(table, table.columns, whole=False) for table in altered_tables.values()))


@fact
def known_tables(schema: Schema | None) -> Mapping[str, Table]:
    """The tables of the DDL by the key under which documents name them, number and case aside."""
    if schema is None:
        return {}
    return {entity_key(table.name): table for table in reversed(list(schema.tables.values()))}


@fact
def nothing_exists(problem_existing_tables: Value | None) -> bool:
    """Whether 1.1 says that there are no tables yet, so that all of them are in the DDL."""
    said = lines(problem_existing_tables)
    return bool(said) and all(is_bare(line) or line.casefold().startswith("none") for line in said)


def exists_already(name: str, existing: frozenset[str]) -> bool:
    """Whether 1.1 names a table that exists. `existing` is the fact `existing_names`."""
    bare = name.rsplit(".", 1)[-1]
    return bool({name_key(name), name_key(bare), entity_key(name)} & existing)


def named_here(changed: Changed, existing: frozenset[str]) -> tuple[SchemaColumn, ...]:
    """The new columns of a table; of one that 1.1 lists and the DDL repeats, those that it adds later on."""
    if not exists_already(changed.table.name, existing):
        return changed.columns
    return tuple(column for column in changed.columns if column.span.start > changed.table.span.end)


def in_ddl(span: Span, message: str, fix: str = "", severity: Severity | None = None) -> Found:
    """A finding at a place of the DDL."""
    return Found(Target(DDL, line=span.line, offset=span.start), message, fix, severity)


def unread_like(schema: Schema, pattern: re.Pattern[str]) -> Iterator[NotChecked]:
    """What a rule yields for the statements that it would have looked at and nothing could read."""
    found = [unread for unread in schema.unread if pattern.search(unread.text)]
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        yield NotChecked(f"{told(found[0])}{more}", _place(found[0].span))


def told(unread: Unread) -> str:
    """Which statement could not be read, and why."""
    return f"the statement at line {unread.span.line} could not be read: {unread.reason}"


def _place(span: Span) -> Target:
    return Target(DDL, line=span.line, offset=span.start)


def comment_beside(sql: str, span: Span) -> str:
    """The comment that stands behind a part of the DDL on its last line, or alone on the line above it."""
    end = sql.find("\n", span.end)
    behind = sql[span.end : len(sql) if end < 0 else end]
    start = sql.rfind("\n", 0, span.start) + 1
    above = sql[sql.rfind("\n", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)].strip()
    found = [m[1] or m[2] or "" for m in _COMMENT.finditer(behind)]
    if above.startswith(("--", "/*")):
        found.insert(0, above)
    return " ".join(found).strip()
