"""What a sentence says, and what it says not to be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readiness.facts.denials import affirmed, denied, denies, disowned

BACKFILL = re.compile(r"backfills?")


@pytest.mark.parametrize(
    "text",
    [
        "the backfill runs at night",
        "no more than 3 backfills at once",
        "not only a backfill",
        "not without a backfill",
        "nothing is dropped until the backfill is done",
        "no lock, then the backfill",
        "the backfill does not block anybody",
        "no index is needed for the backfill",
        "no backfill of loan; the backfill of copy is step 3",
    ],
)
def test_what_is_said_is_affirmed(text: str) -> None:
    assert affirmed(BACKFILL, text)


@pytest.mark.parametrize(
    "text",
    [
        "no backfill needed",
        "without the backfill",
        "we do not plan to run a backfill",
        "it doesn’t need a backfill",
        "the backfill is not needed",
        "backfill: none",
        "the backfill is skipped",
        "instead of a backfill",
        "nothing of that kind",
    ],
)
def test_what_is_left_out_is_not(text: str) -> None:
    assert not affirmed(BACKFILL, text)


def test_a_bound_denies_nothing() -> None:
    assert not denies("again, no more than three times and not later than noon")
    assert denies("never again")


def test_a_predicate_can_disown_its_subject() -> None:
    assert disowned("log lines are not the record", len("log lines"))
    assert not disowned("log lines are the record", len("log lines"))


@given(st.text(), st.integers(0, 200))
def test_any_place_of_any_text_can_be_asked_about(text: str, place: int) -> None:
    assert denied(text, min(place, len(text))) in (True, False)
    assert disowned(text, min(place, len(text))) in (True, False)
