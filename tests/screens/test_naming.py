"""Addresses in what is said become what the questions, rows and cells are called."""

from __future__ import annotations

import pytest

from app.bank.model import Bank
from screens.naming import named


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("set control.title", "set 0 Title"),
        ("removed logical.grain[seat_hold]", "removed 6.1 Entity Grain, seat_hold"),
        (
            "set authority.source_of_truth[a.b [c]].derived_stores",
            "set 3.1 Source of Truth, a.b [c], Derived Stores",
        ),
        ("set authority.source_of_truth[x].nowhere", "set 3.1 Source of Truth, x, nowhere"),
        ("set problem.situation.domain", "set 1.1 Current Situation, domain"),
        (
            "add a row to invariants.matrix with the same words",
            "add a row to 8 Enforcement Matrix with the same words",
        ),
        ("see public.orders, e.g. in control.nothing[x]", "see public.orders, e.g. in control.nothing[x]"),
        ("in control.title.", "in 0 Title."),
    ],
)
def test_addresses_become_titles_and_other_words_stay(bank: Bank, words: str, said: str) -> None:
    assert named(bank, words) == said
