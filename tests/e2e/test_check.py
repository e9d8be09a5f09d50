"""`check` and `explain` as a person, a hook or a build server runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.e2e.terminal import PROGRAM

ROOT = Path(__file__).resolve().parents[2]
GOOD = ROOT / "examples" / "parcel-instructions.toml"
DAY = ("--today", "2026-11-24")


def run(folder: Path, *arguments: str, code: int = 0, **environment: str) -> str:
    """Standard output, or standard error where there is no output, of dbcharter in `folder`."""
    done = subprocess.run(
        [PROGRAM, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done.stdout or done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a good document and one in which a placeholder was left."""
    shutil.copy(GOOD, tmp_path / "good.toml")
    text = GOOD.read_text(encoding="utf-8")
    bad = re.sub(r"(?ms)^goals = \[.*?^\]$", 'goals = [\n    "TBD",\n]', text)
    assert bad != text
    (tmp_path / "bad.toml").write_text(bad, encoding="utf-8")
    return tmp_path


def line_of(path: Path, text: str) -> int:
    return path.read_text(encoding="utf-8").splitlines().index(text) + 1


def test_a_good_document_passes_with_its_readiness(folder: Path) -> None:
    shown = run(folder, "check", "good.toml", *DAY)
    assert re.search(r"^good\.toml: readiness \d+ %: \d+ of 20 met", shown, re.MULTILINE)
    assert re.search(r"0 errors.*; 42 of 42 required questions answered", shown)


def test_a_finding_is_one_line_with_the_line_of_the_file_and_fails_the_check(folder: Path) -> None:
    shown = run(folder, "check", "bad.toml", *DAY, code=1)
    line = line_of(folder / "bad.toml", '    "TBD",')
    found = [text for text in shown.splitlines() if " CP03 " in text]
    assert len(found) == 1
    assert re.match(rf"bad\.toml:{line}: error CP03 problem\.goals: .+", found[0])
    assert re.search(r"next: problem\.goals \((up to )?\+", shown)


def test_many_files_are_checked_and_one_bad_one_fails_all(folder: Path) -> None:
    shown = run(folder, "check", "good.toml", "bad.toml", *DAY, code=1)
    assert shown.count(": readiness ") == 2


def test_a_file_that_cannot_be_read_ends_with_2_and_the_others_are_checked(folder: Path) -> None:
    (folder / "broken.toml").write_text("format = 1\n[bank\n", encoding="utf-8")
    shown = run(folder, "check", "gone.toml", "broken.toml", "good.toml", *DAY, code=2)
    assert "gone.toml: could not be checked: no such file" in shown
    assert "broken.toml:2: could not be checked: not TOML" in shown
    assert "good.toml: readiness" in shown


def test_what_fails_is_chosen(folder: Path) -> None:
    run(folder, "check", "bad.toml", "--fail-on", "never", *DAY)
    run(folder, "check", "bad.toml", "--ignore", "CP03", *DAY, code=0)
    run(folder, "check", "bad.toml", "--ignore", "CP", *DAY, code=0)
    run(folder, "check", "bad.toml", "--select", "XS,MG", "--select", "DR", *DAY, code=0)
    shown = run(folder, "check", "bad.toml", "--select", "cp03", *DAY, code=1)
    assert set(re.findall(r"^bad\.toml:\d+: \w+ (\w+)", shown, re.MULTILINE)) == {"CP03"}
    run(folder, "check", "good.toml", "--min-readiness", "1", *DAY)
    run(folder, "check", "bad.toml", "--fail-on", "never", "--min-readiness", "100", *DAY, code=1)


