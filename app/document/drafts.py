"""Rows that nobody has looked at yet: taken over from a schema, and marked until a person touches them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.bank.check import RESERVED_COLUMN
from app.document.answers import Row, Value

DRAFT = RESERVED_COLUMN
"""The key that marks a row, as `draft = true`."""
_ROWS = (MappingProxyType, Mapping)
"""Mappings, with the type first that rows have: to ask a class is much faster than an abstract one."""


def is_draft(row: Row) -> bool:
    return row.get(DRAFT) is True


def accepted(row: Row) -> Row:
    """The row without the mark."""
    return MappingProxyType({name: cell for name, cell in row.items() if name != DRAFT})


def count_drafts(value: Value | None) -> int:
    """How many rows of an answer are drafts."""
    if not isinstance(value, tuple):
        return 0
    return sum([row.get(DRAFT) is True for row in value if isinstance(row, _ROWS)])


def only_drafts(value: Value | None) -> bool:
    """Whether an answer has rows, and every one of them is a draft."""
    return (
        isinstance(value, tuple)
        and bool(value)
        and all(isinstance(row, Mapping) and is_draft(row) for row in value)
    )


def without_drafts(value: Value) -> Value:
    """An answer with the rows that count; the same object where all do."""
    if not isinstance(value, tuple) or not count_drafts(value):
        return value
    return tuple(row for row in value if not (isinstance(row, Mapping) and is_draft(row)))
