"""Values where they enter the answers: normalised, immutable, in the types that questions store."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.bank.model import Question
from app.document.answers import Row, Value, fits_toml, freeze
from app.document.text import clean
from app.document.values import coerce
from app.problems import OperationError

MAX_DEPTH = 8


def entered(raw: object, depth: int = 0) -> Value:
    """A value as it may enter the answers: frozen, its text normalised. Raises OperationError."""
    if depth > MAX_DEPTH:
        raise OperationError(f"a value may not be nested deeper than {MAX_DEPTH}")
    if isinstance(raw, str):
        return clean(raw)
    if isinstance(raw, int) and not fits_toml(raw):
        raise OperationError("an integer has at most 64 bits")
    if isinstance(raw, Mapping):
        return MappingProxyType(
            {clean(str(k)): entered(v, depth + 1) for k, v in raw.items() if v is not None}
        )
    if isinstance(raw, list | tuple):
        return tuple(entered(item, depth + 1) for item in raw)
    try:
        return freeze(raw)
    except TypeError as error:
        raise OperationError(str(error)) from None


def entered_row(question: Question, raw: Mapping[str, object]) -> Row:
    """A row as it may enter a table: its cells in the types of their columns and in their order."""
    value = entered(raw)
    assert isinstance(value, Mapping)
    return in_column_order(
        question, {name: entered_cell(question, name, cell) for name, cell in value.items()}
    )


def entered_cell(question: Question, name: str, cell: Value) -> Value:
    """A cell in the type of its column, where that is certain."""
    column = question.column_by_id.get(name)
    return cell if column is None else coerce(column, cell)


def in_column_order(question: Question, cells: Mapping[str, Value]) -> Row:
    """A row with its cells in the order of the columns; cells of no column come last."""
    order = {column.id: position for position, column in enumerate(question.columns)}
    return MappingProxyType(dict(sorted(cells.items(), key=lambda item: order.get(item[0], len(order)))))
