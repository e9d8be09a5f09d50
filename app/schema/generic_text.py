"""sqlglot trees as text: names, types and expressions in one spelling."""

from __future__ import annotations

import logging

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from app import patterns

# sqlglot warns on standard error about what it cannot parse, which here is an answer, not an event.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

READ_ERRORS = (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, KeyError, IndexError)
"""sqlglot answers hostile text with whatever its parser trips over."""

_PLAIN = patterns.compile(r"[^\W\d]\w*")
_NOT_NULL = patterns.compile(r"\bNOT ([\w.]+|\"[^\"]+\"|`[^`]+`|\[[^\]]+\]) IS NULL\b")
_NOT_IN = patterns.compile(r"\bNOT ([\w.]+|\"[^\"]+\"|`[^`]+`|\[[^\]]+\]) (IN|LIKE|BETWEEN)\b")
_WIDTH = patterns.compile(r"\b((?:tiny|small|medium|big)?int(?:eger)?)\(\d+\)")
_TYPES = {"int": "integer", "decimal": "numeric", "bool": "boolean", "dec": "numeric", "fixed": "numeric"}


def parse_one(sql: str, dialect: str) -> exp.Expr | None:
    """The tree of one statement; None for nothing but comments. Raises one of READ_ERRORS."""
    trees = [tree for tree in sqlglot.parse(sql, read=dialect or None) if tree is not None]
    return trees[0] if trees else None


def identifier(node: object) -> str:
    """A name without quotes, "" for anything that is none."""
    if isinstance(node, exp.Column | exp.Ordered | exp.ColumnPrefix | exp.Paren | exp.Table | exp.Schema):
        return identifier(node.this)
    return str(node.this) if isinstance(node, exp.Identifier) else ""


def table_name(node: object) -> str:
    """A table as `schema.table` or `table`; a database before the schema is left out."""
    if isinstance(node, exp.Schema):
        return table_name(node.this)
    if not isinstance(node, exp.Table):
        return identifier(node)
    return f"{node.db}.{node.name}" if node.db else node.name


def type_text(kind: exp.Expr | None, dialect: str) -> str:
    """A type in lower case with its modifiers."""
    if kind is None:
        return ""
    if isinstance(kind, exp.DataType) and kind.this == exp.DataType.Type.ENUM:
        return f"enum({', '.join(item.sql() for item in kind.expressions)})"
    text = kind.sql(dialect=dialect or None).lower().replace(", ", ",")
    if text != "tinyint(1)":
        text = _WIDTH.sub(r"\1", text)
    head, bracket, rest = text.partition("(")
    first, space, others = head.partition(" ")
    return _TYPES.get(first, first) + space + others + bracket + rest


def expression_text(node: exp.Expr, dialect: str) -> str:
    """An expression in one spelling: without table names, needless quotes and brackets, AND sorted."""
    return _spelled(_normal(node.copy(), dialect), dialect)


def _spelled(node: exp.Expr, dialect: str) -> str:
    text = node.sql(dialect=dialect or None, comments=False)
    return _NOT_IN.sub(r"\1 NOT \2", _NOT_NULL.sub(r"\1 IS NOT NULL", text))


def _normal(node: exp.Expr, dialect: str) -> exp.Expr:
    node = node.transform(_simplified)
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.And | exp.Or):
        kind = type(node)
        operands = sorted((item.copy() for item in node.flatten()), key=lambda item: _spelled(item, dialect))
        result = operands[0]
        for operand in operands[1:]:
            result = kind(this=result, expression=operand)
        return result
    return node


def _simplified(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Column) and isinstance(node.this, exp.Identifier):
        return exp.Column(this=_unquoted(node.this))
    if isinstance(node, exp.Identifier):
        return _unquoted(node)
    if isinstance(node, exp.Placeholder | exp.Parameter):
        return exp.Placeholder()
    return node


def _unquoted(node: exp.Identifier) -> exp.Identifier:
    return exp.Identifier(this=node.name, quoted=not _PLAIN.fullmatch(node.name))


def columns_read(node: exp.Expr) -> tuple[str, ...]:
    """The columns that an expression reads, in order of appearance."""
    return tuple(dict.fromkeys(column.name for column in node.find_all(exp.Column, bfs=False)))


def listed_values(node: exp.Expr) -> tuple[str, ...]:
    """What `column IN (…)`, or equalities of one column joined by OR, list; also where it may be null."""
    while isinstance(node, exp.Paren):
        node = node.this
    operands = list(node.flatten()) if isinstance(node, exp.Or) else [node]
    values: list[str] = []
    columns: set[str] = set()
    for operand in operands:
        if isinstance(operand, exp.Is) and isinstance(operand.expression, exp.Null):
            continue
        found = _listed(operand)
        if found is None:
            return ()
        columns.add(found[0])
        values.extend(found[1])
    plain = len(operands) == 1 and isinstance(operands[0], exp.EQ)
    return () if plain or len(columns) != 1 else tuple(values)


def _listed(node: exp.Expr) -> tuple[str, list[str]] | None:
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.In):
        items = node.expressions
    elif isinstance(node, exp.EQ):
        items = [node.expression]
    else:
        return None
    if (
        not isinstance(node.this, exp.Column)
        or not items
        or not all(isinstance(i, exp.Literal) for i in items)
    ):
        return None
    return node.this.name, [str(item.this) for item in items]