def test_what_is_listed_does_not_change_the_readiness(folder: Path) -> None:
    def readiness(*arguments: str) -> object:
        shown = run(folder, "check", "bad.toml", *arguments, "--fail-on", "never", "--format", "json", *DAY)
        return json.loads(shown)["files"][0]["readiness"]

    assert readiness() == readiness("--ignore", "CP") == readiness("--select", "XS")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "dbcharter check FILE"),
        (("good.toml", "--select", "XS3"), "did you mean"),
        (("good.toml", "--ignore", "nonsense"), "dbcharter explain"),
        (("bad.toml", "--select", ""), "names no rule"),
        (("bad.toml", "--select", "XS", "--ignore", ","), "names no rule"),
        (("good.toml", "--min-readiness", "101"), "between 0 and 100"),
        (("good.toml", "--today", "soon"), "write it as 2026-03-31"),
        (("good.toml", "--since", "gone.toml"), "--since git:main"),
        (("good.toml", "--since", "git:main"), "is not in a repository"),
        (("good.toml", "bad.toml", "--since", "good.toml"), "JSON report"),
        (("good.toml", "--format", "xml"), "dbcharter"),
    ],
)
def test_options_that_do_not_fit_end_with_2(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    assert says in run(folder, "check", *arguments, code=2)


def test_only_what_is_new_since_an_earlier_version_counts(folder: Path) -> None:
    run(folder, "check", "bad.toml", "--since", "bad.toml", *DAY)
    shown = run(folder, "check", "bad.toml", "--since", "good.toml", *DAY, code=1)
    assert "lower because CP03 at problem.goals" in shown
    run(folder, "check", "bad.toml", "good.toml", "--format", "json", "-o", "base.json", *DAY, code=1)
    run(folder, "check", "bad.toml", "good.toml", "--since", "base.json", *DAY)
    text = (folder / "bad.toml").read_text(encoding="utf-8")
    (folder / "bad.toml").write_text("# a comment\n" * 5 + text, encoding="utf-8")
    run(folder, "check", "./bad.toml", "--since", "base.json", *DAY)
    (folder / "bad.toml").rename(folder / "new.toml")
    shown = run(folder, "check", "new.toml", "--since", "base.json", *DAY, code=1)
    assert "the baseline does not know this file" in shown


def test_what_is_wrong_with_the_file_itself_is_known_from_an_earlier_version(folder: Path) -> None:
    path = folder / "good.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n[nonsense]\nx = 1\n", encoding="utf-8")
    fails = ("--fail-on", "warning", "--select", "FILE")
    run(folder, "check", "good.toml", *fails, *DAY, code=1)
    run(folder, "check", "good.toml", "--since", "good.toml", *fails, *DAY)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('id = "database-design"', 'id = "acme-design"', "written for the bank 'acme-design'"),
        ("format = 1", "format = 99", "this dbcharter knows format 1"),
    ],
)
def test_a_file_of_another_bank_or_program_never_passes(folder: Path, old: str, new: str, says: str) -> None:
    path = folder / "good.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    for arguments in ((), ("--ignore", "FILE"), ("--fail-on", "never"), ("--since", "good.toml")):
        assert says in run(folder, "check", "good.toml", *arguments, *DAY, code=1)


def test_a_waiver_passes_until_the_day_it_expires(folder: Path) -> None:
    waiver = (
        '\n[[waivers]]\ncode = "CP03"\ntarget = "problem.goals"\nreason = "The pilot decides."\n'
        'owner = "Ines Duarte"\nexpires = 2026-12-01\n'
    )
    path = folder / "bad.toml"
    path.write_text(path.read_text(encoding="utf-8") + waiver, encoding="utf-8")
    shown = run(folder, "check", "bad.toml", "--today", "2026-12-01", "--select", "CP03")
    assert "1 waived" in shown
    assert "waived: CP03 at problem.goals by Ines Duarte until 2026-12-01: The pilot decides." in shown
    late = ("--today", "2026-12-02")
    expired = run(folder, "check", "bad.toml", *late, "--select", "CP03,CP12", code=1)
    assert "the waiver of CP03 at problem.goals expired on 2026-12-01" in expired
    run(folder, "check", "bad.toml", *late, "--select", "CP03", "--since", "bad.toml", code=1)
    run(folder, "check", "bad.toml", *DAY, "--format", "json", "-o", "base.json")
    run(folder, "check", "bad.toml", *late, "--select", "CP03", "--since", "base.json", code=1)


