"""Whether words that somebody wrote still stand after what others did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.document.answers import Value
from app.document.changes import Change
from app.document.text_runs import alike, alike_at_the_end


def words_of(change: Change) -> frozenset[str]:
    """The lines that a change wrote."""
    return frozenset(lines_of(change.new) - lines_of(change.old))


def lines_of(value: Value | None) -> set[str]:
    """All lines of all texts in a value that say something."""
    if isinstance(value, str):
        return {line for line in value.split("\n") if line.strip()}
    items: Iterable[Value] = ()
    if isinstance(value, Mapping):
        items = value.values()
    elif isinstance(value, tuple):
        items = value
    return {line for item in items for line in lines_of(item)}


def stands_in(line: str, lines: Iterable[str]) -> bool:
    """Whether one of the lines is `line`, or became of it by something that was put in at one place."""
    return any(_grew(line, other) for other in lines)


def _grew(before: str, after: str) -> bool:
    start = alike(before, after, min(len(before), len(after)))
    return start + alike_at_the_end(before, after, min(len(before), len(after)) - start) >= len(before)
