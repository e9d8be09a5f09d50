"""A real terminal for tests: a program in a pty, its output on an emulated screen."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pexpect
import pyte

PROGRAM = Path(sys.executable).with_name("dbcharter")
# The pty says how large it is; these two, which test runners set, would win over it.
NO_SIZE = {"COLUMNS": "", "LINES": ""}


class _Screen(pyte.HistoryScreen):
    """A screen that answers the program's questions, such as where the cursor is."""

    child: pexpect.spawn[bytes] | None = None

    def write_process_input(self, data: str) -> None:
        if self.child is not None:
            self.child.send(data)


class Terminal:
    """Runs a program in a pty of a given size."""

    def __init__(
        self,
        arguments: Sequence[str],
        folder: Path,
        *,
        size: tuple[int, int] = (80, 24),
        environment: Mapping[str, str] | None = None,
        program: Path = PROGRAM,
        nohup: bool = False,
    ) -> None:
        """`nohup`: the program is not told when the terminal is closed."""
        columns, rows = size
        self.screen = _Screen(columns, rows, history=5000)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.child = pexpect.spawn(
            str(program),
            list(arguments),
            cwd=str(folder),
            dimensions=(rows, columns),
            env={**os.environ, "TERM": "xterm-256color", **NO_SIZE, **(environment or {})},
            timeout=30,
            ignore_sighup=nohup,
        )
        self.screen.child = self.child

    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait_for(self, pattern: str, seconds: float = 30) -> str:
        """Read output until the screen matches; returns the screen."""
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.text(), re.MULTILINE):
            if not self._read() or time.monotonic() > deadline:
                raise AssertionError(f"{pattern!r} did not appear on:\n{self.text()}")
        return self.text()

    def _read(self, seconds: float = 1) -> bool:
        """Take in some output; False when the program has ended and nothing is left."""
        try:
            data = self.child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.take(data)
        return True

    def take(self, data: bytes) -> None:
        """Show output of the program."""
        self.raw += data
        self.stream.feed(data)

    def drain(self) -> None:
        """Take in what the program has sent so far."""
        with contextlib.suppress(pexpect.TIMEOUT, pexpect.EOF):
            while True:
                self.take(self.child.read_nonblocking(65536, timeout=0))

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal another size; the program is told by the system.

        What the program painted for the old size is taken in first, as it would be on a real screen.
        """
        before = -1
        while before != len(self.raw):
            before = len(self.raw)
            self._read(0.5)
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def type(self, text: str) -> None:
        """Send keys as they are."""
        self.child.send(text)

    def press(self, *keys: str) -> None:
        """Send keys as a person does: each one after the program has shown what the one before did."""
        for key in keys:
            before = len(self.raw)
            self.type(key)
            deadline = time.monotonic() + 5
            while len(self.raw) == before and time.monotonic() < deadline:
                self._read(0.05)
            seen = 0
            while seen != len(self.raw):
                seen = len(self.raw)
                self._read(0.05)

    def line(self, text: str = "") -> None:
        """Send a line and the Enter key."""
        self.child.send(text + "\r")

    def answer(self, text: str) -> None:
        """Send a line and read until the program has moved on to another line."""
        before = self.raw.count(b"\n")
        self.line(text)
        while self.raw.count(b"\n") == before and self._read():
            pass

    def finish(self, seconds: float = 60) -> int:
        """Read to the end and return the exit code."""
        deadline = time.monotonic() + seconds
        while self._read():
            assert time.monotonic() < deadline, f"the program has not ended; it shows:\n{self.text()}"
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -1)

    def kill(self) -> None:
        self.child.kill(9)
        self.child.close()
