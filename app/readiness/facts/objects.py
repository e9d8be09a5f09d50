"""Objects of a database as documents name them: tables, columns, indexes, constraints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct

from app import patterns
from app.document.answers import Value
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import lines, name_key, text
from app.readiness.registry import fact
from app.schema.each import each, union_of
from app.schema.model import Schema, StatementKind, Table, Unread
from app.schema.names import bare_name
from app.schema.places import Unit

_IDENTIFIER = patterns.compile(r"(?<![\w.$@/-])[A-Za-z_]\w*(?:\.\w+)*(?![\w$@/(-])")
_OBJECT = patterns.compile(
    r"(?:^|\.)(?:pk|fk|uq|ux|ck|chk|ix|idx|excl|trg|pol)_\w+$|_(?:pkey|fkey|idx|excl)$"
)
_CALLED = patterns.compile(
    r"(?i)(?:^|[(:;,.]\s*|\b(?:the|an?|by|with|via|unique|partial|before|after|row|check|exclusion)\s+)"
    r"(?:trigger|constraint|index|policy)\s+[\"`]?(\w+(?:\.\w+)?)"
)
_COMMENT = patterns.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_WORD = patterns.compile(r"[^\W\d]\w*")
_INDEX = patterns.compile(
    r"(?P<name>[\w.\"`]+)\s*(?:on\s+(?P<table>[\w.\"`]+)\s*)?(?:using\s+\w+\s*)?"
    r"\((?P<columns>(?:[^()]|\([^()]*\))*)\)",
    re.IGNORECASE,
)
_LONGEST_CELL = 2_000
_COLUMN = patterns.compile(r"[A-Za-z_]\w*$")
_WHERE = patterns.compile(r"\bwhere\b", re.IGNORECASE)


def identifiers(words: str) -> Iterator[str]:
    """The words of a text that are written as names of the database: with an underscore in them."""
    return (match[0] for match in _IDENTIFIER.finditer(words) if "_" in match[0].strip("_"))


def object_names(words: str) -> Iterator[str]:
    """Names of constraints, indexes, triggers and policies: with the customary prefix or suffix, or behind
    the word for what they are, such as "the trigger stay_guard"."""
    called = set(_CALLED.findall(words))
    return (name for name in identifiers(words) if name in called or _OBJECT.search(name))


def made_names(schema: Schema, words: str) -> Iterator[str]:
    """The names in a text that PostgreSQL would give to keys and checks of a table: stay_bed_id_key."""
    for name in identifiers(words):
        if name.endswith(("_key", "_check")) and any(_is_made(name, table) for table in schema.all_tables):
            yield name


def _is_made(name: str, table: Table) -> bool:
    start = f"{bare_name(table.name)}_"
    rest = bare_name(name).removeprefix(start).rpartition("_")[0]
    return bare_name(name).startswith(start) and any(
        rest == column or rest.startswith(f"{column}_") for column in table.column_names
    )


class IndexText(Struct, frozen=True):
    """An index as a cell names it. `columns` is empty when none are given, "" stands for an expression."""

    name: str
    columns: tuple[str, ...]
    partial: bool

    @property
    def is_primary(self) -> bool:
        return self.name.casefold() in ("primary", "pk", "primary_key", "key")


@lru_cache(maxsize=8_192)
def parse_indexes(words: str) -> tuple[IndexText, ...]:
    """The indexes that a cell names: `ix_hold_open (seat_id, held_at) WHERE …`, `PRIMARY (id)`, `ix_a`."""
    found = []
    for match in _INDEX.finditer(words[:_LONGEST_CELL]):
        columns = tuple(_column(part) for part in _split(match["columns"]))
        name = match["name"].strip('"`').rsplit(".", 1)[-1]
        if name.casefold() == "include" or any(column is None for column in columns):
            continue
        partial = bool(_WHERE.match(words, _skip_blank(words, match.end())))
        found.append(IndexText(name, tuple(column or "" for column in columns), partial))
    if not found:
        word = words.strip().strip('"`')
        if _COLUMN.match(word.rsplit(".", 1)[-1]) and "_" in word:
            found.append(IndexText(word.rsplit(".", 1)[-1], (), False))
    return tuple(found)


def _skip_blank(words: str, position: int) -> int:
    while position < len(words) and words[position].isspace():
        position += 1
    return position


def _split(columns: str) -> list[str]:
    """The columns of a list, split at commas that are not inside parentheses."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(columns):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(columns[start:position])
            start = position + 1
    return [*parts, columns[start:]]


def _column(part: str) -> str | None:
    """A column's name, "" for an expression, None for what is neither."""
    words = part.strip().strip('"`').split()
    if not words:
        return None
    if "(" in part or "::" in part or "->" in part:
        return ""
    name = words[0].strip('"`')
    options = {word.casefold() for word in words[1:]} - {"asc", "desc", "nulls", "first", "last"}
    if not _COLUMN.match(name) or any(not option.endswith("_ops") for option in options):
        return None
    return name.casefold()


