"""Which questions the plain interview asks, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.cli.show import status_data, status_text
from app.cli.talk import order_from
from app.document.operations import SetProfile
from app.session import Session

CHOSEN = ("control.owner", "control.decision_summary", "glossary.time_columns", "physical.ddl")
ORDER = ["control.owner", "physical.ddl", "glossary.time_columns", "control.decision_summary"]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    profile = SetProfile(change_types=("add_table",), risk="high")
    with Session.create(default_bank(), tmp_path / "holds.toml", [profile]) as session:
        yield session


def test_what_was_chosen_is_asked_when_it_can_be_answered(session: Session) -> None:
    assert order_from(session, CHOSEN, "") == ORDER


def test_one_goes_on_behind_the_question_at_which_one_left(session: Session) -> None:
    assert order_from(session, CHOSEN, "physical.ddl") == [*ORDER[1:], ORDER[0]]


def test_the_question_at_which_one_left_is_asked_although_it_is_answered(session: Session) -> None:
    assert order_from(session, CHOSEN[:2], "physical.ddl") == ["physical.ddl", ORDER[3], ORDER[0]]


@pytest.mark.parametrize("left", ["logical.states", "gone.away"])
def test_a_question_that_is_not_asked_any_more_is_no_place_to_go_on(session: Session, left: str) -> None:
    assert order_from(session, CHOSEN, left) == ORDER


def test_what_is_due_is_listed_in_that_order_too(session: Session) -> None:
    due = status_data(session, ())["due"]
    assert due[:2] == ["control.title", "control.status"]
    assert due[-1] == "control.decision_summary"
    listed = status_text(session, ()).split("Due now")[1]
    assert listed.index("control.owner") < listed.index("authority.source_of_truth")
    assert "control.decision_summary" not in "".join(listed.splitlines()[:4])
