"""Tables that take columns and constraints from other tables: LIKE, INHERITS, partitions."""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from app.schema.effects import Constraint, Like
from app.schema.model import Check, Exclusion, ForeignKey, Index, Key, SchemaColumn, Span, Table
from app.schema.names import object_name
from app.schema.tables import with_constraint, with_index

C = TypeVar("C", Key, ForeignKey, Check, Exclusion)


def with_parent(table: Table, parent: Table, *, partition: bool) -> Table:
    """`table` with what it takes from the table that it inherits from or is a partition of."""
    own = {column.name: column for column in table.columns}
    inherited = tuple(_merged(column, own.pop(column.name, None)) for column in parent.columns)
    table = replace(
        table,
        columns=(*inherited, *own.values()),
        checks=(*table.checks, *(replace(check, span=table.span) for check in parent.checks)),
    )
    return with_partition_constraints(table, parent) if partition else table


def _merged(inherited: SchemaColumn, own: SchemaColumn | None) -> SchemaColumn:
    if own is None:
        return replace(inherited, comment="", identity=False)
    return replace(
        inherited,
        nullable=inherited.nullable and own.nullable,
        default=own.default or inherited.default,
        span=own.span,
        comment="",
    )


def with_partition_constraints(table: Table, parent: Table) -> Table:
    """A partition has its parent's keys, foreign keys and indexes too, unless it has its own like them."""
    keys = {(key.kind, key.columns) for key in table.keys}
    for key in parent.keys:
        if key.kind != "unique_index" and (key.kind, key.columns) not in keys:
            table = with_constraint(table, _copied_key(key, table.name, table.span))
    for foreign_key in parent.foreign_keys:
        if foreign_key.columns not in {own.columns for own in table.foreign_keys}:
            table = with_constraint(table, replace(foreign_key, span=table.span))
    shapes = {(index.columns, index.expressions, index.where) for index in table.indexes}
    missing = (i for i in parent.indexes if (i.columns, i.expressions, i.where) not in shapes)
    for index in missing:
        table = _with_copied_index(table, index, parent)
    return table


def with_like(table: Table, source: Table, like: Like) -> Table:
    """`table` with the columns of `source`, and what else LIKE includes."""
    copied = tuple(
        replace(
            column,
            default=column.default if _keeps_default(column, like) else "",
            identity=column.identity and "identity" in like.including,
            generated=column.generated and "generated" in like.including,
            comment=column.comment if "comments" in like.including else "",
            nullable=column.nullable and not _is_primary(column, source),
            span=table.span,
        )
        for column in source.columns
    )
    columns = (*table.columns[: like.position], *copied, *table.columns[like.position :])
    table = replace(table, columns=columns)
    if "constraints" in like.including:
        for check in source.checks:
            table = with_constraint(table, replace(check, span=table.span))
    if "indexes" in like.including:
        for key in source.keys:
            if key.kind != "unique_index":
                table = with_constraint(table, _copied_key(key, table.name, table.span))
        for index in source.indexes:
            table = _with_copied_index(table, index, source)
    return table


def _is_primary(column: SchemaColumn, table: Table) -> bool:
    return table.primary_key is not None and column.name in table.primary_key.columns


def _keeps_default(column: SchemaColumn, like: Like) -> bool:
    return ("generated" if column.generated else "defaults") in like.including


def _copied_key(key: Key, table: str, span: Span) -> Key:
    primary = key.kind == "primary"
    columns = () if primary else (*key.columns, *key.include)
    name = object_name(table, columns, "pkey" if primary else "key")
    return replace(key, span=span, named=False, name=name)


def _with_copied_index(table: Table, index: Index, source: Table) -> Table:
    names = (*(column or "expr" for column in index.columns), *index.include)
    name = object_name(table.name, names, "idx")
    key = next((key for key in source.uniques if key.kind == "unique_index" and key.name == index.name), None)
    copy = replace(key, span=table.span, named=False, name=name) if key else None
    return with_index(table, replace(index, span=table.span, named=False, name=name), copy)


def numbered(table: Table) -> Table:
    """`table` with made-up constraint names told apart by a number, as PostgreSQL does."""
    everything: tuple[Constraint, ...] = (*table.checks, *table.keys, *table.foreign_keys, *table.exclusions)
    taken = {constraint.name for constraint in everything if constraint.named}

    def fresh(constraint: C) -> C:
        if constraint.named or not constraint.name:
            return constraint
        name, number = constraint.name, 0
        while name in taken:
            number += 1
            name = f"{constraint.name}{number}"
        taken.add(name)
        return constraint if name == constraint.name else replace(constraint, name=name)

    return replace(
        table,
        checks=tuple(fresh(check) for check in table.checks),
        primary_key=fresh(table.primary_key) if table.primary_key else None,
        uniques=tuple(key if key.kind == "unique_index" else fresh(key) for key in table.uniques),
        foreign_keys=tuple(fresh(key) for key in table.foreign_keys),
        exclusions=tuple(fresh(exclusion) for exclusion in table.exclusions),
    )
