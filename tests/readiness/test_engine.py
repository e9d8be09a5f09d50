"""The engine: what it keeps saves work and never changes a result; severity, waivers, what counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.document.answers import Answers, Profile, State, Value, Waiver, freeze
from app.document.store import read_document
from app.readiness.engine import STOPPED, Engine, severity_of
from app.readiness.model import Evaluation, Finding, Found, NotChecked, RuleClass, Severity, Target
from app.readiness.registry import FACTS, RULES, Fact, Text, at, here, load_rules
from app.readiness.waivers import waiver_targets
from tests.readiness.documents import TODAY
from tests.readiness.made_rules import Only, rule_of

BANK = default_bank()
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
load_rules()


class Counting:
    """A function that counts its calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.calls = 0
        self.function = function

    def __call__(self, *inputs: Any) -> Any:
        self.calls += 1
        return self.function(*inputs)


GOALS = Answers(Profile(("add_table",), "medium")).with_value("problem.goals", ("one", "two"))


def test_a_fact_and_a_rule_run_again_only_when_what_they_read_changed(only: Only) -> None:
    number = Counting(lambda goals: len(goals or ()))
    look = Counting(lambda number: [at("problem.goals", f"{number} goals")])
    deaf = Counting(lambda _non_goals: [])
    engine = only(
        rule_of("XS90", look, "number_of_goals"),
        rule_of("XS91", deaf, "problem_non_goals"),
        facts=(Fact("number_of_goals", ("problem_goals",), number),),
    )
    engine.evaluate(GOALS, TODAY)
    engine.evaluate(GOALS, TODAY)
    engine.evaluate(GOALS.with_value("control.owner", "Ines Duarte"), TODAY)
    assert (number.calls, look.calls, deaf.calls) == (1, 1, 1)
    engine.evaluate(GOALS.with_value("problem.goals", ("three", "four")), TODAY)
    assert (number.calls, look.calls, deaf.calls) == (2, 1, 1)
    found = engine.evaluate(GOALS.with_value("problem.goals", ("three",)), TODAY).findings
    assert (number.calls, look.calls, deaf.calls) == (3, 2, 1)
    assert [f.message for f in found] == ["1 goals"]


def test_what_reads_a_fact_that_says_the_same_as_before_does_not_run_again(only: Only) -> None:
    look = Counting(lambda lengths: [at("problem.goals", f"{lengths}")])
    lengths = Fact("lengths", ("problem_goals",), lambda goals: tuple(map(len, goals)))
    engine = only(rule_of("XS90", look, "lengths"), facts=(lengths,))
    engine.evaluate(GOALS, TODAY)
    engine.evaluate(GOALS.with_value("problem.goals", ("two", "one")), TODAY)
    assert look.calls == 1
    engine.evaluate(GOALS.with_value("problem.goals", ("three", "one")), TODAY)
    assert look.calls == 2


@pytest.mark.parametrize("other", [1.0, True, "1"])
def test_values_that_compare_equal_and_are_not_the_same_are_told_apart(only: Only, other: Value) -> None:
    fact = Fact("kept", ("problem_goals",), lambda goals: (goals[0],))
    engine = only(rule_of("XS90", lambda kept: [at("problem.goals", repr(kept))], "kept"), facts=(fact,))
    engine.evaluate(GOALS.with_value("problem.goals", (1,)), TODAY)
    (found,) = engine.evaluate(GOALS.with_value("problem.goals", (other,)), TODAY).findings
    assert found.message == repr((other,))


def test_a_fact_that_several_rules_read_runs_once(only: Only) -> None:
    number = Counting(lambda goals: len(goals or ()))
    rules = [rule_of(f"XS9{n}", lambda _number: [], "number_of_goals") for n in range(4)]
    engine = only(*rules, facts=(Fact("number_of_goals", ("problem_goals",), number),))
    engine.evaluate(GOALS, TODAY)
    assert number.calls == 1


def test_a_rule_that_reads_the_day_runs_again_on_another_day(only: Only) -> None:
    look = Counting(lambda today: [at("problem.goals", today.isoformat())])
    engine = only(rule_of("XS90", look, "today"))
    assert engine.evaluate(GOALS, TODAY).findings[0].message == "2026-11-24"
    assert engine.evaluate(GOALS, date(2026, 11, 24)).findings[0].message == "2026-11-24"
    assert look.calls == 1
    assert engine.evaluate(GOALS, TODAY + timedelta(1)).findings[0].message == "2026-11-25"


