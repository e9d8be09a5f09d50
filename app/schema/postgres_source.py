"""One PostgreSQL statement: its text, and spans of the parts that the parser points at."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter

from app import patterns
from app.schema.model import Span
from app.schema.positions import Lines, characters_of
from app.schema.split import quoted_ends

_BRACKET = patterns.compile(r"[(),]")


class Source:
    """Turns the parser's byte offsets into spans of characters relative to the statement."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = Lines(text)
        self._characters = characters_of(text)
        self._ends: list[tuple[int, int]] | None = None

    @property
    def whole(self) -> Span:
        return self._lines.span(0, len(self.text))

    def character(self, byte_offset: int) -> int:
        return self._characters(byte_offset)

    def element(self, byte_offset: int) -> Span:
        """From an offset to the end of the element of the list in which it stands."""
        start = self._characters(byte_offset)
        return self._lines.span(start, self._element_end(start))

    def _element_end(self, start: int) -> int:
        """The comma or bracket that ends the element, or the end of the statement."""
        if self._ends is None:
            self._ends = _element_ends(self.text)
        following = bisect_right(self._ends, start, key=itemgetter(0))
        depth_here = self._ends[following - 1][1] if following else 0
        end = next(
            (
                at
                for at, depth in self._ends[following:]
                if depth < depth_here or _is_comma(self.text, at, depth, depth_here)
            ),
            len(self.text),
        )
        return start + len(self.text[start:end].rstrip())


def _is_comma(text: str, at: int, depth: int, wanted: int) -> bool:
    return depth == wanted and text[at] == ","


def _element_ends(text: str) -> list[tuple[int, int]]:
    """Every bracket and comma outside quotes, with the depth that holds after it."""
    marks: list[tuple[int, int]] = []
    hidden = iter([*quoted_ends(text, "postgresql"), (len(text), len(text))])
    start, end = next(hidden)
    depth = 0
    for match in _BRACKET.finditer(text):
        at = match.start()
        while at >= end and start < len(text):
            start, end = next(hidden)
        if start <= at < end:
            continue
        depth += {"(": 1, ")": -1, ",": 0}[match[0]]
        marks.append((at, depth))
    return marks
