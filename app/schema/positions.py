"""Offsets into SQL text: lines and columns, and the characters that a parser's byte offsets mean."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from app.schema.model import Span


class Lines:
    """The line starts of a text, to say where an offset stands."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        position = text.find("\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = text.find("\n", position + 1)

    def span(self, start: int, end: int) -> Span:
        """The span from `start` to `end`, offsets in characters."""
        line = bisect_right(self._starts, start)
        return Span(start, end, line, start - self._starts[line - 1] + 1)


def characters_of(text: str) -> Callable[[int], int]:
    """A function from offsets in the UTF-8 bytes of `text` to offsets in its characters."""
    if text.isascii():
        return lambda offset: min(max(offset, 0), len(text))
    starts = list(accumulate((len(c.encode("utf-8", "surrogatepass")) for c in text), initial=0))
    return lambda offset: max(bisect_right(starts, offset) - 1, 0) if offset <= starts[-1] else len(text)
