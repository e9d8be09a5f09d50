"""Fold the effects of statements, in order, into a schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from app.schema.derived_tables import numbered, with_like, with_parent, with_partition_constraints
from app.schema.effects import (
    AddColumn,
    AddConstraint,
    AddEnumValue,
    ChangeColumn,
    ChangeConstraint,
    ChangePolicy,
    CommentOn,
    CreateDomain,
    CreateEnum,
    CreateIndex,
    CreatePolicy,
    CreateTable,
    CreateTrigger,
    CreateView,
    Drop,
    DropColumn,
    DropConstraint,
    Effect,
    Inherit,
    Noted,
    NotUnderstood,
    Partition,
    Rename,
    RowSecurity,
    SearchPath,
)
from app.schema.model import (
    Key,
    Policy,
    StatementKind,
    Table,
)
from app.schema.names import Namespace
from app.schema.tables import (
    other_tables,
    with_changed_constraint,
    with_constraint,
    with_index,
    with_new_name,
    with_renamed_column,
    with_renamed_target,
    without_column,
    without_constraint,
)


class Fold:
    """The schema as it grows; private to one reading, its results are immutable.

    A statement about a table that the text does not create is kept aside in `foreign`: it is about an
    existing table.
    """

    def __init__(self, schemas: tuple[str, ...], *, case_sensitive: bool) -> None:
        self.tables: Namespace[Table] = Namespace(schemas, case_sensitive=case_sensitive)
        self.enums: Namespace[tuple[str, ...]] = Namespace(schemas, case_sensitive=case_sensitive)
        self.domains: Namespace[CreateDomain] = Namespace(schemas, case_sensitive=case_sensitive)
        self.views: Namespace[bool] = Namespace(schemas, case_sensitive=case_sensitive)
        self.statements: list[StatementKind] = []
        self.unread: list[NotUnderstood] = []
        self.existing = False

    def apply(self, effects: Iterable[Effect]) -> None:
        """Apply the effects of one statement, whose spans are placed."""
        for effect in effects:
            _APPLY[type(effect)](self, effect)

    def change(self, name: str, change: Callable[[Table], Table]) -> None:
        """Replace the table called `name`; one that is not here is of no concern."""
        key = self.tables.find(name)
        if key is not None:
            self.tables.items[key] = change(self.tables.items[key])


def _create_table(fold: Fold, effect: CreateTable) -> None:
    table = effect.table
    if effect.if_not_exists and fold.tables.find(table.name, exact=True) is not None:
        return
    key = fold.tables.key_of(table.name)
    table = replace(table, name=key, existing=fold.existing)
    for name in table.inherits or ((table.partition_of,) if table.partition_of else ()):
        parent = _source(fold, name, table)
        table = with_parent(table, parent, partition=bool(table.partition_of)) if parent else table
    for like in reversed(effect.likes):
        source = _source(fold, like.source, table)
        table = with_like(table, source, like) if source else table
    fold.tables.add(key, numbered(table))


def _source(fold: Fold, name: str, table: Table) -> Table | None:
    """The table whose columns `table` takes over; one that is not here is said to be missing."""
    source = fold.tables.get(name)
    if source is None:
        reason = f"{name}, whose columns {table.name} takes over, does not stand before it"
        fold.unread.append(NotUnderstood(table.span, reason))
    return source


def _create_view(fold: Fold, effect: CreateView) -> None:
    fold.views.add(fold.views.key_of(effect.name), effect.materialized)


def _drop(fold: Fold, effect: Drop) -> None:
    match effect.kind:
        case "table":
            fold.tables.remove(effect.name)
        case "view":
            fold.views.remove(effect.name)
        case "type":
            fold.enums.remove(effect.name)
            fold.domains.remove(effect.name)
        case "index":
            for key in _tables_with_index(fold, effect.name, effect.table):
                fold.tables.items[key] = without_constraint(
                    fold.tables.items[key], _bare(effect.name), index=True
                )
        case "trigger":
            fold.change(effect.table, lambda t: replace(t, triggers=_without(t.triggers, effect.name)))
        case "policy":
            fold.change(effect.table, lambda t: replace(t, policies=_without(t.policies, effect.name)))


def _without(items: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    return tuple(item for item in items if item.name != name)


def _bare(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _tables_with_index(fold: Fold, name: str, table: str) -> list[str]:
    if table:
        key = fold.tables.find(table)
        return [key] if key is not None else []
    bare = _bare(name)
    return [key for key, t in fold.tables.items.items() if any(index.name == bare for index in t.indexes)]


def _rename(fold: Fold, effect: Rename) -> None:
    match effect.kind:
        case "table":
            fold.views.rename(effect.old, effect.new, schema=effect.schema)
            _rename_table(fold, effect)
        case "type":
            fold.enums.rename(effect.old, effect.new, schema=effect.schema)
            fold.domains.rename(effect.old, effect.new, schema=effect.schema)
        case "enum_value":
            key = fold.enums.find(effect.table)
            if key is not None:
                values = fold.enums.items[key]
                fold.enums.items[key] = tuple(effect.new if v == effect.old else v for v in values)
        case "column":
            _rename_column(fold, effect.table, effect.old, effect.new)
        case "index":
            for key in _tables_with_index(fold, effect.old, effect.table):
                renamed = with_new_name(fold.tables.items[key], _bare(effect.old), effect.new)
                fold.tables.items[key] = renamed
        case "constraint" | "trigger" | "policy":
            fold.change(effect.table, lambda table: with_new_name(table, effect.old, effect.new))


def _rename_table(fold: Fold, effect: Rename) -> None:
    """The table's new name holds in the keys of other tables that refer to it too."""
    old = fold.tables.find(effect.old)
    if old is None:
        return
    referring = {
        key: frozenset(name for name in other_tables(table) if fold.tables.find(name) == old)
        for key, table in fold.tables.items.items()
    }
    new = fold.tables.rename(old, effect.new, schema=effect.schema)
    assert new is not None
    fold.tables.items[new] = replace(fold.tables.items[new], name=new)
    for key, names in referring.items():
        if names:
            place = new if key == old else key
            fold.tables.items[place] = with_renamed_target(fold.tables.items[place], names, new)


