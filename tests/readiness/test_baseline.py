"""A baseline: what was there before does not count, whatever line it moved to."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.problems import DbcharterError
from app.readiness.baseline import Earlier, drops, earlier, only, read_report
from app.readiness.model import Evaluation, Finding, Severity, Target
from app.readiness.reports.data import as_json
from app.readiness.reports.model import Entry, FileReport, Report
from tests.readiness.documents import evaluate

DUE = '[profile]\nchange_types = ["add_table"]\nrisk = "medium"\n'
GOALS = f'{DUE}[problem]\ngoals = ["no copy is lent twice"]\n'


def finding(code: str = "XS03", row: str = "INV-1", message: str = "no test", line: int = 0) -> Finding:
    return Finding(code, "x", Severity.ERROR, Target("invariants.matrix", row, "test", line), message)


def known(before: list[Finding], after: list[Finding]) -> list[bool]:
    from msgspec.structs import replace

    evaluation: Evaluation = replace(evaluate(""), findings=tuple(before))
    return earlier(evaluation).known(after)


def test_what_was_there_is_known_and_what_was_not_is_new() -> None:
    assert known([finding()], [finding(), finding(row="INV-2"), finding(code="XS04")]) == [True, False, False]


def test_neither_a_line_nor_the_wording_makes_a_finding_new() -> None:
    assert known([finding(line=3)], [finding(line=9)]) == [True]
    assert known([finding(message="4 of 6 steps")], [finding(message="5 of 6 steps")]) == [True]


def test_one_more_at_the_same_place_is_new() -> None:
    both = [finding(message="no test"), finding(message="no drill")]
    assert known([both[1]], both) == [False, True]
    assert known([finding(message="other")], both) == [True, False]


@given(
    st.lists(st.sampled_from(["a", "b", "c"]), max_size=6), st.lists(st.sampled_from(["a", "b"]), max_size=6)
)
def test_each_earlier_finding_accounts_for_one(before: list[str], after: list[str]) -> None:
    found = known([finding(message=m) for m in before], [finding(message=m) for m in after])
    assert sum(found) == min(len(before), len(after))
    assert known([finding(message=m) for m in after], [finding(message=m) for m in after]) == [True] * len(
        after
    )


def report_of(*files: FileReport) -> str:
    return as_json(Report(files, frozenset()))


def test_a_report_is_a_baseline_for_the_files_in_it() -> None:
    evaluation = evaluate(GOALS)
    entries = tuple(Entry(f, 1) for f in evaluation.findings)
    text = report_of(
        FileReport("a.toml", evaluation=evaluation, entries=entries), FileReport("b.toml", error="gone")
    )
    reports = read_report(text, "r.json")
    assert list(reports) == ["a.toml"]
    assert reports["a.toml"].known(evaluation.findings) == [True] * len(evaluation.findings)
    assert reports["a.toml"].readiness == round(evaluation.readiness, 4)


@pytest.mark.parametrize("text", ["{}", "[", "[]", "1", '{"format": 1}', '{"format": 1, "files": [3]}'])
def test_what_is_no_report_is_refused_with_how_to_make_one(text: str) -> None:
    with pytest.raises(DbcharterError, match=r"r\.json: is not a report") as caught:
        read_report(text, "r.json")
    assert "--format json" in caught.value.hint


def test_a_report_of_another_format_is_refused() -> None:
    with pytest.raises(DbcharterError, match="format 2"):
        read_report(json.dumps({"format": 2, "files": []}), "r.json")


def test_a_file_is_found_by_its_name_or_by_being_the_only_one() -> None:
    one, two = Earlier({}, 0.1), Earlier({}, 0.2)
    assert only({"a.toml": one, "b.toml": two}, "b.toml", ["b.toml"]) is two
    assert only({"a.toml": one}, "moved.toml", ["moved.toml"]) is one
    assert only({"a.toml": one}, "moved.toml", ["moved.toml", "c.toml"]) is None
    assert only({"a.toml": one, "b.toml": two}, "c.toml", ["c.toml"]) is None


def test_a_drop_names_the_answer_that_is_gone() -> None:
    reasons = drops(evaluate(GOALS), evaluate(DUE))
    assert any("problem.goals" in reason for reason in reasons)
    assert drops(evaluate(DUE), evaluate(GOALS)) == ()
    assert drops(evaluate(GOALS), evaluate(GOALS)) == ()


def test_a_drop_names_the_finding_that_is_new() -> None:
    worse = GOALS.replace("no copy is lent twice", "TBD")
    assert any(
        reason.startswith("CP03 at problem.goals") for reason in drops(evaluate(GOALS), evaluate(worse))
    )
