"""Threads keep to their place: exact words stay, moved words are said to have moved, nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.answers import Answers
from app.document.operations import Clear, Operation, RemoveRow, Set, SetCell
from app.review.anchors import Anchor, Place, Spot, anchor
from app.review.model import Reopen, Reply, Resolve, Thread
from app.review.threads import threads

from .people import BANK, Room, answers_with, sample, with_rows

GRAIN = "logical.grain"


def found(
    answers: Answers,
    quote: str = "",
    row: str | None = None,
    column: str | None = None,
    question: str = GRAIN,
) -> Anchor:
    return anchor(BANK, answers, question, row, column, quote)


def after(*operations: Operation) -> Answers:
    return answers_with(*operations, start=sample())


IN_PLACE: dict[str, tuple[Anchor, Spot]] = {
    "a cell": (found(sample(), "one seat of", "seat", "grain"), Spot("seat", "grain")),
    "a row": (found(sample(), "one seat of", "seat"), Spot("seat", "grain")),
    "a question with rows": (found(sample(), "one hold"), Spot("hold", "grain")),
    "a list": (found(sample(), "ends by itself", question="problem.goals"), Spot()),
    "no quote": (found(sample(), "", "seat"), Spot("seat")),
    "words around it changed": (
        found(
            after(SetCell(question=GRAIN, row="seat", column="grain", value="only one seat of a hall")),
            "one seat of",
            "seat",
            "grain",
        ),
        Spot("seat", "grain"),
    ),
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_exact_words_at_the_place_are_in_place(name: str) -> None:
    anchored, spot = IN_PLACE[name]
    assert anchored == Anchor(Place.IN_PLACE, (spot,))


def test_words_that_stand_elsewhere_in_the_question_have_moved_and_it_is_said_where() -> None:
    answers = after(
        SetCell(question=GRAIN, row="seat", column="grain", value="a chair"),
        SetCell(question=GRAIN, row="hold", column="grain", value="one seat of one show, held"),
    )
    anchored = found(answers, "one seat of one show", "seat", "grain")
    assert anchored.place == Place.MOVED
    assert anchored.spots == (Spot("hold", "grain"),)
    assert "logical.grain[hold].grain" in anchored.why


def test_words_of_a_row_that_got_another_key_have_moved() -> None:
    answers = after(SetCell(question=GRAIN, row="seat", column="entity", value="chair"))
    assert found(answers, "one seat of", "seat", "grain").spots == (Spot("chair", "grain"),)


LOST: dict[str, tuple[Anchor, str]] = {
    "the words are gone": (found(sample(), "two seats", "seat"), "not there any more"),
    "case differs": (found(sample(), "One seat", "seat"), "not there any more"),
    "only in another question": (
        found(sample(), "Seat holds", question="control.owner"),
        "not there any more",
    ),
    "the row is gone": (found(after(RemoveRow(question=GRAIN, row="seat")), "", "seat"), "'seat' is gone"),
    "the row and the words are gone": (
        found(after(RemoveRow(question=GRAIN, row="seat")), "one seat of one", "seat"),
        "'seat' is gone",
    ),
    "the answer is gone": (found(after(Clear(question=GRAIN)), "one seat"), "not there any more"),
    "the question is gone": (found(sample(), question="logical.granularity"), "no question"),
}


@pytest.mark.parametrize("name", LOST)
def test_what_is_not_there_is_lost_at_no_place_and_it_is_said_why(name: str) -> None:
    anchored, why = LOST[name]
    assert (anchored.place, anchored.spots) == (Place.LOST, ())
    assert why in anchored.why


TEXTS = st.text(alphabet="ab \n", max_size=8)


@given(st.lists(TEXTS, max_size=4), st.text(alphabet="ab \n", min_size=1, max_size=3))
def test_a_quote_is_shown_only_where_its_words_stand(cells: list[str], quote: str) -> None:
    answers = with_rows(GRAIN, [{"entity": f"e{n}", "grain": text} for n, text in enumerate(cells)])
    anchored = found(answers, quote, "e0", "grain")
    standing = {Spot(f"e{n}", "grain") for n, text in enumerate(cells) if quote in text}
    assert set(anchored.spots) <= standing
    assert (anchored.place == Place.IN_PLACE) == (Spot("e0", "grain") in standing)
    assert (anchored.place == Place.LOST) == (not standing)


def test_a_thread_is_open_until_it_is_resolved_and_again_when_it_is_reopened() -> None:
    room = Room()
    room.say("ana", Thread, question=GRAIN, text="why?")
    said = []
    for model in (Resolve, Reopen, Resolve):
        room.say("bo", model, thread="ana-1")
        said.append(threads(room.records)[0].is_open)
    assert said == [False, True, False]


def test_a_reply_to_a_resolved_thread_is_kept_and_opens_nothing() -> None:
    room = Room()
    room.say("ana", Thread, question=GRAIN, text="why?")
    room.say("bo", Resolve, thread="ana-1")
    room.say("cy", Reply, thread="ana-1", text="one more thing")
    (talk,) = threads(room.records)
    assert not talk.is_open
    assert [answer.text for answer in talk.replies] == ["one more thing"]


def test_a_numbered_answer_is_quoted_as_it_reads() -> None:
    answers = after(Set(question="control.title", value="Seats 12"))
    assert found(answers, "12", question="control.title").place == Place.IN_PLACE
