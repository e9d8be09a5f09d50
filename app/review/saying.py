"""The words of records, checked against the answers that they are about, before anybody says them."""

from __future__ import annotations

from typing import Any, TypeAlias

from app.bank.model import Bank
from app.document.answers import Answers, freeze, same
from app.document.operations import Operation, Set, SetCell, SetSlot
from app.document.text import clean
from app.problems import OperationError
from app.review.anchors import Place, Spot, value_at, words_of
from app.review.canonical import canonical, digest_of
from app.review.model import Suggestion, Thread, VerdictKind
from app.review.suggestions import acceptance, digest_at
from app.review.threads import anchor_of

Words: TypeAlias = dict[str, Any]
"""What a record says, without what the one who writes it adds: id, time, person."""

_OLD = 2_000
"""How much of the replaced text a suggestion keeps for people to read."""
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


def place_of(operation: Operation) -> tuple[str, Spot] | None:
    """The place of the one value that an operation sets, which can be suggested; None for other changes."""
    match operation:
        case Set():
            return operation.question, Spot()
        case SetCell():
            return operation.question, Spot(operation.row, operation.column)
        case SetSlot():
            return operation.question, Spot(None, operation.slot)
    return None


def suggestion_words(bank: Bank, answers: Answers, operation: Operation, text: str = "") -> Words:
    """The words that suggest what an operation would set, bound to the value that is there.

    Raises OperationError when it would not set one value, when that is there already, and when it does
    not fit.
    """
    place = place_of(operation)
    if place is None or not isinstance(operation, Set | SetCell | SetSlot) or operation.value is None:
        raise OperationError("only one value can be suggested", "say anything else in a comment")
    question, spot = place
    present = value_at(bank, answers, question, spot.row, spot.column)
    if present is not None and same(present, freeze(operation.value)):
        raise OperationError(f"{spot.address(question)} says this already")
    words: Words = {
        "question": question,
        "row": spot.row,
        "column": spot.column,
        "new": operation.value,
        "old_digest": digest_at(bank, answers, question, spot.row, spot.column),
        "old": words_of(present)[:_OLD],
        "text": clean(text).strip(),
    }
    try:
        acceptance(bank, answers, Suggestion(**_TRIAL, **words))
    except OperationError as error:
        raise OperationError(error.message.replace(_TRIAL["id"], "the suggestion", 1), error.hint) from None
    return words


def verdict_words(
    bank: Bank, answers: Answers, section: str, verdict: VerdictKind, role: str = "", text: str = ""
) -> Words:
    """The words of a verdict on a section as it is. Raises OperationError when it lacks its reason."""
    said = clean(text).strip() if verdict == "approve" else something(text)
    present = canonical(bank, answers, section)
    words: Words = {"section": section, "verdict": verdict, "digest": digest_of(present)}
    return words | {"answers": present, "role": role, "text": said}
