"""Smells, cross-checks and failure paths: what they say, and that nothing said is not in order."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from app.bank.load import default_bank
from app.document.answers import Answers, Profile, State, Waiver, freeze
from app.interview.applicability import survey
from app.readiness.checks import FAILURE_MODES
from app.readiness.engine import Engine
from app.readiness.model import Found, ItemState, NotChecked, Severity
from app.readiness.registry import at
from tests.readiness.documents import TODAY, engine, item
from tests.readiness.made_rules import Only, always, rule_of
from tests.readiness.template import filled
from tests.readiness.test_checklist import GOALS, OUT, whole

BANK = default_bank()


def test_nothing_smells_or_fails_to_before_anything_is_said(only: Only) -> None:
    evaluation = Engine(BANK, strict=True).evaluate(Answers(), TODAY)
    assert {v.state for v in evaluation.smells} == {ItemState.NOT_CHECKED}
    assert all(v.reason for v in evaluation.smells)


@pytest.mark.parametrize(
    ("yields", "rule_class", "state"),
    [
        ([], "B", ItemState.MET),
        ([at(GOALS, "x")], "B", ItemState.UNMET),
        ([at(GOALS, "x", severity=Severity.INFO)], "B", ItemState.PARTLY),
        ([NotChecked("blind")], "B", ItemState.NOT_CHECKED),
        ([NotChecked("blind")], "C", ItemState.MET),
    ],
)
def test_a_smell_or_cross_check_is_what_its_rules_say(
    only: Only, yields: list[Found | NotChecked], rule_class: str, state: ItemState
) -> None:
    made = always("SM90", yields, rule_class=rule_class, smells=("SML1",), cross_checks=("RVW03",))
    reading = rule_of("SM91", lambda _goals: [], GOALS.replace(".", "_"), smells=("SML1",))
    engine = only(made, reading)
    evaluation = engine.evaluate(with_both_sides(), TODAY)
    assert item(evaluation, "SML1").state == state
    assert item(evaluation, "RVW03").state == state


def with_both_sides() -> Answers:
    """A document in which both sides of RVW03 are said as far as they are required."""
    answers = whole().with_value(
        "logical.invariants", (freeze({"invariant": "one code opens one locker", "criticality": "high"}),)
    )
    check = next(check for check in BANK.file.cross_checks if check.id == "RVW03")
    for part in (*check.left, *check.right):
        for view in survey(BANK, answers).of(BANK.questions_in(part)):
            if view.required and view.open:
                answers = answers.with_state(view.id, OUT)
    return answers


def test_a_smell_that_no_rule_looks_for_is_not_checked(only: Only) -> None:
    evaluation = only().evaluate(with_both_sides(), TODAY)
    assert item(evaluation, "SML1").state == ItemState.NOT_CHECKED
    verdict = item(evaluation, "RVW03")
    assert (verdict.state, verdict.reason) == (ItemState.NOT_CHECKED, "no rule looks at it")


def test_a_cross_check_with_a_side_that_nobody_asks_for_does_not_apply(only: Only) -> None:
    evaluation = only().evaluate(Answers(Profile(("add_column",), "low")), TODAY)
    assert item(evaluation, "RVW02").state == ItemState.NOT_APPLICABLE
    assert item(evaluation, "RVW02").reason


def mode(path: str) -> dict[str, str]:
    said = {"failure_mode": f"{path} happens", "impact": "one door is out of use"}
    return {**said, "detection": "the door's heartbeat", "mitigation": "a neighboring door", "path": path}


def modes(*paths: str) -> Answers:
    rows = tuple(freeze(mode(path)) for path in paths)
    profile = Profile(("redesign_module",), "high", ("existing_data", "personal_data"))
    return Answers(profile).with_value("failure.failure_modes", rows)


def test_a_failure_path_is_met_by_a_failure_mode_that_names_it(only: Only) -> None:
    evaluation = only().evaluate(modes("fp1"), TODAY)
    assert item(evaluation, "FP1").state == ItemState.MET
    assert item(evaluation, "FP5").state == ItemState.UNMET
    assert item(evaluation, "FP2").state == ItemState.NOT_APPLICABLE
    assert item(evaluation, "FP2").reason


SAYS_NOTHING: dict[str, dict[str, object]] = {
    "bare": dict.fromkeys(("failure_mode", "impact", "detection", "mitigation"), "n/a"),
    "a placeholder": dict.fromkeys(("failure_mode", "impact", "detection", "mitigation"), "TBD"),
    "only the path": dict.fromkeys(("failure_mode", "impact", "detection", "mitigation")),
    "a draft": {"draft": True},
}


@pytest.mark.parametrize("said", SAYS_NOTHING.values(), ids=SAYS_NOTHING)
@pytest.mark.parametrize("beside", [(), ("fp5",)])
def test_a_row_that_says_nothing_answers_no_failure_path(
    said: dict[str, object], beside: tuple[str, ...]
) -> None:
    row = freeze({key: value for key, value in {**mode("fp1"), **said}.items() if value is not None})
    others = modes(*beside).rows(FAILURE_MODES)
    answers = modes().with_value(FAILURE_MODES, (row, *others))
    waiver = Waiver("CP04", FAILURE_MODES, "Nobody looks at it yet.", "Ines Duarte")
    for waivers in ((), (waiver,)):
        evaluation = engine().evaluate(replace(answers, waivers=waivers), TODAY)
        assert item(evaluation, "FP1").state == ItemState.UNMET
        assert item(evaluation, "FP5").state == (ItemState.MET if beside else ItemState.UNMET)


def test_failure_modes_that_are_said_not_to_apply_answer_no_failure_path(only: Only) -> None:
    evaluation = only().evaluate(modes("fp1").with_state("failure.failure_modes", OUT), TODAY)
    assert item(evaluation, "FP1").state == ItemState.UNMET


def test_a_waived_failure_path_does_not_apply(only: Only) -> None:
    found = at("failure.failure_modes", "FP1 is not answered")
    waiver = Waiver("CP90", "failure.failure_modes", "Nothing migrates.", "Ines Duarte")
    answers = Answers(modes().profile, modes().values, waivers=(waiver,))
    evaluation = only(always("CP90", [found], failure_paths=("FP1",))).evaluate(answers, TODAY)
    assert item(evaluation, "FP1").state == ItemState.NOT_APPLICABLE


@pytest.mark.parametrize("word", ["n/a", "x", "None that we know of."])
def test_nothing_is_found_to_be_in_order_where_nothing_is_said(word: str) -> None:
    evaluation = engine().evaluate(filled(word), TODAY)
    verdicts = (*evaluation.smells, *evaluation.cross_checks, *evaluation.failure_paths)
    assert [v.id for v in verdicts if v.state == ItemState.MET] == []


def test_a_cross_check_of_which_a_side_is_deferred_is_not_met(only: Only) -> None:
    engine = only(always("SM90", [], cross_checks=("RVW03",)))
    answers = with_both_sides()
    assert item(engine.evaluate(answers, TODAY), "RVW03").state == ItemState.MET
    question = next(
        view.id
        for part in next(check for check in BANK.file.cross_checks if check.id == "RVW03").right
        for view in survey(BANK, answers).of(BANK.questions_in(part))
        if view.required
    )
    deferred = answers.with_state(question, State("deferred", "", "", "Ines Duarte", TODAY))
    verdict = item(engine.evaluate(deferred, TODAY), "RVW03")
    assert (verdict.state, verdict.missing) == (ItemState.PARTLY, ())
    assert verdict.deferred == (question,)
    assert "Ines Duarte" in verdict.reason


def test_an_answer_that_says_nothing_is_no_side_of_a_cross_check(only: Only) -> None:
    void = always("CP90", [at("logical.invariants", "x", void=True)])
    rule = always("SM90", [], cross_checks=("RVW03",))
    said = item(only(rule).evaluate(with_both_sides(), TODAY), "RVW03").rests_on
    left = item(only(rule, void).evaluate(with_both_sides(), TODAY), "RVW03").rests_on
    assert {*said} - {*left} == {"logical.invariants"}
