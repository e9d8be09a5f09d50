"""What 7.3 and 4.1 say about a column, found by the names of its table and itself."""

from __future__ import annotations

from collections.abc import Mapping

from app.document.answers import Row, Value
from app.readiness.facts.detected import object_key
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import cell, rows
from app.readiness.registry import fact

ColumnKey = tuple[str, str]
"""The key of a table, singular ("" for all tables), and that of a column."""
_EVERY = frozenset({"", "all", "all table", "every table", "any table", "each table", "any"})


def column_key(table: str, column: str) -> ColumnKey:
    return entity_key(table), object_key(column)


@fact
def meaning_rows(
    physical_column_semantics: Value | None, meant_columns: tuple[tuple[str, tuple[str, ...]], ...]
) -> Mapping[ColumnKey, tuple[int, Row]]:
    """By column, its row of 7.3 and the position of it; rows for all tables are under ""."""
    found: dict[ColumnKey, tuple[int, Row]] = {}
    pairs = zip(rows(physical_column_semantics), meant_columns, strict=True)
    for position, (row, (table, names)) in enumerate(pairs):
        owner = entity_key(table)
        for name in names:
            found.setdefault(("" if owner in _EVERY else owner, name), (position, row))
    return found


def said_of(meanings: Mapping[ColumnKey, tuple[int, Row]], table: str, column: str) -> str:
    """Meaning and notes of a column in 7.3, "" when it has no row."""
    key = column_key(table, column)
    found = meanings.get(key) or meanings.get(("", key[1]))
    return f"{cell(found[1], 'meaning')} {cell(found[1], 'notes')}".strip() if found else ""


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
