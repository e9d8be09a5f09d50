"""PostgreSQL parse trees as text: one spelling for expressions that mean the same, and for types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import DecodeError, EncodeError
from postgast import PgQueryError, deparse, parse
from postgast import pg_query_pb2 as pb

Node = Any
"""A message of the parse tree; the generated classes share no useful static type."""

PARSE_ERRORS = (PgQueryError, DecodeError, EncodeError, UnicodeError, RecursionError)

_TYPES = {
    "int2": "smallint", "int4": "integer", "int": "integer", "int8": "bigint", "float4": "real",
    "float8": "double precision", "bool": "boolean", "bpchar": "char", "decimal": "numeric",
    "character": "char", "serial2": "smallserial", "serial4": "serial", "serial8": "bigserial",
}  # fmt: skip
SERIALS = {"smallserial": "smallint", "serial": "integer", "bigserial": "bigint"}
_TEXT_TYPES = {"text", "varchar", "char"}
_LITERAL_TYPES = {
    "date", "timestamp", "timestamptz", "time", "timetz", "interval", "numeric", "integer", "bigint",
    "smallint", "real", "double precision", "boolean", "uuid", "json", "jsonb", "bytea", "inet", "cidr",
    "regclass", "regproc", "money", "xml", "bit", "varbit", "tsvector", "tsquery", "point",
}  # fmt: skip
"""Types whose name beside a literal says how to read it; beside others (enums) it says nothing new."""
_MIRRORED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def type_text(node: Node) -> str:
    """A type in lower case with its modifiers: `varchar(10)`, `numeric(12,2)`, `text[]`."""
    names = [name.string.sval for name in node.names]
    if names and names[0] == "pg_catalog":
        names = names[1:]
    name = ".".join(names)
    modifiers = [constant(item.a_const) for item in node.typmods if item.HasField("a_const")]
    name = _TYPES.get(name, name)
    if name == "interval":
        text = _interval(modifiers)
    elif name == "char" and not modifiers and not _is_catalog(node):
        text = '"char"' if names == ["char"] else "char"
    else:
        text = f"{name}({','.join(modifiers)})" if modifiers else name
    return text + "[]" * len(node.array_bounds)


def _is_catalog(node: Node) -> bool:
    return bool(node.names) and node.names[0].string.sval == "pg_catalog"


def _interval(modifiers: list[str]) -> str:
    """Intervals carry a bit mask of their fields; all fields with a precision is `interval(p)`."""
    if len(modifiers) == 2 and modifiers[0] == "32767":
        return f"interval({modifiers[1]})"
    return "interval"


def constant(node: Node) -> str:
    """A constant as people would write it, without quotes."""
    match node.WhichOneof("val"):
        case "ival":
            return str(node.ival.ival)
        case "fval":
            return str(node.fval.fval)
        case "boolval":
            return "true" if node.boolval.boolval else "false"
        case "sval":
            return str(node.sval.sval)
        case "bsval":
            return str(node.bsval.bsval)
        case _:
            return "null"


def expression_text(node: Node) -> str:
    """An expression in one spelling: equal predicates of DDL give equal texts."""
    return _deparsed(normal(node))


def _deparsed(node: Node) -> str:
    statement = pb.ParseResult()
    select = statement.stmts.add().stmt.select_stmt
    select.limit_option = pb.LIMIT_OPTION_DEFAULT
    select.op = pb.SETOP_NONE
    select.where_clause.CopyFrom(node)
    return re.sub(r"^SELECT\s+WHERE\s+", "", deparse(statement))


def normal(node: Node) -> Node:
    """A copy of `node` (a Node message) without needless casts, with `IN` for its other forms, and
    with operands in a fixed order."""
    copy = pb.Node()
    copy.CopyFrom(node)
    _normalise(copy)
    return copy


def _normalise(message: Node) -> None:
    for field, value in message.ListFields():
        if field.type != field.TYPE_MESSAGE:
            continue
        for child in value if field.is_repeated else (value,):
            _normalise(child)
    if message.DESCRIPTOR.name == "Node":
        _simplify(message)


def _simplify(node: Node) -> None:
    match node.WhichOneof("node"):
        case "column_ref" if len(node.column_ref.fields) > 1:
            del node.column_ref.fields[:-1]
        case "type_cast":
            _drop_cast(node)
        case "a_expr":
            _in_form(node)
            _between_form(node)
            _bare_literals(node.a_expr)
            _column_first(node)
        case "bool_expr":
            _ordered(node)


def _drop_cast(node: Node) -> None:
    """Casts that dumps add: of text columns, and of literals to text or to types of the user."""
    cast, argument = node.type_cast, node.type_cast.arg
    kind = re.sub(r"\(.*\)", "", type_text(cast.type_name)).removesuffix("[]")
    literal = argument.HasField("a_const") and argument.a_const.HasField("sval")
    array = argument.HasField("a_array_expr")
    column = argument.HasField("column_ref")
    if ((literal or array) and kind not in _LITERAL_TYPES) or (column and kind in _TEXT_TYPES):
        inner = pb.Node()
        inner.CopyFrom(argument)
        node.CopyFrom(inner)


def _in_form(node: Node) -> None:
    """`x = ANY (ARRAY[…])` is `x IN (…)`, `x <> ALL (ARRAY[…])` is `x NOT IN (…)`."""
    expression = node.a_expr
    name = operator(expression)
    wanted = {(pb.AEXPR_OP_ANY, "="), (pb.AEXPR_OP_ALL, "<>")}
    if (expression.kind, name) not in wanted or not expression.rexpr.HasField("a_array_expr"):
        return
    items = list(expression.rexpr.a_array_expr.elements)
    expression.kind = pb.AEXPR_IN
    array = pb.Node()
    array.list.items.extend(items)
    expression.rexpr.CopyFrom(array)


def _between_form(node: Node) -> None:
    """`x BETWEEN a AND b` is `x >= a AND x <= b`; `x IN (a)` is `x = a`."""
    expression = node.a_expr
    if expression.kind == pb.AEXPR_BETWEEN:
        column, bounds = expression.lexpr, expression.rexpr.list.items
        both = pb.Node()
        both.bool_expr.boolop = pb.AND_EXPR
        for name, bound in zip((">=", "<="), bounds, strict=True):
            side = both.bool_expr.args.add().a_expr
            side.kind = pb.AEXPR_OP
            side.name.add().string.sval = name
            side.lexpr.CopyFrom(column)
            side.rexpr.CopyFrom(bound)
            _bare_literals(side)
        node.CopyFrom(both)
        _ordered(node)
    elif expression.kind == pb.AEXPR_IN and len(expression.rexpr.list.items) == 1:
        only = pb.Node()
        only.CopyFrom(expression.rexpr.list.items[0])
        expression.kind = pb.AEXPR_OP
        expression.rexpr.CopyFrom(only)


def _bare_literals(expression: Node) -> None:
    """A literal compared with something needs no type: catalogs write `price > (0)::numeric`."""
    if expression.kind == pb.AEXPR_IN:
        for item in expression.rexpr.list.items:
            _without_cast(item)
    elif expression.kind == pb.AEXPR_OP and operator(expression) in _MIRRORED:
        _without_cast(expression.lexpr)
        _without_cast(expression.rexpr)


def _without_cast(node: Node) -> None:
    if node.HasField("type_cast") and node.type_cast.arg.HasField("a_const"):
        inner = pb.Node()
        inner.CopyFrom(node.type_cast.arg)
        node.CopyFrom(inner)


def _column_first(node: Node) -> None:
    """`'a' = x` is `x = 'a'`; `x = true` is `x`, `x = false` is `NOT x`."""
    expression = node.a_expr
    name = operator(expression)
    if expression.kind != pb.AEXPR_OP or name not in _MIRRORED:
        return
    if expression.lexpr.HasField("a_const") and not expression.rexpr.HasField("a_const"):
        left, right = pb.Node(), pb.Node()
        left.CopyFrom(expression.lexpr)
        right.CopyFrom(expression.rexpr)
        expression.lexpr.CopyFrom(right)
        expression.rexpr.CopyFrom(left)
        expression.name[0].string.sval = _MIRRORED[name]
    boolean = expression.rexpr.a_const if expression.rexpr.HasField("a_const") else None
    if boolean is not None and boolean.HasField("boolval") and name == "=":
        column, wanted = pb.Node(), boolean.boolval.boolval
        column.CopyFrom(expression.lexpr)
        if wanted:
            node.CopyFrom(column)
        else:
            node.bool_expr.boolop = pb.NOT_EXPR
            node.bool_expr.args.append(column)


def _ordered(node: Node) -> None:
    """Nested AND and OR are flattened and sorted; OR of equalities of one column is `IN`."""
    boolean = node.bool_expr
    if boolean.boolop == pb.NOT_EXPR:
        return
    operands: list[Node] = []
    for item in boolean.args:
        nested = item.HasField("bool_expr") and item.bool_expr.boolop == boolean.boolop
        operands.extend(item.bool_expr.args if nested else [item])
    copies = [pb.Node.FromString(item.SerializeToString()) for item in operands]
    if boolean.boolop == pb.OR_EXPR:
        copies = _merged_equalities(copies)
    if len(copies) == 1:
        node.CopyFrom(copies[0])
        return
    copies.sort(key=_deparsed)
    del boolean.args[:]
    boolean.args.extend(copies)


def _merged_equalities(operands: list[Node]) -> list[Node]:
    column, others, values = None, [], []
    for item in operands:
        found = equality(item)
        if found and column in (None, found[0]):
            column = found[0]
            values.extend(found[1])
        else:
            others.append(item)
    if len(values) < 2:
        return operands
    merged = pb.Node()
    merged.a_expr.kind = pb.AEXPR_IN
    merged.a_expr.name.add().string.sval = "="
    merged.a_expr.lexpr.column_ref.fields.add().string.sval = column
    merged.a_expr.rexpr.list.items.extend(values)
    return [*others, merged]


def equality(node: Node) -> tuple[str, list[Node]] | None:
    """The column and constants of `x = 'a'` or `x IN ('a', 'b')`, else None."""
    if not node.HasField("a_expr") or operator(node.a_expr) != "=":
        return None
    expression = node.a_expr
    column = column_name(expression.lexpr)
    if expression.kind == pb.AEXPR_OP:
        items = [expression.rexpr]
    elif expression.kind == pb.AEXPR_IN and expression.rexpr.HasField("list"):
        items = list(expression.rexpr.list.items)
    else:
        return None
    if not column or not all(item.HasField("a_const") for item in items):
        return None
    return column, items


def operator(expression: Node) -> str:
    """The operator of an expression, without its schema."""
    return str(expression.name[-1].string.sval) if expression.name else ""


def column_name(node: Node) -> str:
    """The column that a reference names, "" for anything else."""
    if not node.HasField("column_ref") or not node.column_ref.fields:
        return ""
    return str(node.column_ref.fields[-1].string.sval)


def check_values(node: Node) -> tuple[str, ...]:
    """What a CHECK in normal form lists for its one column, also where it may be null."""
    operands = [node]
    if node.HasField("bool_expr") and node.bool_expr.boolop == pb.OR_EXPR:
        operands = [item for item in node.bool_expr.args if not _is_null_test(item)]
    if len(operands) != 1 or not operands[0].HasField("a_expr"):
        return ()
    found = equality(operands[0])
    if found is None or operands[0].a_expr.kind != pb.AEXPR_IN:
        return ()
    return tuple(constant(item.a_const) for item in found[1])


def _is_null_test(node: Node) -> bool:
    return bool(node.HasField("null_test") and node.null_test.nulltesttype == pb.IS_NULL)


def columns_read(node: Node) -> tuple[str, ...]:
    """The columns that an expression reads, in order of appearance."""
    return tuple(dict.fromkeys(name for name in _references(node) if name))


def _references(message: Node) -> Iterator[str]:
    if message.DESCRIPTOR.name == "ColumnRef":
        if message.fields and message.fields[-1].HasField("string"):
            yield str(message.fields[-1].string.sval)
        return
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for child in value if field.is_repeated else (value,):
                yield from _references(child)


def range_name(node: Node) -> str:
    """A table as written: `schema.table` or `table`."""
    return f"{node.schemaname}.{node.relname}" if node.schemaname else str(node.relname)


def dotted(names: Node) -> str:
    """A name given as a list of strings, or as one string, or as a type."""
    if hasattr(names, "HasField"):
        if names.HasField("list"):
            return dotted(names.list.items)
        if names.HasField("type_name"):
            return dotted(names.type_name.names)
        return str(names.string.sval)
    return ".".join(name.string.sval for name in names if name.string.sval != "pg_catalog")


def parse_expression(text: str) -> Node:
    """The tree of an expression; raises one of PARSE_ERRORS."""
    return parse(f"SELECT WHERE {text}").stmts[0].stmt.select_stmt.where_clause


def parse_type(text: str) -> Node:
    """The tree of a type's name; raises one of PARSE_ERRORS."""
    return (
        parse(f"SELECT NULL::{text}")
        .stmts[0]
        .stmt.select_stmt.target_list[0]
        .res_target.val.type_cast.type_name
    )
