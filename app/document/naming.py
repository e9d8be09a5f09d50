"""A name for the file of a new document, made of its title."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import count
from pathlib import Path

MAX_STEM = 50
"""Characters of a name before its number and its ending."""
_UNNAMED = "design"
SUFFIX = ".toml"
_BELONGING = (SUFFIX, ".md", ".review")
"""Endings of what belongs to a document: itself, what is rendered of it, what reviewers said."""
_DEVICE = re.compile(r"con|prn|aux|nul|(com|lpt)\d")
"""Names that Windows keeps for devices, whatever their ending."""
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | dict.fromkeys("'’`", "")
)
"""Letters that do not come apart into one of ASCII and a mark."""
_MARK = re.compile("[\u0300-\u036f]")
_APART = re.compile(r"[^a-z0-9]+")


def file_name(title: str, folder: Path) -> str:
    """`Seat holds that expire` is `seat-holds-that-expire.toml`, with a number where that is taken.

    Lower-case ASCII that every platform takes as a name. A title without such letters gets the name of
    one that has no title.
    """
    taken = _names_in(folder)
    return next(stem + SUFFIX for stem in _stems(title) if not any(stem + end in taken for end in _BELONGING))


def answer_file(name: str) -> Path:
    """The answer file that somebody means by a name: with its ending, `~` for the home folder."""
    path = Path(name if name.endswith(SUFFIX) else name + SUFFIX)
    try:
        return path.expanduser()
    except RuntimeError:  # the home folder of nobody
        return path


def _stems(title: str) -> Iterator[str]:
    stem = _stem(title)
    yield stem
    yield from (f"{stem}-{number}" for number in count(2))


def _stem(title: str) -> str:
    apart = unicodedata.normalize("NFKD", title).casefold().translate(_LETTERS)
    stem = _APART.sub("-", _MARK.sub("", apart)).strip("-")
    if len(stem) > MAX_STEM:
        cut = stem[: MAX_STEM + 1]
        stem = cut[: cut.rfind("-")] if "-" in cut[MAX_STEM // 2 :] else stem[:MAX_STEM]
    if not re.search("[a-z]", stem) or _DEVICE.fullmatch(stem):
        stem = f"{_UNNAMED}-{stem}".rstrip("-")
    return stem


def _names_in(folder: Path) -> frozenset[str]:
    """What is in a folder, as a platform sees it that knows no case."""
    try:
        return frozenset(entry.name.casefold() for entry in folder.iterdir())
    except OSError:
        return frozenset()
