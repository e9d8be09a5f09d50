"""One table of a schema and the tables around it, as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.schema.model import ForeignKey, Key, Schema, SchemaColumn, Table

NEIGHBOURS_SHOWN = 6
"""How many tables around the table are listed, in both directions together."""


def neighbourhood(schema: Schema, name: str, limit: int = NEIGHBOURS_SHOWN) -> tuple[str, ...]:
    """The table called `name`: its columns, its keys, the tables it refers to and those that refer to it.

    At most `limit` neighbours are listed, and how many more there are. A table that the schema does not
    have gives no lines. The names are as the DDL has them; they are people's text.
    """
    table = schema.table(name)
    if table is None:
        return ()
    out, into = list(_outward(schema, table)), list(_inward(schema, table))
    # each direction has half of the room at least, and what the other one leaves
    first = min(len(out), max(limit - len(into), limit - limit // 2))
    lines = [_heading(table), "", "Columns", *_columns(table)]
    lines += _part("Keys", (_key(key) for key in table.keys), "none: nothing tells one row from another")
    lines += _neighbours("Refers to", out, first, "no table")
    lines += _neighbours("Referred to by", into, limit - first, "no table")
    return tuple(lines)


def table_in(schema: Schema, texts: Iterable[str]) -> Table | None:
    """The first table that one of `texts` names, as it stands or as `table.column`; else the first of all.

    Tables that the DDL makes come before those that are there already.
    """
    for text in texts:
        for name in (text, text.rpartition(".")[0]):
            table = schema.table(name) if name.strip() else None
            if table is not None:
                return table
    return min(schema.tables.values(), key=lambda table: table.existing, default=None)


def _heading(table: Table) -> str:
    state = " (there already)" if table.existing else ""
    comment = f": {' '.join(table.comment.split())}" if table.comment else ""
    return f"{table.name}{state}{comment}"


def _part(title: str, lines: Iterable[str], otherwise: str) -> list[str]:
    return ["", title, *(list(lines) or [f"  {otherwise}"])]


def _neighbours(title: str, lines: list[str], shown: int, otherwise: str) -> list[str]:
    more = len(lines) - shown
    return _part(title, lines[:shown] + ([f"  and {more} more"] if more > 0 else []), otherwise)


def _columns(table: Table) -> Iterator[str]:
    name = max((len(column.name) for column in table.columns), default=0)
    kind = max((len(_type(column)) for column in table.columns), default=0)
    for column in table.columns:
        null = "null" if column.nullable else "not null"
        yield f"  {column.name:<{name}}  {_type(column):<{kind}}  {null:<8}  {_more(column)}".rstrip()


def _type(column: SchemaColumn) -> str:
    return column.written_type or column.type


def _more(column: SchemaColumn) -> str:
    if column.identity or column.generated:
        return "identity" if column.identity else "generated"
    return f"default {' '.join(column.default.split())}" if column.default else ""


def _key(key: Key) -> str:
    kind = {"primary": "primary key", "unique": "unique", "unique_index": "unique index"}[key.kind]
    where = f" where {key.where}" if key.where else ""
    return f"  {kind} ({_names(key.columns)}){where}"


def _outward(schema: Schema, table: Table) -> Iterator[str]:
    for key in table.foreign_keys:
        target = schema.table(key.target)
        unknown = "" if target else "  not in the DDL"
        there = f" ({_names(_target_columns(target, key))})" if _target_columns(target, key) else ""
        yield f"  {_names(key.columns)} → {key.target}{there}{_deletion(key)}{unknown}"


def _inward(schema: Schema, table: Table) -> Iterator[str]:
    for other in schema.tables.values():
        for key in other.foreign_keys:
            if schema.table(key.target) is table:
                yield f"  {other.name} ({_names(key.columns)}){_deletion(key)}"


def _target_columns(target: Table | None, key: ForeignKey) -> tuple[str, ...]:
    primary = target.primary_key.columns if target is not None and target.primary_key else ()
    return key.target_columns or primary


def _deletion(key: ForeignKey) -> str:
    return f", on delete {key.on_delete}" if key.on_delete else ""


def _names(columns: Iterable[str]) -> str:
    return ", ".join(name or "an expression" for name in columns)
