"""Noticing that somebody else's change took away words that were written here a moment ago."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic

from app.document.changes import Change
from app.pairing.lost_words import lines_of, stands_in, words_of

RECENT = 60.0
"""Seconds for which what was written here is still looked after."""
TOLD_EVERY = 10.0
"""Seconds until the same question is told of again: two who write into one text need no more."""


class OwnWords:
    """The lines that were written here last, by question."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._words: dict[str, tuple[frozenset[str], float]] = {}
        self._told: dict[str, float] = {}

    def said(self, changes: Iterable[Change]) -> None:
        """Take note of what was written here."""
        for change in changes:
            if change.part == "value":
                self._words[change.question] = words_of(change), self._clock()

    def lost(self, changes: Iterable[Change]) -> list[str]:
        """The questions in which a change by somebody else took such words away, each not too often."""
        now = self._clock()
        found = [change.question for change in changes if change.part == "value" and self._loses(change, now)]
        told = [name for name in found if now - self._told.get(name, -TOLD_EVERY) >= TOLD_EVERY]
        self._told.update(dict.fromkeys(told, now))
        return told

    def _loses(self, change: Change, now: float) -> bool:
        words, at = self._words.get(change.question, (frozenset[str](), 0.0))
        if now - at > RECENT:
            return False
        old, new = lines_of(change.old), lines_of(change.new)
        return any(stands_in(word, old) and not stands_in(word, new) for word in words)
