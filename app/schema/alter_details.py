"""What an ALTER TABLE does, in the words that the list of statements uses."""

from __future__ import annotations

from app.schema.effects import (
    AddColumn,
    AddConstraint,
    ChangeColumn,
    ChangeConstraint,
    Constraint,
    CreateIndex,
    Drop,
    DropColumn,
    DropConstraint,
    Effect,
    Partition,
    Rename,
    RowSecurity,
)
from app.schema.model import Check, Exclusion, ForeignKey, Key

_ADDED = {ForeignKey: "add_foreign_key", Check: "add_check", Exclusion: "add_exclusion"}


def alter_details(effect: Effect) -> list[str]:
    """The details of the statement that the effect is part of."""
    match effect:
        case AddColumn(column=column):
            required = [] if column.nullable else [f"not_null:{column.name}"]
            default = [f"default:{column.name}"] if column.default or column.identity else []
            return [f"add_column:{column.name}", *required, *default]
        case DropColumn(column=name):
            return [f"drop_column:{name}"]
        case AddConstraint(constraint=constraint, using_index=index):
            return [*_added(constraint), *(["using_index"] if index else [])]
        case DropConstraint(name=name):
            return [f"drop_constraint:{name}"]
        case ChangeConstraint(name=name, validated=True):
            return [f"validate:{name}"]
        case ChangeColumn(column=name):
            return _column_details(effect, name)
        case CreateIndex(index=index):
            return [f"add_index:{index.name}"]
        case Drop(kind="index", name=name):
            return [f"drop_index:{name}"]
        case Rename(kind=kind, old=old, new=new):
            return [f"rename_{kind}:{old}:{new}"]
        case RowSecurity(enabled=True):
            return ["enable_row_security"]
        case RowSecurity(forced=True):
            return ["force_row_security"]
        case Partition(child=child, attached=attached):
            return [f"{'attach' if attached else 'detach'}_partition:{child}"]
        case _:
            return []


def _added(constraint: Constraint) -> list[str]:
    if isinstance(constraint, Key):
        kind = "add_primary_key" if constraint.kind == "primary" else "add_unique"
        return [f"{kind}:{constraint.name}"]
    late = isinstance(constraint, ForeignKey | Check) and constraint.not_valid
    return [f"{_ADDED[type(constraint)]}:{constraint.name}", *(["not_valid"] if late else [])]


def _column_details(change: ChangeColumn, name: str) -> list[str]:
    details = [f"type:{name}"] if change.type is not None else []
    if change.nullable is not None:
        details.append(f"{'drop_not_null' if change.nullable else 'set_not_null'}:{name}")
    if change.default is not None:
        details.append(f"{'set_default' if change.default else 'drop_default'}:{name}")
    return details
