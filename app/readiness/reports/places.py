"""On which line of an answer file a finding is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.values import row_names
from app.readiness.model import Target
from app.schema.sources import DDL
from app.toml_source import Lines


class Places:
    """Finds lines in the text of one answer file; the text is taken apart when the first is asked for."""

    def __init__(self, bank: Bank, answers: Answers, text: str) -> None:
        self._bank = bank
        self._answers = answers
        self._text = text.replace("\r\n", "\n")
        self._positions: dict[str, dict[str, int]] = {}

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self._text)

    @cached_property
    def _raw(self) -> list[str]:
        return self._text.split("\n")

    def line(self, target: Target) -> int:
        """The line of a target, from 1: of the SQL inside its answer, of its cell, row, item or answer.

        Where nothing is said about a question, the line of its section, or 1.
        """
        if target.question not in self._answers.values and target.question in self._answers.states:
            return self._lines.of(("status", target.question))
        path: list[str | int] = list(target.question.split(".", 1))
        position = self._rows(target.question).get(target.row) if target.row else None
        if position is not None:
            path.append(position)
        if target.column and (position is not None or not target.row):
            path.append(target.column)
        elif target.line and isinstance(self._answers.values.get(target.question), tuple) and not target.row:
            path.append(target.line - 1)
        line = self._lines.of(path)
        return line + self._inside(line, target) if target.line and target.question == DDL else line

    def _rows(self, question_id: str) -> Mapping[str, int]:
        """Positions in the whole list by row address, by item, or of waivers by code and place."""
        if question_id not in self._positions:
            self._positions[question_id] = dict(self._numbered(question_id))
        return self._positions[question_id]

    def _numbered(self, question_id: str) -> Iterable[tuple[str, int]]:
        value = self._answers.values.get(question_id)
        question = self._bank.questions.get(question_id)
        if question_id == "waivers":
            return ((w.address, n) for n, w in enumerate(self._answers.waivers))
        if question is None or not isinstance(value, tuple):
            return ()
        if not question.has_rows:
            return ((item, n) for n, item in enumerate(value) if isinstance(item, str))
        names = zip(row_names(question, value), value, strict=True)
        return ((name, n) for n, (name, row) in enumerate(names) if isinstance(row, Mapping))

    def _inside(self, line: int, target: Target) -> int:
        """How far line `target.line` of a text is below the line where its statement begins.

        0 where the text is not written line by line.
        """
        start = self._raw[line - 1] if line <= len(self._raw) else ""
        _, quotes, first = start.partition("'''" if "'''" in start else '"""')
        if not quotes or quotes in first:
            return 0
        down = target.line - 1 if first else target.line
        # A backslash: the line end is none of the text, nor are blanks behind it.
        if first.strip() == "\\" and quotes == '"""':
            down = target.line + _blank(self._raw[line:])
        below = self._raw[line : line + down]
        return 0 if any(quotes in text or text.endswith("\\") for text in below[:-1]) else down


def _blank(lines: Sequence[str]) -> int:
    """How many lines are blank before the first that is not."""
    return next((n for n, line in enumerate(lines) if line.strip()), len(lines))
