"""Who can be expected to review."""

from __future__ import annotations

from app.document.operations import Set, SetProfile
from app.review.model import Thread
from app.review.people import Participant, participants, roles_without_people

from .people import BANK, Room, answers_with, sample
from .states import state_of


def test_people_are_those_named_in_the_document_and_those_who_said_something() -> None:
    lines = ["database: Maja Lindqvist, Ada", "data: nobody; no copies", "SRE: Ada"]
    answers = answers_with(Set(question="control.reviewers", value=lines), start=sample())
    room = Room(samuel="security")
    room.say("ada", Thread, question="control.owner", text="Who?")
    assert participants(BANK, answers, room.records) == (
        Participant("Maja Lindqvist", "database"),
        Participant("Ada"),
        Participant("Ada", "database"),
        Participant("Ada", "sre"),
        Participant("Samuel", "security"),
    )


def test_roles_that_nobody_has_are_known() -> None:
    answers = answers_with(SetProfile(risk="high"), start=sample())
    state = state_of(answers, Room().records)
    known = (Participant("Maja", "database"),)
    assert {role.id for role in state.roles} - {r.id for r in roles_without_people(state.roles, known)} == {
        "database"
    }
