"""What applies, what is required and why, and how far it is answered."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.bank.model import Bank
from app.document.answers import Answers, Profile, State, Value, freeze, thaw
from app.interview.applicability import (
    QuestionState,
    effective_traits,
    offered_options,
    page_range,
    required_because,
    survey,
)

from .banks import BANK, answers_of, profiles, with_conditions


def required(answers: Answers, bank: Bank = BANK) -> set[str]:
    return {view.id for view in survey(bank, answers).required}


def state_of(answers: Answers, question: str, bank: Bank = BANK) -> QuestionState:
    return survey(bank, answers).questions[question].state


# --- what a profile requires


@given(profiles())
def test_several_change_types_require_the_union(profile: Profile) -> None:
    """Nothing is lost and nothing appears, apart from what the implied traits require."""
    traits = tuple(effective_traits(BANK, Answers(profile)))
    each = [replace(profile, change_types=(name,), traits=traits) for name in profile.change_types]
    alone = replace(profile, change_types=(), traits=traits)
    union = set[str]().union(*(required_because(BANK, Answers(p)) for p in [alone, *each]))
    assert set(required_because(BANK, Answers(profile))) == union


@given(profiles())
def test_required_is_what_something_requires_and_what_applies(profile: Profile) -> None:
    views = survey(BANK, Answers(profile)).questions.values()
    reasons = required_because(BANK, Answers(profile))
    assert {v.id for v in views if v.required} == {v.id for v in views if v.applies and v.id in reasons}


def test_a_change_type_requires_its_parts_and_everything_every_document_does() -> None:
    found = required(answers_of("add_table", risk="low"))
    assert {"logical.grain", "logical.keys", "workload.queries", "physical.indexes"} <= found
    assert {"control.title", "problem.goals", "invariants.matrix"} <= found
    assert "recovery.disasters" not in found


def test_the_widest_page_range_wins() -> None:
    assert page_range(BANK, answers_of()) is None
    assert page_range(BANK, answers_of("add_column")) == (1, 2)
    assert page_range(BANK, answers_of("add_column", "change_lifecycle", "add_table")) == (6, 12)
    assert page_range(BANK, answers_of("add_column", "distributed")) == (15, None)
    assert page_range(BANK, answers_of("add_column", "paint_it_blue")) == (1, 2)


@given(profiles())
def test_more_risk_never_requires_less(profile: Profile) -> None:
    found = [required(Answers(replace(profile, risk=risk))) for risk in BANK.risks]
    assert all(lower <= higher for lower, higher in pairwise(found))


@given(profiles(), st.sampled_from(list(BANK.traits)))
def test_one_more_trait_never_requires_less(profile: Profile, trait: str) -> None:
    more = replace(profile, traits=tuple(dict.fromkeys([*profile.traits, trait])))
    assert required(Answers(profile)) <= required(Answers(more))


@pytest.mark.parametrize("trait", BANK.traits)
def test_every_trait_adds_something_to_a_small_change(trait: str) -> None:
    bare = required(answers_of("add_column", risk="low"))
    assert bare < required(answers_of("add_column", risk="low", traits=(trait,)))


def test_a_change_type_implies_traits() -> None:
    answers = answers_of("change_lifecycle")
    assert "lifecycle" in effective_traits(BANK, answers)
    assert survey(BANK, answers).questions["logical.transitions"].applies
    assert not survey(BANK, answers_of("add_column")).questions["logical.transitions"].applies


def test_a_risk_that_was_not_said_or_is_unknown_counts_as_low() -> None:
    assert required(answers_of("add_column")) == required(answers_of("add_column", risk="low"))
    assert required(answers_of("add_column", risk="odd")) == required(answers_of("add_column", risk="low"))


def test_ids_that_the_bank_does_not_have_change_nothing() -> None:
    odd = answers_of("add_column", "paint_it_blue", traits=("shiny",))
    assert required(odd) == required(answers_of("add_column"))


def test_the_compact_template_requires_its_parts() -> None:
    found = required(answers_of("add_column", template="compact"))
    parts = {part.question for heading in BANK.file.compact for part in heading.parts}
    assert parts <= found
    assert not parts <= required(answers_of("add_column"))


@given(profiles())
def test_the_compact_template_takes_nothing_away(profile: Profile) -> None:
    """So a small change can grow into the full document without losing an answer."""
    full = required(Answers(replace(profile, template="full")))
    assert full <= required(Answers(replace(profile, template="compact")))


def test_options_are_offered_where_they_make_sense() -> None:
    offered = {option.id for option in offered_options(BANK, "failure_path", answers_of("add_column"))}
    assert "fp2" not in offered
    assert "fp7" in offered
    with_replicas = answers_of("add_column", traits=("replicas",))
    assert "fp2" in {option.id for option in offered_options(BANK, "failure_path", with_replicas)}


# --- why


@settings(max_examples=300)
@given(profiles())
def test_everything_says_why_it_is_asked_or_why_it_is_not(profile: Profile) -> None:
    found = survey(BANK, Answers(profile))
    assert list(found.questions) == list(BANK.questions)
    for view in found.questions.values():
        assert view.because, view.id
        assert all(reason.strip() for reason in view.because), view.id
        assert view.applies or not view.required
        assert view.required or not view.due
    for number, sub in BANK.subsections.items():
        inside = [view for view in found.questions.values() if view.question.number == number]
        if inside:
            assert (number in found.skipped) == (not any(view.required for view in inside)), number
        assert found.skipped.get(number, "-").strip(), sub.title


def test_a_required_question_names_everything_that_requires_it() -> None:
    view = survey(BANK, answers_of("add_table", "change_lifecycle", risk="critical")).questions[
        "invariants.matrix"
    ]
    told = "; ".join(view.because)
    for part in ("every document", "Add a new table", "Change lifecycle/state", "Critical"):
        assert part in told


def test_a_question_with_a_condition_says_what_made_it_hold() -> None:
    view = survey(BANK, answers_of("add_table", traits=("multi_tenant",))).questions["security.tenant_key"]
    assert view.because[0] == "several customers or organizations share these tables"


def test_a_question_that_does_not_apply_says_which_condition_failed() -> None:
    """That of the subsection comes first: without it, the question's own does not matter."""
    found = survey(BANK, answers_of("add_column", traits=("backfill",)))
    replica_lag = found.questions["migration.replica_lag"]
    assert replica_lag.because == ("no query of this change reads from a replica",)
    found = survey(BANK, answers_of("add_column"))
    assert found.questions["migration.replica_lag"].because == ("no row that exists is given a new value",)


