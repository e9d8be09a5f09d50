"""Find parts of PostgreSQL parse trees."""

from __future__ import annotations

from collections.abc import Iterator

from postgast import pg_query_pb2 as pb

from app.schema.postgres_text import Node


def operands(node: Node) -> list[Node]:
    """The conjuncts of a condition."""
    if node.HasField("bool_expr") and node.bool_expr.boolop == pb.AND_EXPR:
        return [operand for item in node.bool_expr.args for operand in operands(item)]
    return [node]


def last_table(item: Node) -> str:
    """The alias of the table that stands last in an item of FROM."""
    match item.WhichOneof("node"):
        case "range_var":
            relation = item.range_var
            return str(relation.alias.aliasname if relation.HasField("alias") else relation.relname)
        case "join_expr":
            return last_table(item.join_expr.rarg)
        case "range_subselect":
            return str(item.range_subselect.alias.aliasname)
        case _:
            return ""


def _messages(message: Node) -> Iterator[Node]:
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            yield from value if field.is_repeated else (value,)


def column_refs(message: Node) -> Iterator[Node]:
    """The column references in an expression, not those in its subqueries."""
    name = message.DESCRIPTOR.name
    if name == "ColumnRef":
        yield message
    elif name != "SelectStmt":
        for child in _messages(message):
            yield from column_refs(child)


def subselects(message: Node) -> Iterator[Node]:
    """The outermost queries inside an expression."""
    if message.DESCRIPTOR.name == "SelectStmt":
        yield message
    else:
        for child in _messages(message):
            yield from subselects(child)
