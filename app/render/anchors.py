"""Names of places in a rendered document: ASCII, unique, and the same as long as the place is."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

from app.bank.model import Bank, Column, Question
from app.document.answers import Answers, Row
from app.document.values import row_address, row_addresses

_OTHER = re.compile(r"[^a-z0-9]+")


def section_anchor(number: str) -> str:
    """The anchor of a section or subsection number."""
    return f"section-{number.replace('.', '-')}"


def slug(text: str) -> str:
    """A name of lower-case letters, digits and single hyphens; of a digest when `text` has none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = _OTHER.sub("-", plain).strip("-")[:60].rstrip("-")
    return name or hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def unique(name: str, taken: set[str]) -> str:
    """`name`, or `name-2`, `name-3` … when it is taken; adds what it returns to `taken`."""
    chosen, count = name, 1
    while chosen in taken:
        count += 1
        chosen = f"{name}-{count}"
    taken.add(chosen)
    return chosen


class RowAnchors:
    """The anchors of all rows that are rendered, and where references lead.

    `questions` are the ids of the tables and records in the document.
    """

    def __init__(self, bank: Bank, answers: Answers, questions: frozenset[str]) -> None:
        self._bank = bank
        self._answers = answers
        self._questions = questions
        self._names: dict[str, list[str]] = {}
        self._targets: dict[str, dict[str, list[tuple[Row, str]]]] = {}

    def of(self, question_id: str) -> list[str]:
        """One anchor for each row; "" for a row without a key."""
        if question_id not in self._questions:
            return []
        if question_id not in self._names:
            question = self._bank.questions[question_id]
            names = _row_names(question_id, question, self._answers) if question.has_rows else []
            self._names[question_id] = names
        return self._names[question_id]

    def target(self, column: Column, text: str, row: Row) -> str:
        """The anchor of the row that a cell of `row` refers to, or "" when there is none.

        Where several rows bear the name, the one that agrees with `row` in the other key columns.
        """
        if not column.refers_to:
            return ""
        question_id, _, _ = column.refers_to.rpartition(".")
        if question_id not in self._questions:
            return ""
        others = [key for key in self._bank.questions[question_id].key_columns if key in row]
        for candidate, name in self._index(column.refers_to).get(_folded(text), ()):
            if all(_folded(candidate.get(key)) == _folded(row[key]) for key in others if key != column.id):
                return name
        return ""

    def _index(self, place: str) -> Mapping[str, list[tuple[Row, str]]]:
        if place not in self._targets:
            question_id, _, column_id = place.rpartition(".")
            index: dict[str, list[tuple[Row, str]]] = {}
            names = self.of(question_id)
            for row, name in zip(self._answers.rows(question_id), names, strict=True):
                if name:
                    index.setdefault(_folded(row.get(column_id)), []).append((row, name))
            self._targets[place] = index
        return self._targets[place]


def _row_names(question_id: str, question: Question, answers: Answers) -> list[str]:
    rows = answers.rows(question_id)
    base = question_id.replace(".", "-")
    taken: set[str] = set()
    return [
        unique(f"{base}--{slug(address)}", taken) if row_address(question, row) else ""
        for row, address in zip(rows, row_addresses(question, rows), strict=True)
    ]


def _folded(value: object) -> str:
    return " ".join(str(value).split()).casefold() if isinstance(value, str) else ""
