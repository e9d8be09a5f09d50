"""ALTER TABLE of other dialects: one effect per action."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace
from sqlglot import exp

from app.schema.alter_details import alter_details
from app.schema.effects import (
    AddColumn,
    AddConstraint,
    ChangeColumn,
    CreateIndex,
    Drop,
    DropColumn,
    DropConstraint,
    Effect,
    Noted,
    NotUnderstood,
    Rename,
)
from app.schema.generic_source import Elements
from app.schema.generic_table import Element, read_element
from app.schema.generic_text import expression_text, identifier, table_name, type_text
from app.schema.model import Check, ForeignKey, Span, StatementKind


def alter_table(node: exp.Alter, elements: Elements, dialect: str, *, not_valid: bool) -> Iterator[Effect]:
    """The effects of ALTER TABLE; an action without a meaning here is said to be not understood."""
    table = table_name(node.this)
    actions = node.args.get("actions") or []
    spans = elements.outside(len(actions))
    details: list[str] = []
    for action, span in zip(actions, spans, strict=True):
        for effect in _action(action, table, span, dialect, not_valid):
            details.extend(alter_details(effect))
            # what is unread must hold the name of the table that it is about
            yield replace(effect, span=elements.whole) if isinstance(effect, NotUnderstood) else effect
    for option in node.args.get("options") or ():
        name = type(option).__name__.removesuffix("Property")
        details.append(f"{name}={option.name}".lower())
    yield Noted(StatementKind("alter_table", table, elements.whole, tuple(details)))


def _action(node: exp.Expr, table: str, span: Span, dialect: str, not_valid: bool) -> Iterator[Effect]:
    match node:
        case exp.ColumnDef():
            yield from _added(node, table, span, dialect, not_valid)
        case exp.Schema():
            for item in node.expressions:
                yield from _added(item, table, span, dialect, not_valid)
        case exp.AddConstraint():
            for item in node.expressions:
                yield from _added(item, table, span, dialect, not_valid)
        case exp.ModifyColumn():
            yield from _modified(node, table, span, dialect)
        case exp.AlterColumn():
            yield from _altered(node, table, dialect)
        case exp.Drop():
            yield from _dropped(node, table)
        case exp.DropPrimaryKey():
            yield DropConstraint(table, "", kind="primary")
        case exp.AlterRename():
            yield Rename("table", table, table_name(node.this))
        case exp.RenameColumn():
            yield Rename("column", identifier(node.this), identifier(node.args["to"]), table)
        case exp.RenameIndex():
            yield Rename("index", identifier(node.this), identifier(node.args["to"]), table)
        case _:
            yield NotUnderstood(span, f"{type(node).__name__} in ALTER TABLE is not followed")


def _added(node: exp.Expr, table: str, span: Span, dialect: str, not_valid: bool) -> Iterator[Effect]:
    found: Element = read_element(node, span, dialect)
    if found.column:
        yield AddColumn(table, found.column, _place(node))
    for constraint in found.constraints:
        if not_valid and isinstance(constraint, ForeignKey | Check):
            constraint = replace(constraint, not_valid=True)
        yield AddConstraint(table, constraint)
    for index in found.indexes:
        yield CreateIndex(table, index)


def _place(node: exp.Expr) -> str | None:
    position = node.args.get("position")
    if position is None:
        return None
    return identifier(position.this) if position.this is not None else ""


def _modified(node: exp.ModifyColumn, table: str, span: Span, dialect: str) -> Iterator[Effect]:
    """MODIFY and CHANGE say the whole column anew."""
    column = read_element(node.this, span, dialect).column
    if column is None:
        return
    old = node.args.get("rename_from")
    yield ChangeColumn(
        table,
        identifier(old) if old is not None else column.name,
        type=column.type,
        written_type=column.written_type,
        nullable=column.nullable,
        default=column.default,
        generated=column.generated,
        identity=column.identity,
        comment=column.comment,
        new_name=column.name,
    )


def modified_columns(table: str, definitions: exp.Expr, whole: Span, dialect: str) -> Iterator[Effect]:
    """The effects of Oracle's MODIFY, which says only what changes of each column in `definitions`."""
    details: list[str] = []
    for node in definitions.expressions:
        column = read_element(node, whole, dialect).column
        if column is None:
            yield NotUnderstood(whole, "this MODIFY is not followed")
            continue
        constraints = [item.args.get("kind") for item in node.args.get("constraints") or ()]
        says_null = any(isinstance(kind, exp.NotNullColumnConstraint) for kind in constraints)
        says_default = any(isinstance(kind, exp.DefaultColumnConstraint) for kind in constraints)
        change = ChangeColumn(
            table,
            column.name,
            type=column.type or None,
            written_type=column.written_type or None,
            nullable=column.nullable if says_null else None,
            default=column.default if says_default else None,
        )
        details.extend(alter_details(change))
        yield change
    yield Noted(StatementKind("alter_table", table, whole, tuple(details)))


def _altered(node: exp.AlterColumn, table: str, dialect: str) -> Iterator[Effect]:
    kind, default = node.args.get("dtype"), node.args.get("default")
    nullable = node.args.get("allow_null")
    if nullable is None and kind is not None and dialect == "tsql":
        nullable = True
    dropped = "" if node.args.get("drop") else None
    yield ChangeColumn(
        table,
        identifier(node.this),
        type=type_text(kind, dialect) if kind is not None else None,
        written_type=kind.sql(dialect=dialect or None) if kind is not None else None,
        nullable=nullable,
        default=expression_text(default, dialect) if default is not None else dropped,
    )


def _dropped(node: exp.Drop, table: str) -> Iterator[Effect]:
    kind = str(node.args.get("kind") or "").upper()
    for item in node.args.get("tables") or ():
        name = identifier(item)
        if kind == "COLUMN":
            yield DropColumn(table, name)
        elif kind in ("INDEX", "KEY"):
            yield Drop("index", name, table)
            yield DropConstraint(table, name)
        else:
            yield DropConstraint(table, name)
