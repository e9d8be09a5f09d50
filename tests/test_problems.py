"""Problems say where, what and what to do, in one line."""

from __future__ import annotations

import pytest

from app.problems import BankError, DbcharterError, DocumentError, Problem, nearest


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("is wrong"), "is wrong"),
        (Problem("is wrong", "a.b", "x.toml", 3, "do this"), "x.toml:3: a.b: is wrong; do this"),
        (Problem("is wrong", file="x.toml"), "x.toml: is wrong"),
        (Problem("is wrong", line=3), "is wrong"),
        (Problem("is wrong", "a.b"), "a.b: is wrong"),
    ],
)
def test_a_problem_reads_as_place_name_message_and_hint(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_an_error_shows_its_hint_on_a_line_of_its_own() -> None:
    assert str(DocumentError("is wrong", "do this")) == "is wrong\ndo this"
    assert str(DocumentError("is wrong")) == "is wrong"


def test_a_bank_error_holds_and_shows_all_problems() -> None:
    error = BankError(Problem(text) for text in ("one", "two"))
    assert isinstance(error, DbcharterError)
    assert [problem.message for problem in error.problems] == ["one", "two"]
    assert str(error) == "one\ntwo"


def test_the_nearest_name_is_proposed_only_when_it_is_near() -> None:
    assert nearest("grian", ["grain", "keys"]) == "did you mean 'grain'?"
    assert nearest("zzz", iter(["grain", "keys"])) == ""
    assert nearest("x", []) == ""
