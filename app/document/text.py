"""Normalise text where it enters: from a file, a paste, a prompt or the network."""

from __future__ import annotations

import re
import unicodedata

_REMOVED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f"  # C0 without tab and newline, DEL
    "\x80-\x9f"  # C1
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"  # bidirectional marks, embeddings, overrides, isolates
    "\u2028\u2029"  # line and paragraph separators, which terminals and editors count differently
    "\ud800-\udfff]"  # lone surrogates
)


def normalise(text: str) -> tuple[str, list[str]]:
    """`text` with LF line ends and without control characters, and the names of what was removed."""
    if text.isascii() and text.isprintable():
        return text, []
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    removed = [name_of(c) for c in dict.fromkeys(_REMOVED.findall(text))]
    return (_REMOVED.sub("", text) if removed else text), removed


def clean(text: str) -> str:
    """`text` as `normalise` leaves it, for where nobody is told of the removal."""
    return normalise(text)[0]


def name_of(character: str) -> str:
    """A printable name of a character, such as `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    name = unicodedata.name(character, "control character")
    return f"U+{ord(character):04X} {name}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 question`, `2 questions`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def one_line(text: str, limit: int = 80) -> str:
    """`text` on one line, at most `limit` characters, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
