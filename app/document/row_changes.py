"""What operations do to the rows of a table: rows are found by address, the others stay the same objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from app.bank.model import Bank, Question
from app.document.answers import Answers, Row, Value, are_rows
from app.document.drafts import DRAFT, accepted, is_draft
from app.document.entered import entered, entered_cell, entered_row, in_column_order
from app.document.values import row_addresses
from app.problems import OperationError, nearest

if TYPE_CHECKING:
    from app.document.operations import Accept, AddRow, ImportRows, MoveRow, RemoveRow, SetCell

REPLACE = "correct it in the answer file, or replace it as a whole"
"""What to do about an answer of a wrong kind, which no operation on a part of it can change."""


def question_of(bank: Bank, question_id: str) -> Question:
    question = bank.questions.get(question_id)
    if question is None:
        raise OperationError(f"there is no question {question_id!r}", nearest(question_id, bank.questions))
    return question


def _rows_of(bank: Bank, answers: Answers, question_id: str) -> tuple[Question, list[Value]]:
    question = question_of(bank, question_id)
    if not question.has_rows:
        raise OperationError(f"{question_id} has no rows; it is a {question.kind}")
    value = answers.values.get(question_id, ())
    if not isinstance(value, tuple) or not are_rows(value):
        raise OperationError(
            f"{question_id} holds something that is not a list of rows",
            REPLACE,
        )
    return question, list(value)


def row_position(question: Question, question_id: str, rows: Sequence[Value], address: str) -> int:
    """Where the row with this address is, in any case of letters. Raises OperationError for none."""
    addresses = row_addresses(question, cast("Sequence[Row]", rows))
    if address in addresses:
        return addresses.index(address)
    folded = [name.casefold() for name in addresses]
    if folded.count(address.casefold()) == 1:
        return folded.index(address.casefold())
    raise OperationError(f"{question_id} has no row {address!r}", nearest(address, addresses))


def add_row(bank: Bank, answers: Answers, operation: AddRow) -> Answers:
    question, rows = _rows_of(bank, answers, operation.question)
    at = len(rows)
    if operation.before is not None:
        at = row_position(question, operation.question, rows, operation.before)
    rows.insert(at, entered_row(question, operation.row))
    return answers.with_value(operation.question, tuple(rows))


def import_rows(bank: Bank, answers: Answers, operation: ImportRows) -> Answers:
    for question_id, new in operation.rows.items():
        question, rows = _rows_of(bank, answers, question_id)
        rows += [entered_row(question, row) for row in new]
        answers = answers.with_value(question_id, tuple(rows) or None)
    return answers


def accept(bank: Bank, answers: Answers, operation: Accept) -> Answers:
    question, rows = _rows_of(bank, answers, operation.question)
    if operation.row is None:
        places = range(len(rows))
    else:
        at = row_position(question, operation.question, rows, operation.row)
        places = range(at, at + 1)
    changed = False
    for at in places:
        row = rows[at]
        assert isinstance(row, Mapping)
        if is_draft(row):
            rows[at], changed = accepted(row), True
    return answers.with_value(operation.question, tuple(rows)) if changed else answers


def set_cell(bank: Bank, answers: Answers, operation: SetCell) -> Answers:
    question, rows = _rows_of(bank, answers, operation.question)
    at = row_position(question, operation.question, rows, operation.row)
    old = rows[at]
    assert isinstance(old, Mapping)
    if operation.column not in question.column_by_id and operation.column not in old:
        raise OperationError(
            f"{operation.question} has no column {operation.column!r}",
            nearest(operation.column, question.column_by_id),
        )
    cells = dict(old)
    if is_draft(old):
        del cells[DRAFT]
    if operation.column == DRAFT and DRAFT not in cells:
        pass
    elif operation.value is None:
        cells.pop(operation.column, None)
    else:
        cells[operation.column] = entered_cell(question, operation.column, entered(operation.value))
    rows[at] = in_column_order(question, cells)
    return answers.with_value(operation.question, tuple(rows))


def remove_row(bank: Bank, answers: Answers, operation: RemoveRow) -> Answers:
    question, rows = _rows_of(bank, answers, operation.question)
    del rows[row_position(question, operation.question, rows, operation.row)]
    return answers.with_value(operation.question, tuple(rows) or None)


def move_row(bank: Bank, answers: Answers, operation: MoveRow) -> Answers:
    question, rows = _rows_of(bank, answers, operation.question)
    row = rows[row_position(question, operation.question, rows, operation.row)]
    before = None
    if operation.before is not None:
        before = rows[row_position(question, operation.question, rows, operation.before)]
    rest = [other for other in rows if other is not row]
    at = len(rest) if before is None or before is row else next(i for i, o in enumerate(rest) if o is before)
    if before is row:
        return answers
    rest.insert(at, row)
    return answers.with_value(operation.question, tuple(rest))
