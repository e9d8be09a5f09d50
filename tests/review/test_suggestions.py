"""Suggestions are taken only for the value that they were made for, as one change by who made them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.document.answers import Answers
from app.document.operations import Clear, Operation, RemoveRow, Set, SetCell, apply
from app.problems import OperationError
from app.review.model import Decide, Suggestion
from app.review.suggestions import Fate, acceptance, digest_at, proposals
from app.session import Session

from .people import BANK, Room, answers_with, sample

GRAIN = "logical.grain"


def suggested(
    new: Any,
    question: str = GRAIN,
    row: str | None = "seat",
    column: str | None = "grain",
    room: Room | None = None,
) -> Suggestion:
    digest = digest_at(BANK, sample(), question, row, column)
    words = {"question": question, "row": row, "column": column, "new": new, "old_digest": digest}
    return (room or Room()).say("bo", Suggestion, **words)


def after(*operations: Operation) -> Answers:
    return answers_with(*operations, start=sample())


@pytest.mark.parametrize(
    ("suggestion", "question", "value"),
    [
        (suggested("one chair"), GRAIN, "one chair"),
        (suggested("Seats", "control.title", None, None), "control.title", "Seats"),
        (suggested(["One goal"], "problem.goals", None, None), "problem.goals", ("One goal",)),
        (suggested("postgresql", "physical.engine", None, None), "physical.engine", "postgresql"),
        (
            suggested("two files", "problem.situation", None, "current_stores"),
            "problem.situation",
            "two files",
        ),
    ],
    ids=["a cell", "a text", "a list", "an answer that was not there", "a slot"],
)
def test_accepting_sets_what_was_suggested(suggestion: Suggestion, question: str, value: object) -> None:
    (operation,) = acceptance(BANK, sample(), suggestion)
    answers = apply(BANK, sample(), operation)
    found: Any = answers.values[question]
    if question == GRAIN:
        assert found[1] == sample().rows(GRAIN)[1]
        found = found[0]["grain"]
    assert (found["current_stores"] if question == "problem.situation" else found) == value


OUTDATED: dict[str, tuple[Answers, str]] = {
    "changed": (after(SetCell(question=GRAIN, row="seat", column="grain", value="x")), "it says 'x'"),
    "row gone": (after(RemoveRow(question=GRAIN, row="seat")), "the row 'seat' is gone"),
    "answer gone": (
        after(SetCell(question=GRAIN, row="seat", column="grain", value=None)),
        "the answer is gone",
    ),
    "said already": (
        after(SetCell(question=GRAIN, row="seat", column="grain", value="one chair")),
        "says this already",
    ),
}


@pytest.mark.parametrize("name", OUTDATED)
def test_a_suggestion_for_another_value_is_outdated_says_why_and_is_refused(name: str) -> None:
    answers, why = OUTDATED[name]
    room = Room()
    suggestion = suggested("one chair", room=room)
    (proposal,) = proposals(BANK, answers, room.records)
    assert proposal.fate == Fate.OUTDATED
    assert why in proposal.why
    with pytest.raises(OperationError, match="is outdated"):
        acceptance(BANK, answers, suggestion)


def test_other_cells_and_another_order_of_rows_outdate_nothing() -> None:
    answers = after(
        SetCell(question=GRAIN, row="hold", column="grain", value="x"),
        SetCell(question=GRAIN, row="seat", column="example", value="A 17"),
    )
    assert acceptance(BANK, answers, suggested("one chair"))


UNFIT = {
    "a list for a text": suggested(["a"], "control.title", None, None),
    "no option": suggested("yesterday", "control.status", None, None),
    "a date that is none": suggested("soon", "control.created", None, None),
    "a whole table": suggested([{"entity": "x"}], row=None, column=None),
    "a column that is none": suggested("x", column="colour"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_value_that_does_not_fit_its_question_is_refused(name: str) -> None:
    with pytest.raises(OperationError):
        acceptance(BANK, sample(), UNFIT[name])


def test_a_question_of_another_bank_is_outdated() -> None:
    suggestion = suggested("x").model_copy(update={"question": "logical.granularity"})
    with pytest.raises(OperationError, match="no question"):
        acceptance(BANK, sample(), suggestion)


def test_a_decision_stays_whatever_becomes_of_the_answer() -> None:
    for word, fate in (("accept", Fate.ACCEPTED), ("reject", Fate.REJECTED)):
        room = Room()
        suggested("one chair", room=room)
        room.say("ines", Decide, suggestion="bo-1", decision=word)
        assert [p.fate for p in proposals(BANK, after(Clear(question=GRAIN)), room.records)] == [fate]


def test_an_accepted_suggestion_is_one_step_of_its_author_and_can_be_undone(tmp_path: Path) -> None:
    with Session.create(
        BANK, tmp_path / "x.toml", [Set(question="control.title", value="Seat holds")]
    ) as session:
        before = session.answers
        suggestion = suggested("Seats", "control.title", None, None)
        (operation,) = acceptance(BANK, session.answers, suggestion)
        session.apply(operation, who="Bo")
        assert session.answers.values["control.title"] == "Seats"
        assert session.history[-1].who == "Bo"
        session.undo()
        assert session.answers == before