def test_what_the_bank_does_not_know_and_open_conflicts_are_reported_with_their_line(folder: Path) -> None:
    path = folder / "good.toml"
    text = path.read_text(encoding="utf-8")
    more = '\n[[conflicts]]\nquestion = "control.owner"\nours = "Ines Duarte"\ntheirs = "Jon Berg"\n'
    path.write_text(text + "\n[nonsense]\nx = 1\n" + more, encoding="utf-8")
    shown = run(folder, "check", "good.toml", *DAY, code=1)
    assert f"good.toml:{line_of(path, '[nonsense]')}: warning FILE nonsense: is not a section" in shown
    assert f"good.toml:{line_of(path, '[[conflicts]]')}: error FILE control.owner: was changed" in shown
    assert " FILE " not in run(folder, "check", "good.toml", "--ignore", "FILE", *DAY)


def test_files_that_are_no_answer_files_are_left_out_when_asked(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    shown = run(folder, "check", "--skip-others", "pyproject.toml", "good.toml", *DAY)
    assert "pyproject" not in shown
    run(folder, "check", "--skip-others", "pyproject.toml", *DAY)
    run(folder, "check", "pyproject.toml", *DAY, code=1)


@pytest.mark.parametrize("form", ["json", "sarif", "github", "junit", "text"])
def test_every_format_says_the_same_and_goes_to_a_file(folder: Path, form: str) -> None:
    shown = run(folder, "check", "bad.toml", "--format", form, *DAY, code=1)
    assert "CP03" in shown
    assert run(folder, "check", "bad.toml", "--format", form, "-o", "out", *DAY, code=1) == ""
    assert (folder / "out").read_text(encoding="utf-8") == shown
    if form in ("json", "sarif"):
        json.loads(shown)
    if form == "junit":
        ElementTree.fromstring(shown)


def test_a_report_replaces_nothing_that_is_checked(folder: Path) -> None:
    text = (folder / "good.toml").read_text(encoding="utf-8")
    other = folder / "other.ddl"
    other.write_text("CREATE TABLE t (id int);\n", encoding="utf-8")
    (folder / "good.toml").write_text(
        text.replace("[physical]\n", '[physical]\nexisting_ddl_files = ["other.ddl"]\n', 1), encoding="utf-8"
    )
    for name in ("good.toml", "bad.toml", "other.ddl", "new.toml"):
        path = folder / name
        before = path.read_bytes() if path.exists() else None
        told = run(folder, "check", "bad.toml", "good.toml", "--format", "json", "-o", name, *DAY, code=2)
        assert f"{name}: not written: " in told
        assert (path.read_bytes() if path.exists() else None) == before


def test_an_earlier_report_is_replaced_by_the_next_one(folder: Path) -> None:
    """That is how a baseline is kept up to date."""
    for since in ((), ("--since", "report.json")):
        run(folder, "check", "good.toml", "--format", "json", "-o", "report.json", *since, *DAY)
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["files"]


def test_checking_writes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    run(folder, "check", "bad.toml", "good.toml", *DAY, code=1)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_escape_sequences_in_a_file_do_not_reach_the_terminal(folder: Path) -> None:
    path = folder / "bad.toml"
    text = path.read_text(encoding="utf-8").replace('"TBD"', r'"TBD \u001b]0;b\u0007 \u009bx"')
    path.write_text(text, encoding="utf-8")
    for form in ("text", "github", "json", "sarif", "junit"):
        shown = run(folder, "check", "bad.toml", "--format", form, *DAY, code=1)
        assert "\x1b" not in shown
        assert "\x9b" not in shown


def test_neither_screens_nor_parsers_are_loaded_for_a_document_without_sql(folder: Path) -> None:
    run(folder, "new", "plain.toml", "--title", "Loans", "--type", "add_table", "--risk", "high")
    script = (
        "import sys; from app.cli.main import main; main(['check', 'plain.toml', '--fail-on', 'never']);"
        "unneeded = {'textual', 'questionary', 'sqlglot', 'postgast', 'websockets', 'app.session'};"
        "print(sorted(unneeded & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_statements_that_were_checked_before_need_no_parser(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "")
    monkeypatch.setenv("DBCHARTER_STATE_DIR", str(folder / "state"))
    script = (
        "import sys, app.cli.main as main; main._leave = sys.exit\n"
        "try: main.run(['check', 'good.toml'])\n"
        "except SystemExit: print(sorted({'sqlglot', 'postgast'} & set(sys.modules)))"
    )
    last = []
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True)
        last.append(done.stdout.splitlines()[-1])
    assert last == ["['sqlglot']", "[]"]


def test_the_same_document_gives_the_same_report_at_every_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = 'version = "web 1"\nold_schema = "no"\nexpanded_schema = "no"\ncontracted_schema = "no"\n'
    path = folder / "bad.toml"
    text = path.read_text(encoding="utf-8")
    before = re.sub(r"(?ms)^\[\[migration\.compatibility\]\]\n.*?(?=^\[|\Z)", "", text)
    path.write_text(f"{before}\n[[migration.compatibility]]\n{row}", encoding="utf-8")
    reports = set()
    for seed in "1234":
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        reports.add(run(folder, "check", "bad.toml", "--format", "json", *DAY, code=1))
    (report,) = reports
    assert report.count("no version runs on") == 3


def test_explain_shows_a_rule_by_code_or_name(tmp_path: Path) -> None:
    by_code = run(tmp_path, "explain", "xs03")
    assert by_code == run(tmp_path, "explain", "invariant-without-enforcement")
    for title in ("What", "Why", "Example", "Fix", "Known problems"):
        assert f"\n{title}\n" in by_code


def test_explain_knows_the_nearest_rule_and_lists_them_all(tmp_path: Path) -> None:
    assert "did you mean 'XS03'?" in run(tmp_path, "explain", "XS003", code=1)
    assert "did you mean 'bare-not-applicable'?" in run(tmp_path, "explain", "bare-not-aplicable", code=1)
    assert set(re.findall(r"^([A-Z]{2})\d\d ", run(tmp_path, "explain", "xs"), re.MULTILINE)) == {"XS"}
    assert "FILE is no rule" in run(tmp_path, "explain", "file")
    listed = run(tmp_path, "explain")
    assert re.search(r"^CP03 +A +placeholder-left +\S", listed, re.MULTILINE)
    assert run(tmp_path, "explain", "--all").startswith("# Rules\n")


def test_status_shows_readiness_beside_progress_and_the_next_steps(folder: Path) -> None:
    shown = run(folder, "status", "bad.toml")
    assert re.search(r"42 of 42 required questions answered\nreadiness \d\d %: \d+ of 20 met", shown)
    assert re.search(r"Next best steps:\n  (up to )?\+\d", shown)
    data = json.loads(run(folder, "status", "bad.toml", "--json"))
    assert 0 < data["readiness"] < 1
    assert sum(data["counts"].values()) == 20
    assert data["next_steps"][0]["question"] == "problem.goals"
    assert isinstance(data["next_steps"][0]["at_most"], bool)


def test_checklist_shows_every_item_of_the_review_with_its_state(folder: Path) -> None:
    shown = run(folder, "checklist", "bad.toml")
    data = json.loads(run(folder, "checklist", "bad.toml", "--json"))
    kinds = {"checklist": 20, "smells": 6, "cross_checks": 10, "failure_paths": 7}
    assert {kind: len(data[kind]) for kind in kinds} == kinds
    for item in (item for kind in kinds for item in data[kind]):
        assert re.search(rf"^  \S {item['id']} ", shown, re.MULTILINE)
    said = " ".join(shown.split())
    assert re.search(r"CHK02 goals and non-goals are explicit: partly, \d+ % rests on ", said)
    assert "· error CP03 problem.goals: " in said
