"""Which column says to whom a row belongs."""

from __future__ import annotations

from collections import Counter

from app import patterns
from app.document.answers import Value
from app.readiness.facts.ddl import Changed
from app.readiness.facts.detected import TENANT_COLUMNS
from app.readiness.facts.tables import name_key, text
from app.readiness.registry import fact
from app.schema.model import Table
from app.schema.names import words_of

_WORD = patterns.compile(r"[^\W\d]\w*")
_CUSTOMARY = TENANT_COLUMNS - {"tenant"}


@fact
def tenant_columns(
    traits: frozenset[str], changed_tables: tuple[Changed, ...], security_tenant_key: Value | None
) -> frozenset[str]:
    """The keys of the columns that hold the tenant; empty when no tenants share the tables.

    Of the columns that 12.3 names the one that most tables have; the customary ones where it names none.
    """
    if "multi_tenant" not in traits:
        return frozenset()
    used = Counter(name_key(c) for changed in changed_tables for c in changed.table.column_names)
    words = (word for word in _WORD.findall(text(security_tenant_key)) if "_" in words_of(word).strip("_"))
    named = [name for name in map(name_key, words) if used[name]]
    own = max(named, key=lambda name: used[name], default="")
    names = {c for changed in changed_tables for c in changed.table.column_names}
    customary = frozenset(name_key(name) for name in names if words_of(name) in _CUSTOMARY)
    if own and all(used[name] <= used[own] for name in customary):
        return frozenset({own})
    return customary


def tenant_column(table: Table, tenant: frozenset[str]) -> str:
    """The column of a table that holds the tenant, "" without one."""
    return next((name for name in table.column_names if name_key(name) in tenant), "")