class DdlIndex(Struct, frozen=True):
    """An index or key of the DDL under one form."""

    name: str
    table: str
    columns: tuple[str, ...]
    partial: bool
    line: int
    primary: bool = False
    include: tuple[str, ...] = ()


@fact
def ddl_indexes(schema: Schema | None, memo: dict[str, Any]) -> Mapping[str, tuple[DdlIndex, ...]]:
    """Every index and key that the DDL has, by table name."""
    if schema is None:
        return {}
    found = each(memo, "indexes of tables", schema.all_tables, lambda table: tuple(_indexes_of(table)))
    return dict(zip(schema.tables, found, strict=True))


def _indexes_of(table: Table) -> Iterator[DdlIndex]:
    for key in table.keys:
        primary = key.kind == "primary"
        columns = tuple(column.casefold() for column in key.columns)
        yield DdlIndex(key.name, table.name, columns, bool(key.where), key.span.line, primary, key.include)
    for index in table.indexes:
        if not index.unique:
            columns = tuple(column.casefold() for column in index.columns)
            yield DdlIndex(
                index.name, table.name, columns, bool(index.where), index.span.line, include=index.include
            )
    for exclusion in table.exclusions:
        columns = tuple(column.casefold() for column, _ in exclusion.elements)
        yield DdlIndex(exclusion.name, table.name, columns, bool(exclusion.where), exclusion.span.line)


@fact
def ddl_names(schema: Schema | None, memo: dict[str, Any]) -> frozenset[str]:
    """The keys of all names that the DDL gives to anything."""
    if schema is None:
        return frozenset()
    of_tables = union_of(memo, "names of tables", schema.all_tables, lambda table: _keys(_names_of(table)))
    told = union_of(memo, "names in statements", schema.statements, lambda one: _keys(_names_in(one)))
    return of_tables | told | _keys((*schema.enums, *schema.domains, *schema.views))


def _keys(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name_key(name) for name in names if name)


def _names_of(table: Table) -> Iterator[str]:
    yield from (table.name, table.name.rsplit(".", 1)[-1])
    yield from table.column_names
    for group in (table.keys, table.foreign_keys, table.checks, table.exclusions, table.indexes):
        yield from (member.name.rsplit(".", 1)[-1] for member in group)
    yield from (policy.name for policy in table.policies)
    for trigger in table.triggers:
        yield from (trigger.name, trigger.function.rsplit(".", 1)[-1])


def _names_in(statement: StatementKind) -> Iterator[str]:
    yield statement.table.rsplit(".", 1)[-1]
    yield from (detail.partition(":")[2] for detail in statement.details)


@fact
def ddl_words(schema: Schema | None, memo: dict[str, Any]) -> frozenset[str]:
    """The keys of all words of the DDL outside its comments: what is in none of them is not in the DDL."""
    if schema is None:
        return frozenset()
    return union_of(memo, "words of the DDL", schema.places.units, _words_of)


def _words_of(unit: Unit) -> frozenset[str]:
    return frozenset(map(name_key, _WORD.findall(_COMMENT.sub(" ", unit.text))))


@fact
def ddl_defined(ddl_names: frozenset[str], ddl_words: frozenset[str]) -> frozenset[str]:
    """The keys of everything that the DDL names or holds as a word."""
    return ddl_names | ddl_words


@fact
def existing_names(problem_existing_tables: Value | None) -> frozenset[str]:
    """The keys of the tables that 1.1 says are there: the first word of each line, or what stands before
    a colon or parenthesis."""
    found: set[str] = set()
    for line in lines(problem_existing_tables):
        head = re.split(r"[:(;,]", line, maxsplit=1)[0]
        for name in (head, *head.split()[:1], *identifiers(head), *re.findall(r"\w+\.\w+", head)):
            found |= {name_key(name), entity_key(name)}
    return frozenset(found - {""})


_TENANT = frozenset({"tenant id", "org id", "organization id", "organisation id", "workspace id"})


@fact
def tenant_keys(security_tenant_key: Value | None) -> frozenset[str]:
    """The keys of columns that say to whom a row belongs: the customary ones, and those that 12.3 names."""
    return _TENANT | {name_key(name) for name in identifiers(text(security_tenant_key))}


def table_named(schema: Schema, name: str) -> Table | None:
    """The table that a document calls `name`, number, case and blanks aside."""
    wanted = entity_key(name)
    found = schema.table(name)
    return found or next((t for key, t in schema.tables.items() if entity_key(key) == wanted), None)


def unread_about(schema: Schema, name: str) -> Unread | None:
    """The statement that could not be read and holds `name`."""
    wanted = patterns.compile(rf"(?i)(?<!\w){re.escape(name.rsplit('.', 1)[-1])}(?!\w)")
    return next((unread for unread in schema.unread if wanted.search(unread.text)), None)
