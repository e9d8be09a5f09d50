"""The relationship diagram as the foreign keys of the DDL draw it, for a document that has none in 6.3."""

from __future__ import annotations

from collections.abc import Iterator

from app.render.diagrams import Drawing, identifier, label, mermaid
from app.schema.model import ForeignKey, Schema, Table

MOST = 60
"""How many foreign keys are drawn; more make a picture that nobody can read."""
CAPTION = "Drawn from the foreign keys of the DDL"


def draw_keys(schema: Schema | None) -> Drawing | None:
    """Tables and the foreign keys between them; None when the DDL has no foreign key.

    Tables that exist already are drawn only where a key of another one leads to them. Partitions are left
    out, since they repeat the keys of their table.
    """
    keys = list(_keys(schema)) if schema is not None else []
    if not keys:
        return None
    taken: set[str] = set()
    names: dict[str, str] = {}
    edges = []
    for table, key in keys[:MOST]:
        for name in (key.target, table.name):
            if name not in names:
                names[name] = identifier("table", name, taken)
        words = label(", ".join(key.columns)) or "refers to"
        edges.append(f'  {names[key.target]} {_ends(table, key)} {names[table.name]} : "{words}"')
    boxes = [f'  {name}["{label(table)}"]' for table, name in names.items()]
    more = len(keys) - MOST
    caption = f"{CAPTION}: the first {MOST}, {more} more are not drawn" if more > 0 else CAPTION
    return Drawing(caption, mermaid(["erDiagram", *boxes, *edges]))


def _keys(schema: Schema) -> Iterator[tuple[Table, ForeignKey]]:
    """The foreign keys of new tables first, then those of existing ones to new ones."""
    tables = [table for table in schema.tables.values() if not table.partition_of]
    new = {table.name for table in tables if not table.existing}
    for table in schema.altered.values():
        for key in table.foreign_keys:
            yield table, key
    for table in sorted(tables, key=lambda table: table.existing):
        for key in table.foreign_keys:
            if not table.existing or key.target in new:
                yield table, key


def _ends(table: Table, key: ForeignKey) -> str:
    """One parent, or none where a column may be null; one child where the columns are unique, else many."""
    columns = [table.column(name) for name in key.columns]
    optional = any(column is not None and column.nullable for column in columns)
    unique_keys = (
        frozenset(known.columns) for known in table.keys if not known.where and "" not in known.columns
    )
    single = any(known <= frozenset(key.columns) for known in unique_keys)
    return f"{'|o' if optional else '||'}--{'o|' if single else 'o{'}"
