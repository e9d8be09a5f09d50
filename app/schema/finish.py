"""The last step of a reading: names resolved and spelled as where they are defined, types resolved."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from itertools import compress, repeat
from operator import is_
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.schema.each import each
from app.schema.fold import Fold
from app.schema.memo import Memo
from app.schema.model import Schema, SchemaColumn, Table, Unread
from app.schema.places import Places

_DEEPEST_DOMAIN = 10
"""A domain over a domain over …: no one goes deeper, and a cycle ends here."""


def finished(
    fold: Fold,
    dialect: str,
    unread: tuple[Unread, ...],
    places: Places | None = None,
    memo: Memo | None = None,
) -> Schema:
    """The schema that `fold` holds; a table that `memo` knows stays the same object."""
    types = _Types(fold)
    # an object that stays the same while the types do is quicker to compare than all of them
    kinds = None if memo is None else memo.once((), types.all_of_them(), object)

    seen: dict[str, Any] = {} if memo is None else memo.once((), "seen", dict)

    def all_finished(what: str, items: dict[str, Table]) -> Mapping[str, Table]:
        found = each(seen, what, items.values(), partial(_finished_alone, fold=fold, types=types), kinds)
        tables: dict[str, Any] = dict(zip(items, found, strict=True))
        for name in list(compress(items, map(is_, found, repeat(None)))):
            make = partial(_finished_table, items[name], fold, types)
            known = (kinds, items[name])
            others = _other_names(items[name], fold)
            tables[name] = make() if memo is None else memo.once(known, others, make)
        return MappingProxyType(tables)

    outside = {name: t for name, t in fold.outside.items.items() if fold.tables.find(name) is None}
    return Schema(
        dialect=dialect,
        tables=all_finished("tables", fold.tables.items),
        altered=all_finished("altered", outside),
        enums=MappingProxyType(dict(fold.enums.items)),
        domains=MappingProxyType({name: domain.type for name, domain in fold.domains.items.items()}),
        statements=tuple(fold.statements),
        unread=unread,
        views=tuple(fold.views.items),
        places=places or Places(),
    )


def _finished_alone(table: Table, fold: Fold, types: _Types) -> Table | None:
    """The finished table; None for one that refers to others."""
    return None if _refers(table) else _finished_table(table, fold, types)


def _refers(table: Table) -> bool:
    return bool(table.foreign_keys or table.inherits or table.partition_of)


def _other_names(table: Table, fold: Fold) -> tuple[object, ...]:
    """What of other tables goes into the finished `table`: their names, and those of their columns."""
    found: list[object] = []
    for key in table.foreign_keys:
        target = fold.tables.find(key.target)
        found += [target, fold.tables.key_of(key.target)]
        if target is not None and key.target_columns:
            found.append(fold.tables.items[target].column_names)
    found += [fold.tables.find(name) for name in (table.partition_of, *table.inherits)]
    return tuple(found)


class _Type(Struct, frozen=True):
    """A column's type under the name that the schema holds it by, and what it allows."""

    name: str
    nullable: bool
    values: tuple[str, ...]


class _Types:
    """The types of one schema; each is looked up once, however many columns have it."""

    def __init__(self, fold: Fold) -> None:
        self._fold = fold
        self._known: dict[str, _Type] = {}

    def all_of_them(self) -> Hashable:
        """Everything that a type can be, to tell whether something about types changed."""
        enums, domains = self._fold.enums, self._fold.domains
        return tuple(enums.items.items()), tuple(domains.items.items()), enums.path, domains.path

    def __getitem__(self, written: str) -> _Type:
        known = self._known.get(written)
        if known is None:
            known = self._known[written] = self._resolved(written)
        return known

    def _resolved(self, written: str) -> _Type:
        enums, domains = self._fold.enums, self._fold.domains
        kind = written.removesuffix("[]")
        found = enums.find(kind) or domains.find(kind)
        if found is None and "." in kind:
            found = enums.key_of(kind)
        name = written if found is None else found + written[len(kind) :]
        nullable, values = True, enums.get(kind) or ()
        domain, steps = domains.get(kind), 0
        while domain is not None and steps < _DEEPEST_DOMAIN:
            nullable = nullable and domain.nullable
            listed = next((check.values for check in domain.checks if check.values), ())
            values = values or listed or enums.get(domain.type) or ()
            domain, steps = domains.get(domain.type), steps + 1
        return _Type(name, nullable, values)


def _finished_table(table: Table, fold: Fold, types: _Types) -> Table:
    own = _spellings(table)
    required = {name.casefold() for name in table.primary_key.columns} if table.primary_key else set()
    return replace(
        table,
        columns=tuple(_finished_column(column, required, types) for column in table.columns),
        primary_key=_spelled(table.primary_key, own) if table.primary_key else None,
        uniques=tuple(_spelled(key, own) for key in table.uniques),
        indexes=tuple(_spelled(index, own) for index in table.indexes),
        checks=tuple(_columns_spelled(check, own) for check in table.checks),
        foreign_keys=tuple(_finished_key(key, own, fold) for key in table.foreign_keys),
        partition_of=fold.tables.find(table.partition_of) or table.partition_of,
        inherits=tuple(fold.tables.find(name) or name for name in table.inherits),
    )


def _finished_column(column: SchemaColumn, required: set[str], types: _Types) -> SchemaColumn:
    """A column of the primary key is not nullable; one of an enum or domain knows its values."""
    kind = types[column.type]
    nullable = column.nullable and kind.nullable and column.name.casefold() not in required
    values = column.values or kind.values
    if (kind.name, nullable, values) == (column.type, column.nullable, column.values):
        return column
    return replace(column, type=kind.name, nullable=nullable, values=values)


def _spellings(table: Table) -> dict[str, str]:
    return {column.name.casefold(): column.name for column in table.columns}


def _names(columns: tuple[str, ...], spellings: dict[str, str]) -> tuple[str, ...]:
    return tuple(spellings.get(name.casefold(), name) for name in columns)


def _spelled(item: Any, spellings: dict[str, str]) -> Any:
    columns, include = _names(item.columns, spellings), _names(item.include, spellings)
    if columns == item.columns and include == item.include:
        return item
    return replace(item, columns=columns, include=include)


def _columns_spelled(item: Any, spellings: dict[str, str]) -> Any:
    columns = _names(item.columns, spellings)
    return item if columns == item.columns else replace(item, columns=columns)


def _finished_key(key: Any, own: dict[str, str], fold: Fold) -> Any:
    target = fold.tables.find(key.target)
    spellings = _spellings(fold.tables.items[target]) if target is not None else {}
    return replace(
        key,
        columns=_names(key.columns, own),
        target=target or fold.tables.key_of(key.target),
        target_columns=_names(key.target_columns, spellings),
    )
