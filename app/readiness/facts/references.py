"""Columns that look like references to another table and have no foreign key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from app import patterns
from app.readiness.facts.ddl import Changed
from app.readiness.facts.keys import is_filled, is_whole, kind_of, resolved_type
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import name_key
from app.readiness.registry import fact
from app.schema.each import all_of, each
from app.schema.model import Schema, SchemaColumn, Table
from app.schema.names import word_set, words_of

_REFERENCE = patterns.compile(r"^(?P<stem>.+)_(?:id|uuid|guid)$")
"""How a column is called that refers to something, in `words_of`."""
_MESSAGES = word_set(
    "message request correlation trace span event command session external idempotency job batch run "
    "process thread backend connection device client app public tx transaction xact commit build"
)
_OWN_VALUES = word_set(
    "key token etag nonce secret hash version code fingerprint signature handle slug seed salt"
)
"""The last words of names of values that refer to nothing, although they may be a UUID."""
_UUID_TEXT = patterns.compile(
    r"^(?:char|varchar|nchar|nvarchar|bpchar)\((?:32|36)\)$|^(?:binary|varbinary)\(16\)$"
)


class LooseReference(Struct, frozen=True):
    """A column that looks like a reference. `owner` is the table whose key it names, "" when the DDL has
    none; `stem` the words of its name without the ending."""

    table: Table
    column: SchemaColumn
    stem: str
    owner: str


@fact
def loose_references(
    schema: Schema | None,
    changed_tables: tuple[Changed, ...],
    tenant_columns: frozenset[str],
    memo: dict[str, Any],
) -> tuple[LooseReference, ...]:
    """Every new column that looks like a reference, in no foreign key and not the row's own identity."""
    if schema is None:
        return ()
    owners = _owners(schema, memo)

    def of(changed: Changed) -> Iterator[LooseReference]:
        return _loose_in(schema, changed, owners, tenant_columns)

    given = owners, tenant_columns, schema.domains
    return all_of(memo, "loose references", changed_tables, of, given)


def _loose_in(
    schema: Schema, changed: Changed, owners: Mapping[str, tuple[str, ...]], tenant_columns: frozenset[str]
) -> Iterator[LooseReference]:
    table = changed.table
    referring = {column for fk in table.foreign_keys for column in fk.columns}
    for column in changed.columns:
        if column.name in referring or not _looks_like_reference(schema, table, column):
            continue
        if name_key(column.name) in tenant_columns or _is_own(table, column, tenant_columns):
            continue
        possible = owners.get(words_of(column.name), ())
        owner = next((name for name in possible if name != table.name), "")
        stem = _stem(column.name)
        if owner or not {stem, stem.rsplit(" ", 1)[-1]} & _MESSAGES:
            yield LooseReference(table, column, stem, owner)


def is_reference(name: str) -> bool:
    """Whether a column is called as one that refers to something."""
    return _REFERENCE.match(words_of(name)) is not None


def _stem(name: str) -> str:
    match = _REFERENCE.match(words_of(name))
    return name_key(match["stem"]) if match else name_key(name)


def _owners(schema: Schema, memo: dict[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """By column name in `words_of`, the tables that it refers to: it is their own part of their primary key,
    or their name with an ending."""
    found: dict[str, tuple[str, ...]] = {}
    tables = schema.all_tables
    for table, columns in zip(tables, each(memo, "owned columns", tables, _owned), strict=True):
        for column in columns:
            found[column] = (*found.get(column, ()), table.name)
    return found


def _owned(table: Table) -> list[str]:
    """The names of columns elsewhere that refer to a table."""
    key = table.primary_key
    if key is None or table.partition_of:
        return []
    found = []
    if len(key.columns) == 1 and words_of(key.columns[0]) == "id":
        found.append(f"{_entity(table).replace(' ', '_')}_id")
    referring = {column for fk in table.foreign_keys for column in fk.columns}
    own = [column for column in key.columns if column and column not in referring]
    if len(own) == 1 and is_reference(own[0]):
        found.append(words_of(own[0]))
    return found


def _looks_like_reference(schema: Schema, table: Table, column: SchemaColumn) -> bool:
    kind = resolved_type(schema, column)
    if kind_of(kind) != "uuid" and not is_reference(column.name):
        return False
    if not is_reference(column.name) and words_of(column.name).rsplit("_", 1)[-1] in _OWN_VALUES:
        return False
    if kind_of(kind) != "uuid" and not is_whole(kind) and not _UUID_TEXT.match(kind):
        return False
    stem = words_of(column.name).rsplit("_", 1)[0]
    return not any(words_of(other) in (f"{stem}_type", f"{stem}_kind") for other in table.column_names)


def _entity(table: Table) -> str:
    return entity_key(words_of(table.name))


def _is_own(table: Table, column: SchemaColumn, tenant: frozenset[str]) -> bool:
    """Whether a column identifies the row itself."""
    if is_filled(column) or _stem(column.name) in ("", "id", "uuid", "guid", "row"):
        return True
    if words_of(column.name) in ("id", "uuid", "guid") or _stem(column.name) == _entity(table):
        return True
    own = frozenset((column.name,))
    return any(
        frozenset(c for c in key.columns if name_key(c) not in tenant) == own and not key.where
        for key in table.keys
    ) or (
        table.primary_key is not None
        and column.name in table.primary_key.columns
        and _entity(table).endswith(_stem(column.name))
    )
