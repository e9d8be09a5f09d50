"""What the DDL of a document changes: tables that it makes, and what it adds to others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from msgspec import Struct

from app import patterns
from app.document.answers import Value
from app.readiness.facts.detected import object_key
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import lines, name_key
from app.readiness.facts.texts import is_bare
from app.readiness.model import Found, NotChecked, Severity, Target
from app.readiness.registry import Yield, fact
from app.schema.each import all_of, each
from app.schema.model import Schema, SchemaColumn, Span, StatementKind, Table, Unread
from app.schema.places import Places
from app.schema.sources import DDL

_COMMENT = patterns.compile(r"--([^\n]*)|/\*(.*?)\*/", re.DOTALL)
TABLES = (
    r"\b(?:create|drop)\b.{0,60}?\btable\b|\balter\s+table\b(?!\s+\S+\s+\w+\s+constraint\b)"
    r"|^\s*(?:select|with)\b"
)
"""For `unread_like`: the statements that may make, change or drop columns of tables; then those about keys,
foreign keys and indexes. They are compiled once something is unread."""
KEYS = r"\b(?:unique|primary|constraint|using\s+index)\b|\b(?:drop|alter)\s+index\b"
FOREIGN_KEYS = r"\breferences\b|\bforeign\s+key\b|\bconstraint\b"
KEYED = f"{TABLES}|{KEYS}|{FOREIGN_KEYS}"
INDEXES = r"\bindex\b"


class Changed(Struct, frozen=True):
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


class DdlSource(Struct, frozen=True):
    """The SQL that a schema was read from, and the places in it that spans mean."""

    text: str
    places: Places

    def cut(self, span: Span) -> str:
        """The SQL of a span; "" for one in the DDL of what exists already."""
        if self.places.in_context(span.start):
            return ""
        return self.text[self.places.offset(span.start) : self.places.offset(span.end)]


@fact
def ddl_text(physical_ddl: Value | None, schema: Schema | None) -> DdlSource:
    """The SQL into which the spans of the schema point."""
    text = physical_ddl if isinstance(physical_ddl, str) else ""
    return DdlSource(text, schema.places if schema is not None else Places())


@fact
def created_tables(schema: Schema | None, memo: dict[str, Any]) -> Mapping[str, StatementKind]:
    """The statements that make tables, by the key of the table."""
    if schema is None:
        return {}
    return dict(all_of(memo, "statements that create", schema.statements, _created))


def _created(statement: StatementKind) -> Iterator[tuple[str, StatementKind]]:
    if statement.kind == "create_table":
        yield object_key(statement.table), statement


@fact
def unread_sql(schema: Schema | None) -> tuple[Unread, ...]:
    """The statements of the DDL that nothing could read: not checked, and never passed."""
    return schema.unread if schema is not None else ()


@fact
def altered_tables(schema: Schema | None) -> Mapping[str, Table]:
    """By name as the DDL has it, the tables that it alters and does not make, with only what it adds."""
    if schema is None or not schema.altered:
        return {}
    made = {entity_key(s.table) for s in schema.statements if s.kind == "create_table"}
    return {name: table for name, table in schema.altered.items() if entity_key(name) not in made}


@fact
def changed_tables(
    schema: Schema | None, altered_tables: Mapping[str, Table], memo: dict[str, Any]
) -> tuple[Changed, ...]:
    """Every table that the DDL makes or adds to; partitions are left out."""
    if schema is None:
        return ()
    made = each(memo, "changed tables", schema.all_tables, _made)
    others = each(memo, "altered tables", altered_tables.values(), _altered)
    if not others and all(made):
        # The very result of `each`, of which it knows where it differs from the one before.
        return cast("tuple[Changed, ...]", made)
    told = _told_of_existing(schema)
    tables = zip(schema.all_tables, made, strict=True)
    whole = (changed or _extended(table, told.get(table.name)) for table, changed in tables)
    return (*filter(None, whole), *others)


def _told_of_existing(schema: Schema) -> Mapping[str, set[str]]:
    """By the name of a table that exists, the details of the statements about it."""
    found: dict[str, set[str]] = {}
    there = any(table.existing for table in schema.all_tables)
    for statement in schema.statements if there else ():
        table = schema.table(statement.table)
        if table is not None and table.existing:
            found.setdefault(table.name, set()).update(statement.details)
    return found


def _extended(table: Table, details: set[str] | None) -> Changed | None:
    """A table that exists and that statements add to; None for another one, and for a partition."""
    if details is None or not table.existing or table.partition_of:
        return None
    added = frozenset(d.partition(":")[2] for d in details if d.startswith(("add_", "index:")))
    return Changed(table, tuple(c for c in table.columns if f"add_column:{c.name}" in details), added=added)


def _made(table: Table) -> Changed | None:
    """A table that the DDL makes; None for one that exists and for a partition."""
    if table.existing or table.partition_of:
        return None
    return Changed(table, tuple(c for c in table.columns if c.span.start >= table.span.start))


def _altered(table: Table) -> Changed:
    return Changed(table, table.columns, whole=False)


@fact
def known_tables(schema: Schema | None, memo: dict[str, Any]) -> Mapping[str, Table]:
    """The tables of the DDL by the key under which documents name them, number and case aside."""
    if schema is None:
        return {}
    tables = schema.all_tables
    keys = each(memo, "keys of tables", tables, lambda table: entity_key(table.name))
    return dict(zip(reversed(keys), reversed(tables), strict=True))


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


def unread_like(unread_sql: tuple[Unread, ...], pattern: str) -> Iterator[NotChecked]:
    """What a rule yields for the statements that it would have looked at and nothing could read.

    `pattern` finds itself in those, case aside. One of which nobody can tell what it does counts for every
    rule.
    """
    found = [unread for unread in unread_sql if is_like(unread, pattern)]
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        yield NotChecked(f"{told(found[0])}{more}", _place(found[0].span))


def is_like(unread: Unread, pattern: str) -> bool:
    """Whether a statement that could not be read may be one of those that `pattern` finds itself in."""
    from app.schema.subject import subject_of

    reach = subject_of(unread.text).reach
    if reach == "schema":
        return re.search(pattern, unread.text, re.IGNORECASE | re.DOTALL) is not None
    return reach == "anything"


def obscuring(unread_sql: tuple[Unread, ...], pattern: str, *names: str) -> Unread | None:
    """The unread statement, like `pattern`, that may change what the DDL says of one of `names`."""
    if not unread_sql:
        return None
    from app.schema.subject import subject_of

    for unread in unread_sql:
        subject = subject_of(unread.text)
        if (subject.unknown or any(map(subject.names, names))) and is_like(unread, pattern):
            return unread
    return None


def unless_obscured(unread_sql: tuple[Unread, ...], pattern: str, found: Found, *names: str) -> Yield:
    """A finding about `names` in the DDL, or that it is not certain: a statement about them is unread."""
    unread = obscuring(unread_sql, pattern, *names)
    return found if unread is None else NotChecked(f"{found.message}: {told(unread)}", found.target)


def told(unread: Unread) -> str:
    """Which statement could not be read, and why."""
    return f"the statement at line {unread.span.line} could not be read: {unread.reason}"


def _place(span: Span) -> Target:
    return Target(DDL, line=span.line, offset=span.start)


def comment_beside(source: DdlSource, span: Span) -> str:
    """The comment that stands behind a part of the DDL on its last line, or alone on the line above it."""
    if source.places.in_context(span.start):
        return ""
    sql, first, last = source.text, source.places.offset(span.start), source.places.offset(span.end)
    end = sql.find("\n", last)
    behind = sql[last : len(sql) if end < 0 else end]
    start = sql.rfind("\n", 0, first) + 1
    above = sql[sql.rfind("\n", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)].strip()
    found = [m[1] or m[2] or "" for m in _COMMENT.finditer(behind)]
    if above.startswith(("--", "/*")):
        found.insert(0, above)
    return " ".join(found).strip()
