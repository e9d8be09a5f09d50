"""The elements of a statement that sqlglot read: spans by their place in the list."""

from __future__ import annotations

import re

from app import patterns
from app.schema.model import Span
from app.schema.positions import Lines
from app.schema.split import quoted_ends

_MARK = patterns.compile(r"[(),]")
_LEADING = patterns.compile(r"(?:\s+|--[^\n]*\n|\#[^\n]*\n|/\*.*?\*/)+", re.DOTALL)


class Elements:
    """The comma-separated elements of a statement, either those in its first brackets or those outside.

    sqlglot gives no positions for constraints, but it keeps their order.
    """

    def __init__(self, sql: str, lexis: str) -> None:
        self.sql = sql
        self._lines = Lines(sql)
        self._marks = _marks(sql, lexis)

    @property
    def whole(self) -> Span:
        return self._lines.span(0, len(self.sql))

    def in_brackets(self) -> list[Span]:
        """Spans of all elements in the first brackets."""
        commas, closing = self._first_brackets()
        return self._spans(commas, closing, len(commas))

    def inside(self, count: int) -> list[Span]:
        """Spans of the elements in the first brackets; the whole for each when they are not `count`."""
        commas, closing = self._first_brackets()
        return self._spans(commas, closing, count)

    def _first_brackets(self) -> tuple[list[int], int]:
        """What stands before each element in the first brackets, and where these close."""
        opening = next((at for at, depth, mark in self._marks if mark == "(" and depth == 1), None)
        if opening is None:
            return [], 0
        closing = next((at for at, depth, _ in self._marks if depth == 0 and at > opening), len(self.sql))
        commas = [
            at for at, depth, mark in self._marks if mark == "," and depth == 1 and opening < at < closing
        ]
        return [opening, *commas], closing

    def outside(self, count: int) -> list[Span]:
        """Spans of the elements that commas outside brackets part."""
        commas = [at for at, depth, mark in self._marks if mark == "," and depth == 0]
        return self._spans([-1, *commas], len(self.sql), count)

    def _spans(self, befores: list[int], end: int, count: int) -> list[Span]:
        if len(befores) != count:
            return [self.whole] * count
        spans = []
        for before, after in zip(befores, [*befores[1:], end], strict=True):
            space = _LEADING.match(self.sql, before + 1, after)
            start = space.end() if space else before + 1
            spans.append(self._lines.span(start, start + len(self.sql[start:after].rstrip())))
        return spans


def _marks(sql: str, lexis: str) -> list[tuple[int, int, str]]:
    """Every bracket and comma outside quotes: where, the depth after it, and which."""
    marks, depth, position = [], 0, 0
    for start, end in [*quoted_ends(sql, lexis), (len(sql), len(sql))]:
        for match in _MARK.finditer(sql, position, start):
            depth += {"(": 1, ")": -1, ",": 0}[match[0]]
            marks.append((match.start(), depth, match[0]))
        position = end
    return marks
