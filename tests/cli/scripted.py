"""A prompter that types what a test says."""

from __future__ import annotations

from collections.abc import Sequence

STOP = "\x03"
"""Typed as a line: Ctrl-C."""


class Scripted:
    """Types one line after the other; Ctrl-D behind the last one. `asked` has the labels, with defaults."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.asked: list[str] = []

    def ask(self, label: str, completions: Sequence[str] = (), default: str = "") -> str:
        del completions
        self.asked.append(f"{label.strip()} [{default}]" if default else label.strip())
        if not self.lines:
            raise EOFError
        line = self.lines.pop(0)
        if line == STOP:
            raise KeyboardInterrupt
        return line or default
