"""A baseline: what was there before does not count, whatever line it moved to."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.document.answers import Waiver
from app.problems import DbcharterError
from app.readiness.baseline import drops, earlier, file_name, read_report
from app.readiness.model import Evaluation, Finding, Severity, Target
from app.readiness.reports.data import as_json
from app.readiness.reports.model import Entry, FileReport, Report
from tests.readiness.documents import evaluate

DUE = '[profile]\nchange_types = ["add_table"]\nrisk = "medium"\n'
GOALS = f'{DUE}[problem]\ngoals = ["no copy is lent twice"]\n'


def finding(
    code: str = "XS03",
    row: str = "INV-1",
    message: str = "no test",
    line: int = 0,
    severity: Severity = Severity.ERROR,
) -> Finding:
    return Finding(code, "x", severity, Target("invariants.matrix", row, "test", line), message)


def known(before: list[Finding], after: list[Finding], *waivers: Waiver) -> list[bool]:
    evaluation: Evaluation = replace(evaluate(""), findings=tuple(before))
    return earlier(evaluation, waivers).known(after)


def test_what_was_there_is_known_and_what_was_not_is_new() -> None:
    assert known([finding()], [finding(), finding(row="INV-2"), finding(code="XS04")]) == [True, False, False]


def test_neither_a_line_nor_a_number_makes_a_finding_new() -> None:
    assert known([finding(line=3)], [finding(line=9)]) == [True]
    assert known([finding(message="4 of 6 steps")], [finding(message="5 of 6 steps")]) == [True]
    assert known([finding(message="line 12: no key")], [finding(message="line 140: no key")]) == [True]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("no index of slot begins with (room_id)", "no index of invoice begins with (customer_id)"),
        ("ix_1 is not used", "ix_2 is not used"),
        ("v1.2 is not named", "v1.3 is not named"),
    ],
)
def test_another_thing_at_the_same_place_is_new(was: str, now: str) -> None:
    """All that is said of the DDL is at one question."""
    assert known([finding(message=was)], [finding(message=now)]) == [False]


def test_what_got_worse_is_new_and_what_got_milder_is_not() -> None:
    mild, bad = finding(severity=Severity.WARNING), finding()
    assert known([mild], [bad]) == [False]
    assert known([bad], [mild]) == [True]
    assert known([bad, mild], [mild, bad]) == [True, True]


@pytest.mark.parametrize("expires", [None, date(2020, 1, 1)])
def test_what_was_waived_is_new_once_nothing_accepts_it(expires: date | None) -> None:
    """A waiver that expired, or that was taken out of the file, does not turn into a baseline."""
    waiver = Waiver("XS03", "invariants.matrix[INV-1]", "The pilot decides.", "Ines Duarte", expires)
    assert known([finding(), finding(row="INV-2")], [finding(), finding(row="INV-2")], waiver) == [
        False,
        True,
    ]


def test_one_more_at_the_same_place_is_new() -> None:
    both = [finding(message="no test"), finding(message="no drill")]
    assert known([both[1]], both) == [False, True]
    assert known([finding()], [finding(), finding()]) == [True, False]


_SAID = st.sampled_from(["a", "b", "4 of 6"])


@given(st.lists(_SAID, max_size=6), st.lists(_SAID, max_size=6))
def test_each_earlier_finding_accounts_for_one(before: list[str], after: list[str]) -> None:
    found = known([finding(message=m) for m in before], [finding(message=m) for m in after])
    assert sum(found) == (Counter(before) & Counter(after)).total()


def report_of(*files: FileReport) -> str:
    return as_json(Report(files, frozenset()))


def entries_of(evaluation: Evaluation) -> tuple[Entry, ...]:
    return tuple(Entry(f, 1) for f in evaluation.findings)


def test_a_report_is_a_baseline_for_the_files_in_it_however_they_are_written() -> None:
    evaluation = evaluate(GOALS)
    text = report_of(
        FileReport("./docs/../a.toml", evaluation=evaluation, entries=entries_of(evaluation)),
        FileReport("b.toml", error="gone"),
    )
    reports = read_report(text, "r.json")
    assert (
        list(reports) == ["a.toml"] == [file_name("./a.toml")] == [file_name(str(Path("a.toml").resolve()))]
    )
    assert reports["a.toml"].known(evaluation.findings) == [True] * len(evaluation.findings)
    assert reports["a.toml"].readiness == round(evaluation.readiness, 4)


def test_what_a_report_calls_waived_is_no_baseline() -> None:
    evaluation = evaluate(GOALS)
    entries = tuple(Entry(replace(f, waived=True), 1) for f in evaluation.findings)
    (was,) = read_report(
        report_of(FileReport("a", evaluation=evaluation, entries=entries)), "r.json"
    ).values()
    assert not any(was.known(evaluation.findings))


@pytest.mark.parametrize("text", ["{}", "[", "[]", "1", '{"format": 1}', '{"format": 1, "files": [3]}'])
def test_what_is_no_report_is_refused_with_how_to_make_one(text: str) -> None:
    with pytest.raises(DbcharterError, match=r"r\.json: is not a report") as caught:
        read_report(text, "r.json")
    assert "--format json" in caught.value.hint


def test_a_report_of_another_format_is_refused() -> None:
    with pytest.raises(DbcharterError, match="format 2"):
        read_report(json.dumps({"format": 2, "files": []}), "r.json")


def reasons(before: str, after: str) -> tuple[str, ...]:
    """Why the second document is less ready than the first; the same from an evaluation and from a report."""
    was, now = evaluate(before), evaluate(after)
    said = drops(was, now)
    file = FileReport("a", evaluation=was, entries=entries_of(was))
    (reported,) = read_report(report_of(file), "r.json").values()
    assert reported.drops(now) == said
    return said


EXPLICIT = f'{GOALS}non_goals = ["the catalogue of the branches"]\n'
SETTLED = """[status]
"problem.non_goals" = { state = "not_applicable", reason = "out_of_scope", note = "Nothing is left out." }
"problem.goals" = { state = "not_applicable", reason = "out_of_scope", note = "Nothing changes for anybody." }
"""


def test_a_drop_names_the_item_that_counts_no_more() -> None:
    (reason,) = reasons(EXPLICIT, DUE + SETTLED)
    assert reason.startswith("“goals and non-goals are explicit” counts no more, and was met by 100%: ")


def test_a_drop_names_the_item_that_counts_now() -> None:
    less = '[profile]\nchange_types = ["add_column"]\nrisk = "low"\n[problem]\ngoals = ["no loan is lost"]\n'
    more = less.replace('risk = "low"', 'risk = "critical"')
    said = reasons(less, more)
    assert any("counts now, and is met by 0%" in reason for reason in said)
    assert any(" is required: " in reason for reason in said)


def test_a_drop_names_the_answer_that_is_gone() -> None:
    assert "problem.goals is unanswered" in reasons(GOALS, DUE)
    assert drops(evaluate(DUE), evaluate(GOALS)) == ()
    assert drops(evaluate(GOALS), evaluate(GOALS)) == ()


def test_a_drop_names_the_finding_that_is_new() -> None:
    worse = GOALS.replace("no copy is lent twice", "TBD")
    assert any(reason.startswith("CP03 at problem.goals") for reason in reasons(GOALS, worse))
