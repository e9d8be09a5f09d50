"""Ways to ask one line: questionary in a terminal, plain lines for scripts and dumb terminals."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Protocol

from app.cli.output import emit, say
from app.cli.standard_input import read_line
from app.document.text import clean


class Prompter(Protocol):
    """Asks for one line. Raises KeyboardInterrupt on Ctrl-C, EOFError at the end of input."""

    def ask(self, label: str, completions: Sequence[str] = (), default: str = "") -> str: ...


class LinePrompter:
    """Prints the label and reads a line of standard input."""

    def ask(self, label: str, completions: Sequence[str] = (), default: str = "") -> str:
        del completions
        shown = f"{label} [{default}]" if default else label
        emit(clean(shown) + ": ")
        try:
            answer = read_line()
        except EOFError:
            say()
            raise
        return answer if answer.strip() else default


class QuestionaryPrompter:
    """Asks with editing, history keys and completion."""

    def ask(self, label: str, completions: Sequence[str] = (), default: str = "") -> str:
        import questionary

        shown = f"{clean(label)}:"
        if completions:
            words = list(map(clean, completions))
            question = questionary.autocomplete(
                shown, words, default=clean(default), qmark="", match_middle=True
            )
        else:
            question = questionary.text(shown, default=clean(default), qmark="")
        return str(question.unsafe_ask())


def choose_prompter() -> Prompter:
    """Questionary when both ends are a capable terminal, plain lines otherwise."""
    capable = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
    return QuestionaryPrompter() if capable else LinePrompter()
