"""The real program on real files, killed at any moment.

`DBCHARTER_CRASHES` sets how often the editing program is killed (12).
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.codec import decode
from app.document.machine import USER_VARIABLE
from app.session import Session
from tests.e2e import crash_driver
from tests.e2e.terminal import PROGRAM

CRASHES = int(os.environ.get("DBCHARTER_CRASHES", "12"))
BANK = default_bank()


class Editor:
    """Another process that edits, and what it has said so far."""

    def __init__(self, path: Path, number: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, crash_driver.__file__, str(path), str(number)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.output = self.process.stdout
        self.first = self.output.readline()
        self.acknowledged = number
        self.started: dict[int, int] = {}
        self.slowest = 0

    def read(self, lines: int) -> None:
        for _ in range(lines):
            self._take(self.output.readline())

    def kill(self) -> None:
        """Kill it wherever it is, and read what it had said until then."""
        self.process.kill()
        for line in self.output:
            self._take(line)
        self.process.wait()
        self.output.close()

    def _take(self, line: str) -> None:
        word, number, at = line.split()
        if word == "start":
            self.started[int(number)] = int(at)
        else:
            self.acknowledged = int(number)
            self.slowest = max(self.slowest, int(at) - self.started[int(number)])


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(USER_VARIABLE, "Somebody")
    path = tmp_path / "holds.toml"
    Session.create(BANK, path).close()
    return path


def test_nothing_acknowledged_is_lost_when_the_program_is_killed(
    path: Path, record_property: pytest.RecordProperty
) -> None:
    """The time of the slowest acknowledgement is reported; it bounds what can be lost."""
    rng = random.Random(len(path.parts))
    number, slowest, recovered = 0, 0, 0
    for _ in range(CRASHES):
        editor = Editor(path, number)
        assert editor.first == "open to write\n"
        editor.read(rng.randrange(1, 120))
        editor.kill()
        decode(BANK, path.read_text(encoding="utf-8"))
        with Session.open(BANK, path) as session:
            title = session.answers.values.get("control.title", "0")
            rows = session.answers.rows("logical.grain")
            recovered += len(session.recovered)
            assert int(str(title)) in (editor.acknowledged, editor.acknowledged + 1)
        assert not rows or int(str(rows[-1]["entity"])) in (int(str(title)), int(str(title)) - 1)
        number, slowest = int(str(title)), max(slowest, editor.slowest)
    assert number > CRASHES
    assert recovered
    assert sorted(found.name for found in path.parent.iterdir()) == [".dbcharter", "holds.toml"]
    record_property("slowest acknowledgement in ms", slowest / 1e6)
    print(f"slowest acknowledgement {slowest / 1e6:.1f} ms (budget 50 ms) in {number} edits")


def test_nothing_acknowledged_is_lost_when_a_command_is_killed(path: Path) -> None:
    """The program that people run, from its first import to its last breath."""
    rng = random.Random(7)
    acknowledged, killed, whole = 0, 0, 0
    for number in range(1, CRASHES + 1):
        command = [PROGRAM, "set", path, "control.title", f"{number}"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            said = process.communicate(timeout=rng.random() * 1.5)[0]
            whole += 1
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[0]
            killed += 1
        if "control.title: set" in said:
            acknowledged = number
        decode(BANK, path.read_text(encoding="utf-8"))
        with Session.open(BANK, path) as session:
            title = int(str(session.answers.values.get("control.title", "0")))
        assert title in (acknowledged, number)
        acknowledged = title
    assert killed + whole == CRASHES
    assert acknowledged or not whole


def test_the_command_line_does_not_write_a_document_that_is_open_elsewhere(path: Path) -> None:
    editor = Editor(path, 0)
    done = subprocess.run(
        [PROGRAM, "set", path, "control.owner", "Ana"], capture_output=True, text=True, check=False
    )
    reading = subprocess.run([PROGRAM, "show", path, "control.owner"], capture_output=True, check=False)
    with Session.open(BANK, path) as session:
        refusal = session.read_only_reason
    editor.kill()
    assert done.returncode == 2
    assert f"open for writing elsewhere: process {editor.process.pid}" in done.stderr
    assert f"process {editor.process.pid}" in refusal
    assert reading.returncode == 0
    with Session.open(BANK, path) as session:
        assert session.read_only_reason == ""
        assert "control.owner" not in session.answers.values


def cli(path: Path, *arguments: str, code: int = 0, stdin: str = "", **environment: str) -> str:
    done = subprocess.run(
        [PROGRAM, *arguments],
        cwd=path.parent,
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, "DBCHARTER_USER": "Ana", **environment},
    )
    assert done.returncode == code, done
    return done.stdout + done.stderr


def test_the_next_command_names_what_it_recovered(path: Path) -> None:
    editor = Editor(path, 0)
    while len(editor.started) < 9:
        editor.read(1)
    editor.kill()
    with Session.open(BANK, path) as session:
        count = len(session.recovered)
    shown = cli(path, "set", "holds.toml", "control.owner", "Ana")
    assert count
    assert f"Recovered {count} change" in shown
    assert "  set control.title" in shown
    assert "Recovered" not in cli(path, "set", "holds.toml", "control.owner", "Ben")


def test_log_undo_and_redo_on_the_command_line(path: Path) -> None:
    cli(path, "set", "holds.toml", "control.owner", "Ana \x1b]0;x\x07 [b]")
    cli(path, "add", "holds.toml", "logical.grain", "entity=hold", "grain=one hold")
    assert "undo: added a row to logical.grain\nundo: set control.owner" in cli(
        path, "undo", "holds.toml", "2"
    )
    assert "control.owner" not in decode(BANK, path.read_text()).answers.values
    assert "nothing to undo" in cli(path, "undo", "holds.toml", code=1)
    assert "redo: set control.owner" in cli(path, "redo", "holds.toml")
    assert "owner = " in path.read_text()
    shown = cli(path, "log", "holds.toml")
    assert "\x1b" not in shown
    assert shown.count(" UTC  Ana  ") == 5
    assert cli(path, "log", "holds.toml", "-n", "1").count(" UTC ") == 1
    assert '"kind": "redo"' in cli(path, "log", "holds.toml", "--json")
    assert "no such file" in cli(path, "log", "other.toml", code=2)


def test_resume_goes_on_where_the_interview_was_left(path: Path, tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    assert "nothing to resume" in cli(path, "resume", code=1, DBCHARTER_STATE_DIR=state)
    cli(path, "set", "holds.toml", "profile.change_types", "add_table")
    first = cli(path, "ask", "holds.toml", "logical.grain", stdin="quit\n", DBCHARTER_STATE_DIR=state)
    assert "logical.grain" in first
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    offered = cli(elsewhere / "x", stdin="", DBCHARTER_STATE_DIR=state)
    assert f"1) {path}" in offered
    assert "at 6.1 Entity Grain" in offered
    again = cli(path, "resume", stdin="quit\n", DBCHARTER_STATE_DIR=state)
    assert f"{path}  at 6.1 Entity Grain" in again
    assert "1 of" in again.split("logical.grain")[0]
    path.unlink()
    assert "nothing to resume" in cli(path, "resume", code=1, DBCHARTER_STATE_DIR=state)
