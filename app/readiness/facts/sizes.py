"""How large tables are said to be."""

from __future__ import annotations

from app.document.answers import Value
from app.readiness.facts.quantities import parse_quantity
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import cell, rows
from app.readiness.registry import fact

_TINY = 10_000


@fact
def tiny_tables(capacity_growth: Value | None) -> frozenset[str]:
    """The keys of the tables that 16.1 says stay below ten thousand rows."""
    found = set()
    for row in rows(capacity_growth):
        sizes = [parse_quantity(cell(row, column)) for column in ("current_rows", "year_estimate")]
        known = [size for size in sizes if size is not None]
        if known and max(known) < _TINY:
            found.add(entity_key(cell(row, "entity")))
    return frozenset(found)
