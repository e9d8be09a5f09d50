"""Fold the effects of statements, in order, into a schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from msgspec.structs import replace

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
from app.schema.fold import Fold
from app.schema.model import Key, Policy, StatementKind, Table
from app.schema.names import bare_name
from app.schema.renames import rename, rename_column, tables_with_index
from app.schema.tables import (
    with_changed_constraint,
    with_constraint,
    with_index,
    without_column,
    without_constraint,
)


def apply(fold: Fold, effects: tuple[Effect, ...]) -> None:
    """Apply the effects of one statement, whose spans are placed."""
    fold.effects = effects
    _apply(fold, effects)


def _apply(fold: Fold, effects: Iterable[Effect]) -> None:
    for effect in effects:
        fold.effect = effect
        _APPLY[type(effect)](fold, effect)


def apply_statement(fold: Fold, effects: tuple[Effect, ...], about: str) -> None:
    """The same for a statement of which `about_one_table` says that it changes the table `about` and no more.

    It takes one look at what is known, however many effects the statement has.
    """
    key = fold.tables.find(about)
    if key is None:
        apply(fold, effects)
        return
    fold.effects = effects
    items = fold.tables.items

    def changed() -> Table:
        _apply(fold, (effect for effect in effects if type(effect) is not Noted))
        return items[key]

    items[key] = fold.known((effects, items[key]), "statement", changed)
    notes = [effect.statement for effect in effects if type(effect) is Noted]
    if all(note.table in (about, key) for note in notes):
        fold.statements += fold.known((effects,), key, lambda: tuple(_placed(n, key) for n in notes))
    else:
        _apply(fold, (effect for effect in effects if type(effect) is Noted))


def about_one_table(effects: tuple[Effect, ...]) -> str:
    """The table that all effects of a statement change without regard to any other; "" if there is none."""
    names = {getattr(e, "table", "") if type(e) in _LOCAL else "" for e in effects if type(e) is not Noted}
    name = names.pop() if len(names) == 1 else ""
    renames = any(isinstance(e, ChangeColumn) and e.new_name is not None for e in effects)
    return "" if renames else str(name)


def _placed(statement: StatementKind, table: str) -> StatementKind:
    return statement if statement.table == table else replace(statement, table=table)


def _create_table(fold: Fold, effect: CreateTable) -> None:
    table = effect.table
    if effect.if_not_exists and fold.tables.find(table.name, exact=True) is not None:
        return
    key, existing = fold.tables.key_of(table.name), fold.existing
    if not (effect.likes or table.inherits or table.partition_of):
        plain = fold.known(
            (effect,), (key, existing), lambda: numbered(replace(table, name=key, existing=existing))
        )
        fold.tables.add(key, plain)
        return
    parents = table.inherits or ((table.partition_of,) if table.partition_of else ())
    sources = [_source(fold, name, key, table) for name in parents]
    likes = [_source(fold, like.source, key, table) for like in effect.likes]

    def create(*_: Table) -> Table:
        made = replace(table, name=key, existing=existing)
        for parent in sources:
            made = with_parent(made, parent, partition=bool(made.partition_of)) if parent else made
        for like, source in reversed(list(zip(effect.likes, likes, strict=True))):
            made = with_like(made, source, like) if source else made
        return numbered(made)

    there = tuple(source is not None for source in (*sources, *likes))
    known = [source for source in (*sources, *likes) if source is not None]
    fold.tables.add(key, fold.once(create, *known, beside=(key, existing, there)))


def _source(fold: Fold, name: str, key: str, table: Table) -> Table | None:
    """The table whose columns `table`, held as `key`, takes over; one that is not here is told as missing."""
    source = fold.tables.get(name)
    if source is None:
        reason = f"{name}, whose columns {key} takes over, does not stand before it"
        fold.unread.append(NotUnderstood(table.span, reason))
    return source


def _create_view(fold: Fold, effect: CreateView) -> None:
    fold.views.add(fold.views.key_of(effect.name), None)


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
            for key in tables_with_index(fold, effect.name, effect.table):
                dropped = partial(without_constraint, name=bare_name(effect.name), index=True)
                fold.tables.items[key] = fold.once(dropped, fold.tables.items[key])
        case "trigger":
            fold.change(effect.table, lambda t: replace(t, triggers=_without(t.triggers, effect.name)))
        case "policy":
            fold.change(effect.table, lambda t: replace(t, policies=_without(t.policies, effect.name)))


def _without(items: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    return tuple(item for item in items if item.name != name)


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
        rename_column(fold, effect.table, effect.column, effect.new_name)


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
    parent, child = fold.tables.get(effect.parent), fold.tables.find(effect.child)
    if child is None:
        return

    def change(table: Table, *_: Table) -> Table:
        if not effect.attached:
            return replace(table, partition_of="")
        table = replace(table, partition_of=effect.parent)
        return with_partition_constraints(table, parent) if parent else table

    beside = (parent,) if parent else ()
    fold.tables.items[child] = fold.once(change, fold.tables.items[child], *beside)


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
    fold.statements.append(fold.known((effect,), table, lambda: _placed(statement, table)))


def _not_understood(fold: Fold, effect: NotUnderstood) -> None:
    fold.unread.append(effect)


_APPLY: dict[type, Callable[[Fold, Any], None]] = {
    CreateTable: _create_table,
    CreateView: _create_view,
    Drop: _drop,
    Rename: rename,
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
_LOCAL = frozenset(
    {
        AddColumn,
        DropColumn,
        ChangeColumn,
        AddConstraint,
        DropConstraint,
        ChangeConstraint,
        RowSecurity,
        CreateIndex,
        CreatePolicy,
        ChangePolicy,
        CreateTrigger,
        CommentOn,
    }
)
"""Effects that look at no other table than the one that they change."""
