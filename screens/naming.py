"""Addresses of answers, such as `authority.source_of_truth[holds].owner`, as a person knows the places."""

from __future__ import annotations

import re

from app.bank.model import Bank, Question

_ADDRESS = re.compile(
    r"(?P<question>[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)"
    r"(?:\[(?P<row>.*?)\](?=\.[a-z]|[\s,;:]|$))?(?:\.(?P<part>[a-z][a-z0-9_]*))?"
)


def named(bank: Bank, words: str) -> str:
    """`words` with the addresses of questions, rows and cells replaced by what those are called."""

    def title(found: re.Match[str]) -> str:
        question = bank.questions.get(found["question"])
        if question is None:
            return found[0]
        part = titles_of(question).get(found["part"], found["part"])
        return ", ".join(filter(None, (f"{question.number} {question.title}", found["row"], part)))

    return _ADDRESS.sub(title, words)


def titles_of(question: Question) -> dict[str, str]:
    """The titles of columns and slots by their ids."""
    slots = {slot.id: slot.title for slot in question.slots}
    return {column.id: column.title for column in question.columns} | slots
