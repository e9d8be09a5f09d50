"""What stands in a conflict, and the operations that settle it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from app.bank.model import Bank, Column, Question
from app.document.answers import Answers, Conflict, Value
from app.document.operations import Resolve, Side
from app.document.typed import parse_text
from screens.naming import titles_of
from screens.plain import plain
from screens.values import value_lines

PARTS = {"status": "state", "notes": "note", "profile": "profile", "waivers": "waiver"}
"""What else than an answer a conflict may be about, by the first word of its place."""


def place_words(bank: Bank, conflict: Conflict) -> str:
    """Where a conflict stands, in the words that the screens use."""
    first, _, rest = conflict.question.partition(".")
    part = PARTS.get(first, "") if conflict.question not in bank.questions else ""
    question = bank.questions.get(rest if part else conflict.question)
    name = f"{question.number} {question.title}" if question else rest or conflict.question
    words = [f"{part} of {name}" if part and question else name]
    if conflict.row is not None:
        words.append(conflict.row)
    if conflict.column and question:
        words.append(titles_of(question).get(conflict.column, conflict.column))
    elif conflict.row is not None and question:
        words.append("the whole row")
    return " › ".join(words)


def side_lines(bank: Bank, conflict: Conflict, value: Value | None) -> list[str]:
    """One side of a conflict."""
    return value_lines(
        bank, conflict.question, value, row=conflict.row is not None, column=conflict.column or ""
    )


def compared(lines: Sequence[str], others: Sequence[str], style: str) -> Text:
    """A side, its lines that the other side has not marked."""
    text = Text()
    known = set(others)
    for line in lines:
        new = line not in known
        text.append("› " if new else "  ", style=style)
        text.append_text(plain(line, "bold" if new else "")).append("\n")
    return text


def thing_of(bank: Bank, conflict: Conflict) -> Question | Column | None:
    """The question or column in whose type a single value stands there; None for other texts."""
    question = bank.questions.get(conflict.question)
    if question is None or not conflict.column:
        return question
    return question.column_by_id.get(conflict.column)


def is_single(bank: Bank, conflict: Conflict) -> bool:
    """Whether the conflict is about one value, which can be written in its place."""
    question = bank.questions.get(conflict.question)
    if question is None:
        return conflict.question.startswith(("notes.", "profile."))
    if conflict.column:
        return True
    return not question.has_rows and question.kind != "sentence" and conflict.row is None


def text_of(conflict: Conflict) -> str:
    """My side of a single value as text to edit; a list has one item on a line."""
    value = conflict.ours if conflict.ours is not None else conflict.theirs
    if isinstance(value, tuple):
        return "\n".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def written(bank: Bank, conflict: Conflict, text: str) -> Value | None:
    """The value that a text means there, or the text: wrong input is kept."""
    if not text.strip():
        return None
    thing = thing_of(bank, conflict)
    if thing is None:
        return text.strip()
    try:
        return parse_text(thing, bank.options_of(thing), text)
    except ValueError:
        return text.strip()


def settling(answers: Answers, conflict: Conflict, take: Side, value: Value | None = None) -> Resolve:
    """The operation that settles a conflict."""
    there = [other for other in answers.conflicts if other.address == conflict.address]
    return Resolve(
        question=conflict.question,
        row=conflict.row,
        column=conflict.column,
        nth=next(n for n, other in enumerate(there) if other is conflict),
        take=take,
        value=value,
    )