def _rename_column(fold: Fold, table: str, old: str, new: str) -> None:
    """The column's new name holds in the keys of other tables that refer to it too."""
    owner = fold.tables.find(table)
    if owner is None:
        return
    for key, item in list(fold.tables.items.items()):
        if key == owner or any(fold.tables.find(fk.target) == owner for fk in item.foreign_keys):
            targets = frozenset(fk.target for fk in item.foreign_keys if fold.tables.find(fk.target) == owner)
            fold.tables.items[key] = with_renamed_column(item, old, new, own=key == owner, targets=targets)


def _add_column(fold: Fold, effect: AddColumn) -> None:
    def add(table: Table) -> Table:
        if table.column(effect.column.name) is not None:
            return table
        names = list(table.column_names)
        place = len(names)
        if effect.place is not None:
            place = names.index(effect.place) + 1 if effect.place in names else 0
        columns = (*table.columns[:place], effect.column, *table.columns[place:])
        return replace(table, columns=columns)

    fold.change(effect.table, add)


def _drop_column(fold: Fold, effect: DropColumn) -> None:
    fold.change(effect.table, lambda table: without_column(table, effect.column))


def _change_column(fold: Fold, effect: ChangeColumn) -> None:
    new = {
        name: value
        for name in ("type", "written_type", "nullable", "default", "generated", "identity", "comment")
        if (value := getattr(effect, name)) is not None
    }

    def change(table: Table) -> Table:
        wanted = effect.column.casefold()
        exact = table.column(effect.column) is not None
        return replace(
            table,
            columns=tuple(
                replace(c, **new)
                if (c.name == effect.column if exact else c.name.casefold() == wanted)
                else c
                for c in table.columns
            ),
        )

    fold.change(effect.table, change)
    if effect.new_name is not None and effect.new_name != effect.column:
        _rename_column(fold, effect.table, effect.column, effect.new_name)


def _add_constraint(fold: Fold, effect: AddConstraint) -> None:
    def add(table: Table) -> Table:
        constraint = effect.constraint
        if effect.using_index and isinstance(constraint, Key):
            index = next((i for i in table.indexes if i.name == effect.using_index), None)
            if index is not None:
                name = constraint.name if constraint.named else index.name
                constraint = replace(constraint, name=name, columns=index.columns, include=index.include)
                table = without_constraint(table, index.name, index=True)
        return numbered(with_constraint(table, constraint))

    fold.change(effect.table, add)


def _drop_constraint(fold: Fold, effect: DropConstraint) -> None:
    def drop(table: Table) -> Table:
        if effect.kind == "primary":
            return replace(table, primary_key=None)
        return without_constraint(table, effect.name)

    fold.change(effect.table, drop)


