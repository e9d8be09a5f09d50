"""`check` and `explain` as a person, a hook or a build server runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

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
    line = line_of(folder / "bad.toml", "goals = [")
    found = [text for text in shown.splitlines() if " CP03 " in text]
    assert len(found) == 1
    assert re.match(rf"bad\.toml:({line}|{line + 1}): error CP03 problem\.goals: .+", found[0])
    assert "next: problem.goals (+" in shown


def test_many_files_are_checked_and_one_bad_one_fails_all(folder: Path) -> None:
    shown = run(folder, "check", "good.toml", "bad.toml", *DAY, code=1)
    assert shown.count(": readiness ") == 2


def test_a_file_that_cannot_be_read_ends_with_2_and_the_others_are_checked(folder: Path) -> None:
    (folder / "broken.toml").write_text("format = 1\n[bank\n", encoding="utf-8")
    shown = run(folder, "check", "gone.toml", "broken.toml", "good.toml", *DAY, code=2)
    assert "gone.toml: could not be checked: no such file" in shown
    assert "broken.toml:2: not TOML" in shown
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
        (("good.toml", "--min-readiness", "101"), "between 0 and 100"),
        (("good.toml", "--today", "soon"), "write it as 2026-03-31"),
        (("good.toml", "--since", "gone.toml"), "no such file"),
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
    run(folder, "check", "bad.toml", "--since", "base.json", *DAY)


def test_a_waiver_passes_until_the_day_it_expires(folder: Path) -> None:
    waiver = (
        '\n[[waivers]]\ncode = "CP03"\ntarget = "problem.goals"\nreason = "The pilot decides."\n'
        'owner = "Ines Duarte"\nexpires = 2026-12-01\n'
    )
    path = folder / "bad.toml"
    path.write_text(path.read_text(encoding="utf-8") + waiver, encoding="utf-8")
    shown = run(folder, "check", "bad.toml", "--today", "2026-12-01", "--select", "CP03")
    assert "1 waived" in shown
    run(folder, "check", "bad.toml", "--today", "2026-12-02", "--select", "CP03", code=1)


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


def test_explain_shows_a_rule_by_code_or_name(tmp_path: Path) -> None:
    by_code = run(tmp_path, "explain", "xs03")
    assert by_code == run(tmp_path, "explain", "invariant-without-enforcement")
    for title in ("What", "Why", "Example", "Fix", "Known problems"):
        assert f"\n{title}\n" in by_code


def test_explain_knows_the_nearest_rule_and_lists_them_all(tmp_path: Path) -> None:
    assert "did you mean 'XS03'?" in run(tmp_path, "explain", "XS003", code=2)
    assert "did you mean 'bare-not-applicable'?" in run(tmp_path, "explain", "bare-not-aplicable", code=2)
    listed = run(tmp_path, "explain")
    assert re.search(r"^CP03 +A +placeholder-left +\S", listed, re.MULTILINE)
    assert run(tmp_path, "explain", "--all").startswith("# Rules\n")


def test_status_shows_readiness_beside_progress_and_the_next_steps(folder: Path) -> None:
    shown = run(folder, "status", "bad.toml")
    assert re.search(r"42 of 42 required questions answered\nreadiness \d\d %: \d+ of 20 met", shown)
    assert "Next best steps:\n  +" in shown
    data = json.loads(run(folder, "status", "bad.toml", "--json"))
    assert 0 < data["readiness"] < 1
    assert sum(data["counts"].values()) == 20
    assert data["next_steps"][0]["question"] == "problem.goals"


# hooks and build servers


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Ines", "-c", "user.email=ines@example.com", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def _repository(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    _git(folder, "init", "--quiet")
    return folder


def _commit(folder: Path) -> str:
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", "x")
    return _git(folder, "rev-parse", "HEAD")


def test_the_hook_runs_in_a_repository_of_somebody_else(folder: Path, tmp_path_factory: Any) -> None:
    """pre-commit clones the hook's repository, installs it by itself, and checks what is committed."""
    source = _repository(tmp_path_factory.mktemp("source"))
    for name in ("app", "screens", "question_banks", "output_templates"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, source / name)
    revision = _commit(source)
    place = _repository(folder)
    (place / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    config = {"repos": [{"repo": str(source), "rev": revision, "hooks": [{"id": "dbcharter"}]}]}
    (place / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    _git(place, "add", "--all")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit"))}

    def hook(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "run", *arguments]
        return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)

    failed = hook()
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert re.search(r"^bad\.toml:\d+: error CP03 problem\.goals: ", failed.stdout, re.MULTILINE)
    assert "pyproject" not in failed.stdout
    _git(place, "rm", "--quiet", "--force", "bad.toml")
    passed = hook("--verbose")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "good.toml: readiness" in passed.stdout


PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def _shell(folder: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def designs(folder: Path) -> Path:
    """A repository whose main branch holds a good document and one with a finding."""
    place = _repository(folder / "repository")
    (place / "docs" / "designs").mkdir(parents=True)
    for name in ("good.toml", "bad.toml"):
        shutil.copy(folder / name, place / "docs" / "designs" / name)
    _commit(place)
    return place


def test_the_loop_for_pull_requests_lets_old_findings_pass_and_new_ones_not(designs: Path) -> None:
    (script,) = [block for block in _blocks("sh") if "git diff" in block]
    _git(designs, "checkout", "--quiet", "-b", "change")
    bad, good = (designs / "docs" / "designs" / name for name in ("bad.toml", "good.toml"))
    bad.write_text("# reviewed\n" + bad.read_text(encoding="utf-8"), encoding="utf-8")
    _commit(designs)
    environment = {"BASE": "main", "TMPDIR": str(designs.parent)}
    old = _shell(designs, script, **environment)
    assert old.returncode == 0, old.stdout + old.stderr
    shutil.copy(bad, good)
    _commit(designs)
    new = _shell(designs, script, **environment)
    assert new.returncode == 1, new.stdout + new.stderr
    assert re.search(r"^::error file=docs/designs/good\.toml,line=\d+,title=CP03 ", new.stdout, re.MULTILINE)


def test_the_steps_for_github_run_and_the_gate_holds(designs: Path) -> None:
    (workflow,) = [data for data in map(yaml.safe_load, _blocks("yaml")) if "jobs" in data]
    steps: Mapping[str, str] = {
        step["name"]: step["run"] for step in workflow["jobs"]["check"]["steps"] if "run" in step
    }
    assert list(steps) == ["install", "annotations", "report", "gate"]
    annotated = _shell(designs, steps["annotations"])
    assert annotated.returncode == 0, annotated.stderr
    assert "::error file=docs/designs/bad.toml," in annotated.stdout
    assert _shell(designs, steps["report"]).returncode == 0
    assert json.loads((designs / "dbcharter.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert _shell(designs, steps["gate"]).returncode == 1


def test_the_other_commands_of_the_page_run(designs: Path) -> None:
    (junit,) = [block for block in _blocks("sh") if "junit" in block]
    (baseline,) = [block for block in _blocks("sh") if "--since baseline.json" in block]
    assert _shell(designs, junit).returncode == 1
    assert ElementTree.parse(designs / "dbcharter.xml").getroot().tag == "testsuites"
    done = _shell(designs, baseline)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_option_of_the_page_exists(tmp_path: Path) -> None:
    shown = run(tmp_path, "check", "--help")
    assert all(option in shown for option in set(re.findall(r"`(--[a-z-]+)", PAGE)))
