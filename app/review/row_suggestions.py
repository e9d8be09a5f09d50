"""Suggestions about rows: one row more, other cells of one, one row less.

Each is bound to the key of its row and to all that the row says, in canonical form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from msgspec import Struct

from app.bank.model import Bank, Question
from app.document.answers import Answers, Row, Value, freeze, same
from app.document.drafts import DRAFT, accepted
from app.document.operations import AddRow, Operation, RemoveRow, SetCell, apply
from app.document.text import one_line
from app.document.values import is_empty, row_address, row_addresses
from app.problems import OperationError, nearest
from app.review.anchors import words_of
from app.review.canonical import digest_of, row_text
from app.review.model import MAX_OLD, Suggestion


class SetCells(Struct, frozen=True, kw_only=True):
    """Several cells of one row; None takes a cell away."""

    question: str
    row: str
    cells: dict[str, Any]


ROW_WORDS: Mapping[str, str] = {
    "add": "a row more",
    "change": "other cells",
    "remove": "the row goes away",
}
"""What a suggestion about a row asks for, by its `change`."""
RowChange: TypeAlias = AddRow | SetCells | RemoveRow


class CellChange(Struct, frozen=True):
    """What one cell says and what it should say; "" where it says nothing."""

    title: str
    old: str
    new: str


def row_words(bank: Bank, answers: Answers, change: RowChange) -> dict[str, Any]:
    """The words that suggest a change of a row, without the reason.

    Raises OperationError when there is no such row, and when nothing would be different.
    """
    question = _question(bank, change.question)
    if isinstance(change, AddRow):
        return _added(question, answers, change)
    row = row_at(question, answers, change.question, change.row)
    if row is None:
        raise OperationError(f"{change.question} has no row {change.row!r}")
    words: dict[str, Any] = {"question": change.question, "row": change.row}
    words["old_digest"] = _digest(change.question, question, change.row, row)
    if isinstance(change, RemoveRow):
        return words | {"change": "remove", "new": {}, "old_cells": _as_words(row, row)}
    new = {name: cell for name, cell in change.cells.items() if not _says(row.get(name), cell)}
    if not new:
        raise OperationError(f"{change.question}[{change.row}] says this already")
    said = {name: "" if cell is None else cell for name, cell in new.items()}
    return words | {"change": "change", "new": said, "old_cells": _as_words(row, new)}


def _added(question: Question, answers: Answers, change: AddRow) -> dict[str, Any]:
    cells = {name: cell for name, cell in change.row.items() if name != DRAFT and not is_empty(freeze(cell))}
    if not cells:
        raise OperationError("the row says nothing")
    address = _address(question, cells)
    if address and row_at(question, answers, change.question, address) is not None:
        keys = " and ".join(_title(question, name) for name in question.key_columns)
        raise OperationError(f"there is a row {address!r} already", f"give the new one another {keys}")
    words = {"question": change.question, "row": address or None, "change": "add"}
    return words | {"new": cells, "before": change.before, "old_digest": digest_of("")}


def _as_words(row: Row, names: Mapping[str, Any]) -> dict[str, str]:
    """Cells of a row as words for people to read."""
    return {name: words_of(row[name])[:MAX_OLD] for name in names if name in row and name != DRAFT}


def row_outdated_because(bank: Bank, answers: Answers, suggestion: Suggestion) -> str:
    """Why a suggestion about a row cannot be taken any more, or ""."""
    question, name = bank.questions[suggestion.question], suggestion.question
    cells = suggestion.new if isinstance(suggestion.new, dict) else {}
    if suggestion.change == "add":
        address = _address(question, cells)
        if any(_has_all(row, cells) for row in answers.rows(name)):
            return "there is such a row already"
        known = row_at(question, answers, name, address) if address else None
        return "" if known is None else f"there is a row {address!r} already"
    address = suggestion.row or ""
    row = row_at(question, answers, name, address)
    if row is None:
        return f"the row {address!r} is gone"
    if _digest(name, question, address, row) == suggestion.old_digest:
        return ""
    if suggestion.change == "change" and _has_all(row, cells):
        return "the row says this already"
    return f"the row has changed since{_what_changed(question, row, suggestion)}"


def _what_changed(question: Question, row: Row, suggestion: Suggestion) -> str:
    """The first cell that is not as it was when the suggestion was made, where that is known."""
    for name, old in (suggestion.old_cells or {}).items():
        now = words_of(row.get(name))
        if now[:MAX_OLD] != old:
            said = repr(one_line(now)) if now else "nothing"
            return f"; {_title(question, name)} says {said}"
    return ""


def row_operations(bank: Bank, answers: Answers, suggestion: Suggestion) -> tuple[Operation, ...]:
    """What accepting a suggestion about a row does. Raises OperationError for what is no change of a row."""
    question, name, row = bank.questions[suggestion.question], suggestion.question, suggestion.row
    cells = suggestion.new
    if not question.has_rows or not isinstance(cells, dict) or (not cells and suggestion.change != "remove"):
        raise OperationError(f"{suggestion.id} is not about a row of {name}")
    for column in cells:
        if column not in question.column_by_id:
            hint = nearest(column, question.column_by_id)
            raise OperationError(f"{suggestion.id}: {name} has no column {column!r}", hint)
    if suggestion.change == "add":
        known = suggestion.before in row_addresses(question, answers.rows(name))
        return (AddRow(question=name, row=cells, before=suggestion.before if known else None),)
    if suggestion.change == "remove":
        return (RemoveRow(question=name, row=row or ""),)
    return tuple(_cell_by_cell(bank, answers, name, row or "", cells))


def _cell_by_cell(
    bank: Bank, answers: Answers, name: str, row: str, cells: Mapping[str, Any]
) -> Iterator[Operation]:
    """Set the cells of a row, which may be called something else after each of them."""
    question = bank.questions[name]
    at = row_addresses(question, answers.rows(name)).index(row)
    for column, cell in cells.items():
        address = row_addresses(question, answers.rows(name))[at]
        value = None if is_empty(freeze(cell)) else cell
        operation = SetCell(question=name, row=address, column=column, value=value)
        answers = apply(bank, answers, operation)
        yield operation


def cell_changes(bank: Bank, suggestion: Suggestion) -> tuple[CellChange, ...]:
    """Old and new of each cell that a suggestion about a row is about, in the order of the columns."""
    question = bank.questions.get(suggestion.question)
    new = suggestion.new if isinstance(suggestion.new, dict) else {}
    old = suggestion.old_cells or {}
    order = [name for name in question.column_by_id if name in new or name in old] if question else []
    names = dict.fromkeys((*order, *map(str, new), *old))
    return tuple(
        CellChange(_title(question, name), old.get(name, ""), words_of(new.get(name))) for name in names
    )


def gist(bank: Bank, suggestion: Suggestion) -> str:
    """A suggestion in a few words: `a row more: refund`, `Grain: one hold`, `that the row goes away`."""
    if suggestion.change == "":
        return words_of(suggestion.new)
    changes = cell_changes(bank, suggestion)
    if suggestion.change == "remove":
        return f"that {ROW_WORDS['remove']}"
    if suggestion.change == "add":
        return f"a row more: {'; '.join(change.new for change in changes)}"
    return "; ".join(f"{change.title}: {change.new or 'nothing'}" for change in changes)


def row_at(question: Question, answers: Answers, name: str, address: str) -> Row | None:
    """The row with this address, or None."""
    rows = answers.rows(name)
    addresses = row_addresses(question, rows) if question.has_rows else []
    return rows[addresses.index(address)] if address in addresses else None


def _digest(name: str, question: Question, address: str, row: Row) -> str:
    return digest_of(row_text(name, question, address, accepted(row)))


def _address(question: Question, cells: Mapping[str, Any]) -> str:
    """What a row that is suggested would be called."""
    value = freeze(cells)
    return row_address(question, value) if isinstance(value, Mapping) else ""


def _has_all(row: Row, cells: Mapping[str, Any]) -> bool:
    return bool(cells) and all(_says(row.get(name), cell) for name, cell in cells.items())


def _says(present: Value | None, cell: Any) -> bool:
    """Whether a cell is as suggested, where nothing and blank are the same."""
    wanted = freeze(cell) if cell is not None else None
    if wanted is None or is_empty(wanted):
        return present is None or is_empty(present)
    return present is not None and same(present, wanted)


def _question(bank: Bank, name: str) -> Question:
    question = bank.questions.get(name)
    if question is None or not question.has_rows:
        raise OperationError(f"{name} has no rows")
    return question


def _title(question: Question | None, name: str) -> str:
    column = question.column_by_id.get(name) if question else None
    return column.title if column else name
