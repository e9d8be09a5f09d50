"""What single statements do to a schema: small immutable values that `apply` folds into the model.

Spans inside effects are relative to the start of their statement until `placed` moves them.
Table and type names are as written (`Name`); resolving them is the fold's work.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Literal

from msgspec import Struct

from app.schema.model import (
    Check,
    Exclusion,
    ForeignKey,
    Index,
    Key,
    Policy,
    SchemaColumn,
    Span,
    StatementKind,
    Table,
    Tagged,
    Trigger,
)

Constraint = Key | ForeignKey | Check | Exclusion


class Like(Struct, frozen=True):
    """LIKE another table; `including` names what is copied besides columns and NOT NULL."""

    source: str
    including: frozenset[str]
    position: int
    """How many columns stand before it."""


class CreateTable(Tagged, frozen=True):
    table: Table
    if_not_exists: bool = False
    likes: tuple[Like, ...] = ()


class CreateView(Tagged, frozen=True):
    name: str


class Drop(Tagged, frozen=True):
    """DROP of a table, view, index, type, trigger or policy; the last two name their table."""

    kind: Literal["table", "view", "index", "type", "trigger", "policy"]
    name: str
    table: str = ""


class Rename(Tagged, frozen=True):
    """A new name; `schema` moves to another schema instead of renaming within it."""

    kind: Literal["table", "column", "constraint", "index", "type", "enum_value", "trigger", "policy"]
    old: str
    new: str
    table: str = ""
    schema: bool = False


class AddColumn(Tagged, frozen=True):
    table: str
    column: SchemaColumn
    place: str | None = None
    """None at the end, "" first, else after the column of that name."""


class DropColumn(Tagged, frozen=True):
    table: str
    column: str


class ChangeColumn(Tagged, frozen=True):
    """New properties of a column; None leaves one as it is."""

    table: str
    column: str
    type: str | None = None
    written_type: str | None = None
    nullable: bool | None = None
    default: str | None = None
    generated: bool | None = None
    identity: bool | None = None
    comment: str | None = None
    new_name: str | None = None


class AddConstraint(Tagged, frozen=True):
    """`using_index` turns an existing unique index into the constraint."""

    table: str
    constraint: Constraint
    using_index: str = ""


class DropConstraint(Tagged, frozen=True):
    """`kind` is for dialects that name the kind instead of the constraint."""

    table: str
    name: str
    kind: Literal["", "primary"] = ""


class ChangeConstraint(Tagged, frozen=True):
    """VALIDATE CONSTRAINT, or ALTER CONSTRAINT … [NOT] DEFERRABLE."""

    table: str
    name: str
    validated: bool = False
    deferrable: bool | None = None


class RowSecurity(Tagged, frozen=True):
    table: str
    enabled: bool | None = None
    forced: bool | None = None


class CreateIndex(Tagged, frozen=True):
    """`key` is there for a unique index, which is a key too."""

    table: str
    index: Index
    key: Key | None = None
    if_not_exists: bool = False


class CreatePolicy(Tagged, frozen=True):
    table: str
    policy: Policy


class ChangePolicy(Tagged, frozen=True):
    """New expressions of a policy; None leaves one as it is."""

    table: str
    name: str
    using: str | None = None
    check: str | None = None


class CreateTrigger(Tagged, frozen=True):
    table: str
    trigger: Trigger


class CommentOn(Tagged, frozen=True):
    """A comment on a table."""

    table: str
    text: str


class CreateEnum(Tagged, frozen=True):
    name: str
    values: tuple[str, ...]


class AddEnumValue(Tagged, frozen=True):
    name: str
    value: str
    neighbour: str = ""
    after: bool = True


class CreateDomain(Tagged, frozen=True):
    """`checks` are the domain's CHECK constraints, with VALUE as their column."""

    name: str
    type: str
    nullable: bool = True
    checks: tuple[Check, ...] = ()


class Partition(Tagged, frozen=True):
    """ATTACH or DETACH of a partition."""

    parent: str
    child: str
    attached: bool


class Inherit(Tagged, frozen=True):
    parent: str
    child: str
    inherited: bool


class SearchPath(Tagged, frozen=True):
    """Where unqualified names are looked up and made; empty restores the default."""

    schemas: tuple[str, ...]


class Noted(Tagged, frozen=True):
    """An entry of the list of statements."""

    statement: StatementKind


class NotUnderstood(Tagged, frozen=True):
    """A part of a statement that has no place in the model."""

    span: Span
    reason: str


Effect = (
    CreateTable
    | CreateView
    | Drop
    | Rename
    | AddColumn
    | DropColumn
    | ChangeColumn
    | AddConstraint
    | DropConstraint
    | ChangeConstraint
    | RowSecurity
    | CreateIndex
    | CreatePolicy
    | ChangePolicy
    | CreateTrigger
    | CommentOn
    | CreateEnum
    | AddEnumValue
    | CreateDomain
    | Partition
    | Inherit
    | SearchPath
    | Noted
    | NotUnderstood
)


class Reading(Struct, frozen=True):
    """One statement as a parser read it: its effects, or why it is unread.

    `error_at` is the offset of the error in characters into the statement.
    """

    effects: tuple[Effect, ...] = ()
    reason: str = ""
    error_at: int = 0
    parser: str = ""


def placed(value: Any, start: Span) -> Any:
    """`value` with every span in it moved from the statement to where the statement starts."""
    if isinstance(value, Span):
        return moved(value, start)
    if isinstance(value, tuple):
        return tuple([placed(item, start) for item in value]) if value else value
    shape = _shape(type(value))
    if not shape.nested:
        return value
    items = list(shape.values(value))
    for place in shape.nested:
        items[place] = placed(items[place], start)
    return type(value)(*items)


def moved(span: Span, start: Span) -> Span:
    column = span.column + start.column - 1 if span.line == 1 else span.column
    line = type(start.line)(span.line + start.line - 1)
    return Span(span.start + start.start, span.end + start.start, line, column)


_SPANNED = (
    "Span", "Constraint", "SchemaColumn", "Key", "ForeignKey", "Check", "Exclusion", "Index", "Policy",
    "Trigger", "Table", "StatementKind",
)  # fmt: skip


class _Shape(Struct, frozen=True):
    """The fields of a value in order, and the places of those that may hold spans.

    Reading all fields at once and calling the constructor is twice as fast as `replace`, which counts
    when an edit moves every statement behind it.
    """

    values: Callable[[Any], tuple[Any, ...]]
    nested: tuple[int, ...]


_NO_SPANS = _Shape(lambda _: (), ())


def _shape(kind: type) -> _Shape:
    """What is known of a class, told from its annotations."""
    known = _SHAPES.get(kind)
    if known is None:
        known = _NO_SPANS
        if issubclass(kind, Struct):
            names = kind.__struct_fields__
            kinds = [str(kind.__annotations__[name]) for name in names]
            nested = tuple(n for n, text in enumerate(kinds) if any(name in text for name in _SPANNED))
            known = _Shape(attrgetter(*names), nested) if len(names) > 1 else _single(names[0], nested)
        _SHAPES[kind] = known
    return known


def _single(name: str, nested: tuple[int, ...]) -> _Shape:
    return _Shape(lambda value: (getattr(value, name),), nested)


_SHAPES: dict[type, _Shape] = {}
