"""The authorisation matrix, generated from what there is to be asked for."""

from __future__ import annotations

from itertools import product
from typing import Any, get_args, get_type_hints

import pytest

from app.document import operations
from app.document.operations import ImportRows, Operation, SetCell, SetProfile
from app.pairing import wire
from app.pairing.permissions import (
    BEFORE_ADMISSION,
    NEEDS,
    Need,
    action_of,
    may,
    questions_of,
    sections_of,
    sections_touched,
)
from app.review.model import TABLES

AUTHOR_ONLY = {"admit", "remove", "grant_baton", "take_baton", "end"}
"""What is done at the host, and by no frame."""


def kinds(union: Any) -> list[Any]:
    """The models of a discriminated union."""
    return list(get_args(get_args(union)[0]))


def actions() -> list[str]:
    """Everything that can be asked for: each operation, each record, each other frame of a guest."""
    hints = [get_type_hints(operation) for operation in get_args(operations.Operation)]
    names = [f"change.{get_args(hint['op'])[0]}" for hint in hints]
    names += [f"say.{table}" for table in TABLES]
    frames = [model for model in kinds(wire.FromGuest) if model not in (wire.Change, wire.Say)]
    return [*names, *(model.model_fields["type"].default for model in frames), *AUTHOR_ONLY]


def test_every_action_has_a_row_and_every_row_an_action() -> None:
    """A new operation, record or frame without a row in the table fails here."""
    assert set(actions()) == set(NEEDS) | BEFORE_ADMISSION


MATRIX = list(product(actions(), ("author", "guest"), ("admitted", "waiting", "removed"), (True, False)))


@pytest.mark.parametrize("state", ["waiting", "removed"])
def test_who_is_not_admitted_may_do_nothing_but_say_hello_and_leave(state: Any) -> None:
    allowed = {a for a, role, s, baton in MATRIX if s == state and may(a, role, s, has_baton=baton)}
    assert allowed == ({"hello", "leave"} if state == "waiting" else set())


def test_a_guest_without_a_baton_may_speak_and_be_seen_and_no_more() -> None:
    allowed = {a for a in actions() if may(a, "guest", "admitted", has_baton=False)}
    assert allowed == {
        "say.thread",
        "say.reply",
        "say.resolve",
        "say.reopen",
        "say.suggestion",
        "say.verdict",
        "say.cross_check",
        "say.opinion",
        "here",
        "ask_baton",
        "leave",
    }


def test_a_baton_adds_changes_of_answers_and_nothing_that_is_the_authors() -> None:
    without = {a for a in actions() if may(a, "guest", "admitted", has_baton=False)}
    added = {a for a in actions() if may(a, "guest", "admitted", has_baton=True)} - without
    assert all(action.startswith("change.") or action in ("revert", "give_baton") for action in added)
    assert not added & {"change.profile", "change.waive", "change.unwaive", "change.resolve", "change.looked"}
    assert {"change.set", "change.row_set", "change.import"} <= added


def test_the_author_may_do_everything_that_has_a_row() -> None:
    assert all(may(action, "author", "admitted", has_baton=False) for action in NEEDS)


@pytest.mark.parametrize("action", ["", "change.", "change.drop", "say.", "hello", "sudo"])
def test_what_has_no_row_is_denied_to_everybody(action: str) -> None:
    for role, baton in product(("author", "guest"), (True, False)):
        assert not may(action, role, "admitted", has_baton=baton)


def test_what_only_the_author_may_do_is_denied_to_every_guest() -> None:
    for action, need in NEEDS.items():
        if need is Need.AUTHOR:
            assert not may(action, "guest", "admitted", has_baton=True)


def test_the_action_of_a_frame_is_named_after_what_it_carries() -> None:
    change = wire.Change(id=1, epoch="", operation={"op": "row_set"})
    assert action_of(change) == "change.row_set"
    assert action_of(wire.Change(id=1, epoch="", operation={})) == "change."
    assert action_of(wire.Say(id=1, epoch="", table="decide", words={})) == "say.decide"
    assert action_of(wire.Here()) == "here"


def test_an_import_touches_the_sections_of_all_its_tables() -> None:
    operation: Operation = ImportRows(rows={"logical.grain": [{}], "physical.column_semantics": [{}]})
    assert sections_of(questions_of(operation)) == {"logical", "physical"}


def test_what_names_no_question_touches_no_section_so_that_no_baton_covers_it() -> None:
    frame = wire.Change(id=1, epoch="", operation={"op": "profile"})
    assert sections_touched(frame, SetProfile(risk="low")) == frozenset()
    cell = SetCell(question="logical.grain", row="a", column="grain", value="b")
    assert sections_touched(frame, cell) == {"logical"}
    assert sections_touched(wire.GiveBaton(section="logical"), None) == {"logical"}