def test_a_question_that_applies_and_that_nothing_requires_says_so() -> None:
    view = survey(BANK, answers_of("add_column", risk="low")).questions["capacity.growth"]
    assert view.applies
    assert not view.required
    assert view.because == ("it applies, but nothing here requires it",)


# --- how far


def rows(*names: str) -> Value:
    return freeze([{"entity": name, "grain": f"one {name}"} for name in names])


ALONE = answers_of("add_table", risk="low")


def test_the_states_of_an_answer() -> None:
    grain = "logical.grain"
    assert state_of(ALONE, grain) == QuestionState.UNANSWERED
    assert state_of(ALONE.with_value(grain, rows("car")), grain) == QuestionState.ANSWERED
    gap = freeze([{"entity": "car"}])
    assert state_of(ALONE.with_value(grain, gap), grain) == QuestionState.PARTIAL
    assert state_of(ALONE.with_value(grain, "one row per car"), grain) == QuestionState.PARTIAL
    blank = freeze([{"entity": " "}])
    assert state_of(ALONE.with_value(grain, blank), grain) == QuestionState.UNANSWERED


def test_a_partial_answer_says_what_is_missing() -> None:
    view = survey(BANK, ALONE.with_value("logical.grain", freeze([{"entity": "car"}]))).questions[
        "logical.grain"
    ]
    assert [(misfit.column, misfit.missing) for misfit in view.misfits] == [("grain", True)]
    assert view.open


