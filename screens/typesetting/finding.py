"""Finding words in a document that has been set in lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct
from rich.cells import cell_len
from rich.style import Style
from textual.strip import Strip


class Match(Struct, frozen=True):
    """Where words were found. `spans` are lines with the columns from and to which they stand there."""

    spans: tuple[tuple[int, int, int], ...]

    @property
    def line(self) -> int:
        return self.spans[0][0]


def matches(texts: Sequence[str], query: str) -> list[Match]:
    """Every place of `query`, upper and lower case alike; its words may stand on lines that follow."""
    words = query.split()
    if not words:
        return []
    pattern = re.compile(r"\s+(?:[│•]\s)?".join(map(re.escape, words)), re.IGNORECASE)
    starts = [0, *accumulate(len(text) + 1 for text in texts)]
    whole = "\n".join(texts)
    return [Match(tuple(_spans(texts, starts, *found.span()))) for found in pattern.finditer(whole)]


def _spans(texts: Sequence[str], starts: list[int], begin: int, end: int) -> list[tuple[int, int, int]]:
    found = []
    line = bisect_right(starts, begin) - 1
    while line < len(texts) and starts[line] < end:
        text = texts[line]
        first, last = max(begin - starts[line], 0), min(end - starts[line], len(text))
        first += len(text[first:last]) - len(text[first:last].lstrip())
        if first < last:
            found.append((line, cell_len(text[:first]), cell_len(text[:last])))
        line += 1
    return found


def marked(strip: Strip, begin: int, end: int, style: Style) -> Strip:
    """The strip with its columns from `begin` to `end` in another style."""
    length = strip.cell_length
    begin, end = min(begin, length), min(end, length)
    if begin >= end:
        return strip
    middle = Strip([type(s)(s.text, (s.style or Style()) + style) for s in strip.crop(begin, end)])
    return Strip.join([strip.crop(0, begin), middle, strip.crop(end, length)])
