"""How long an interview is at least and at most."""

from __future__ import annotations

import pytest

from app.interview.applicability import survey
from app.interview.extents import Extent, Length, extents

from .banks import BANK, answers_of, with_conditions

OBLIGATORY = sum(not question.optional for question in BANK.questions.values())

EXTENTS = extents(BANK)


def found(change_type: str, risk: str, template: str = "full", of: tuple[Extent, ...] = EXTENTS) -> Extent:
    (extent,) = [e for e in of if (e.change_type, e.risk, e.template) == (change_type, risk, template)]
    return extent


def test_there_is_one_for_every_template_change_type_and_risk() -> None:
    assert [(e.template, e.change_type, e.risk) for e in EXTENTS] == [
        (template, change, risk)
        for template in ("full", "compact")
        for change in BANK.change_types
        for risk in ("low", "medium", "high", "critical")
    ]


@pytest.mark.parametrize("extent", EXTENTS, ids=lambda e: f"{e.template}-{e.change_type}-{e.risk}")
def test_the_lengths_are_those_of_the_interview(extent: Extent) -> None:
    """Without traits and with all of them; no condition of this bank reads an answer."""
    for traits, length in (((), extent.shortest), (tuple(BANK.traits), extent.longest)):
        answers = answers_of(extent.change_type, risk=extent.risk, traits=traits, template=extent.template)
        views = survey(BANK, answers).required
        assert length == Length(len(views), len({view.question.number for view in views}))


def test_the_shortest_is_no_longer_than_the_longest() -> None:
    for extent in EXTENTS:
        assert extent.shortest.questions <= extent.longest.questions
        assert extent.shortest.subsections <= extent.longest.subsections


def test_pages_are_those_of_the_change_type() -> None:
    assert found("add_column", "low").pages == (1, 2)
    assert found("redesign_module", "low").pages == (15, None)


def test_a_small_change_is_a_short_interview() -> None:
    """The bank's promise: one column costs fewer than twenty questions, a redesign over a hundred."""
    assert found("add_column", "low").shortest.questions < 20
    assert found("redesign_module", "critical").longest.questions == OBLIGATORY


def test_a_question_that_an_answer_opens_counts_for_the_longest_only() -> None:
    bank = with_conditions({"migration.strategy_reason": "migration.strategy == 'shadow_table'"})
    extent = found("redesign_module", "low", of=extents(bank))
    before = found("redesign_module", "low")
    assert extent.longest == before.longest
    assert extent.shortest.questions == before.shortest.questions - 1


def test_an_answer_that_cannot_be_given_opens_nothing() -> None:
    """The question that would be read is itself never asked with these traits."""
    bank = with_conditions(
        {
            "problem.pain_points": "'replicas' not in traits",
            "migration.strategy_reason": "problem.pain_points == 'x'",
        }
    )
    extent = found("redesign_module", "low", of=extents(bank))
    assert extent.longest.questions == OBLIGATORY - 2