def test_a_text_is_looked_at_once_per_row(only: Only) -> None:
    seen: list[str] = []

    def look(text: Text, _bank: object) -> Iterator[Found]:
        seen.append(text.text)
        yield here(f"about {text.text}")

    engine = only(rule_of("VG90", look, scope="text"))
    rows = tuple(freeze({"entity": name, "grain": f"one {name}"}) for name in ("loan", "copy"))
    answers = Answers().with_value("logical.grain", rows)
    engine.evaluate(answers, TODAY)
    assert sorted(seen) == ["copy", "loan", "one copy", "one loan"]
    seen.clear()
    more = answers.with_value("logical.grain", (freeze({"entity": "shelf", "grain": "one shelf"}), *rows))
    found = engine.evaluate(more, TODAY).findings
    assert seen == ["shelf", "one shelf"]
    assert {str(f.target): f.message for f in found}["logical.grain[copy].grain"] == "about one copy"


@pytest.mark.parametrize(
    ("code", "rule_class", "risk", "severity"),
    [
        *((code, "A", risk, "error") for code in ("CP01", "SQ01") for risk in (1, 2, 3, 4)),
        *((code, "B", risk, "warning") for code in ("VG01", "NM02", "SM02", "DR01") for risk in (1, 2, 3, 4)),
        *((code, "B", risk, "warning") for code in ("SQ02", "MG02", "XS04", "SC02") for risk in (1, 2)),
        *((code, "B", risk, "error") for code in ("SQ02", "MG02", "XS04", "SC02") for risk in (3, 4)),
        *((code, "C", risk, "info") for code in ("VG02", "XS11", "SQ99") for risk in (1, 2, 3, 4)),
    ],
)
def test_severity_follows_class_family_and_risk(
    code: str, rule_class: RuleClass, risk: int, severity: str
) -> None:
    assert severity_of(code, rule_class, risk) == severity


def test_a_rule_calls_a_finding_milder_and_never_worse(only: Only) -> None:
    def mild(_goals: object) -> Iterator[Found]:
        yield at("problem.goals", "mild", severity=Severity.INFO)

    def worse(_goals: object) -> Iterator[Found]:
        yield at("problem.goals", "worse", severity=Severity.ERROR)

    engine = only(
        rule_of("CP90", mild, "problem_goals"), rule_of("VG91", worse, "problem_goals", rule_class="C")
    )
    assert [f.severity for f in engine.evaluate(GOALS, TODAY).findings] == [Severity.INFO, Severity.INFO]


def waived(target: str, expires: date | None = None, code: str = "CP90") -> Answers:
    waiver = Waiver(code, target, "The pilot branch has one shelf only.", "Ines Duarte", expires)
    return Answers(waivers=(waiver,)).with_value(
        "logical.grain", (freeze({"entity": "loan", "grain": "a loan"}),)
    )


def a_cell(_grain: object) -> Iterator[Found]:
    yield at("logical.grain", "wrong", row="loan", column="grain")


@pytest.mark.parametrize(
    ("answers", "accepted"),
    [
        (waived("logical.grain[loan].grain"), True),
        (waived("logical.grain[loan]"), True),
        (waived("logical.grain"), True),
        (waived("logical"), True),
        (waived("logical.grain", TODAY), True),
        (waived("logical.grain", TODAY - timedelta(1)), False),
        (waived("logical.grain[copy]"), False),
        (waived("logical.grain[loan].entity"), False),
        (waived("logic"), False),
        (waived("logical.grain", code="CP91"), False),
    ],
)
def test_a_waiver_accepts_what_it_names_until_it_expires(
    only: Only, answers: Answers, accepted: bool
) -> None:
    engine = only(rule_of("CP90", a_cell, "logical_grain"))
    (found,) = engine.evaluate(answers, TODAY).findings
    assert found.waived == accepted
    assert found.holds_back != accepted


def test_the_same_answers_are_waived_one_day_and_not_the_next(only: Only) -> None:
    engine = only(rule_of("CP90", a_cell, "logical_grain"))
    answers = waived("logical.grain", TODAY)
    assert [engine.evaluate(answers, TODAY + timedelta(n)).findings[0].waived for n in (0, 1, 0)] == [
        True,
        False,
        True,
    ]


def test_what_a_waiver_may_name_is_the_place_or_what_it_is_in() -> None:
    found = Finding("CP90", "x", Severity.ERROR, Target("logical.grain", "loan", "grain"), "m")
    names = ["logical.grain[loan].grain", "logical.grain[loan]", "logical.grain", "logical"]
    assert list(waiver_targets(found)) == names


