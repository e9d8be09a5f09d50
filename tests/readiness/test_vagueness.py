"""Wording: what binds is measurable, decided and possible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.answers import Answers, Profile, freeze
from app.readiness.facts.vague_words import TERMS_OF_ART, WORDS, vague_words
from app.readiness.model import Finding, Severity
from tests.readiness.documents import TODAY, engine


def found(code: str, **values: object) -> list[Finding]:
    answers = Answers(profile=Profile(traits=("publishes_events",)))
    for name, value in values.items():
        answers = answers.with_value(name.replace("__", "."), freeze(value))
    return [f for f in engine().evaluate(answers, TODAY).findings if f.code == code]


@pytest.mark.parametrize(
    ("goal", "is_found"),
    [
        ("make the desk faster", True),
        ("be ready for the future", True),
        ("a hold is confirmed within 300 ms", False),
        ("availability of 99.95%", False),
        ("no hold is ever lost", False),
        ("every loan has one due date", False),
        ("the report of table loan2 is better", True),
    ],
)
def test_a_goal_is_verifiable_with_a_threshold_or_a_quantifier(goal: str, is_found: bool) -> None:
    assert bool(found("VG01", problem__goals=[goal])) == is_found


def test_a_criterion_or_a_test_in_the_same_words_clears_a_goal() -> None:
    goal = "support returns at another branch"
    test = {
        "type": "integration",
        "proves": "returns at another branch close the loan",
        "example": "branch 4",
    }
    assert found("VG01", problem__goals=[goal])
    assert not found("VG01", problem__goals=[goal], testing__matrix=[test])


def test_a_criterion_that_observes_nothing_is_found() -> None:
    assert [f.target.question for f in found("VG01", problem__success_criteria=["users are happier"])] == [
        "problem.success_criteria"
    ]


@pytest.mark.parametrize("word", [word for words in WORDS.values() for word in words])
def test_each_vague_word_is_found_in_any_case_and_not_inside_another_word(word: str) -> None:
    assert vague_words(f"It is {word.upper()}, they say.")[0][0] == word
    assert word not in dict(vague_words(f"It is x{word}y, they say."))


def test_a_goal_with_one_telling_word_is_cleared_by_it() -> None:
    criterion = "the stocktake of one aisle ends within 2 h"
    assert not found("VG01", problem__goals=["improve the stocktake"], problem__success_criteria=[criterion])
    assert found("VG01", problem__goals=["improve the pick list"], problem__success_criteria=[criterion])


@pytest.mark.parametrize("term", TERMS_OF_ART)
def test_terms_of_art_are_not_vague(term: str) -> None:
    assert vague_words(f"It relies on {term} here.") == ()


@pytest.mark.parametrize("text", ["usually 3 of 4", "the `fast` queue", "the “simple” import", "breakfast"])
def test_numbers_code_and_quotations_are_not_vague(text: str) -> None:
    assert vague_words(text) == ()


def test_a_vague_word_is_information_and_nothing_more() -> None:
    (finding,) = found("VG02", problem__non_goals=["various reports, etc."])
    assert finding.severity == Severity.INFO


@given(st.text())
def test_any_text_can_be_asked_for_vague_words(text: str) -> None:
    assert isinstance(vague_words(text), tuple)


def boundary(**cells: str) -> list[dict[str, object]]:
    return [{"operation": "place hold", "tables": ["hold"], "isolation": "read committed", **cells}]


@pytest.mark.parametrize(
    ("cells", "is_found"),
    [
        ({"isolation": "read committed / serializable"}, True),
        ({"isolation": "depends on the caller"}, True),
        ({"isolation": "repeatable read, set per transaction"}, False),
        ({"locks": "optimistic or pessimistic"}, True),
        ({"locks": "SELECT … FOR UPDATE on hold, then on copy"}, False),
        ({"locks": "row lock on hold or copy, whichever id is lower"}, True),
        ({"retry": "client or server"}, True),
        ({"retry": "3 times after 40001 or 40P01"}, False),
        ({"retry": "to be decided"}, True),
        ({"isolation": "READ COMMITTED, maybe SERIALIZABLE"}, True),
        ({"isolation": "RC / RR"}, True),
        ({"isolation": "read committed; the result does not depend on other rows"}, False),
        ({"locks": "either optimistic locking or a row lock"}, True),
        ({"retry": "either both rows are written or none"}, False),
        ({"retry": "on 40001; depends on nothing else"}, False),
    ],
)
def test_a_cell_that_leaves_the_choice_open_is_found(cells: dict[str, str], is_found: bool) -> None:
    assert bool(found("VG03", transactions__boundaries=boundary(**cells))) == is_found


@pytest.mark.parametrize(
    ("engine_said", "is_found"),
    [("PostgreSQL or MySQL", True), ("postgresql", False), ("EDB Postgres Advanced Server", False)],
)
def test_two_engines_are_no_engine(engine_said: str, is_found: bool) -> None:
    assert bool(found("VG03", physical__engine=engine_said)) == is_found


@pytest.mark.parametrize(
    ("version", "is_found"), [("16 or 17", True), ("16/17", True), ("17.2", False), ("8.0 on InnoDB", False)]
)
def test_two_versions_are_no_version(version: str, is_found: bool) -> None:
    assert bool(found("VG03", physical__version=version)) == is_found


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("events are delivered exactly once", True),
        ("each event is applied exactly once", True),
        ("each result is counted exactly once in the nightly sum", False),
        ("Exactly-once processing by the stream", True),
        ("not delivered exactly once but at least once", False),
        ("“exactly once” is what the brochure says", False),
        ("Exactly once is not promised by the relay", False),
        ("published exactly once per command_id, which has a unique key", False),
        ("processing.guarantee = exactly_once_v2", False),
    ],
)
def test_exactly_once_is_believed_of_nobody(text: str, is_found: bool) -> None:
    assert bool(found("VG04", transactions__replayed_command=text)) == is_found


def test_counting_something_exactly_once_elsewhere_is_no_claim_about_delivery() -> None:
    assert not found("VG04", problem__pain_points="each copy is counted exactly once a year")
