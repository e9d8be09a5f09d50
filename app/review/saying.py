"""The words of records, checked against the answers that they are about, before anybody says them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from app.bank.model import Bank
from app.document.answers import Answers, freeze, same
from app.document.operations import AddRow, Operation, RemoveRow, Set, SetCell, SetSlot
from app.document.text import clean
from app.problems import OperationError
from app.review.anchors import Place, Spot, value_at, words_of
from app.review.canonical import canonical, digest_of, judged
from app.review.marks import check_called
from app.review.model import (
    MAX_OLD,
    CheckMark,
    MarkKind,
    Record,
    Suggestion,
    Thread,
    Verdict,
    VerdictKind,
    about_of,
)
from app.review.row_suggestions import SetCells, row_words
from app.review.suggestions import acceptance, digest_at
from app.review.threads import anchor_of
from app.review.written import Change

Words: TypeAlias = dict[str, Any]
"""What a record says, without what the one who writes it adds: id, time, person."""

_TRIAL: Words = {"id": "new-1", "at": "2000-01-01T00:00:00.000Z"}


def something(text: str) -> str:
    """A text to say, without control characters. Raises OperationError when it says nothing."""
    said = clean(text).strip()
    if not said:
        raise OperationError("say something")
    return said


def thread_words(
    bank: Bank, answers: Answers, question: str, spot: Spot, text: str, quote: str = ""
) -> Words:
    """The words that begin a thread. Raises OperationError when the place does not say the quote."""
    words: Words = {"question": question, "row": spot.row, "column": spot.column}
    words |= {"text": something(text), "quote": clean(quote)}
    if anchor_of(bank, answers, Thread(**_TRIAL, **words)).place != Place.IN_PLACE:
        address = spot.address(question)
        if not quote:
            raise OperationError(f"there is no {address}")
        raise OperationError(f"{address} does not say {quote!r}", "quote it letter for letter")
    return words


def suggestion_words(bank: Bank, answers: Answers, change: Operation | Change, text: str = "") -> Words:
    """The words that suggest a change, bound to the value or the row that is there.

    Raises OperationError when it would change neither one value nor one row, when that is there already,
    and when it does not fit.
    """
    if isinstance(change, AddRow | SetCells | RemoveRow):
        words = row_words(bank, answers, change)
    elif isinstance(change, Set | SetCell | SetSlot) and change.value is not None:
        words = _value_words(bank, answers, change)
    else:
        raise OperationError("only one value or row can be suggested", "say anything else in a comment")
    words["text"] = clean(text).strip()
    try:
        acceptance(bank, answers, Suggestion(**_TRIAL, **words))
    except OperationError as error:
        raise OperationError(error.message.replace(_TRIAL["id"], "the suggestion", 1), error.hint) from None
    return words


def _spot_of(operation: Set | SetCell | SetSlot) -> Spot:
    match operation:
        case SetCell():
            return Spot(operation.row, operation.column)
        case SetSlot():
            return Spot(None, operation.slot)
    return Spot()


def _value_words(bank: Bank, answers: Answers, operation: Set | SetCell | SetSlot) -> Words:
    question, spot = operation.question, _spot_of(operation)
    present = value_at(bank, answers, question, spot.row, spot.column)
    if present is not None and same(present, freeze(operation.value)):
        raise OperationError(f"{spot.address(question)} says this already")
    return {
        "question": question,
        "row": spot.row,
        "column": spot.column,
        "new": operation.value,
        "old_digest": digest_at(bank, answers, question, spot.row, spot.column),
        "old": words_of(present)[:MAX_OLD],
    }


def verdict_words(
    bank: Bank, answers: Answers, section: str, verdict: VerdictKind, role: str = "", text: str = ""
) -> Words:
    """The words of a verdict on a section as it is. Raises OperationError when it lacks its reason."""
    said = clean(text).strip() if verdict == "approve" else something(text)
    words: Words = {"section": section, "verdict": verdict}
    return bound(bank, answers, Verdict, words) | {"role": role, "text": said}


def mark_words(
    bank: Bank, answers: Answers, check: str, mark: MarkKind, role: str = "", text: str = ""
) -> Words:
    """The words of a mark on a cross-check as its places are. Raises OperationError when there is none."""
    words: Words = {"check": check_called(bank, check).id, "mark": mark}
    return bound(bank, answers, CheckMark, words) | {"role": role, "text": clean(text).strip()}


def bound(bank: Bank, answers: Answers, model: type[Record], words: Mapping[str, Any]) -> Words:
    """Words that are bound to what is said now by what they are about.

    Raises OperationError when the bank has nothing of that name.
    """
    about = about_of(model, words)
    if about not in judged(bank):
        raise OperationError(f"this bank has no {about!r}")
    present = canonical(bank, answers, about)
    return {**words, "digest": digest_of(present), "answers": present}
