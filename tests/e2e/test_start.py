"""How the program is started: by make, and line by line without naming a document."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.terminal import PROGRAM, Terminal

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """A machine of its own, whatever make the tests were started by."""
    return {**os.environ, "DBCHARTER_STATE_DIR": str(tmp_path / "state"), "MAKEFLAGS": "", "MAKELEVEL": ""}


@pytest.fixture
def folder(tmp_path: Path, environment: Mapping[str, str]) -> Path:
    """A folder with two documents."""
    for name, title in (("loans.toml", "Loans"), ("seats.toml", "Seats")):
        words = ["new", name, "--title", title, "--type", "add_column", "--risk", "low"]
        subprocess.run([PROGRAM, *words], cwd=tmp_path, env=environment, check=True, stdin=subprocess.DEVNULL)
    return tmp_path


def made(folder: Path) -> str:
    """The folder of an environment that make takes for one that it has made."""
    binaries = folder / "made" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "dbcharter").symlink_to(PROGRAM)
    (folder / "made" / ".installed").touch()
    return f"VENV={folder / 'made'}"


def make(environment: Mapping[str, str], *words: str) -> str:
    done = subprocess.run(
        ["make", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_make_run_passes_words_on_to_the_program(tmp_path: Path, environment: Mapping[str, str]) -> None:
    shown = make(environment, "run", made(tmp_path), "ARGS=explain CP01")
    assert shown.startswith("CP01 section-required-missing\n")


def test_make_run_opens_the_screens(tmp_path: Path, environment: Mapping[str, str]) -> None:
    program = Path(shutil.which("make") or "make")
    terminal = Terminal(["run", made(tmp_path)], ROOT, environment=environment, program=program)
    terminal.wait_for("dbcharter")
    terminal.wait_for("new")
    assert b"\x1b[?1049h" in terminal.raw
    terminal.type("\x11")
    assert terminal.finish() == 0


def test_make_installs_before_it_runs_where_nothing_is_installed(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    told = make(environment, "--dry-run", "run", f"VENV={tmp_path / 'fresh'}").splitlines()
    steps = ("-m venv", "--upgrade 'pip", "--editable . --group test", "touch", "bin/dbcharter")
    assert [step for line, step in zip(told, steps, strict=True) if step in line] == list(steps)


@pytest.mark.parametrize("answer", ["2", "seats.toml"])
def test_the_plain_start_offers_the_documents_of_the_folder(
    answer: str, folder: Path, environment: Mapping[str, str]
) -> None:
    terminal = Terminal(["--plain"], folder, size=(100, 40), environment=environment)
    shown = terminal.wait_for(r"Number to go on with, or new: *$")
    assert "1) loans.toml" in shown
    assert "2) seats.toml" in shown
    terminal.line("3")
    terminal.wait_for("'3' is none of them")
    terminal.line(answer)
    terminal.wait_for(r"── 1 of \d+ ──")
    terminal.wait_for(r": *$")
    terminal.line("quit")
    assert terminal.finish() == 0
    assert "seats.toml" in terminal.text()
    assert "loans.toml" not in terminal.text().rpartition("go on with, or new")[2]


def test_without_a_terminal_the_start_is_plain(folder: Path, environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        [PROGRAM], cwd=folder, env=environment, input="1\nquit\n", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert "1) loans.toml" in done.stdout
    assert "See it: dbcharter render loans.toml" in done.stdout
    assert "\x1b" not in done.stdout
