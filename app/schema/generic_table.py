"""Columns, constraints and indexes of other dialects: from sqlglot's tree to the model."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace
from sqlglot import exp

from app.schema.effects import Constraint
from app.schema.generic_text import (
    columns_read,
    expression_text,
    identifier,
    listed_values,
    table_name,
    type_text,
)
from app.schema.model import Check, ForeignKey, Index, Key, SchemaColumn, Span

_ACTIONS = ("cascade", "set null", "set default", "restrict")


class Element(Struct, frozen=True):
    """What one element of a table definition holds."""

    column: SchemaColumn | None = None
    constraints: tuple[Constraint, ...] = ()
    indexes: tuple[Index, ...] = ()


def read_element(node: exp.Expr, span: Span, dialect: str) -> Element:
    """An element of CREATE TABLE or of ALTER TABLE … ADD."""
    if isinstance(node, exp.ColumnDef):
        return _column(node, span, dialect)
    if isinstance(node, exp.Identifier | exp.Column):
        return Element(SchemaColumn(identifier(node), "", True, span))
    if isinstance(node, exp.Constraint):
        return _named_constraint(node, span, dialect)
    return _constraint(node, "", span, dialect)


def _column(node: exp.ColumnDef, span: Span, dialect: str) -> Element:
    kind = node.args.get("kind")
    column = SchemaColumn(
        name=identifier(node.this),
        type=type_text(kind, dialect),
        nullable=True,
        span=span,
        written_type=kind.sql(dialect=dialect or None) if kind is not None else "",
    )
    if isinstance(kind, exp.DataType) and kind.this == exp.DataType.Type.ENUM:
        column = replace(column, values=tuple(str(item.this) for item in kind.expressions))
    if dialect == "mysql" and column.type == "serial":
        column = replace(column, type="bigint unsigned", nullable=False, identity=True)
    constraints: list[Constraint] = []
    for item in node.args.get("constraints") or ():
        column = _property(column, item.args.get("kind"), dialect)
        constraints.extend(_column_constraint(column.name, item, span, dialect))
    return Element(column, tuple(constraints))


def _property(column: SchemaColumn, kind: exp.Expr | None, dialect: str) -> SchemaColumn:
    match kind:
        case exp.NotNullColumnConstraint():
            return replace(column, nullable=bool(kind.args.get("allow_null")))
        case exp.PrimaryKeyColumnConstraint():
            return replace(column, nullable=False)
        case exp.DefaultColumnConstraint():
            return replace(column, default=expression_text(kind.this, dialect))
        case exp.AutoIncrementColumnConstraint():
            return replace(column, identity=True)
        case exp.GeneratedAsIdentityColumnConstraint():
            if kind.expression is not None:
                return replace(column, generated=True, default=expression_text(kind.expression, dialect))
            return replace(column, identity=True, nullable=False)
        case exp.ComputedColumnConstraint() | exp.GeneratedAsRowColumnConstraint():
            text = expression_text(kind.this, dialect) if isinstance(kind.this, exp.Expr) else ""
            return replace(column, generated=True, default=text)
        case exp.CommentColumnConstraint():
            return replace(column, comment=str(kind.this.this))
        case _:
            return column


def _column_constraint(column: str, item: exp.Expr, span: Span, dialect: str) -> list[Constraint]:
    kind, name = item.args.get("kind"), identifier(item.this)
    match kind:
        case exp.PrimaryKeyColumnConstraint():
            return [Key("primary", name, (column,), span, named=bool(name))]
        case exp.UniqueColumnConstraint():
            return [Key("unique", name, (column,), span, named=bool(name))]
        case exp.CheckColumnConstraint():
            return [_check(kind.this, name, span, dialect)]
        case exp.Reference():
            return [_reference(kind, name, (column,), span)]
        case _:
            return []


def _named_constraint(node: exp.Constraint, span: Span, dialect: str) -> Element:
    """CONSTRAINT name …; SQL Server puts the columns of a key behind CLUSTERED."""
    name = identifier(node.this)
    parts = node.expressions
    clustered = next((part for part in parts if isinstance(part, _CLUSTERED)), None)
    for part in parts:
        if isinstance(part, exp.PrimaryKeyColumnConstraint | exp.UniqueColumnConstraint) and clustered:
            columns = tuple(identifier(item) for item in clustered.this)
            kind = "primary" if isinstance(part, exp.PrimaryKeyColumnConstraint) else "unique"
            key = Key("primary" if kind == "primary" else "unique", name, columns, span)
            return Element(constraints=(key,))
        found = _constraint(part, name, span, dialect)
        if found.constraints or found.indexes:
            return found
    return Element()


_CLUSTERED = (exp.ClusteredColumnConstraint, exp.NonClusteredColumnConstraint)


def _constraint(node: exp.Expr, name: str, span: Span, dialect: str) -> Element:
    match node:
        case exp.PrimaryKey():
            columns = tuple(identifier(item) for item in node.expressions)
            key = Key("primary", name or identifier(node.this), columns, span, named=bool(name))
            return Element(constraints=(key,))
        case exp.UniqueColumnConstraint():
            schema = node.this
            columns = tuple(identifier(item) for item in schema.expressions) if schema else ()
            name = name or identifier(getattr(schema, "this", None))
            deferrable = "DEFERRABLE" in (str(option).upper() for option in node.args.get("options") or ())
            key = Key("unique", name, columns, span, deferrable=deferrable, named=bool(name))
            return Element(constraints=(key,))
        case exp.ForeignKey():
            columns = tuple(identifier(item) for item in node.expressions)
            reference = node.args.get("reference")
            if not isinstance(reference, exp.Reference):
                return Element()
            key_actions = {name: node.args.get(name) for name in ("delete", "update")}
            return Element(constraints=(_reference(reference, name, columns, span, key_actions),))
        case exp.CheckColumnConstraint():
            return Element(constraints=(_check(node.this, name, span, dialect),))
        case exp.IndexColumnConstraint():
            return Element(indexes=(_inline_index(node, span, dialect),))
        case _:
            return Element()


def _check(node: exp.Expr, name: str, span: Span, dialect: str) -> Check:
    return Check(
        name=name,
        expression=expression_text(node, dialect),
        columns=columns_read(node),
        span=span,
        values=listed_values(node),
        named=bool(name),
    )


def _reference(
    node: exp.Reference,
    name: str,
    columns: tuple[str, ...],
    span: Span,
    actions: dict[str, object] | None = None,
) -> ForeignKey:
    options = [str(option).lower() for option in node.args.get("options") or ()]
    targets = node.this.expressions if isinstance(node.this, exp.Schema) else []
    given = actions or {}
    return ForeignKey(
        name=name,
        columns=columns,
        target=table_name(node.this),
        target_columns=tuple(identifier(item) for item in targets),
        span=span,
        on_delete=_action(options, "delete") or _known(given.get("delete")),
        on_update=_action(options, "update") or _known(given.get("update")),
        deferrable="deferrable" in options,
        named=bool(name),
    )


def _action(options: list[str], event: str) -> str:
    prefix = f"on {event} "
    return next((_known(o.removeprefix(prefix)) for o in options if o.startswith(prefix)), "")


def _known(action: object) -> str:
    text = str(action).lower() if action else ""
    return text if text in _ACTIONS else ""


def _inline_index(node: exp.IndexColumnConstraint, span: Span, dialect: str) -> Index:
    method = str(node.args.get("kind") or "").lower() or "btree"
    return _index(identifier(node.this), node.expressions, span, dialect, method=method)


def _index(name: str, elements: list[exp.Expr], span: Span, dialect: str, *, method: str = "btree") -> Index:
    columns = tuple(_plain_column(item) for item in elements)
    expressions = [item for item, column in zip(elements, columns, strict=True) if not column]
    return Index(
        name=name,
        columns=columns,
        span=span,
        method=method,
        descending=tuple(bool(item.args.get("desc")) for item in elements),
        expressions=tuple(expression_text(item, dialect) for item in expressions),
        reads=tuple(name for item in expressions for name in columns_read(item)),
        named=bool(name),
    )


def _plain_column(node: exp.Expr) -> str:
    """The column of an index element; "" for an expression and for a prefix of a column."""
    inner = node.this if isinstance(node, exp.Ordered) else node
    return identifier(inner) if isinstance(inner, exp.Column | exp.Identifier) else ""


def read_index(node: exp.Index, span: Span, dialect: str, *, unique: bool) -> tuple[Index, Key | None]:
    """An index made by CREATE INDEX, and the key that it is when it is unique."""
    params = node.args.get("params")
    arguments = params.args if params is not None else {}
    where = arguments.get("where")
    using = arguments.get("using")
    index = _index(identifier(node.this), arguments.get("columns") or [], span, dialect)
    index = replace(
        index,
        method=str(using).lower() if using is not None else "btree",
        unique=unique,
        where=expression_text(where.this, dialect) if where is not None else "",
        reads=(*index.reads, *(columns_read(where.this) if where is not None else ())),
        include=tuple(identifier(item) for item in arguments.get("include") or ()),
    )
    if not unique:
        return index, None
    key = Key("unique_index", index.name, index.columns, span, where=index.where, include=index.include)
    return index, replace(key, named=index.named)