def test_not_applicable_counts_as_done_and_deferred_is_counted_apart() -> None:
    before = survey(BANK, ALONE).progress()
    said = ALONE.with_state("logical.grain", State("not_applicable", "out_of_scope", "no new entity"))
    said = said.with_state("logical.keys", State("deferred", owner="Ines", until=date(2026, 5, 1)))
    after = survey(BANK, said).progress()
    assert (after.done, after.deferred, after.required) == (before.done + 1, 1, before.required)
    assert str(after) == f"{after.done} of {after.required} required questions answered, 1 deferred"
    assert str(before) == f"{before.done} of {before.required} required questions answered"
    assert state_of(said, "logical.grain") == QuestionState.NOT_APPLICABLE
    assert state_of(said, "logical.keys") == QuestionState.DEFERRED


def test_answered_counts_as_done_and_partial_does_not() -> None:
    before = survey(BANK, ALONE).progress().done
    assert survey(BANK, ALONE.with_value("logical.grain", rows("car"))).progress().done == before + 1
    gap = ALONE.with_value("logical.grain", freeze([{"entity": "car"}]))
    assert survey(BANK, gap).progress().done == before


def test_an_optional_answer_counts_for_nothing_in_progress() -> None:
    answers = ALONE.with_value("recovery.objectives", rows("x"))
    assert survey(BANK, answers).progress() == survey(BANK, ALONE).progress()


def test_progress_of_some_questions_only() -> None:
    answers = ALONE.with_value("logical.grain", rows("car"))
    progress = survey(BANK, answers).progress(("logical.grain", "logical.keys", "recovery.objectives"))
    assert (progress.done, progress.required, progress.share) == (1, 2, 0.5)
    assert survey(BANK, answers).progress(()).share == 1.0


# --- parked


LIFECYCLE = answers_of("add_table", traits=("lifecycle",))
STATES = freeze([{"entity": "car", "state": "free"}])


def test_an_answer_that_stops_applying_is_parked_and_comes_back() -> None:
    answered = LIFECYCLE.with_value("logical.states", STATES)
    assert state_of(answered, "logical.states") == QuestionState.ANSWERED
    without = replace(answered, profile=ALONE.profile)
    assert state_of(without, "logical.states") == QuestionState.PARKED
    again = replace(without, profile=LIFECYCLE.profile)
    assert state_of(again, "logical.states") == QuestionState.ANSWERED
    assert again.values["logical.states"] is STATES


def test_a_question_that_does_not_apply_and_has_no_answer_is_not_parked() -> None:
    assert state_of(ALONE, "logical.states") == QuestionState.NOT_ASKED


def test_what_is_parked_counts_for_nothing_in_progress() -> None:
    parked = ALONE.with_value("logical.states", STATES)
    assert survey(BANK, parked).progress() == survey(BANK, ALONE).progress()
    view = survey(BANK, parked).questions["logical.states"]
    assert (view.required, view.due, view.open) == (False, False, False)


def test_a_state_said_about_a_parked_question_counts_for_nothing() -> None:
    said = State("deferred", owner="Ines")
    parked = ALONE.with_value("logical.states", STATES).with_state("logical.states", said)
    assert state_of(parked, "logical.states") == QuestionState.PARKED


CHAIN = with_conditions(
    {
        "migration.strategy_reason": "migration.strategy == 'shadow_table'",
        "problem.pain_points": "migration.strategy_reason",
        "problem.situation": "problem.pain_points == none",
    }
)


def chained(strategy: str) -> Answers:
    answers = answers_of("redesign_module").with_value("migration.strategy", strategy)
    return answers.with_value("migration.strategy_reason", "Because.").with_value("problem.pain_points", "x")


def test_a_condition_can_read_an_answer() -> None:
    views = survey(CHAIN, chained("shadow_table")).questions
    assert views["migration.strategy_reason"].because[0] == "it was said"
    assert not survey(CHAIN, chained("dual_write")).questions["migration.strategy_reason"].applies


def test_a_parked_answer_is_no_answer_to_the_conditions_of_others() -> None:
    """Also where the question it belongs to is asked later in the interview, and through another."""
    applies = {
        strategy: [
            survey(CHAIN, chained(strategy)).questions[name].applies
            for name in ("migration.strategy_reason", "problem.pain_points", "problem.situation")
        ]
        for strategy in ("shadow_table", "dual_write")
    }
    assert applies == {"shadow_table": [True, True, False], "dual_write": [False, False, True]}


