"""Readiness cannot be had without answers: not by pasting, not by denying, not by leaving out."""

from __future__ import annotations

from functools import cache, reduce
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.bank.load import default_bank
from app.bank.model import Question
from app.document.answers import Answers, Profile, State, Waiver
from app.document.codec import decode
from app.interview.applicability import survey
from app.readiness.engine import Engine
from app.readiness.model import Evaluation, ItemState, Severity
from app.readiness.registry import RULES
from tests.readiness.documents import TODAY, engine
from tests.readiness.template import FULL, filled, left_out, pasted, plausible

BANK = default_bank()
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
RISKS = [Profile(FULL.change_types, risk, FULL.traits) for risk in ("low", "medium", "high", "critical")]


@cache
def example(path: Path) -> Answers:
    document = decode(BANK, path.read_text(encoding="utf-8"), path.name)
    assert not document.problems
    return document.answers


def evaluated(answers: Answers) -> Evaluation:
    return engine().evaluate(answers, TODAY)


@pytest.mark.parametrize("profile", [Profile(), *RISKS], ids=lambda profile: profile.risk)
def test_an_empty_document_scores_nothing_and_lists_what_is_due(profile: Profile) -> None:
    evaluation = evaluated(Answers(profile=profile))
    assert evaluation.readiness == 0
    due = {view.id for view in evaluation.survey.questions.values() if view.due}
    assert due
    assert {f.target.question for f in evaluation.findings if f.code == "CP01"} == due
    assert not any(item.state == ItemState.MET for item in evaluation.checklist)


@pytest.mark.parametrize("profile", RISKS, ids=lambda profile: profile.risk)
@pytest.mark.parametrize("text_of", [lambda q: q.good, lambda q: q.weak, lambda q: q.prompt])
def test_the_untouched_template_scores_next_to_nothing(profile: Profile, text_of: object) -> None:
    assert callable(text_of)
    assert evaluated(pasted(text_of, profile)).readiness <= 0.05


@pytest.mark.parametrize("profile", RISKS, ids=lambda profile: profile.risk)
@pytest.mark.parametrize("word", ["N/A", "none", "No.", "-", "TBD", "<…>", "TODO", "???"])
def test_one_word_everywhere_scores_next_to_nothing(profile: Profile, word: str) -> None:
    assert evaluated(filled(word, profile)).readiness <= 0.02


SAY_NOTHING = (
    "n/a", "No.", "N／A", "N/A for us", "no, none", "Not relevant for this change.", "None that we know of.",
    "-", ".", "x", "asdf", "yes", "standard", "TBD", "will be added later", "see above", "As discussed.",
    "lorem ipsum dolor sit amet, consectetur adipiscing elit", "the quick brown fox jumps over the lazy dog",
    "nicht zutreffend", "该变更不适用",
)  # fmt: skip
SMALL = Profile(("add_column",), "low")


@pytest.mark.parametrize("profile", [FULL, SMALL, Profile()], ids=["full", "small", "none"])
@pytest.mark.parametrize("word", SAY_NOTHING)
def test_one_saying_everywhere_scores_next_to_nothing_however_well_the_rest_fits(
    profile: Profile, word: str
) -> None:
    assert evaluated(plausible(word, profile)).readiness <= 0.08


@pytest.mark.parametrize("profile", [FULL, SMALL], ids=["full", "small"])
def test_waivers_give_no_worth_to_what_says_nothing(profile: Profile) -> None:
    for answers in (plausible("n/a", profile), plausible("x", profile), pasted(lambda q: q.good, profile)):
        found = {(f.code, f.target.question.partition(".")[0]) for f in evaluated(answers).findings}
        waivers = tuple(Waiver(*place, "Agreed with the branches.", "Ilse Brandt") for place in sorted(found))
        assert evaluated(replace(answers, waivers=waivers)).readiness <= 0.08


@pytest.mark.parametrize("profile", RISKS, ids=lambda profile: profile.risk)
def test_deferring_everything_scores_nothing(profile: Profile) -> None:
    state = State("deferred", "", "", "Ilse Brandt", TODAY)
    answers = reduce(lambda a, name: a.with_state(name, state), BANK.questions, Answers(profile=profile))
    evaluation = evaluated(answers)
    assert evaluation.readiness == 0
    assert evaluation.progress.done == 0


