"""The next best steps: which answer they name first, and that what they promise is kept."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.document.answers import Answers, State
from app.document.store import read_document
from app.interview.applicability import survey
from app.readiness.engine import Engine
from app.readiness.model import Evaluation, NotChecked, Step, Target
from app.readiness.registry import at
from app.readiness.reports.model import gain_text
from tests.readiness.documents import TODAY
from tests.readiness.made_rules import Only, always, rule_of

BANK = default_bank()
FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = ("parcel-instructions", "meter-readings")
GOALS, NON_GOALS = "problem.goals", "problem.non_goals"


@cache
def example(name: str) -> Answers:
    return read_document(BANK, FOLDER / f"{name}.toml").answers


@cache
def engine() -> Engine:
    return Engine(BANK, strict=True)


def evaluate(answers: Answers) -> Evaluation:
    return engine().evaluate(answers, TODAY)


def required(name: str) -> list[str]:
    answers = example(name)
    return [view.id for view in survey(BANK, answers).required if view.id in answers.values]


PLACES = [(name, question) for name in EXAMPLES for question in required(name)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PLACES))
def test_the_best_step_names_the_answer_that_was_removed_and_keeps_its_promise(
    place: tuple[str, str],
) -> None:
    name, question = place
    whole = evaluate(example(name)).readiness
    without = evaluate(example(name).with_value(question, None))
    gain = whole - without.readiness
    if gain < 0.0005:
        return
    best = without.next_steps[0]
    step = next(step for step in without.next_steps if step.question == question)
    assert best is step or (best.gain > gain and not best.at_most)
    assert step.gain == pytest.approx(gain) or (step.at_most and step.gain > gain)


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("parcel-instructions", "physical.engine"),
        ("parcel-instructions", "physical.ddl"),
        ("parcel-instructions", "workload.query_indexes"),
        ("meter-readings", "invariants.drift_queries"),
        ("meter-readings", "invariants.matrix"),
        ("meter-readings", "security.tenant_key"),
    ],
)
def test_an_answer_that_rules_about_others_need_is_the_best_step(name: str, question: str) -> None:
    whole = evaluate(example(name)).readiness
    without = evaluate(example(name).with_value(question, None))
    best = without.next_steps[0]
    assert (best.question, best.at_most) == (question, True)
    assert best.gain >= whole - without.readiness - 1e-9 > 0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(taken=st.sets(st.sampled_from(required("meter-readings")), min_size=2, max_size=60))
def test_no_step_promises_less_than_its_answer_gives_or_is_sure_of_too_much(taken: set[str]) -> None:
    answers = example("meter-readings")
    for question in taken:
        answers = answers.with_value(question, None)
    before = evaluate(answers)
    for step in before.next_steps:
        if step.question not in taken:
            continue
        value = example("meter-readings").values[step.question]
        gain = evaluate(answers.with_value(step.question, value)).readiness - before.readiness
        assert step.at_most or step.gain == pytest.approx(gain, abs=1e-9)


def test_what_only_could_not_be_checked_is_a_step_where_it_stands(only: Only) -> None:
    blind = NotChecked("the DDL could not be read", Target("physical.ddl"))
    rule = always("SQ90", [blind], checklist=("CHK02",))
    (step,) = only(rule).evaluate(example("parcel-instructions"), TODAY).next_steps
    assert (step.question, step.reason) == (
        "physical.ddl",
        "SQ90 was not checked: the DDL could not be read",
    )
    assert step.gain > 0
    assert step.at_most


def test_a_rule_that_could_not_look_waits_for_the_missing_answers_that_it_reads(only: Only) -> None:
    def function(_goals: object, _non_goals: object) -> list[NotChecked]:
        return [NotChecked("nothing to look at")]

    names = (GOALS.replace(".", "_"), "control_owner")
    rule = rule_of("SQ90", function, *names, checklist=("CHK03", "CHK01"))
    answers = example("parcel-instructions").with_value(GOALS, None)
    steps = {step.question: step for step in only(rule).evaluate(answers, TODAY).next_steps}
    assert steps[GOALS].reason == "not answered yet; SQ90 may rest on it"
    assert "control.owner" not in steps


def test_a_step_is_sure_when_nothing_reads_its_answer(only: Only) -> None:
    answers = example("parcel-instructions").with_value(GOALS, None)
    (step,) = only().evaluate(answers, TODAY).next_steps
    assert (step.question, step.at_most) == (GOALS, False)
    reader = rule_of("XS90", lambda _goals: [], GOALS.replace(".", "_"))
    (step,) = only(reader).evaluate(answers, TODAY).next_steps
    assert (step.question, step.at_most) == (GOALS, True)


def test_a_finding_that_is_about_others_too_makes_its_step_unsure(only: Only) -> None:
    for code, unsure in (("MG90", True), ("CP90", False)):
        rule = always(code, [at(GOALS, "two items are left out")], checklist=("CHK02",))
        (step,) = only(rule).evaluate(example("parcel-instructions"), TODAY).next_steps
        assert (step.question, step.at_most) == (GOALS, unsure)


def test_among_equals_a_missing_answer_comes_before_one_that_something_is_found_at(only: Only) -> None:
    def function(goals: object) -> list[object]:
        return [] if goals else [at(NON_GOALS, "says what no goal is against")]

    reader = rule_of("XS90", function, GOALS.replace(".", "_"), checklist=("CHK03",))
    answers = example("meter-readings").with_value(GOALS, None)
    steps = only(reader).evaluate(answers, TODAY).next_steps
    assert steps[0].question == GOALS


def test_a_rule_waits_for_a_deferred_answer_too(only: Only) -> None:
    answers = example("meter-readings").with_state(GOALS, State("deferred", "", "", "Ines Duarte", TODAY))
    blind = [NotChecked("nothing to look at")]
    rule = rule_of("SQ90", lambda _goals: blind, GOALS.replace(".", "_"), checklist=("CHK03",))
    steps = only(rule).evaluate(answers, TODAY).next_steps
    assert (steps[0].question, steps[0].reason) == (GOALS, "it is deferred; SQ90 may rest on it")


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (Step(GOALS, 0.05, ""), "+5.0 %"),
        (Step(GOALS, 0.05, "", at_most=True), "up to +5.0 %"),
        (Step(GOALS, 0.0, "", at_most=True), "with others"),
    ],
)
def test_a_gain_says_whether_it_is_sure(step: Step, text: str) -> None:
    assert gain_text(step) == text