def test_parked_and_not_applicable_answers_count_for_nothing(only: Only) -> None:
    given: list[Value | None] = []

    def look(states: Value | None, engine: str) -> list[Found]:
        given.extend((states, engine))
        return []

    engine = only(rule_of("XS90", look, "logical_states", "engine"))
    rows = (freeze({"entity": "loan", "state": "open"}),)
    answers = Answers(Profile(("add_column",), "low")).with_value("logical.states", rows)
    answers = answers.with_value("physical.engine", "postgresql")
    engine.evaluate(answers, TODAY)
    assert given == [None, "postgresql"]
    given.clear()
    out = State("not_applicable", "out_of_scope", "It is about another store.")
    engine.evaluate(answers.with_state("physical.engine", out), TODAY)
    assert given == [None, ""]


def test_a_rule_that_stops_is_reported_as_not_checked_and_the_others_go_on(
    only: Only,
) -> None:
    def stops(_goals: object) -> Iterator[Found]:
        yield at("problem.goals", "half a result")
        raise ZeroDivisionError

    rules = (
        rule_of("XS90", stops, "problem_goals", checklist=("CHK02",)),
        rule_of("XS91", lambda _goals: [at("problem.goals", "seen")], "problem_goals"),
    )
    evaluation = only(*rules, strict=False).evaluate(GOALS, TODAY)
    assert [f.code for f in evaluation.findings] == ["XS91"]
    assert [u.reason for u in evaluation.unchecked] == [f"{STOPPED} (ZeroDivisionError), which is a bug"]
    with pytest.raises(ZeroDivisionError):
        only(*rules).evaluate(GOALS, TODAY)


def test_a_rule_about_a_question_that_the_bank_lacks_is_not_checked(only: Only) -> None:
    look = Counting(lambda _nothing: [])
    engine = only(
        rule_of("XS90", look, "nothing_here"),
        rule_of("XS91", look, "deeper"),
        facts=(Fact("deeper", ("nothing_here",), look),),
    )
    assert [u.code for u in engine.evaluate(GOALS, TODAY).unchecked] == ["XS90", "XS91"]
    assert look.calls == 0


def test_findings_come_by_severity_then_in_interview_order_with_waived_ones_last(
    only: Only,
) -> None:
    places = ["logical.grain", "problem.goals", "problem.non_goals"]

    def each(_goals: object) -> list[Found]:
        return [at(place, "x") for place in places]

    engine = only(
        rule_of("CP90", each, "problem_goals"), rule_of("VG90", each, "problem_goals", rule_class="B")
    )
    answers = Answers(waivers=(Waiver("CP90", "problem.goals", "Agreed.", "Ines Duarte"),))
    found = engine.evaluate(answers.with_value("problem.goals", ("x",)), TODAY).findings
    assert [(f.code, f.target.question) for f in found] == [
        ("CP90", "problem.non_goals"),
        ("CP90", "logical.grain"),
        ("VG90", "problem.goals"),
        ("VG90", "problem.non_goals"),
        ("VG90", "logical.grain"),
        ("CP90", "problem.goals"),
    ]


def test_every_question_of_the_bank_has_a_name_of_its_own_for_rules() -> None:
    names = [question_id.replace(".", "_") for question_id in BANK.questions]
    assert len(set(names)) == len(names)
    assert not set(names) & set(FACTS)


def test_every_rule_reads_something_that_exists() -> None:
    evaluation = Engine(BANK, strict=True).evaluate(Answers(), TODAY)
    assert [u for u in evaluation.unchecked if u.reason.startswith("this bank has no")] == []


# What the engine keeps must not change a result: a long-lived one against a fresh one.

Step = Callable[[Answers], Answers]


@cache
def example(path: Path) -> Answers:
    return read_document(BANK, path).answers


WHOLE = example(next(path for path in EXAMPLES if path.stem == "parcel-instructions"))
QUESTIONS = st.sampled_from(sorted(BANK.questions))
SAID = st.sampled_from(sorted(WHOLE.values))
TABLES = st.sampled_from(sorted(q for q in WHOLE.values if WHOLE.rows(q)))
CELLS = st.sampled_from(
    ["n/a", "TBD", "one parcel", "the team", "", "INV-099", "INV-001", "exactly once", "x"]
)
DAYS = st.sampled_from([TODAY, TODAY + timedelta(400), TODAY - timedelta(4000)])