@pytest.mark.parametrize("profile", RISKS, ids=lambda profile: profile.risk)
def test_leaving_everything_out_scores_nothing(profile: Profile) -> None:
    evaluation = evaluated(left_out(profile))
    assert evaluation.readiness == 0
    assert not any(item.state == ItemState.MET for item in evaluation.checklist)


def test_leaving_most_out_holds_back_what_is_left_out() -> None:
    profile = Profile(("add_table",), "medium")
    evaluation = evaluated(left_out(profile))
    found = {f.target.question for f in evaluation.findings if f.code == "CP04"}
    assert found == {view.id for view in evaluation.survey.required}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_have_no_error_in_completeness_or_wording(path: Path) -> None:
    found = [f for f in evaluated(example(path)).findings if f.code[:2] in ("CP", "VG")]
    assert [f for f in found if f.severity == Severity.ERROR and not f.waived] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_placeholder_in_an_example_is_found_where_it_stands(path: Path) -> None:
    answers = example(path).with_value("problem.goals", ("TBD",))
    before, after = evaluated(example(path)), evaluated(answers)
    new = {(f.code, f.target.question) for f in after.findings} - {
        (f.code, f.target.question) for f in before.findings
    }
    assert ("CP03", "problem.goals") in new
    assert after.readiness < before.readiness


LARGE = next(path for path in EXAMPLES if path.stem == "meter-readings")
ANSWERED = [view.id for view in survey(BANK, example(LARGE)).required]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=st.permutations(ANSWERED), count=st.integers(min_value=5, max_value=30))
def test_answering_one_more_question_never_lowers_readiness_without_a_finding(
    order: list[str], count: int
) -> None:
    """Question by question from the full example; a drop comes with a finding that was not there."""
    whole = example(LARGE)
    fresh = Engine(BANK)
    answers = Answers(profile=whole.profile)
    before = fresh.evaluate(answers, TODAY)
    for question_id in order[:: max(1, len(order) // count)]:
        answers = answers.with_value(question_id, whole.values.get(question_id))
        answers = answers.with_state(question_id, whole.states.get(question_id))
        after = fresh.evaluate(answers, TODAY)
        if after.readiness < before.readiness - 1e-9:
            known = {(f.code, f.target) for f in before.findings}
            blind = {(u.code, u.reason) for u in before.unchecked}
            new = any((f.code, f.target) not in known and f.holds_back for f in after.findings)
            assert new or any((u.code, u.reason) not in blind for u in after.unchecked), question_id
        before = after


def test_what_is_missing_is_counted_once() -> None:
    """An item with one question open is as complete as it is; the finding about the gap takes no more."""
    answers = example(LARGE).with_value("security.legal_hold", None).with_state("security.legal_hold", None)
    evaluation = evaluated(answers)
    item = next(item for item in evaluation.checklist if item.id == "CHK13")
    assert item.missing == ("security.legal_hold",)
    assert {f.code for f in item.findings if f.holds_back} == {"CP01"}
    assert 0.9 < item.degree < 1


def test_only_completeness_rules_make_an_answer_void() -> None:
    """What is void counts as not given; anything else that is wrong holds back and no more."""
    evaluation = evaluated(filled("n/a"))
    assert {f.code for f in evaluation.findings if f.void} <= {"CP02", "CP03", "CP04", "CP11"}
    assert all(f.rule_class == "A" for f in (RULES[code] for code in ("CP02", "CP03", "CP04", "CP11")))


def test_a_row_that_says_nothing_leaves_the_others_their_worth() -> None:
    question: Question = BANK.questions["failure.failure_modes"]
    good = {"failure_mode": "a door sticks", "impact": "one locker out", "detection": "heartbeat of the door"}
    row = {**good, "mitigation": "a neighboring door is given out"}
    bare = dict.fromkeys((c.id for c in question.columns if c.kind == "text"), "n/a")
    answers = Answers(profile=FULL)
    one = evaluated(answers.with_value("failure.failure_modes", (row, bare)))
    none = evaluated(answers.with_value("failure.failure_modes", (bare,)))
    assert not any(f.void for f in one.findings if f.target.question == "failure.failure_modes")
    assert any(f.void for f in none.findings if f.target.question == "failure.failure_modes")
