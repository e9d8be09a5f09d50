"""Real processes on loopback: a host with lines, guests of their own, and a host that is killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Empty, Queue

import pytest

from app.bank.load import default_bank
from app.document.operations import Set, SetProfile
from app.document.store import read_document
from app.session import Session
from tests.e2e.terminal import PROGRAM
from tests.pairing.robot import LAST, digest
from tests.pairing.rooms import PAINS, TITLE

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 40


class Process:
    """A program with pipes; a thread takes in its lines."""

    def __init__(self, arguments: Sequence[str], folder: Path) -> None:
        self.child = subprocess.Popen(
            arguments,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        self._lines: Queue[str] = Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.child.stdout is not None
        for line in self.child.stdout:
            self._lines.put(line)

    def line(self, text: str) -> None:
        assert self.child.stdin is not None
        self.child.stdin.write(f"{text}\n")
        self.child.stdin.flush()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Read lines until one fits; returns the match."""
        while True:
            try:
                text = self._lines.get(timeout=PATIENCE)
            except Empty:
                raise AssertionError(f"{pattern!r} did not come; there was:\n{''.join(self.said)}") from None
            self.said.append(text)
            if found := re.search(pattern, text):
                return found

    def finish(self) -> int:
        """Wait for the end; returns the exit code."""
        code = self.child.wait(PATIENCE)
        self._thread.join(PATIENCE)
        return code

    def close(self) -> None:
        self.child.kill()
        self.child.wait()
        self._thread.join(PATIENCE)
        for pipe in (self.child.stdin, self.child.stdout):
            assert pipe is not None
            pipe.close()


class Town:
    """Starts processes over one document, and ends them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "holds.toml"
        first = [SetProfile(change_types=("add_table",), risk="high"), Set(question=TITLE, value="Holds")]
        Session.create(default_bank(), self.file, first).close()
        self._processes: list[Process] = []

    def start(self, *arguments: str) -> Process:
        process = Process(arguments, self.folder)
        self._processes.append(process)
        return process

    def host(self) -> tuple[Process, str]:
        """The host, and its join code."""
        host = self.start(str(PROGRAM), "pair", "host", self.file.name, "--as", "Mika", "--plain")
        return host, host.wait_for(r"pair://\S+\b")[0]

    def guest(self, code: str, name: str, *options: str) -> Process:
        return self.start(str(PROGRAM), "pair", "join", code, "--as", name, "--plain", *options)

    def robot(self, code: str, name: str, section: str) -> Process:
        module = "tests.pairing.robot"
        return self.start(sys.executable, "-m", module, code, name, name, section)

    def close(self) -> None:
        for process in self._processes:
            process.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    found = Town(tmp_path)
    yield found
    found.close()


def test_three_processes_converge_and_the_file_says_the_same(town: Town) -> None:
    host, code = town.host()
    robots = [town.robot(code, "Ada", "problem"), town.robot(code, "Bo", "logical")]
    for _ in robots:
        host.wait_for(r"asks to take part")
        host.line("y")
    for robot in robots:
        robot.wait_for("here")
    host.line("baton Ada problem")
    host.line("baton Bo logical")
    for number in range(20):
        host.line(f"set {PAINS} what the author says, {number}")
    for robot in robots:
        robot.wait_for("done")
    host.line("set control.title undone")
    host.line("undo")
    host.line(f"set {TITLE} {LAST}")
    digests = set()
    for robot in robots:
        digests.add(robot.wait_for(r"^[0-9a-f]{64}$")[0])
        assert robot.finish() == 0
    host.line("end")
    assert host.finish() == 0
    assert digests == {digest(read_document(default_bank(), town.file).answers)}


def test_two_people_work_with_lines_alone(town: Town) -> None:
    host, code = town.host()
    ada = town.guest("", "Ada Obi", "--role", "database", "--keep", "copy.toml")
    ada.wait_for("Join code")
    ada.line(f"dbcharter pair join '{code}'")
    host.wait_for(r"Ada Obi · database asks to take part")
    host.line("admit ada obi")
    ada.wait_for("with Mika")
    ada.line(f"set {PAINS} slow")
    ada.wait_for("only the author changes problem")
    ada.line("ask problem")
    host.wait_for("asks for the baton of problem")
    host.line("baton Ada Obi problem")
    ada.wait_for("Ada Obi · database may change it")
    ada.line(f"set {PAINS} Queues are slow")
    host.wait_for(rf"@ Ada Obi: set {re.escape(PAINS)}")
    ada.line("comment control.title Whose holds?")
    host.wait_for(r"@ Ada Obi: thread ada-obi-1 on control.title: Whose holds\?")
    host.line("reply ada-obi-1 Those of the night shift.")
    ada.wait_for(r"@ Mika: reply mika-1")
    ada.line("suggest control.title Night holds")
    host.wait_for("suggestion ada-obi-2")
    ada.line("approve control")
    host.wait_for("verdict ada-obi-3 on control")
    ada.line("go logical.grain")
    host.wait_for(r"> Ada Obi · database: logical.grain")
    host.line("take problem")
    ada.wait_for("the author alone")
    host.line("set control.title Seats")
    ada.wait_for("@ Mika: set control.title")
    host.line("remove Ada Obi")
    ada.wait_for("has removed you")
    assert ada.finish() == 0
    assert "Seats" in (town.folder / "copy.toml").read_text()
    host.line("end")
    host.wait_for("everything that was said is saved")
    assert host.finish() == 0
    assert "Queues are slow" in town.file.read_text()
    assert "Those of the night shift." in (town.folder / "holds.review" / "mika.toml").read_text()


def test_a_host_that_is_killed_loses_nothing_that_a_guest_was_told_is_taken(town: Town) -> None:
    host, code = town.host()
    ada = town.guest(code, "Ada")
    host.wait_for("asks to take part")
    host.line("y")
    host.wait_for("is here")
    host.line("baton Ada problem")
    ada.wait_for("may change it")
    for number in range(30):
        ada.line(f"set {PAINS} said {number}")
    ada.line("comment control.title The last thing said.")
    ada.wait_for("thread ada-1")
    host.child.send_signal(signal.SIGKILL)
    host.finish()
    ada.wait_for("trying again")
    with Session.open(default_bank(), town.file) as session:
        assert session.answers.values[PAINS] == "said 29"
        assert session.history[-1].who == "Ada"
    assert "The last thing said." in (town.folder / "holds.review" / "ada.toml").read_text()
    ada.line(f"set {PAINS} said while nobody hears")
    ada.line("quit")
    ada.wait_for("said while nobody hears")
    assert ada.finish() == 1


def test_the_end_of_input_ends_the_session_and_saves(town: Town) -> None:
    host, _ = town.host()
    host.line(f"set {PAINS} said at last")
    assert host.child.stdin is not None
    host.child.stdin.close()
    assert host.finish() == 0
    assert "said at last" in town.file.read_text()


def test_a_broken_join_code_is_said(town: Town) -> None:
    ada = town.guest("pair://127.0.0.1:1#short", "Ada")
    ada.wait_for("not a join code")
    assert ada.finish() == 2
