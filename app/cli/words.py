"""The words that are understood at every prompt, and the moves that they make.

A backslash before a word makes it an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from app.cli.output import say
from app.cli.prompter import Prompter
from app.document.text import normalise

Thing = TypeVar("Thing")

WORDS: Mapping[str, str] = {
    "back": "go back: to the cell, the part or the question before",
    "skip": "leave the rest as it is and go on",
    "why": "why this is asked",
    "example": "a good and a weak answer",
    "na": "mark as not applicable, with a reason",
    "defer": "put off, with an owner and a date",
    "note": "keep a note beside the question",
    "clear": "take a mark back, or else remove the cell, the part or the answer",
    "edit": "write the answer in $EDITOR",
    "quit": "stop; everything said is kept",
    "help": "these words",
}


class Move(Exception):  # noqa: N818 - a move of the author, not an error
    """The author goes somewhere else."""


class Back(Move):
    """Go to what was asked before."""


class Skip(Move):
    """Leave the rest as it is and go on."""


class Settled(Move):
    """Leave the question, about which something else was said than an answer."""


class Quit(Move):
    """Leave the conversation."""


def ask_line(
    prompter: Prompter,
    obey: Callable[[str], object],
    label: str,
    completions: Sequence[str] = (),
    default: str = "",
    exactly: bool = False,
) -> str:
    """One line that is an answer; `obey` gets each word, and the line is asked for again when it returns.

    A word may stand behind the `default`, which some prompters put into the line. `exactly` understands
    words in lower case only, for lines of a longer text.
    """
    while True:
        text, removed = normalise(prompter.ask(label, completions, default))
        if removed:
            say(f"  removed: {', '.join(removed)}")
        said = text.strip()
        word = "" if said == default.strip() else said.removeprefix(default.strip()).strip()
        word = word if exactly else word.casefold()
        if word not in WORDS:
            return text.replace("\\", "", 1) if word.startswith("\\") and word[1:] in WORDS else text
        obey(word)


def walk(
    things: Sequence[Thing],
    ask: Callable[[Thing], object],
    applies: Callable[[Thing], bool] = lambda _: True,
    start: int = 0,
) -> None:
    """Ask about one thing after the other, from `start` on; `Back` leads to the one before that applies.

    Raises Back when there is none before.
    """
    at = start
    while at < len(things):
        if applies(things[at]):
            try:
                ask(things[at])
            except Back:
                before = [place for place in range(at) if applies(things[place])]
                if not before:
                    raise
                at = before[-1]
                continue
        at += 1


def numbered(text: str, names: Sequence[str]) -> str:
    """The name that a number of the list means; any other text as it is."""
    number = number_in(text, len(names))
    return names[number - 1] if number else text


def number_in(text: str, count: int) -> int:
    """Which of the `count` things of a list, from 1, a text means by its number; 0 for none."""
    word = text.strip()
    number = int(word) if word.isdecimal() and len(word) < 10 else 0
    return number if number <= count else 0


def show_words(words: Mapping[str, str], enter: str) -> None:
    """Print the words that are understood, and what the Enter key alone means."""
    for name, meaning in {**words, "Enter": enter}.items():
        say(f"  {name:8} {meaning}")
