"""Fold new names into a schema: a name holds wherever the thing is referred to."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from app.schema.effects import Rename
from app.schema.fold import Fold
from app.schema.names import bare_name
from app.schema.tables import other_tables, with_new_name, with_renamed_column, with_renamed_target


def tables_with_index(fold: Fold, name: str, table: str) -> list[str]:
    """The keys of the tables that have an index of this name, or of `table` where that is said."""
    if table:
        key = fold.tables.find(table)
        return [key] if key is not None else []
    own = bare_name(name)
    return [key for key, t in fold.tables.items.items() if any(index.name == own for index in t.indexes)]


def rename(fold: Fold, effect: Rename) -> None:
    """Give a table, column, constraint, index, type or value its new name."""
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
            rename_column(fold, effect.table, effect.old, effect.new)
        case "index":
            for key in tables_with_index(fold, effect.old, effect.table):
                renamed = partial(with_new_name, old=bare_name(effect.old), new=effect.new)
                fold.tables.items[key] = fold.once(renamed, fold.tables.items[key])
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
    items = fold.tables.items
    items[new] = fold.once(lambda table: replace(table, name=new), items[new], beside=new)
    for key, names in referring.items():
        if names:
            place = new if key == old else key
            renamed = partial(with_renamed_target, old=names, new=new)
            items[place] = fold.once(renamed, items[place], beside=(names, new))


def rename_column(fold: Fold, table: str, old: str, new: str) -> None:
    """The column's new name holds in the keys of other tables that refer to it too."""
    owner = fold.tables.find(table)
    if owner is None:
        return
    for key, item in list(fold.tables.items.items()):
        if key == owner or any(fold.tables.find(fk.target) == owner for fk in item.foreign_keys):
            targets = frozenset(fk.target for fk in item.foreign_keys if fold.tables.find(fk.target) == owner)
            renamed = partial(with_renamed_column, old=old, new=new, own=key == owner, targets=targets)
            fold.tables.items[key] = fold.once(renamed, item, beside=(key == owner, targets))
