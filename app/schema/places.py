"""Where statements stand in a text that is being edited.

A schema that is read again after every edit says its positions within statements, so that whatever did not
change stays the same object although text before it grew. Such a position is one number, the rank of the
statement and the place in it: positions of one text compare as they follow each other. `Places` turns them
into lines and offsets of the text at the end, where somebody is told.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from operator import attrgetter
from typing import Protocol

from app import patterns

_SHIFT = 32
_INSIDE = (1 << _SHIFT) - 1
_OPEN, _CLOSE = "\x02", "\x03"
_TOLD = patterns.compile(f"{_OPEN}(-?\\d+){_CLOSE}")
"""A line within a message: control characters cannot stand in what a person wrote."""


class Line(int):
    """The number of a line within a statement; put into a text, it stands there until `told` replaces it."""

    def __format__(self, spec: str) -> str:
        return self.__str__()

    def __str__(self) -> str:
        return f"{_OPEN}{int(self)}{_CLOSE}"


class Unit(Protocol):
    """A stretch of the text: a statement, or what stands between two."""

    @property
    def rank(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def breaks(self) -> int: ...


def base(rank: int) -> int:
    """The position at which the statement of this rank begins."""
    return rank << _SHIFT


def rank_of(position: int) -> int:
    """The rank of the statement that a position is in; 0 for a position in the text as a whole."""
    return position >> _SHIFT


def has_lines(text: str) -> bool:
    """Whether lines within statements stand in a message."""
    return _OPEN in text


class Places:
    """The places of the statements of one text, and before it of the text that gives the context.

    Units of the context have negative ranks.
    """

    def __init__(self, units: Sequence[Unit] = (), context: Sequence[Unit] = ()) -> None:
        self.units = units
        self._context = context

    def in_context(self, position: int) -> bool:
        """Whether a position is in the text that gives the context."""
        return position < 0

    def offset(self, position: int) -> int:
        """The offset, in characters, in the text or in the context."""
        rank = rank_of(position)
        return position if rank == 0 else self._start(rank)[0] + (position & _INSIDE)

    def line(self, position: int) -> int:
        """The number of the line, from 1, in the text or in the context."""
        rank = rank_of(position)
        return int(position) if rank == 0 else self._start(rank)[1] + (position & _INSIDE)

    def cut(self, start: int, end: int) -> str:
        """The text between two positions in one statement."""
        units, ranks, _, _ = self._table(rank_of(start))
        return units[bisect_left(ranks, rank_of(start))].text[start & _INSIDE : end & _INSIDE]

    def told(self, message: str, words: _Words) -> str:
        """A message with lines as `words` says them."""
        return _TOLD.sub(lambda match: words(int(match[1])), message) if has_lines(message) else message

    def _start(self, rank: int) -> tuple[int, int]:
        """The offset of a statement, and the lines before it."""
        _, ranks, starts, lines = self._table(rank)
        at = bisect_left(ranks, rank)
        return starts[at], lines[at]

    def _table(self, rank: int) -> tuple[Sequence[Unit], list[int], list[int], list[int]]:
        return self._before if rank < 0 else self._own

    @cached_property
    def _own(self) -> tuple[Sequence[Unit], list[int], list[int], list[int]]:
        return _laid_out(self.units)

    @cached_property
    def _before(self) -> tuple[Sequence[Unit], list[int], list[int], list[int]]:
        return _laid_out(self._context)


class _Words(Protocol):
    def __call__(self, position: int, /) -> str: ...


def _laid_out(units: Sequence[Unit]) -> tuple[Sequence[Unit], list[int], list[int], list[int]]:
    ranks = list(map(attrgetter("rank"), units))
    starts = list(accumulate(map(attrgetter("size"), units), initial=0))
    lines = list(accumulate(map(attrgetter("breaks"), units), initial=0))
    return units, ranks, starts, lines
