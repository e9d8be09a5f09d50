"""Columns that rules look at, picked by what the DDL alone says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct

from app import patterns
from app.readiness.facts.ddl import Changed
from app.readiness.facts.keys import base_type, kind_of, resolved_type, sql_family
from app.readiness.facts.meanings import ColumnKey, column_key
from app.readiness.facts.states import entity_key
from app.readiness.registry import fact
from app.schema.each import all_of, each
from app.schema.model import Check, Schema, SchemaColumn, Table
from app.schema.names import word_set, words_of

_UNEQUAL = patterns.compile(r"(?:<>|!=)\s*'[^']*'")
_LITERAL = patterns.compile(r"'[^']*\w[^']*'")
_CALL = patterns.compile(r"(\w+)\s*\(")
_MEASURES = word_set(
    "length char_length character_length octet_length len datalength trim btrim ltrim rtrim lower upper "
    "coalesce not and or is"
)
_STATE = patterns.compile(r"(?:^|_)(?:state|status|stage|phase)$")
_ADDRESS = word_set(
    "city town zip zipcode zip_code postcode postal_code street street_1 line1 country country_code"
)


Moment = tuple[Changed, SchemaColumn]


class TableColumn(Struct, frozen=True):
    """A column with its table. `nullable`: neither NOT NULL nor a CHECK keeps a null out."""

    table: Table
    column: SchemaColumn
    nullable: bool

    def __str__(self) -> str:
        return f"{self.table.name}.{self.column.name}"


@fact
def nullability(
    changed_tables: tuple[Changed, ...], memo: dict[str, Any]
) -> Mapping[str, Mapping[ColumnKey, TableColumn]]:
    """Every column of a table that the DDL makes or adds to: by the key of the table, by its own key."""
    found: dict[str, Mapping[ColumnKey, TableColumn]] = {}
    for owner, columns in each(memo, "nullability", changed_tables, _nullability):
        found[owner] = {**found[owner], **columns} if owner in found else columns
    return found


def _nullability(changed: Changed) -> tuple[str, Mapping[ColumnKey, TableColumn]]:
    table = changed.table
    required, owner = never_null(table), entity_key(table.name)
    return owner, {
        column_key(table.name, column.name): TableColumn(
            table, column, column.nullable and column.name not in required
        )
        for column in table.columns
    }


def never_null(table: Table) -> frozenset[str]:
    """The columns for which a CHECK says IS NOT NULL and nothing else."""
    return frozenset(
        check.columns[0]
        for check in table.checks
        if len(check.columns) == 1
        and check.expression.strip("()").replace('"', "") == f"{check.columns[0]} IS NOT NULL"
    )


@fact
def zoneless(
    schema: Schema | None, engine: str, changed_tables: tuple[Changed, ...], memo: dict[str, Any]
) -> tuple[Moment, ...]:
    """The new columns that are, on PostgreSQL, timestamp without time zone."""
    if schema is None or sql_family(engine) != "postgresql" or "cockroach" in engine.casefold():
        return ()

    def of(changed: Changed) -> Iterator[Moment]:
        for column in changed.columns:
            kind = resolved_type(schema, column)
            if is_time(kind) and base_type(kind) == "timestamp":
                yield changed, column

    return all_of(memo, "zoneless", changed_tables, of, schema.domains)


@lru_cache(maxsize=4096)
def is_time(kind: str) -> bool:
    """Whether a type holds a date or a time."""
    return kind_of(kind) == "moment" or base_type(kind) in ("time", "timetz")


@fact
def free_states(
    schema: Schema | None, changed_tables: tuple[Changed, ...], memo: dict[str, Any]
) -> tuple[TableColumn, ...]:
    """The new text columns called like a state that take any text."""
    if schema is None:
        return ()

    def of(changed: Changed) -> Iterator[TableColumn]:
        table = changed.table
        columns = [c for c in changed.columns if _STATE.search(words_of(c.name)) and not c.values]
        if not columns:
            return
        limited = {check.columns[0] for check in table.checks if len(check.columns) == 1 and _limits(check)}
        limited |= {column for fk in table.foreign_keys for column in fk.columns}
        limited |= {key.columns[0] for key in table.keys if len(key.columns) == 1}
        for column in columns:
            if (
                column.name not in limited
                and kind_of(resolved_type(schema, column)) == "text"
                and not _is_address(table, column)
            ):
                yield TableColumn(table, column, column.nullable)

    return all_of(memo, "free states", changed_tables, of, schema.domains)


def _limits(check: Check) -> bool:
    """Whether a CHECK of a text may hold it to a list; that it is not empty or not too long does not."""
    said = _UNEQUAL.sub("", check.expression)
    calls = {call.casefold() for call in _CALL.findall(said)}
    return bool(check.values or _LITERAL.search(said) or calls - _MEASURES)


def _is_address(table: Table, column: SchemaColumn) -> bool:
    return column.name.casefold() == "state" and any(words_of(n) in _ADDRESS for n in table.column_names)
