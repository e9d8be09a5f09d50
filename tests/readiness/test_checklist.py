"""The final review: what makes an item met, what holds it back, what raises readiness most."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.document.answers import Answers, Profile, State, Waiver
from app.document.store import read_document
from app.interview.applicability import QuestionState, survey
from app.readiness.baseline import drops
from app.readiness.engine import Engine
from app.readiness.model import ItemState, NotChecked, Target
from app.readiness.registry import at
from tests.readiness.documents import TODAY, item
from tests.readiness.made_rules import Only, always

BANK = default_bank()
PATH = Path(__file__).parents[2] / "examples" / "parcel-instructions.toml"
DEFERRED = State("deferred", "", "", "Ines Duarte", TODAY)
OUT = State("not_applicable", "out_of_scope", "It is about another store.")


@cache
def whole() -> Answers:
    return read_document(BANK, PATH).answers


GOALS = "problem.goals"
"""A question that CHK02 alone rests on, together with others."""


def test_all_that_is_required_answered_and_nothing_found_is_met(only: Only) -> None:
    evaluation = only().evaluate(whole(), TODAY)
    assert {v.state for v in evaluation.checklist} == {ItemState.MET, ItemState.NOT_APPLICABLE}
    assert evaluation.readiness == 1
    assert evaluation.next_steps == ()


def test_an_item_that_does_not_apply_says_why_and_does_not_count(only: Only) -> None:
    evaluation = only().evaluate(Answers(Profile(("add_column",), "low")), TODAY)
    left_out = [v for v in evaluation.checklist if v.state == ItemState.NOT_APPLICABLE]
    assert left_out
    assert all(v.reason for v in left_out)
    counted = [v.degree for v in evaluation.checklist if v not in left_out]
    assert evaluation.readiness == sum(counted) / len(counted) == 0


def test_an_item_of_which_all_is_said_not_to_apply_does_not_apply(only: Only) -> None:
    answers = whole()
    for question_id in item(only().evaluate(answers, TODAY), "CHK02").rests_on:
        answers = answers.with_state(question_id, OUT)
    verdict = item(only().evaluate(answers, TODAY), "CHK02")
    assert verdict.state == ItemState.NOT_APPLICABLE
    assert "said not to apply" in verdict.reason


def test_an_empty_bank_of_answers_has_no_readiness(only: Only) -> None:
    assert only().evaluate(Answers(), TODAY).readiness == 0


@pytest.mark.parametrize(
    ("change", "worth"),
    [
        (lambda a: a, 1.0),
        (lambda a: a.with_value(GOALS, None), 0.0),
        (lambda a: a.with_value(GOALS, 7), 0.5),
        (lambda a: a.with_state(GOALS, OUT), 1.0),
        (lambda a: a.with_state(GOALS, DEFERRED), 0.0),
    ],
)
def test_completeness_is_the_mean_worth_of_the_required_answers(
    only: Only, change: object, worth: float
) -> None:
    assert callable(change)
    verdict = item(only().evaluate(change(whole()), TODAY), "CHK02")
    count = len(verdict.rests_on) + len(verdict.missing) + len(verdict.deferred)
    assert verdict.degree == pytest.approx((count - 1 + worth) / count)
    assert [GOALS in part for part in (verdict.rests_on, verdict.missing, verdict.deferred)].count(True) == 1
    assert verdict.state == (ItemState.MET if worth == 1 else ItemState.PARTLY)


@pytest.mark.parametrize(
    ("rule_class", "degree", "state"),
    [("A", 0.5, ItemState.PARTLY), ("B", 1.0, ItemState.MET), ("C", 1.0, ItemState.MET)],
)
def test_only_an_error_holds_an_item_back(
    only: Only, rule_class: str, degree: float, state: ItemState
) -> None:
    engine = only(always("XS90", [at(GOALS, "x")], rule_class=rule_class, checklist=("CHK02",)))
    verdict = item(engine.evaluate(whole(), TODAY), "CHK02")
    assert (verdict.degree, verdict.state) == (degree, state)
    assert [f.code for f in verdict.findings] == ["XS90"]


def test_a_waived_error_holds_nothing_back_and_is_still_evidence(only: Only) -> None:
    engine = only(always("XS90", [at(GOALS, "x")], checklist=("CHK02",)))
    waiver = Waiver("XS90", GOALS, "Agreed with the pilot branch.", "Ines Duarte")
    answers = Answers(whole().profile, whole().values, whole().states, whole().notes, (waiver,))
    verdict = item(engine.evaluate(answers, TODAY), "CHK02")
    assert verdict.state == ItemState.MET
    assert [f.waived for f in verdict.findings] == [True]


def test_an_error_of_a_rule_across_sections_holds_its_items_back_wherever_it_points(only: Only) -> None:
    engine = only(always("XS90", [at("control.owner", "x")], checklist=("CHK02",)))
    assert item(engine.evaluate(whole(), TODAY), "CHK02").state == ItemState.PARTLY


def test_an_error_about_one_answer_holds_back_the_items_that_rest_on_it_and_no_other(only: Only) -> None:
    engine = only(always("CP90", [at("control.owner", "x")], checklist=("CHK02",)))
    assert item(engine.evaluate(whole(), TODAY), "CHK02").state == ItemState.MET
    engine = only(always("CP90", [at(GOALS, "x")]))
    assert item(engine.evaluate(whole(), TODAY), "CHK02").state == ItemState.PARTLY


@pytest.mark.parametrize(
    ("rule_class", "state", "degree"),
    [
        ("A", ItemState.NOT_CHECKED, 0.5),
        ("B", ItemState.NOT_CHECKED, 0.5),
        ("C", ItemState.MET, 1.0),
    ],
)
def test_what_was_not_checked_is_not_met(
    only: Only, rule_class: str, state: ItemState, degree: float
) -> None:
    blind = NotChecked("the DDL could not be read", Target("physical.ddl"))
    engine = only(always("SQ90", [blind], rule_class=rule_class, checklist=("CHK02",)))
    verdict = item(engine.evaluate(whole(), TODAY), "CHK02")
    assert (verdict.state, verdict.degree) == (state, degree)


def test_what_could_not_be_checked_anywhere_is_not_met(only: Only) -> None:
    engine = only(always("SQ90", [NotChecked("there is no DDL")], checklist=("CHK02",)))
    verdict = item(engine.evaluate(whole(), TODAY), "CHK02")
    assert (verdict.state, verdict.degree) == (ItemState.NOT_CHECKED, 0.5)


def test_what_a_missing_answer_counts_already_does_not_hold_back_twice(only: Only) -> None:
    large = next(v for v in only().evaluate(whole(), TODAY).checklist if len(v.rests_on) >= 3)
    question_id = large.rests_on[0]
    found = [at(question_id, "is due and not answered")]
    answers = whole().with_value(question_id, None)
    plain = item(only().evaluate(answers, TODAY), large.id).degree
    assert plain > 0.5
    assert item(only(always("CP01", found)).evaluate(answers, TODAY), large.id).degree == plain
    assert item(only(always("CP03", found)).evaluate(answers, TODAY), large.id).degree == 0.5


def test_a_deferred_answer_is_not_missing_and_the_item_says_who_gives_it_and_when(only: Only) -> None:
    answers = whole().with_state(GOALS, DEFERRED)
    verdict = item(only().evaluate(answers, TODAY), "CHK02")
    assert (verdict.deferred, verdict.missing) == ((GOALS,), ())
    assert verdict.reason == f"1.2 deferred: Ines Duarte answers by {TODAY}"


def test_putting_everything_off_is_worth_nothing(only: Only) -> None:
    answers = Answers(whole().profile)
    for question_id in BANK.questions:
        answers = answers.with_state(question_id, DEFERRED)
    evaluation = only().evaluate(answers, TODAY)
    assert evaluation.readiness == 0
    assert (evaluation.progress.done, evaluation.progress.deferred) == (0, evaluation.progress.required)
    assert not any(v.missing for v in evaluation.checklist)


def test_a_waiver_silences_a_void_answer_and_gives_it_no_worth(only: Only) -> None:
    rule = always("CP90", [at(GOALS, "x", void=True)] * 9)
    waiver = Waiver("CP90", "problem", "Agreed with the pilot branch.", "Ines Duarte")
    answers = Answers(whole().profile, whole().values, whole().states, whole().notes, (waiver,))
    verdict = item(only(rule).evaluate(answers, TODAY), "CHK02")
    missing = item(only().evaluate(whole().with_value(GOALS, None), TODAY), "CHK02").degree
    assert verdict.degree == missing < 1
    assert all(f.waived for f in verdict.findings)


def test_an_item_of_which_all_is_said_not_to_apply_without_a_reason_counts(only: Only) -> None:
    answers = whole()
    names = item(only().evaluate(answers, TODAY), "CHK02").rests_on
    for question_id in names:
        answers = answers.with_state(question_id, OUT)
    void = [at(question_id, "x", void=True) for question_id in names]
    waivers = tuple(Waiver("CP90", question_id, "Agreed.", "Ines Duarte") for question_id in names)
    answers = Answers(answers.profile, answers.values, answers.states, answers.notes, waivers)
    verdict = item(only(always("CP90", void)).evaluate(answers, TODAY), "CHK02")
    assert (verdict.state, verdict.degree) == (ItemState.UNMET, 0)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda a: a.with_value(GOALS, None), "unanswered"),
        (lambda a: a.with_value(GOALS, 7), "not complete"),
        (lambda a: a.with_state(GOALS, DEFERRED), "deferred"),
    ],
)
def test_a_drop_without_any_finding_names_the_answer_that_is_worth_less(
    only: Only, change: object, word: str
) -> None:
    assert callable(change)
    engine = only()
    (reason,) = drops(engine.evaluate(whole(), TODAY), engine.evaluate(change(whole()), TODAY))
    assert reason.startswith(f"{GOALS} is {word}")


def test_a_void_answer_counts_as_not_given(only: Only) -> None:
    lines = whole().values[GOALS]
    assert isinstance(lines, tuple)
    missing = item(only().evaluate(whole().with_value(GOALS, None), TODAY), "CHK02").degree
    assert missing < 1
    for found, degree in ((len(lines), missing), (len(lines) - 1, 1.0)):
        rule = always("CP90", [at(GOALS, "x", void=True)] * found, rule_class="B")
        assert item(only(rule).evaluate(whole(), TODAY), "CHK02").degree == degree


def test_the_gain_of_a_step_is_what_the_answer_really_raises(only: Only) -> None:
    """For answers that no condition reads, and no rule finds anything at."""
    engine = only()
    answers = whole()
    for question_id in (GOALS, "problem.success_criteria", "control.owner", "physical.ddl", "rollout.canary"):
        answers = answers.with_value(question_id, None)
    before = engine.evaluate(answers, TODAY)
    assert before.next_steps
    for step in before.next_steps:
        after = engine.evaluate(answers.with_value(step.question, whole().values[step.question]), TODAY)
        assert after.readiness - before.readiness == pytest.approx(step.gain)
        assert step.gain > 0
    assert [s.gain for s in before.next_steps] == sorted((s.gain for s in before.next_steps), reverse=True)


def test_answers_that_raise_readiness_only_together_are_named_as_well(only: Only) -> None:
    engine = only(always("CP90", [at(GOALS, "first"), at("problem.non_goals", "second")]))
    steps = engine.evaluate(whole(), TODAY).next_steps
    assert {step.question: (step.gain, step.reason) for step in steps} == {
        GOALS: (0, "first"),
        "problem.non_goals": (0, "second"),
    }


def test_a_deferred_answer_is_a_step(only: Only) -> None:
    answers = whole().with_state(GOALS, DEFERRED)
    (step,) = only().evaluate(answers, TODAY).next_steps
    assert (step.question, step.reason) == (GOALS, "it is deferred")
    assert step.gain > 0


REQUIRED = [view.id for view in survey(BANK, whole()).required]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(REQUIRED), size=st.integers(3, 12))
def test_a_document_that_grows_loses_no_readiness_without_a_reason(order: list[str], size: int) -> None:
    living = Engine(BANK, strict=True)
    answers = Answers(whole().profile)
    before = living.evaluate(answers, TODAY)
    for start in range(0, len(order), size):
        for question_id in order[start : start + size]:
            answers = answers.with_value(question_id, whole().values.get(question_id))
        after = living.evaluate(answers, TODAY)
        assert bool(drops(before, after)) == (after.readiness < before.readiness - 1e-9)
        before = after


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(taken=st.sets(st.sampled_from(REQUIRED), min_size=1), cell=st.sampled_from(["n/a", "TBD", "x", ""]))
def test_every_drop_of_readiness_is_explained(taken: set[str], cell: str) -> None:
    living = Engine(BANK, strict=True)
    before = living.evaluate(whole(), TODAY)
    answers = whole()
    for question_id in taken:
        kept = BANK.questions[question_id].kind in ("text", "prose")
        answers = answers.with_value(question_id, cell if kept and cell else None)
    after = living.evaluate(answers, TODAY)
    assert bool(drops(before, after)) == (after.readiness < before.readiness - 1e-9)


def test_states_that_settle_a_question_are_those_that_count_fully() -> None:
    answers = whole().with_state(GOALS, OUT)
    assert survey(BANK, answers).questions[GOALS].state == QuestionState.NOT_APPLICABLE
    assert not survey(BANK, answers).questions[GOALS].open
