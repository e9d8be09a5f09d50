"""How engines lock a table while its schema changes, and what a plan says against it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from app import patterns
from app.document.answers import Row, Value
from app.readiness.facts.changes import Change
from app.readiness.facts.quantities import parse_quantity
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import cell, name_key, rows

Family = Literal["postgresql", "mysql", "sqlserver", "oracle", "online", "unknown"]

SMALL = 10_000
"""Rows up to which a table is scanned before anybody notices."""

_FAMILIES: tuple[tuple[str, Family], ...] = (
    ("cockroach", "online"),
    ("yugabyte", "online"),
    ("tidb", "online"),
    ("spanner", "online"),
    ("sqlite", "online"),
    ("libsql", "online"),
    ("postgre", "postgresql"),
    ("timescale", "postgresql"),
    ("alloydb", "postgresql"),
    ("citus", "postgresql"),
    ("neon", "postgresql"),
    ("supabase", "postgresql"),
    ("mysql", "mysql"),
    ("mariadb", "mysql"),
    ("percona", "mysql"),
    ("sqlserver", "sqlserver"),
    ("mssql", "sqlserver"),
    ("azuresql", "sqlserver"),
    ("oracle", "oracle"),
)
_WINDOW = patterns.compile(
    r"(?i)\b(?:maintenance|window|downtime|outage|read[- ]only|offline)\b"
    r"|\b(?:writers?|writes|services?|application|app|traffic|jobs?|import)\s+(?:is |are )?"
    r"(?:stopped|paused|down|drained|off)\b"
)
_ONLINE = patterns.compile(r"(?i)\b(?:concurrently|online)\b")
_NUMBER = patterns.compile(r"\d+")


def lock_family(engine: str) -> Family:
    """Engines that lock alike. `online` are those that change schemas without blocking writers, and SQLite,
    which has no other writer to block while a schema changes."""
    name = "".join(c for c in engine.casefold() if c.isalnum())
    if name in ("pg", "postgres"):
        return "postgresql"
    return next((family for word, family in _FAMILIES if word in name), "unknown")


def major_version(version: str) -> int | None:
    """The first number of a version: 17 of `PostgreSQL 17.2`."""
    found = _NUMBER.search(version)
    return int(found[0][:6]) if found else None


def is_small(table: str, growth: Value | None) -> bool:
    """Whether 16.1 says that a table has so few rows that a lock on it is over at once."""
    for row in rows(growth):
        if entity_key(cell(row, "entity")) == entity_key(table):
            count = parse_quantity(cell(row, "current_rows"))
            return count is not None and count <= SMALL
    return False


def built_online(name: str, steps: Value | None) -> bool:
    """Whether a step that names the index builds it concurrently or online."""
    return any(_ONLINE.search(words) for words in _steps_naming([name], steps))


def in_window(change: Change, steps: Value | None) -> bool:
    """Whether a step about the table or the object of a change keeps writers away meanwhile."""
    names = [change.table.rsplit(".", 1)[-1], *(act.name for act in change.acts)]
    return any(_WINDOW.search(words) for words in _steps_naming(names, steps))


def _steps_naming(names: list[str], steps: Value | None) -> Iterable[str]:
    wanted = [key for name in names if (key := f" {name_key(name)} ").strip()]
    for row in rows(steps):
        words = _all_cells(row)
        plain = f" {name_key(words)} "
        if any(name in plain for name in wanted):
            yield words


def _all_cells(row: Row) -> str:
    return "; ".join(cell(row, column) for column in ("action", "safety_guard", "rollback"))
