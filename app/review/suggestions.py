"""Suggestions: another value for one place or another row, bound to what they were made for."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Answers, Value, same
from app.document.operations import Operation, Set, SetCell, SetSlot, apply
from app.document.text import one_line
from app.document.values import new_misfits
from app.problems import OperationError
from app.review.anchors import row_gone, value_at, words_of
from app.review.canonical import digest_of, value_text
from app.review.model import Decide, Records, Suggestion, value_of
from app.review.row_suggestions import row_operations, row_outdated_because


class Fate(StrEnum):
    """What became of a suggestion."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    OUTDATED = "outdated"


class Proposal(Struct, frozen=True):
    """A suggestion, what was decided about it, and why it is outdated, if it is."""

    suggestion: Suggestion
    fate: Fate
    decided: Decide | None = None
    why: str = ""


def proposals(bank: Bank, answers: Answers, records: Records) -> tuple[Proposal, ...]:
    """Every suggestion in the order in which they were made; the last decision about each one holds."""
    decided = {record.suggestion: record for record in records.of(Decide)}
    found: dict[str, Proposal] = {}
    for suggestion in records.of(Suggestion):
        found.setdefault(suggestion.id, _proposal(bank, answers, suggestion, decided.get(suggestion.id)))
    return tuple(found.values())


def _proposal(bank: Bank, answers: Answers, suggestion: Suggestion, decided: Decide | None) -> Proposal:
    if decided is not None:
        fate = Fate.ACCEPTED if decided.decision == "accept" else Fate.REJECTED
        return Proposal(suggestion, fate, decided)
    why = outdated_because(bank, answers, suggestion)
    return Proposal(suggestion, Fate.OUTDATED if why else Fate.OPEN, why=why)


def digest_at(bank: Bank, answers: Answers, question: str, row: str | None, column: str | None) -> str:
    """The digest of what stands at a place, as suggestions carry it."""
    return digest_of(value_text(value_at(bank, answers, question, row, column)))


def outdated_because(bank: Bank, answers: Answers, suggestion: Suggestion) -> str:
    """Why a suggestion cannot be taken any more, or ""."""
    question, row, column = suggestion.question, suggestion.row, suggestion.column
    if question not in bank.questions:
        return f"this bank has no question {question!r}"
    if suggestion.change:
        return row_outdated_because(bank, answers, suggestion)
    gone = row_gone(bank, answers, question, row)
    if gone:
        return gone
    if digest_at(bank, answers, question, row, column) == suggestion.old_digest:
        return ""
    present = value_at(bank, answers, question, row, column)
    if _is_new(present, suggestion):
        return "the answer says this already"
    said = one_line(words_of(present))
    return f"the answer has changed since; it says {said!r}" if said else "the answer is gone"


def _is_new(present: Value | None, suggestion: Suggestion) -> bool:
    try:
        return present is not None and same(present, value_of(suggestion))
    except TypeError:
        return False


def acceptance(bank: Bank, answers: Answers, suggestion: Suggestion) -> tuple[Operation, ...]:
    """The operations that accept a suggestion: one, or one for each cell of a row.

    Raises OperationError when it is outdated, and when the value does not fit the question.
    """
    why = outdated_because(bank, answers, suggestion)
    if why:
        raise OperationError(f"{suggestion.id} is outdated: {why}")
    operations = _operations(bank, answers, suggestion)
    before = answers.values.get(suggestion.question)
    for operation in operations:
        answers = apply(bank, answers, operation)
    value = answers.values.get(suggestion.question)
    for misfit in new_misfits(bank, suggestion.question, before, value):
        raise OperationError(f"{suggestion.id} does not fit {suggestion.question}: {misfit.message}")
    return operations


def _operations(bank: Bank, answers: Answers, suggestion: Suggestion) -> tuple[Operation, ...]:
    if suggestion.change:
        return row_operations(bank, answers, suggestion)
    return (_operation(bank, suggestion),)


def _operation(bank: Bank, suggestion: Suggestion) -> Operation:
    question, name = bank.questions[suggestion.question], suggestion.question
    if question.has_rows and suggestion.row is not None and suggestion.column is not None:
        return SetCell(question=name, row=suggestion.row, column=suggestion.column, value=suggestion.new)
    if question.kind == "sentence" and suggestion.column is not None and isinstance(suggestion.new, str):
        return SetSlot(question=name, slot=suggestion.column, value=suggestion.new)
    if question.has_rows or question.kind == "sentence" or suggestion.column is not None:
        raise OperationError(f"{suggestion.id} is not about one value of {name}")
    return Set(question=name, value=suggestion.new)
