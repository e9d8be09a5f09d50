"""Tables with one thing more, less or changed; each function returns a new table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from app.schema.effects import ChangeConstraint, Constraint
from app.schema.model import Check, Exclusion, ForeignKey, Index, Key, Table


def with_constraint(table: Table, constraint: Constraint) -> Table:
    match constraint:
        case Key(kind="primary"):
            return replace(table, primary_key=constraint)
        case Key():
            return replace(table, uniques=(*table.uniques, constraint))
        case ForeignKey():
            return replace(table, foreign_keys=(*table.foreign_keys, constraint))
        case Check():
            return replace(table, checks=(*table.checks, constraint))
        case Exclusion():
            return replace(table, exclusions=(*table.exclusions, constraint))


def with_constraints(table: Table, constraints: list[Constraint]) -> Table:
    for constraint in constraints:
        table = with_constraint(table, constraint)
    return table


def with_index(table: Table, index: Index, key: Key | None) -> Table:
    table = replace(table, indexes=(*table.indexes, index))
    return with_constraint(table, key) if key else table


def without_constraint(table: Table, name: str, *, index: bool = False) -> Table:
    """`table` without the constraint called `name`, or without the index of that name."""
    folded = name.casefold()

    def others(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(item for item in items if item.name != name and item.name.casefold() != folded)

    if index:
        uniques = tuple(k for k in table.uniques if k.kind != "unique_index" or k.name.casefold() != folded)
        return replace(table, indexes=others(table.indexes), uniques=uniques)
    primary = table.primary_key
    constraints = tuple(
        key for key in table.uniques if key.kind == "unique" and key.name.casefold() != folded
    )
    indexes = tuple(key for key in table.uniques if key.kind == "unique_index")
    return replace(
        table,
        primary_key=None if primary and primary.name.casefold() == folded else primary,
        uniques=(*constraints, *indexes),
        foreign_keys=others(table.foreign_keys),
        checks=others(table.checks),
        exclusions=others(table.exclusions),
    )


def without_column(table: Table, name: str) -> Table:
    """`table` without a column and, as the engine does, without what rests on it."""
    folded = name.casefold()

    def free(items: tuple[Any, ...], columns: Callable[[Any], tuple[str, ...]]) -> tuple[Any, ...]:
        return tuple(item for item in items if folded not in (c.casefold() for c in columns(item)))

    primary = table.primary_key
    indexes = free(table.indexes, lambda index: (*index.columns, *index.include, *index.reads))
    gone = {index.name for index in table.indexes} - {index.name for index in indexes}
    uniques = free(table.uniques, lambda key: (*key.columns, *key.include))
    return replace(
        table,
        columns=tuple(column for column in table.columns if column.name.casefold() != folded),
        primary_key=primary if primary and free((primary,), lambda key: key.columns) else None,
        uniques=tuple(key for key in uniques if key.kind != "unique_index" or key.name not in gone),
        foreign_keys=free(table.foreign_keys, lambda key: key.columns),
        checks=free(table.checks, lambda check: check.columns),
        exclusions=free(table.exclusions, lambda item: tuple(column for column, _ in item.elements)),
        indexes=indexes,
    )


def with_renamed_target(table: Table, old: frozenset[str], new: str) -> Table:
    """`table` after the table that it calls by the names `old` got the name `new`."""
    return replace(
        table,
        foreign_keys=tuple(
            replace(key, target=new) if key.target in old else key for key in table.foreign_keys
        ),
        partition_of=new if table.partition_of in old else table.partition_of,
        inherits=tuple(new if name in old else name for name in table.inherits),
    )


def with_renamed_column(table: Table, old: str, new: str, *, own: bool, targets: frozenset[str]) -> Table:
    """`table` after a column got a new name: its own (`own`), or one of a table in `targets`."""

    def names(columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if column.casefold() == old.casefold() else column for column in columns)

    foreign_keys = tuple(
        replace(
            key,
            columns=names(key.columns) if own else key.columns,
            target_columns=names(key.target_columns) if key.target in targets else key.target_columns,
        )
        for key in table.foreign_keys
    )
    if not own:
        return replace(table, foreign_keys=foreign_keys)
    primary = table.primary_key
    return replace(
        table,
        columns=tuple(
            replace(c, name=new) if c.name.casefold() == old.casefold() else c for c in table.columns
        ),
        primary_key=replace(primary, columns=names(primary.columns)) if primary else None,
        uniques=tuple(
            replace(key, columns=names(key.columns), include=names(key.include)) for key in table.uniques
        ),
        foreign_keys=foreign_keys,
        checks=tuple(replace(check, columns=names(check.columns)) for check in table.checks),
        indexes=tuple(replace(i, columns=names(i.columns), include=names(i.include)) for i in table.indexes),
        exclusions=tuple(
            replace(e, elements=tuple((names((c,))[0], o) for c, o in e.elements)) for e in table.exclusions
        ),
    )


def with_new_name(table: Table, old: str, new: str) -> Table:
    """`table` with its constraint, index, policy or trigger called `old` renamed."""

    def renamed(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(item, name=new) if item.name == old else item for item in items)

    return replace(
        table,
        primary_key=renamed((table.primary_key,))[0] if table.primary_key else None,
        uniques=renamed(table.uniques),
        foreign_keys=renamed(table.foreign_keys),
        checks=renamed(table.checks),
        exclusions=renamed(table.exclusions),
        indexes=renamed(table.indexes),
        policies=renamed(table.policies),
        triggers=renamed(table.triggers),
    )


def with_changed_constraint(table: Table, change: ChangeConstraint) -> Table:
    """`table` with a constraint validated, or made deferrable or not."""

    def key(item: ForeignKey) -> ForeignKey:
        if item.name != change.name:
            return item
        deferrable = item.deferrable if change.deferrable is None else change.deferrable
        return replace(item, not_valid=item.not_valid and not change.validated, deferrable=deferrable)

    def check(item: Check) -> Check:
        return replace(item, not_valid=False) if item.name == change.name and change.validated else item

    return replace(
        table,
        foreign_keys=tuple(key(item) for item in table.foreign_keys),
        checks=tuple(check(item) for item in table.checks),
    )


def other_tables(table: Table) -> set[str]:
    """The tables that `table` names: targets of its foreign keys and parents."""
    return {*(key.target for key in table.foreign_keys), table.partition_of, *table.inherits} - {""}
