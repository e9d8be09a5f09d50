"""The order in which conditions are evaluated, and the circles that have none."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bank.conditions import ConditionError
from app.bank.dependencies import MAX_CYCLES, cycles, evaluation_order, situations
from app.bank.load import default_bank, load_bank, read_bank
from app.bank.model import Bank

from .small import PARCEL, changed, write

QUESTION = """
[[question]]
id = "{name}"
number = "1.1"
title = "{name}"
kind = "text"
prompt = "?"
why = "!"
good = "x"
weak = "x"
ask_when = "{condition}"
because = "x"
because_not = "x"
"""


def bank_with(folder: Path, **conditions: str) -> Bank:
    """The small bank with one more text question for each condition; what is wrong with it is ignored."""
    more = "".join(QUESTION.format(name=name, condition=text) for name, text in conditions.items())
    bank, _ = read_bank(write(folder, parcel=PARCEL + more))
    assert bank is not None
    return bank


def test_every_question_comes_after_those_that_decide_about_it(tmp_path: Path) -> None:
    bank = bank_with(tmp_path, a="parcel.b == 'x'", b="parcel.c == 'x' and parcel.size", c="risk >= HIGH")
    order = evaluation_order(bank)
    assert sorted(order) == sorted(bank.questions)
    assert order.index("parcel.a") > order.index("parcel.b") > order.index("parcel.c")
    assert order.index("parcel.b") > order.index("parcel.size")


def test_a_subsections_condition_counts_for_all_its_questions(tmp_path: Path) -> None:
    parcel = changed(
        PARCEL,
        'title = "Parcel"\n\n[[question]]',
        """title = "Parcel"
ask_when = "parcel.crate == 'x'"
because = "x"
because_not = "x"

[[question]]""",
    )
    bank, problems = read_bank(write(tmp_path, parcel=parcel))
    assert bank is not None
    assert ("parcel.crate",) in cycles(bank)
    assert any("depends on its own answer" in problem.message for problem in problems)


def test_circles_are_found_directly_and_through_others(tmp_path: Path) -> None:
    bank = bank_with(
        tmp_path, me="parcel.me == 'x'", a="parcel.b == 'x'", b="parcel.c == 'x'", c="parcel.a == 'x'"
    )
    assert {frozenset(circle) for circle in cycles(bank)} == {
        frozenset({"parcel.me"}),
        frozenset({"parcel.a", "parcel.b", "parcel.c"}),
    }


def test_a_circle_still_has_an_order(tmp_path: Path) -> None:
    bank = bank_with(tmp_path, a="parcel.b == 'x'", b="parcel.a == 'x'")
    assert sorted(evaluation_order(bank)) == sorted(bank.questions)


def test_a_tangle_is_given_up_after_a_few_circles(tmp_path: Path) -> None:
    names = [f"q{number}" for number in range(12)]
    everything = " or ".join(f"parcel.{name}" for name in names)
    bank = bank_with(tmp_path, **dict.fromkeys(names, everything))
    assert len(cycles(bank)) == MAX_CYCLES
    assert sorted(evaluation_order(bank)) == sorted(bank.questions)


def test_a_condition_that_is_not_allowed_reads_nothing(tmp_path: Path) -> None:
    bank = bank_with(tmp_path, a="parcel.size.upper()")
    assert cycles(bank) == ()


def test_the_bank_that_ships_has_no_circle() -> None:
    assert cycles(default_bank()) == ()


def test_in_no_situation_is_a_parked_answer_read(tmp_path: Path) -> None:
    """`a` waits for an answer to `b`, which is only asked abroad."""
    bank = bank_with(tmp_path, a="parcel.b == 'x'", b="'abroad' in traits")
    found = list(situations(bank, "parcel.a"))
    assert {asked for asked, _ in found} == {True, False}
    assert {values["traits"] for asked, values in found if asked} == {frozenset({"abroad"})}


def test_a_question_without_conditions_has_one_situation(tmp_path: Path) -> None:
    bank = load_bank(write(tmp_path))
    assert list(situations(bank, "parcel.size")) == [(True, {})]


def test_situations_refuse_a_condition_that_is_not_allowed(tmp_path: Path) -> None:
    bank = bank_with(tmp_path, a="parcel.size.upper()")
    with pytest.raises(ConditionError):
        list(situations(bank, "parcel.a"))