def _change_constraint(fold: Fold, effect: ChangeConstraint) -> None:
    fold.change(effect.table, lambda table: with_changed_constraint(table, effect))


def _row_security(fold: Fold, effect: RowSecurity) -> None:
    fold.change(
        effect.table,
        lambda table: replace(
            table,
            row_security=table.row_security if effect.enabled is None else effect.enabled,
            force_row_security=table.force_row_security if effect.forced is None else effect.forced,
        ),
    )


def _create_index(fold: Fold, effect: CreateIndex) -> None:
    def add(table: Table) -> Table:
        if effect.if_not_exists and any(index.name == effect.index.name for index in table.indexes):
            return table
        return with_index(table, effect.index, effect.key)

    fold.change(effect.table, add)


def _create_policy(fold: Fold, effect: CreatePolicy) -> None:
    fold.change(effect.table, lambda table: replace(table, policies=(*table.policies, effect.policy)))


def _change_policy(fold: Fold, effect: ChangePolicy) -> None:
    def changed(policy: Policy) -> Policy:
        if policy.name != effect.name:
            return policy
        using = policy.using if effect.using is None else effect.using
        check = policy.check if effect.check is None else effect.check
        return replace(policy, using=using, check=check)

    fold.change(effect.table, lambda t: replace(t, policies=tuple(changed(p) for p in t.policies)))


def _create_trigger(fold: Fold, effect: CreateTrigger) -> None:
    fold.change(
        effect.table,
        lambda table: replace(
            table, triggers=(*_without(table.triggers, effect.trigger.name), effect.trigger)
        ),
    )


def _comment(fold: Fold, effect: CommentOn) -> None:
    fold.change(effect.table, lambda table: replace(table, comment=effect.text))


def _create_enum(fold: Fold, effect: CreateEnum) -> None:
    fold.enums.add(fold.enums.key_of(effect.name), effect.values)


def _add_enum_value(fold: Fold, effect: AddEnumValue) -> None:
    key = fold.enums.find(effect.name)
    if key is None:
        return
    values = [value for value in fold.enums.items[key] if value != effect.value]
    place = len(values)
    if effect.neighbour in values:
        place = values.index(effect.neighbour) + effect.after
    fold.enums.items[key] = (*values[:place], effect.value, *values[place:])


def _create_domain(fold: Fold, effect: CreateDomain) -> None:
    fold.domains.add(fold.domains.key_of(effect.name), effect)


def _partition(fold: Fold, effect: Partition) -> None:
    parent = fold.tables.get(effect.parent)

    def change(table: Table) -> Table:
        if not effect.attached:
            return replace(table, partition_of="")
        table = replace(table, partition_of=effect.parent)
        return with_partition_constraints(table, parent) if parent else table

    fold.change(effect.child, change)


def _inherit(fold: Fold, effect: Inherit) -> None:
    def change(table: Table) -> Table:
        others = tuple(name for name in table.inherits if name != effect.parent)
        return replace(table, inherits=(*others, effect.parent) if effect.inherited else others)

    fold.change(effect.child, change)


def _search_path(fold: Fold, effect: SearchPath) -> None:
    for space in (fold.tables, fold.enums, fold.domains, fold.views):
        space.search(effect.schemas)


def _note(fold: Fold, effect: Noted) -> None:
    statement = effect.statement
    table = fold.tables.find(statement.table) or fold.tables.key_of(statement.table)
    fold.statements.append(statement if table == statement.table else replace(statement, table=table))


def _not_understood(fold: Fold, effect: NotUnderstood) -> None:
    fold.unread.append(effect)


_APPLY: dict[type, Callable[[Fold, Any], None]] = {
    CreateTable: _create_table,
    CreateView: _create_view,
    Drop: _drop,
    Rename: _rename,
    AddColumn: _add_column,
    DropColumn: _drop_column,
    ChangeColumn: _change_column,
    AddConstraint: _add_constraint,
    DropConstraint: _drop_constraint,
    ChangeConstraint: _change_constraint,
    RowSecurity: _row_security,
    CreateIndex: _create_index,
    CreatePolicy: _create_policy,
    ChangePolicy: _change_policy,
    CreateTrigger: _create_trigger,
    CommentOn: _comment,
    CreateEnum: _create_enum,
    AddEnumValue: _add_enum_value,
    CreateDomain: _create_domain,
    Partition: _partition,
    Inherit: _inherit,
    SearchPath: _search_path,
    Noted: _note,
    NotUnderstood: _not_understood,
}
