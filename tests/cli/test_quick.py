"""What is understood without the command line library means what the library makes of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cyclopts import CycloptsError
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli import commands, quick
from app.cli.main import main
from app.cli.registry import app

ROOT = Path(__file__).resolve().parents[2]
WORDS = [
    "a.toml", "b c.toml", "./x", "json", "never", "true", "text", "2026-03-31", "", "-", "--", "-o", "a=b",
    "-x", "--help", "-h", "--version", "check", "--format", "--format=json", "--format=", "--format=xml",
    "--fail-on", "--fail-on=never", "--fail_on", "--fail-on=Never", "--today", "--today=2026-03-31",
    "--today=-1", "--skip-others", "--skip-others=true", "--no-skip-others", "--require-approvals",
    "--select", "--select=XS", "--ignore", "--min-readiness", "--since", "--output", "--bank", "--bank=.",
    "--formats", "--=x", "=", "é",
]  # fmt: skip


def as_the_library_says(words: list[str]) -> tuple[str, dict[str, Any]] | None:
    """The function that the library would call and its arguments; None for a mistake."""
    try:
        function, bound, _ = app.parse_args(words, exit_on_error=False, print_error=False)
    except CycloptsError:
        return None
    return function.__name__, dict(bound.arguments)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_a_check_means_the_same_as_to_the_library(words: list[str]) -> None:
    found = quick.check_options(words)
    if found is None:
        return
    files, options = found
    said = {"files": tuple(files), **options}
    if "format" in said:
        said["format_"] = said.pop("format")
    assert as_the_library_says(["check", *words]) == ("check_", said)


@pytest.mark.parametrize(
    "words",
    [
        ["a.toml"],
        ["a.toml", "b.toml", "--fail-on", "never"],
        ["--format=sarif", "a.toml", "--skip-others", "--today", "2026-03-31"],
    ],
)
def test_what_runs_most_is_understood(words: list[str]) -> None:
    assert quick.command(["check", *words]) is not None


@pytest.mark.parametrize(
    "words",
    [
        ["--help"], ["-h"], ["--version"], ["check"], ["check", "--help"], ["check", "a.toml", "--help"],
        ["check", "a.toml", "--since", "b.toml"], ["check", "a.toml", "--format", "xml"],
        ["--plain", "a.toml"], ["check", "a.toml", "--fail-on"], ["check", "a.toml", "--bank", "b"],
        ["show", "a.toml"], ["a.txt"], ["check", "--skip-others", "--skip-others", "a.toml"],
        ["a.toml", "b.toml"], ["-a.toml"], ["chekc"],
    ],
)  # fmt: skip
def test_everything_else_is_left_to_the_library(words: list[str]) -> None:
    assert quick.command(words) is None


@pytest.mark.parametrize("words", [[], ["a.toml"], ["some folder/a.toml"]])
def test_an_answer_file_alone_starts_the_interview(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path | None] = []
    monkeypatch.setattr("app.cli.full_screen.offers_plain", lambda: False)
    monkeypatch.setattr("app.cli.full_screen.open_screens", lambda _bank, file: opened.append(file) or 0)
    assert main(words) == 0
    said = as_the_library_says(words)
    assert said is not None
    assert (said[0], opened) == ("start", [said[1].get("file")])


def test_a_mistake_is_told_by_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "a.toml", "--fail-on", "nevr"]) == 2
    assert '"nevr"' in capsys.readouterr().err


def test_all_commands_are_registered_when_the_library_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run_command(["--help"]) == 0
    shown = capsys.readouterr().out
    for name in ("check", "render", "ask", "set", "undo", "bank", "review", "explain"):
        assert f"  {name} " in shown or f" {name} " in shown


def test_a_check_loads_nothing_that_it_does_not_need() -> None:
    """Of a document for PostgreSQL, whose parser is the only one that is asked."""
    script = (
        "import sys; from app.cli.main import main;"
        "main(['check', 'examples/meter-readings.toml', '--fail-on', 'never']);"
        "unneeded = {'cyclopts', 'pydantic', 'jinja2', 'textual', 'questionary', 'sqlglot', 'platformdirs',"
        " 'websockets', 'asyncio', 'app.session', 'app.document.operations'};"
        "print(sorted(unneeded & set(sys.modules)))"
    )
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for _ in range(2):  # the first may have had to load the bank from its files
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True
        )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


@pytest.mark.parametrize(("words", "code"), [(["good.toml"], 0), (["bad.toml"], 1), (["none.toml"], 2)])
def test_a_check_ends_with_its_code_and_all_of_its_report(
    words: list[str], code: int, tmp_path: Path
) -> None:
    """Also into a pipe, which Python fills in blocks, though the process ends without cleaning up."""
    text = (ROOT / "examples" / "parcel-instructions.toml").read_text(encoding="utf-8")
    (tmp_path / "good.toml").write_text(text, encoding="utf-8")
    bad = text.replace("\ngoals = [\n", '\ngoals = [\n    "TBD",\n')
    assert bad != text
    (tmp_path / "bad.toml").write_text(bad, encoding="utf-8")
    command = [sys.executable, "-c", "from app.cli.main import run; run()"]
    asked = ["check", *words, "--format", "json", "--today", "2026-11-24"]
    done = subprocess.run([*command, *asked], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    assert [file["file"] for file in json.loads(done.stdout)["files"]] == words


def test_a_reader_that_goes_away_is_no_defect(tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples" / "meter-readings.toml", tmp_path / "a.toml")
    script = "from app.cli.main import run; run(['check', 'a.toml', '--format', 'json'])"
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert "defect" not in process.stderr.read()
