"""Reports: the right line, the right format, and nothing that people wrote gets out of its place."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.bank.load import default_bank
from app.document.answers import Waiver
from app.document.codec import decode
from app.readiness.explain import page
from app.readiness.model import Finding, Severity, Target, Unchecked
from app.readiness.registry import RULES
from app.readiness.reports.data import as_json
from app.readiness.reports.github import as_github
from app.readiness.reports.junit import as_junit
from app.readiness.reports.model import Blind, Entry, FileReport, Report, percent
from app.readiness.reports.places import Places
from app.readiness.reports.sarif import as_sarif, uri
from app.readiness.reports.text import as_text
from tests.readiness.documents import evaluate

SARIF = json.loads(
    (Path(__file__).parents[1] / "data" / "sarif-2.1.0.schema.json").read_text(encoding="utf-8")
)
BASE = evaluate('[profile]\nchange_types = ["add_table"]\nrisk = "medium"\n')
ERROR = Finding(
    "XS03", "invariant-without-enforcement", Severity.ERROR, Target("invariants.matrix", "INV-1", "test"),
    "no test holds this invariant", "name the test",
)  # fmt: skip
WARNING = Finding("VG01", "goal-not-verifiable", Severity.WARNING, Target("problem.goals"), "100 % vague")
NOTE = Finding("VG02", "vague-term", Severity.INFO, Target("problem.goals"), "fast")
WAIVER = Waiver("XS03", "invariants", "The pilot decides.", "Ines Duarte", date(2026, 12, 1))
IN_SQL = Finding(
    "SQ06", "time-without-zone", Severity.ERROR, Target("physical.ddl_files", "db/loans.sql", line=12),
    "line 12: loan.due has no zone",
)  # fmt: skip
BLIND = Unchecked("SQ01", "x", "2 statements could not be read", Target("physical.ddl"))


def report(
    *entries: Entry,
    failing: frozenset[Severity] = frozenset({Severity.ERROR}),
    before: float | None = None,
    **changes: Any,
) -> Report:
    blind = (Blind(BLIND, 40),)
    file = FileReport("docs/loans.toml", evaluation=BASE, entries=entries, blind=blind, before=before)
    return replace(Report((file,), failing), **changes)


FULL = report(
    Entry(ERROR, 12),
    Entry(WARNING, 3),
    Entry(NOTE, 4, known=True),
    Entry(replace(ERROR, waived=True), 9, waiver=WAIVER),
    before=0.0,
    baseline=True,
)
BROKEN = replace(FULL, files=(*FULL.files, FileReport("gone, once.toml", "not TOML: 100 %", line=7)))


# lines

TOML = '''format = 1
[bank]
id = "database-design"
version = "1.0.0"

[problem]
goals = [
    "no copy is lent twice",
    "TBD",
]

[problem.situation]
domain = "loans"

[[logical.grain]]
entity = "loan"

[[logical.grain]]
grain = "one copy"
entity = "copy"

[[logical.keys]]
entity = "copy"
[[logical.keys]]
entity = "copy"
primary_identity = "x"

[physical]
ddl = """
create table loan (
    id int
);
"""

ddl_files = [
    "a.sql",
    "b.sql",
]

[migration]
ddl = "create table a (\\n id int)"

[[waivers]]
code = "CP03"
target = "problem.goals"
reason = "The pilot decides."
owner = "Ines Duarte"

[status]
"problem.non_goals" = { state = "not_applicable", reason = "out_of_scope", note = "There are none." }
'''


def line(toml: str, target: Target) -> int:
    document = decode(default_bank(), toml, "x.toml")
    return Places(default_bank(), document.answers, toml).line(target)


@pytest.mark.parametrize(
    ("target", "says"),
    [
        (Target("problem.goals"), "goals = ["),
        (Target("problem.situation", column="domain"), 'domain = "loans"'),
        (Target("problem.success_criteria"), "[problem]"),
        (Target("logical.grain", "copy", "grain"), 'grain = "one copy"'),
        (Target("logical.grain", "copy"), "[[logical.grain]]"),
        (Target("logical.grain", "copy", "example"), "[[logical.grain]]"),
        (Target("logical.keys", "copy#2", "primary_identity"), 'primary_identity = "x"'),
        (Target("problem.goals", line=2), '    "TBD",'),
        (Target("physical.ddl_files", "b.sql"), '    "b.sql",'),
        (Target("waivers", "CP03/problem.goals"), "[[waivers]]"),
        (Target("physical.ddl"), 'ddl = """'),
        (Target("physical.ddl", line=1), "create table loan ("),
        (Target("physical.ddl", line=2), "    id int"),
        (Target("problem.non_goals"), '"problem.non_goals" = {'),
        (Target("recovery.objectives"), "format = 1"),
        (Target(""), "format = 1"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_finding_is_on_the_line_that_says_it(target: Target, says: str, end: str) -> None:
    text = TOML.replace("\n", end)
    assert text.split(end)[line(text, target) - 1].startswith(says)


@pytest.mark.parametrize("code", ["CP03", "VG01"])
def test_a_finding_in_a_list_is_on_the_line_of_its_item(code: str) -> None:
    toml = '[problem]\ngoals = [\n    "a loan is found in 2 s",\n    "TBD",\n]\n'
    (target,) = [f.target for f in evaluate(toml).findings if f.code == code]
    assert line(toml, target) == 4


@pytest.mark.parametrize(
    "head", ['bank = { id = "database-design" }', 'profile.risk = "low"', "[[problem.x.y]]"]
)
def test_an_unusual_layout_keeps_the_lines_of_what_is_in_ordinary_tables(head: str) -> None:
    toml = f'format = 1\n{head}\n\n[[logical.grain]]\nentity = "copy"\ngrain = "TBD"\n'
    assert line(toml, Target("logical.grain", "copy", "grain")) == 6


@pytest.mark.parametrize(
    ("ddl", "number", "below"),
    [
        ('"""\na\nb\nc\n"""', 3, 3),
        ('"""a\nb\nc"""', 3, 2),
        ("'''\na\nb\nc'''", 2, 2),
        ('"a\\nb\\nc"', 3, 0),
        ('"""\na \\\n b\nc\nd"""', 4, 0),
        ('"""\\\na\nb\nc"""', 3, 3),
        ('"""\\\n\n  a\nb"""', 2, 3),
        ('"""\na\\\nb"""', 1, 1),
    ],
)
def test_a_line_of_sql_is_counted_from_where_the_text_begins(ddl: str, number: int, below: int) -> None:
    toml = f'format = 1\n[bank]\nid = "database-design"\nversion = "1.0.0"\n[physical]\nddl = {ddl}\n'
    assert line(toml, Target("physical.ddl", line=number)) == 6 + below


# text


def test_each_finding_that_counts_is_one_line_that_an_editor_can_follow() -> None:
    lines = as_text(FULL).splitlines()
    assert lines[0] == (
        "docs/loans.toml:12: error XS03 invariants.matrix[INV-1].test: "
        "no test holds this invariant (name the test)"
    )
    assert lines[1] == "docs/loans.toml:3: warning VG01 problem.goals: 100 % vague"
    assert lines[2] == "docs/loans.toml:40: not checked SQ01 physical.ddl: 2 statements could not be read"
    assert "docs/loans.toml: readiness 0 % (was 0 %): 0 of 20 met" in lines[3]
    assert lines[4].startswith("  1 error, 1 warning, 0 notes, 1 waived, 1 known before; 0 of ")
    assert lines[5] == "  waived: XS03 at invariants by Ines Duarte until 2026-12-01: The pilot decides."
    assert lines[6].startswith("  next: ")


def test_what_is_in_an_sql_file_is_shown_at_its_line_there() -> None:
    made = report(Entry(IN_SQL, 25))
    said = "SQ06 physical.ddl_files[db/loans.sql]: loan.due has no zone"
    assert as_text(made).splitlines()[0] == f"docs/db/loans.sql:12 (docs/loans.toml): error {said}"
    assert as_github(made).splitlines()[0] == (
        "::error file=docs/db/loans.sql,line=12,title=SQ06 time-without-zone"
        "::docs/loans.toml: physical.ddl_files[db/loans.sql]: loan.due has no zone"
    )
    (result, _) = json.loads(as_sarif(made))["runs"][0]["results"]
    places = [result["locations"][0], result["relatedLocations"][0]]
    assert [
        (
            place["physicalLocation"]["artifactLocation"]["uri"],
            place["physicalLocation"]["region"]["startLine"],
        )
        for place in places
    ] == [("docs/db/loans.sql", 12), ("docs/loans.toml", 25)]
    (case,) = [
        c for c in ElementTree.fromstring(as_junit(made)).iter("testcase") if c.find("failure") is not None
    ]
    assert (case.get("file"), case.get("line")) == ("docs/db/loans.sql", "12")
    found = json.loads(as_json(made))["files"][0]["findings"][0]
    assert (found["line"], found["at"]) == (25, {"file": "docs/db/loans.sql", "line": 12})


def test_the_name_of_a_file_stays_on_one_line() -> None:
    named = replace(FULL.files[0], file="a\n::error::b\n.toml", entries=(Entry(ERROR, 1),))
    shown = as_text(replace(FULL, files=(named, replace(BROKEN.files[1], file="a\nb")))).splitlines()
    assert [line for line in shown if line.startswith((":", "b"))] == []
    assert len(shown) == len(as_text(replace(FULL, files=(FULL.files[0], BROKEN.files[1]))).splitlines()) - 2


def test_a_minimum_that_is_missed_and_a_file_that_cannot_be_read_are_said() -> None:
    assert "  readiness is below 60 %" in as_text(replace(BROKEN, minimum=0.6)).splitlines()
    assert as_text(BROKEN).splitlines()[-1] == "gone, once.toml:7: could not be checked: not TOML: 100 %"


def test_what_people_wrote_stays_on_its_line() -> None:
    nasty = replace(ERROR, target=Target("logical.grain", "a\nb: error X", "c"), message="m\n::error::x")
    assert len(as_text(report(Entry(nasty, 1))).splitlines()) == len(
        as_text(report(Entry(ERROR, 1))).splitlines()
    )
    commands = as_github(report(Entry(nasty, 1))).splitlines()
    assert len(commands) == 2
    assert all(command.startswith("::") for command in commands)


@pytest.mark.parametrize(("readiness", "shown"), [(0, 0), (0.999, 99), (1.0, 100), (0.29, 29), (0.58, 58)])
def test_percent_is_never_rounded_up(readiness: float, shown: int) -> None:
    assert percent(readiness) == shown


# verdict


@pytest.mark.parametrize(
    ("entries", "failing", "failed"),
    [
        ([Entry(ERROR, 1)], {Severity.ERROR}, True),
        ([Entry(WARNING, 1), Entry(NOTE, 1)], {Severity.ERROR}, False),
        ([Entry(WARNING, 1)], {Severity.ERROR, Severity.WARNING}, True),
        ([Entry(ERROR, 1)], set(), False),
        ([Entry(ERROR, 1, known=True)], {Severity.ERROR}, False),
        ([Entry(replace(ERROR, waived=True), 1)], {Severity.ERROR}, False),
        ([Entry(ERROR, 1, required=True)], set(), True),
    ],
)
def test_only_new_findings_that_are_not_waived_fail(
    entries: list[Entry], failing: set[Severity], failed: bool
) -> None:
    assert report(*entries, failing=frozenset(failing)).failed == failed


def test_too_little_readiness_fails_and_exactly_enough_does_not() -> None:
    half = replace(BASE, readiness=0.5)
    for minimum, failed in ((0.5, False), (0.501, True)):
        file = FileReport("x.toml", evaluation=half)
        assert Report((file,), frozenset(), minimum).failed == failed


# formats


def test_json_has_a_version_and_every_finding_with_its_place() -> None:
    data = json.loads(as_json(BROKEN))
    assert data["format"] == 1
    assert data["failed"]
    file, gone = data["files"]
    assert gone == {"file": "gone, once.toml", "failed": True, "error": "not TOML: 100 %", "line": 7}
    assert file["findings"][0] == {
        "code": "XS03", "name": "invariant-without-enforcement", "severity": "error",
        "question": "invariants.matrix", "row": "INV-1", "column": "test", "sql_line": 0,
        "message": "no test holds this invariant", "fix": "name the test", "waived": False,
        "line": 12, "known": False, "at": {"file": "docs/loans.toml", "line": 12}, "waiver": None,
    }  # fmt: skip
    assert file["findings"][3]["waiver"] == {
        "target": "invariants",
        "reason": "The pilot decides.",
        "owner": "Ines Duarte",
        "expires": "2026-12-01",
    }
    assert [f["known"] for f in file["findings"]] == [False, False, True, False]
    assert file["unchecked"][0]["where"] == "physical.ddl"
    assert len(file["checklist"]) == 20
    assert sum(file["counts"].values()) == 20


def test_sarif_is_valid_and_says_level_place_and_state() -> None:
    log = json.loads(as_sarif(BROKEN))
    jsonschema.Draft4Validator(SARIF).validate(log)
    (run,) = log["runs"]
    first, second, third, fourth, blind = run["results"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[r["ruleIndex"]]["id"] for r in (first, second, third)] == ["XS03", "VG01", "VG02"]
    assert [r["level"] for r in run["results"]] == ["error", "warning", "note", "error", "none"]
    assert [r.get("baselineState") for r in (first, third)] == ["new", "unchanged"]
    assert fourth["suppressions"][0]["justification"] == "by Ines Duarte until 2026-12-01: The pilot decides."
    assert "suppressions" not in second
    assert blind["kind"] == "open"
    place = first["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "docs/loans.toml"
    assert place["physicalLocation"]["region"]["startLine"] == 12
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "invariants.matrix[INV-1].test"
    assert not run["invocations"][0]["executionSuccessful"]
    (broken,) = run["invocations"][0]["toolExecutionNotifications"]
    assert broken["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}


@pytest.mark.parametrize(
    ("file", "said"),
    [("a/b.toml", "a/b.toml"), ("a b%.toml", "a%20b%25.toml"), ("/tmp/ä.toml", "file:///tmp/%C3%A4.toml")],
)
def test_a_file_is_named_by_a_uri(file: str, said: str) -> None:
    assert uri(file) == said


def test_github_commands_are_escaped() -> None:
    first, second, third, gone = as_github(BROKEN).splitlines()
    assert first == (
        "::error file=docs/loans.toml,line=12,title=XS03 invariant-without-enforcement"
        "::invariants.matrix[INV-1].test: no test holds this invariant%0AFix: name the test"
    )
    assert second.startswith("::warning file=docs/loans.toml,line=3,")
    assert second.endswith("100 %25 vague")
    assert third.startswith("::notice file=docs/loans.toml,line=1,title=readiness 0 %25::0 of 20 met")
    assert gone.startswith("::error file=gone%2C once.toml,line=7,")


def test_junit_has_a_case_for_each_rule_which_fails_as_the_check_does() -> None:
    root = ElementTree.fromstring(as_junit(replace(BROKEN, minimum=0.5)))
    suite, gone = root
    cases = {case.get("name", "").split()[0]: case for case in suite}
    assert set(cases) == {*RULES, "readiness", "SQ01", "XS03", "VG01", "VG02"}
    assert cases["SQ01"].find("skipped") is not None
    failed = {code for code, case in cases.items() if case.find("failure") is not None}
    assert failed == {"XS03", "readiness"}
    assert cases["XS03"].get("line") == "12"
    assert "docs/loans.toml:3: warning VG01" in (cases["VG01"].findtext("system-out") or "")
    assert "(known before)" in (cases["VG02"].findtext("system-out") or "")
    waived = "(waived by Ines Duarte until 2026-12-01: The pilot decides.)"
    assert waived in (cases["XS03"].findtext("system-out") or "")
    assert (suite.get("failures"), suite.get("tests")) == ("2", str(len(cases)))
    assert gone.get("errors") == "1"


@given(st.text(min_size=1, max_size=60))
def test_any_words_of_people_leave_every_format_whole(words: str) -> None:
    found = replace(ERROR, target=Target("logical.grain", words, "grain"), message=words, fix=words)
    made = report(Entry(found, 1))
    ElementTree.fromstring(as_junit(made).encode("utf-8", "replace"))
    as_json(made).encode()
    log = json.loads(as_sarif(made))
    assert log["runs"][0]["results"][0]["message"]["text"] == f"{words} Fix: {words}"
    assert json.loads(as_json(made))["files"][0]["findings"][0]["row"] == words
    assert len(as_github(made).split("\n")) == 2
    assert re.match(r"docs/loans\.toml:1: error XS03 ", as_text(made))


def test_the_page_of_the_rules_is_up_to_date() -> None:
    """Write it again with: dbcharter explain --all > docs/rules.md"""
    kept = Path(__file__).parents[2] / "docs" / "rules.md"
    assert kept.read_text(encoding="utf-8") == page()
