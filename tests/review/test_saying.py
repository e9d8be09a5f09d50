"""Words of records are checked against the answers before anybody says them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.document.operations import AddRow, Clear, Operation, Set, SetCell
from app.problems import OperationError
from app.review.anchors import Spot
from app.review.canonical import canonical
from app.review.model import Suggestion, Thread, Verdict
from app.review.saying import suggestion_words, thread_words, verdict_words
from app.review.suggestions import acceptance

from .people import BANK, Room, answers_with, sample

GRAIN = SetCell(
    question="logical.grain", row="hold", column="grain", value="one hold of one seat by one buyer"
)


def test_a_thread_begins_at_words_that_stand_there() -> None:
    spot = Spot("hold", "grain")
    words = thread_words(BANK, sample(), "logical.grain", spot, " One seat? ", "one seat")
    thread = Room().say("ana", Thread, **words)
    assert (thread.question, thread.row, thread.column) == ("logical.grain", "hold", "grain")
    assert (thread.text, thread.quote) == ("One seat?", "one seat")


@pytest.mark.parametrize(
    ("spot", "text", "quote"),
    [
        (Spot("hold"), "Why?", "Why not"),
        (Spot("nobody"), "Why?", ""),
        (Spot("hold"), " \u202e\n", ""),
    ],
)
def test_a_thread_about_nothing_is_not_begun(spot: Spot, text: str, quote: str) -> None:
    with pytest.raises(OperationError):
        thread_words(BANK, sample(), "logical.grain", spot, text, quote)


def test_a_suggestion_can_be_accepted_as_long_as_nothing_has_changed() -> None:
    words = suggestion_words(BANK, sample(), GRAIN, "Whose hold?")
    suggestion = Room().say("ana", Suggestion, **words)
    assert suggestion.old == "one hold of one seat"
    assert acceptance(BANK, sample(), suggestion) == (GRAIN,)
    with pytest.raises(OperationError, match="outdated"):
        acceptance(BANK, answers_with(GRAIN, start=sample()), suggestion)


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (replace(GRAIN, value="one hold of one seat"), "says this already"),
        (replace(GRAIN, value=None), "only one value"),
        (AddRow(question="logical.grain", row={"entity": "hold"}), "there is a row 'hold' already"),
        (Clear(question="control.owner"), "only one value"),
        (Set(question="control.created", value="yesterday"), "the suggestion does not fit"),
        (replace(GRAIN, row="nobody"), "is gone"),
    ],
)
def test_what_could_not_be_accepted_is_not_suggested(operation: Operation, why: str) -> None:
    with pytest.raises(OperationError, match=why):
        suggestion_words(BANK, sample(), operation)


def test_a_verdict_is_about_the_section_as_it_is_and_gives_a_reason_unless_it_approves() -> None:
    words = verdict_words(BANK, sample(), "logical", "approve", "database")
    verdict = Room().say("ana", Verdict, **words)
    assert verdict.answers == canonical(BANK, sample(), "logical")
    assert (verdict.section, verdict.role) == ("logical", "database")
    with pytest.raises(OperationError):
        verdict_words(BANK, sample(), "logical", "request_changes", text="  ")
