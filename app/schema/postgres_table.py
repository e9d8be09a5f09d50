"""PostgreSQL columns, constraints and indexes: from the parse tree to the model."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace
from postgast import pg_query_pb2 as pb

from app.schema.effects import Constraint, CreateTable, Effect, Like, NotUnderstood
from app.schema.model import Check, Exclusion, ForeignKey, Index, Key, SchemaColumn, Table
from app.schema.names import object_name
from app.schema.postgres_source import Source
from app.schema.postgres_text import (
    SERIALS,
    Node,
    check_values,
    columns_read,
    dotted,
    expression_text,
    normal,
    range_name,
    type_text,
)
from app.schema.tables import with_constraints

_ACTIONS = {"c": "cascade", "n": "set null", "d": "set default", "r": "restrict"}
_LIKE_OPTIONS = {
    pb.CREATE_TABLE_LIKE_COMMENTS: "comments",
    pb.CREATE_TABLE_LIKE_CONSTRAINTS: "constraints",
    pb.CREATE_TABLE_LIKE_DEFAULTS: "defaults",
    pb.CREATE_TABLE_LIKE_GENERATED: "generated",
    pb.CREATE_TABLE_LIKE_IDENTITY: "identity",
    pb.CREATE_TABLE_LIKE_INDEXES: "indexes",
}


class ReadColumn(Struct, frozen=True):
    column: SchemaColumn
    constraints: tuple[Constraint, ...]


def create_table(statement: Node, source: Source) -> list[Effect]:
    """The effects of CREATE TABLE."""
    name = range_name(statement.relation)
    columns: list[SchemaColumn] = []
    constraints: list[Constraint] = []
    likes: list[Like] = []
    effects: list[Effect] = []
    for element in statement.table_elts:
        match element.WhichOneof("node"):
            case "column_def":
                found = read_column(element.column_def, name, source)
                columns.append(found.column)
                constraints.extend(found.constraints)
            case "constraint":
                constraint = read_constraint(element.constraint, name, source)
                if constraint:
                    constraints.append(constraint)
            case "table_like_clause":
                likes.append(_like(element.table_like_clause, len(columns)))
    if statement.HasField("of_typename"):
        effects.append(NotUnderstood(source.whole, "the columns of a table OF a type are not read"))
    is_partition = statement.HasField("partbound")
    parents = tuple(range_name(node.range_var) for node in statement.inh_relations)
    table = Table(
        name=name,
        columns=tuple(columns),
        span=source.whole,
        partition_by=_partition_by(statement.partspec) if statement.HasField("partspec") else "",
        partition_of=parents[0] if is_partition and parents else "",
        inherits=() if is_partition else parents,
    )
    return [
        CreateTable(with_constraints(table, constraints), statement.if_not_exists, tuple(likes)),
        *effects,
    ]


def _like(node: Node, position: int) -> Like:
    including = frozenset(name for bit, name in _LIKE_OPTIONS.items() if node.options & (1 << (bit - 1)))
    return Like(range_name(node.relation), including, position)


def _partition_by(node: Node) -> str:
    strategy = pb.PartitionStrategy.Name(node.strategy).removeprefix("PARTITION_STRATEGY_").lower()
    elements = (item.partition_elem for item in node.part_params)
    names = [element.name or expression_text(element.expr) for element in elements]
    return f"{strategy} ({', '.join(names)})"


def read_column(node: Node, table: str, source: Source) -> ReadColumn:
    """A column and the constraints written beside it."""
    span = source.element(node.location)
    kind = type_text(node.type_name) if node.HasField("type_name") else ""
    base = kind.removesuffix("[]")
    column = SchemaColumn(
        name=node.colname, type=kind, nullable=True, span=span, written_type=_written(node, source)
    )
    if base in SERIALS:
        sequence = object_name(table, (node.colname,), "seq")
        column = replace(
            column, type=SERIALS[base], nullable=False, default=f"nextval('{sequence}'::regclass)"
        )
    constraints: list[Constraint] = []
    for item in node.constraints:
        constraint = item.constraint
        column = _column_property(column, constraint)
        found = read_constraint(constraint, table, source, column.name)
        if found:
            constraints.append(found)
        elif constraints and constraint.contype == pb.CONSTR_ATTR_DEFERRABLE:
            constraints[-1] = _deferrable(constraints[-1])
    return ReadColumn(column, tuple(constraints))


def _deferrable(constraint: Constraint) -> Constraint:
    return replace(constraint, deferrable=True) if isinstance(constraint, Key | ForeignKey) else constraint


def _column_property(column: SchemaColumn, constraint: Node) -> SchemaColumn:
    match constraint.contype:
        case pb.CONSTR_NOTNULL | pb.CONSTR_PRIMARY:
            return replace(column, nullable=False)
        case pb.CONSTR_DEFAULT:
            return replace(column, default=expression_text(constraint.raw_expr))
        case pb.CONSTR_IDENTITY:
            return replace(column, identity=True, nullable=False)
        case pb.CONSTR_GENERATED:
            return replace(column, generated=True, default=expression_text(constraint.raw_expr))
        case _:
            return column


def _written(node: Node, source: Source) -> str:
    """The type as it stands in the text, up to the first constraint of the column."""
    if not node.HasField("type_name"):
        return ""
    start = source.character(node.type_name.location)
    starts = [item.constraint.location for item in node.constraints]
    if node.HasField("coll_clause"):
        starts.append(node.coll_clause.location)
    end = source.character(min(starts)) if starts else source.element(node.location).end
    # A named constraint is pointed at by its CONSTRAINT word; STORAGE and COMPRESSION follow the type.
    written = re.split(r"\s(?:STORAGE|COMPRESSION)\s|--|/\*", source.text[start:end], flags=re.IGNORECASE)[0]
    return " ".join(written.split())


def read_constraint(node: Node, table: str, source: Source, column: str = "") -> Constraint | None:
    """A constraint of the model; None for NOT NULL, defaults and the like. `column` is where it stands."""
    span = source.element(node.location)
    named = bool(node.conname)
    columns = tuple(key.string.sval for key in node.keys) or ((column,) if column else ())
    match node.contype:
        case pb.CONSTR_PRIMARY | pb.CONSTR_UNIQUE:
            primary = node.contype == pb.CONSTR_PRIMARY
            include = tuple(item.string.sval for item in node.including)
            named_after = () if primary else (*columns, *include)
            return Key(
                kind="primary" if primary else "unique",
                name=node.conname or object_name(table, named_after, "pkey" if primary else "key"),
                columns=columns,
                span=span,
                deferrable=node.deferrable,
                nulls_distinct=not node.nulls_not_distinct,
                include=include,
                named=named,
            )
        case pb.CONSTR_FOREIGN:
            own = tuple(key.string.sval for key in node.fk_attrs) or columns
            return ForeignKey(
                name=node.conname or object_name(table, own, "fkey"),
                columns=own,
                target=range_name(node.pktable),
                target_columns=tuple(key.string.sval for key in node.pk_attrs),
                span=span,
                on_delete=_ACTIONS.get(node.fk_del_action, ""),
                on_update=_ACTIONS.get(node.fk_upd_action, ""),
                not_valid=node.skip_validation,
                deferrable=node.deferrable,
                named=named,
            )
        case pb.CONSTR_CHECK:
            return _check(node, table, source)
        case pb.CONSTR_EXCLUSION:
            return _exclusion(node, table, source)
        case _:
            return None


def _check(node: Node, table: str, source: Source) -> Check:
    tree = normal(node.raw_expr)
    read = columns_read(tree)
    return Check(
        name=node.conname or object_name(table, read if len(read) == 1 else (), "check"),
        expression=expression_text(tree),
        columns=read,
        span=source.element(node.location),
        values=check_values(tree),
        not_valid=node.skip_validation,
        named=bool(node.conname),
    )


def _exclusion(node: Node, table: str, source: Source) -> Exclusion:
    pairs = [item.list.items for item in node.exclusions]
    elements = tuple((pair[0].index_elem.name, dotted(pair[1])) for pair in pairs)
    names = tuple(_element_name(pair[0].index_elem) for pair in pairs)
    return Exclusion(
        name=node.conname or object_name(table, names, "excl"),
        elements=elements,
        span=source.element(node.location),
        where=expression_text(node.where_clause) if node.HasField("where_clause") else "",
        named=bool(node.conname),
        method=node.access_method,
    )


def read_index(statement: Node, source: Source) -> tuple[Index, Key | None]:
    """An index, and the key that it is when it is unique."""
    elements = [item.index_elem for item in statement.index_params]
    include = tuple(item.index_elem.name for item in statement.index_including_params)
    names = (*(_element_name(element) for element in elements), *include)
    trees = [element.expr for element in elements if not element.name]
    expressions = (expression_text(tree) for tree in trees)
    if statement.HasField("where_clause"):
        trees.append(statement.where_clause)
    index = Index(
        name=statement.idxname or object_name(range_name(statement.relation), names, "idx"),
        columns=tuple(element.name for element in elements),
        span=source.whole,
        method=statement.access_method or "btree",
        unique=statement.unique,
        where=expression_text(statement.where_clause) if statement.HasField("where_clause") else "",
        include=include,
        descending=tuple(element.ordering == pb.SORTBY_DESC for element in elements),
        expressions=tuple(expressions),
        named=bool(statement.idxname),
        reads=tuple(dict.fromkeys(name for tree in trees for name in columns_read(tree))),
    )
    if not statement.unique:
        return index, None
    key = Key(
        kind="unique_index",
        name=index.name,
        columns=index.columns,
        span=index.span,
        where=index.where,
        nulls_distinct=not statement.nulls_not_distinct,
        include=include,
        named=index.named,
    )
    return index, key


def _element_name(element: Node) -> str:
    """What PostgreSQL calls an element of an index when it makes up the index's name."""
    if element.name:
        return str(element.name)
    if element.expr.HasField("func_call"):
        return str(element.expr.func_call.funcname[-1].string.sval)
    return "expr"
