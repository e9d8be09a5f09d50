"""A long text in parts, so that an edit makes work for the part that it is in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from app.document.text_runs import alike, alike_at_the_end

LEAST = 4_000
"""Characters that a part holds at the least, the last one aside."""


class Parts:
    """Cuts one text again and again, while it is edited, into parts that end where a line ends.

    A part that an edit leaves alone is the same string as before, so that what was found in it is found
    again by one look into a cache.
    """

    def __init__(self) -> None:
        self._text = ""
        self._parts: tuple[str, ...] = ()

    def of(self, text: str) -> tuple[str, ...]:
        """The parts of `text`, which joined are the text."""
        if text is not self._text:
            self._parts = self._cut(text)
            self._text = text
        return self._parts

    def _cut(self, text: str) -> tuple[str, ...]:
        old = self._text
        limit = min(len(old), len(text))
        front = alike(old, text, limit)
        behind = alike_at_the_end(old, text, limit - front)
        ends = list(accumulate(map(len, self._parts), initial=0))
        # What touches the edit is cut anew: whether a line ends there is for the new text to say.
        first = max(bisect_left(ends, front) - 1, 0)
        last = min(bisect_left(ends, len(old) - behind + 1), len(self._parts))
        until = len(text) - (ends[-1] - ends[last])
        return (*self._parts[:first], *_cut_anew(text[ends[first] : until]), *self._parts[last:])


def _cut_anew(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        line_end = text.find("\n", start + LEAST - 1)
        end = line_end + 1 if line_end >= 0 else len(text)
        yield text[start:end]
        start = end
