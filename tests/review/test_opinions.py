"""Two ratings are given without looking: the other's is shown to whom has given one, and no sooner."""

from __future__ import annotations

import pytest

from app.document.operations import AddRow, Set, apply
from app.problems import OperationError
from app.review.model import Opinion
from app.review.opinions import disagreements, proposed_questions, ratings_for, subject_of, subjects

from .people import BANK, Room, answers_with, sample

ANSWERS = answers_with(
    AddRow(question="invariants.matrix", row={"id": "INV-001"}),
    AddRow(question="invariants.matrix", row={"id": "INV-002"}),
    start=sample(),
)


def rated(**ratings: int) -> Room:
    room = Room()
    for name, rating in ratings.items():
        room.say(name, Opinion, subject="risk", rating=rating)
    return room


def seen(room: Room, person: str) -> tuple[dict[str, int], int]:
    found = next(r for r in ratings_for(BANK, ANSWERS, room.records, person) if r.subject.id == "risk")
    return {name: opinion.rating for name, opinion in found.shown.items()}, found.hidden


def test_the_change_and_every_invariant_are_rated() -> None:
    assert [s.id for s in subjects(BANK, ANSWERS)] == [
        "risk",
        "reversibility",
        "invariants.matrix[INV-001]",
        "invariants.matrix[INV-002]",
    ]


def test_an_invariant_is_named_by_its_key() -> None:
    assert subject_of(BANK, ANSWERS, "INV-002").id == "invariants.matrix[INV-002]"
    with pytest.raises(OperationError, match="nothing to rate"):
        subject_of(BANK, ANSWERS, "INV-003")


def test_ratings_of_others_are_hidden_until_ones_own_is_there() -> None:
    room = rated(ana=2)
    assert seen(room, "bo") == ({}, 1)
    assert seen(room, "Ana") == ({"ana": 2}, 0)
    room.say("bo", Opinion, subject="risk", rating=5)
    assert seen(room, "bo") == seen(room, "ana") == ({"ana": 2, "bo": 5}, 0)
    assert seen(room, "cy") == ({}, 2)


def test_a_rating_of_another_subject_opens_nothing() -> None:
    room = rated(ana=2)
    room.say("bo", Opinion, subject="reversibility", rating=3)
    assert seen(room, "bo") == ({}, 1)


@pytest.mark.parametrize(("other", "count"), [(2, 0), (3, 0), (4, 1), (5, 1)])
def test_ratings_that_are_far_apart_are_a_disagreement(other: int, count: int) -> None:
    room = rated(ana=2, bo=other)
    assert len(disagreements(BANK, ANSWERS, room.records, "ana")) == count
    assert disagreements(BANK, ANSWERS, room.records, "cy") == ()


def test_the_last_rating_of_a_person_counts() -> None:
    room = rated(ana=1, bo=5)
    room.say("bo", Opinion, subject="risk", rating=2)
    assert disagreements(BANK, ANSWERS, room.records, "ana") == ()


def test_a_disagreement_becomes_an_open_question_with_an_owner_once() -> None:
    room = rated(ana=1, bo=5)
    (operation,) = proposed_questions(BANK, ANSWERS, room.records, "bo")
    answers = apply(BANK, ANSWERS, operation)
    (row,) = answers.rows("open_questions.questions")
    assert row["owner"] == "Ines"
    assert row["question"] == "How risky is this change? (Ana says 1 of 5, Bo says 5 of 5)"
    assert proposed_questions(BANK, answers, room.records, "bo") == ()
    room.say("bo", Opinion, subject="risk", rating=4)
    assert proposed_questions(BANK, answers, room.records, "bo") == (), "what they say may change meanwhile"


def test_without_an_owner_the_question_is_proposed_all_the_same() -> None:
    answers = answers_with(Set(question="control.owner", value=""), start=ANSWERS)
    (operation,) = proposed_questions(BANK, answers, rated(ana=1, bo=5).records, "bo")
    assert "owner" not in apply(BANK, answers, operation).rows("open_questions.questions")[0]
