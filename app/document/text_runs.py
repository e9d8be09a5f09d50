"""What is different between two long texts: the lines in which they differ, and a way to tell them again."""

from __future__ import annotations

from hashlib import blake2b

from msgspec import Struct

LONG = 2_000
"""Characters from which on a text is kept as a run of lines instead of as a whole."""


class TextRun(Struct, frozen=True):
    """The lines from the character `at` on, as they were and as they are."""

    at: int
    old: str
    new: str


def run_between(old: str, new: str) -> TextRun:
    """The whole lines in which two texts differ; empty runs at the end of texts that are the same."""
    start = alike(old, new, min(len(old), len(new)))
    start = old.rfind("\n", 0, start) + 1
    end = alike_at_the_end(old, new, min(len(old), len(new)) - start)
    line_end = new.find("\n", len(new) - end) if end else -1
    end = len(new) - line_end if line_end >= 0 else 0
    return TextRun(start, old[start : len(old) - end], new[start : len(new) - end])


def alike(old: str, new: str, limit: int) -> int:
    """How many of the first `limit` characters are the same; compares in large pieces."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def alike_at_the_end(old: str, new: str, limit: int) -> int:
    """How many of the last `limit` characters are the same."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if old[len(old) - middle : len(old) - low] == new[len(new) - middle : len(new) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def digest(text: str) -> str:
    """A short name of a text that no other text has."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
