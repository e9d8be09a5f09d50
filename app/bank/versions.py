"""Versions of a bank: how they compare, and whether what they moved can be found again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.bank.model import Bank, Moved
from app.problems import Problem, nearest


def version_key(text: str) -> tuple[int, ...]:
    """A version as numbers, to compare; () when it is not one."""
    return tuple(map(int, text.split("."))) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})*", text) else ()


def version_problems(bank: Bank) -> Iterator[tuple[str, tuple[str | int, ...], Problem]]:
    """What is wrong with `since` and `[[moved]]`: section id, path inside its file, problem."""
    for section in bank.sections:
        for position, question in enumerate(section.questions):
            if question.since and version_key(question.since) > version_key(bank.version):
                message = f"is new in {question.since}; this bank is {bank.version}"
                where = f"{section.id}.{question.id}"
                yield section.id, ("question", position, "since"), Problem(message, where=where)
    sources = [moved.from_ for moved in bank.file.moved]
    for position, moved in enumerate(bank.file.moved):
        for key, message, hint in _moved_problems(bank, moved):
            yield "", ("moved", position, key), Problem(message, where=moved.from_, hint=hint)
        if moved.from_ in sources[:position]:
            yield "", ("moved", position, "from"), Problem("is moved twice", where=moved.from_)


def _moved_problems(bank: Bank, moved: Moved) -> Iterator[tuple[str, str, str]]:
    """Key, message and hint for each thing that is wrong with one move."""
    known = list(_parts(bank))
    later = [other.from_ for other in bank.file.moved if version_key(other.since) > version_key(moved.since)]
    if version_key(moved.since) > version_key(bank.version):
        yield "since", f"moves in {moved.since}; this bank is {bank.version}", ""
    if moved.from_ in known:
        yield "from", "is still there; an id that moved is not used again", ""
    if moved.from_.count(".") != moved.to.count("."):
        yield "to", "a question moves to a question, and a column to a column", ""
    elif moved.to not in known and moved.to not in later:
        yield "to", f"moves to the unknown {moved.to!r}", nearest(moved.to, known)
    else:
        yield from _column_problems(bank, moved)


def _parts(bank: Bank) -> Iterator[str]:
    for question_id, question in bank.questions.items():
        yield question_id
        yield from (f"{question_id}.{column.id}" for column in question.columns)
        yield from (f"{question_id}.{slot.id}" for slot in question.slots)


def _column_problems(bank: Bank, moved: Moved) -> Iterator[tuple[str, str, str]]:
    source_id, target_id = (part.rpartition(".")[0] for part in (moved.from_, moved.to))
    source, target = bank.questions.get(source_id), bank.questions.get(target_id)
    if source is None or target is None or source is target:
        return
    if source.has_rows != target.has_rows:
        yield "to", f"{target_id} and {source_id} are not both tables", ""
    elif not set(target.key_columns) <= set(source.column_by_id):
        keys = ", ".join(target.key_columns)
        yield "to", f"{source_id} lacks the key of {target_id} ({keys}), so its rows cannot be found", ""
