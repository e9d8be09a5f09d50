"""The names that a schema knows, for completing what is typed about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

from app.schema.model import Schema, Table
from app.schema.prefill import index_text

Sort = Literal["table", "column", "table_column", "index", "constraint"]
"""What a name is of; `table_column` is `table.column`, and an index is written with its columns."""


class KnownName(Struct, frozen=True):
    """A name, and what it is called in a few words: `column of stay: bigint not null`."""

    name: str
    about: str


class KnownNames:
    """The names of one schema; put together once, when they are first asked for."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._tables = (*schema.tables.values(), *schema.altered.values())

    def of(self, sort: Sort, table: str = "") -> tuple[KnownName, ...]:
        """All names of a sort, each once; those of `table` where the schema has it."""
        own = self.schema.any_table(table) if table.strip() and sort != "table" else None
        if own is not None:
            return tuple(KnownName(name, f"{_WORD[sort]}{more}") for name, more in _IN_TABLE[sort](own))
        return self._all[sort]

    @cached_property
    def _all(self) -> Mapping[Sort, tuple[KnownName, ...]]:
        tables = tuple(
            KnownName(table.name, "table" + (", there already" if table.existing else ""))
            for table in self._tables
        )
        rest = {sort: tuple(self._everywhere(sort)) for sort in _IN_TABLE}
        return MappingProxyType({"table": tables, **rest})

    def _everywhere(self, sort: Sort) -> Iterator[KnownName]:
        """The names in all tables, with their table, or how many tables have one of that name."""
        owners: dict[str, list[str]] = {}
        for table in self._tables:
            for name, more in _IN_TABLE[sort](table):
                owners.setdefault(name, []).append(f" of {table.name}{more}")
        for name, where in owners.items():
            more = where[0] if len(where) == 1 else f" of {len(where)} tables"
            yield KnownName(name, f"{_WORD[sort]}{more}")


def _columns(table: Table) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        yield column.name, f": {column.written_type or column.type}{'' if column.nullable else ' not null'}"


def _table_columns(table: Table) -> Iterator[tuple[str, str]]:
    return ((f"{table.name}.{name}", more) for name, more in _columns(table))


def _indexes(table: Table) -> Iterator[tuple[str, str]]:
    for index in table.indexes:
        if index.name:
            yield index_text(index, index.name), ""


def _constraints(table: Table) -> Iterator[tuple[str, str]]:
    for key in table.keys:
        if key.name and key.kind != "unique_index":
            yield key.name, f": {'primary key' if key.kind == 'primary' else 'unique'} {_list(key.columns)}"
    for foreign in table.foreign_keys:
        if foreign.name:
            yield foreign.name, f": {_list(foreign.columns)} → {foreign.target}"
    for check in table.checks:
        if check.name:
            yield check.name, f": {check.expression}"
    for exclusion in table.exclusions:
        if exclusion.name:
            yield exclusion.name, f": exclusion of {_list(tuple(c for c, _ in exclusion.elements))}"


_WORD: Mapping[Sort, str] = MappingProxyType(
    {"column": "column", "table_column": "column", "index": "index", "constraint": "constraint"}
)


def _list(columns: tuple[str, ...]) -> str:
    return f"({', '.join(name or '…' for name in columns)})"


_IN_TABLE: Mapping[Sort, Callable[[Table], Iterator[tuple[str, str]]]] = MappingProxyType(
    {
        "column": _columns,
        "table_column": _table_columns,
        "index": _indexes,
        "constraint": _constraints,
    }
)