def _with_cell(answers: Answers, question_id: str, position: int, column: int, cell: str) -> Answers:
    rows = list(answers.rows(question_id))
    if not rows:
        return answers
    columns = BANK.questions[question_id].columns
    name = columns[column % len(columns)].id
    rows[position % len(rows)] = freeze({**rows[position % len(rows)], name: cell})
    return answers.with_value(question_id, tuple(rows))


def _without_row(answers: Answers, question_id: str, position: int) -> Answers:
    rows = list(answers.rows(question_id))
    if rows:
        del rows[position % len(rows)]
    return answers.with_value(question_id, tuple(rows))


def _profile(answers: Answers, change_types: list[str], risk: str, traits: list[str]) -> Answers:
    return Answers(
        Profile(tuple(change_types), risk, tuple(traits)),
        answers.values,
        answers.states,
        answers.notes,
        answers.waivers,
    )


def _waive(answers: Answers, code: str, target: str, expires: date | None) -> Answers:
    waiver = Waiver(code, target, "It is agreed.", "Ines Duarte", expires)
    return Answers(answers.profile, answers.values, answers.states, answers.notes, (*answers.waivers, waiver))


NUMBERS = st.integers(0, 50)
OUT = State("not_applicable", "out_of_scope", "It is about another store.")
LATER = State("deferred", "", "", "Ines Duarte", TODAY)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.builds(lambda q: lambda a: a.with_value(q, None), QUESTIONS),
    st.builds(lambda q: lambda a: a.with_value(q, WHOLE.values[q]), SAID),
    st.builds(lambda q, text: lambda a: a.with_value(q, text), QUESTIONS, CELLS),
    st.builds(lambda q, s: lambda a: a.with_state(q, s), QUESTIONS, st.sampled_from([OUT, LATER, None])),
    st.builds(lambda q, n, c, t: lambda a: _with_cell(a, q, n, c, t), TABLES, NUMBERS, NUMBERS, CELLS),
    st.builds(lambda q, n: lambda a: _without_row(a, q, n), TABLES, NUMBERS),
    st.builds(lambda q: lambda a: a.with_value(q, tuple(reversed(a.rows(q)))), TABLES),
    st.builds(
        lambda c, r, t: lambda a: _profile(a, c, r, t),
        st.lists(st.sampled_from(sorted(BANK.change_types)), max_size=2, unique=True),
        st.sampled_from(sorted(BANK.risks)),
        st.lists(st.sampled_from(sorted(BANK.traits)), max_size=4, unique=True),
    ),
    st.builds(
        lambda c, t, e: lambda a: _waive(a, c, t, e),
        st.sampled_from(sorted(RULES)),
        QUESTIONS,
        st.sampled_from([None, TODAY, TODAY - timedelta(1)]),
    ),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.tuples(STEPS, DAYS), min_size=1, max_size=6), back=st.booleans())
def test_a_result_does_not_depend_on_earlier_calls(steps: list[tuple[Step, date]], back: bool) -> None:
    """Random changes one after the other, and perhaps all of them undone again."""
    living = Engine(BANK, strict=True)
    living.evaluate(WHOLE, TODAY)
    trail = [(WHOLE, TODAY)]
    for step, today in steps:
        trail.append((step(trail[-1][0]), today))
    for answers, today in [*trail, *(reversed(trail) if back else ())]:
        assert_same(living.evaluate(answers, today), Engine(BANK, strict=True).evaluate(answers, today))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_going_from_one_document_to_another_and_back_leaves_no_trace(path: Path) -> None:
    living, answers = Engine(BANK, strict=True), example(path)
    first = living.evaluate(answers, TODAY)
    for other in [Answers(), *map(example, EXAMPLES)]:
        living.evaluate(other, TODAY)
    assert_same(living.evaluate(answers, TODAY), first)


def assert_same(left: Evaluation, right: Evaluation) -> None:
    assert left.findings == right.findings
    assert left.unchecked == right.unchecked
    assert left == right
    assert isinstance(left.readiness, float)
    assert all(isinstance(u.reason, str) for u in left.unchecked)


def test_a_not_checked_yield_is_no_finding(only: Only) -> None:
    def blind(_goals: object) -> Iterator[NotChecked]:
        yield NotChecked("there is no DDL", Target("physical.ddl"))

    evaluation = only(rule_of("SQ90", blind, "problem_goals")).evaluate(GOALS, TODAY)
    assert evaluation.findings == ()
    assert [(u.code, u.reason, str(u.target)) for u in evaluation.unchecked] == [
        ("SQ90", "there is no DDL", "physical.ddl")
    ]