# --- due


@pytest.mark.parametrize(
    ("status", "due"),
    [
        (None, {"draft"}),
        ("draft", {"draft"}),
        ("in_review", {"draft", "review"}),
        ("approved", {"draft", "review", "approval"}),
        ("superseded", {"draft", "review", "approval"}),
        ("nonsense", {"draft"}),
        (7, {"draft"}),
    ],
)
def test_what_is_due_follows_the_status(status: Value | None, due: set[str]) -> None:
    answers = answers_of("redesign_module", risk="critical").with_value("control.status", status)
    views = survey(BANK, answers).required
    assert {view.question.due for view in views if view.due} == due
    assert all(view.due for view in views if view.question.due in due)


# --- pure


values = st.one_of(
    st.text(max_size=5), st.integers(), st.booleans(), st.lists(st.text(max_size=3), max_size=2)
)
contents = st.dictionaries(
    st.sampled_from(list(BANK.questions)),
    st.one_of(values, st.lists(st.dictionaries(st.sampled_from(["entity", "state"]), values), max_size=2)),
    max_size=6,
)


@given(profiles(), contents)
def test_a_survey_is_pure(profile: Profile, content: dict[str, object]) -> None:
    """The same answers give the same survey, whatever was looked at in between, and stay as they were."""
    answers = Answers(profile, {name: freeze(value) for name, value in content.items()})
    before = deepcopy({name: thaw(value) for name, value in answers.values.items()})
    first = survey(BANK, answers)
    survey(BANK, answers_of("redesign_module", risk="critical", traits=tuple(BANK.traits)))
    second = survey(BANK, Answers(replace(profile), {n: freeze(v) for n, v in content.items()}))
    assert dict(first.questions) == dict(second.questions)
    assert dict(first.skipped) == dict(second.skipped)
    assert {name: thaw(value) for name, value in answers.values.items()} == before


@pytest.mark.parametrize("part", ["questions", "skipped"])
def test_a_survey_cannot_be_changed(part: str) -> None:
    with pytest.raises(TypeError, match="item assignment"):
        getattr(survey(BANK, ALONE), part)["x"] = "y"


def test_an_optional_question_is_required_only_by_its_own_id() -> None:
    looked = survey(BANK, answers_of("add_table"))
    assert looked.questions["physical.ddl"].required
    assert not looked.questions["physical.ddl_files"].required
    assert looked.questions["physical.ddl_files"].applies


def test_another_answer_can_stand_for_one_that_is_not_there() -> None:
    """As 7.2 is answered by the names of the files that hold the statements."""
    answers = answers_of("add_table")
    before = survey(BANK, answers)
    named = survey(BANK, answers.with_value("physical.ddl_files", ("db/schema.sql",)))
    view = named.questions["physical.ddl"]
    assert (view.state, view.answered_by) == (QuestionState.ANSWERED, "physical.ddl_files")
    assert named.progress().done == before.progress().done + 1


@pytest.mark.parametrize("value", [("",), "db/schema.sql", (1,)])
def test_only_a_whole_answer_stands_for_another(value: Value) -> None:
    view = survey(BANK, answers_of("add_table").with_value("physical.ddl_files", value)).questions[
        "physical.ddl"
    ]
    assert (view.state, view.answered_by) == (QuestionState.UNANSWERED, "")


def test_an_answer_of_its_own_needs_no_other() -> None:
    answers = answers_of("add_table").with_value("physical.ddl_files", ("db/schema.sql",))
    own = survey(BANK, answers.with_value("physical.ddl", "create table x (y int);")).questions[
        "physical.ddl"
    ]
    assert (own.state, own.answered_by) == (QuestionState.ANSWERED, "")
    state = State("deferred", owner="Ines", until=date(2027, 1, 1))
    put_off = survey(BANK, answers.with_state("physical.ddl", state)).questions["physical.ddl"]
    assert (put_off.state, put_off.answered_by) == (QuestionState.DEFERRED, "")
