"""Answers are values: changing one shares the rest."""

from __future__ import annotations

from datetime import date, datetime, time
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.answers import Answers, Profile, State, fits_toml, freeze, same, thaw
from tests.document.strategies import junk


def test_setting_an_answer_shares_all_others() -> None:
    goals = ("a",)
    old = Answers(Profile(risk="high")).with_value("problem.goals", goals)
    new = old.with_value("control.title", "T")
    assert dict(old.values) == {"problem.goals": goals}
    assert new.values["problem.goals"] is goals
    assert new.states is old.states
    assert new.profile is old.profile


def test_none_removes_an_answer_a_state_and_a_note() -> None:
    answers = Answers().with_value("a.b", "x").with_state("a.b", State("deferred")).with_note("a.b", "n")
    answers = answers.with_value("a.b", None).with_state("a.b", None).with_note("a.b", "")
    assert (dict(answers.values), dict(answers.states), dict(answers.notes)) == ({}, {}, {})
    assert answers.with_value("not.there", None) == answers


def test_only_rows_are_rows() -> None:
    answers = Answers().with_value("a.b", (MappingProxyType({"x": 1}), "no row")).with_value("a.c", "text")
    assert answers.rows("a.b") == ({"x": 1},)
    assert answers.rows("a.c") == answers.rows("a.d") == ()


@given(junk)
def test_frozen_values_thaw_to_what_they_were(value: object) -> None:
    assert same(thaw(freeze(value)), value)


def test_frozen_values_cannot_be_changed() -> None:
    frozen = freeze({"a": [1, {"b": 2}]})
    with pytest.raises(TypeError):
        frozen["a"] = 1  # type: ignore[index]  # that it cannot be done is the point
    assert isinstance(frozen, MappingProxyType)
    assert isinstance(frozen["a"], tuple)


@pytest.mark.parametrize("value", [None, b"x", {1, 2}, object()])
def test_what_toml_cannot_say_is_no_value(value: object) -> None:
    with pytest.raises(TypeError, match="is not a value of an answer document"):
        freeze([value])


@given(junk)
def test_a_value_is_the_same_as_itself(value: object) -> None:
    assert same(freeze(value), freeze(value))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 1.0),
        (1, True),
        ("1", 1),
        ((1,), (1.0,)),
        ((), {}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": True}),
        (("a",), ("a", "b")),
        (date(2026, 1, 1), datetime(2026, 1, 1)),
        (time(1), time(2)),
        (float("nan"), 1.0),
    ],
)
def test_values_of_other_types_or_order_are_not_the_same(left: object, right: object) -> None:
    assert not same(left, right)


def test_not_a_number_is_the_same_as_itself() -> None:
    assert same((float("nan"),), (float("nan"),))


@given(st.integers())
def test_integers_fit_within_64_bits(number: int) -> None:
    assert fits_toml(number) == (number in range(-(2**63), 2**63))


def test_the_ends_of_the_range_fit() -> None:
    assert [fits_toml(n) for n in (-(2**63) - 1, -(2**63), 2**63 - 1, 2**63)] == [False, True, True, False]
