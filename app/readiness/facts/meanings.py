"""What 7.3 and 4.1 say about a column, found by the names of its table and itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from app.document.answers import Row, Value
from app.readiness.facts.detected import object_key
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import cell, rows
from app.readiness.registry import fact
from app.schema.each import each

ColumnKey = tuple[str, str]
"""The key of a table, singular ("" for all tables), and that of a column."""
EVERY_TABLE = frozenset({"", "all", "all tables", "every table", "any table", "each table", "any"})
"""What a row of 7.3 for all tables says instead of the name of a table, by `object_key`."""
_EVERY = frozenset(map(entity_key, EVERY_TABLE))


def column_key(table: str, column: str) -> ColumnKey:
    return entity_key(table), object_key(column)


@fact
def meant_positions(meant_columns: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[ColumnKey, int]:
    """By column, the position of its row of 7.3; rows for all tables are under ""."""
    found: dict[ColumnKey, int] = {}
    for position, (table, names) in enumerate(meant_columns):
        owner = entity_key(table)
        for name in names:
            found.setdefault(("" if owner in _EVERY else owner, name), position)
    return found


class Meanings(Struct, frozen=True):
    """The rows of 7.3 by the columns that they are about."""

    positions: Mapping[ColumnKey, int]
    rows: tuple[Row, ...]

    def get(self, key: ColumnKey) -> Row | None:
        """The row of a column; None without one."""
        position = self.positions.get(key)
        return None if position is None else self.rows[position]


@fact
def meaning_rows(
    physical_column_semantics: Value | None, meant_positions: Mapping[ColumnKey, int]
) -> Meanings:
    """By column, its row of 7.3."""
    return Meanings(meant_positions, rows(physical_column_semantics))


@fact
def promised_nulls(physical_column_semantics: Value | None, memo: dict[str, Any]) -> tuple[Value | None, ...]:
    """Of each row of 7.3 what it says of nulls; the same object until one says something else."""
    return each(memo, "promised nulls", rows(physical_column_semantics), lambda row: row.get("nullable"))


def said_of(meanings: Meanings, table: str, column: str) -> str:
    """Meaning and notes of a column in 7.3, "" when it has no row."""
    key = column_key(table, column)
    found = meanings.get(key) or meanings.get(("", key[1]))
    return f"{cell(found, 'meaning')} {cell(found, 'notes')}".strip() if found else ""


def named_columns(value: Value | None, *texts: str) -> Mapping[ColumnKey, str]:
    """By column, the cells `texts` of the rows of a table of 4.1, whose `column` is table.column."""
    found = {}
    for row in rows(value):
        table, _, column = cell(row, "column").rpartition(".")
        found[column_key(table, column)] = " ".join(cell(row, name) for name in texts).strip()
    return found


def row_for(said: Mapping[ColumnKey, str], table: str, column: str) -> str | None:
    """The text of a row of 4.1 for a column, also of one that names no table; None without one."""
    key = column_key(table, column)
    return said.get(key, said.get(("", key[1])))
