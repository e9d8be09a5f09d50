"""Names of people as files and as parts of ids; where the records about a document are."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from app.problems import DocumentError

FOLDER_SUFFIX = ".review"
MAX_SLUG = 60
_APART = re.compile(r"[\W_]+")
_REMARK = re.compile(r"\([^()]*\)")


def slug_of(name: str) -> str:
    """A name for files and ids: `Ana Costa (Payments)` is `ana-costa`; "" for a name without a letter."""
    folded = unicodedata.normalize("NFKC", _REMARK.sub(" ", name)).casefold()
    plain = unicodedata.normalize("NFKC", folded)
    return _APART.sub("-", plain).strip("-")[:MAX_SLUG].strip("-")


def is_same_person(left: str, right: str) -> bool:
    """Whether two names mean one person: case, punctuation and remarks in brackets aside."""
    return bool(slug_of(left)) and slug_of(left) == slug_of(right)


def review_folder(document: Path) -> Path:
    """`payments.review` beside `payments.toml`."""
    return document.with_suffix(FOLDER_SUFFIX)


def person_file(folder: Path, person: str) -> Path:
    """The file that belongs to one person. Raises DocumentError for a name without a letter or digit."""
    slug = slug_of(person)
    if not slug:
        raise DocumentError(f"{person!r} is not a name that a file could carry", "say who you are: --as NAME")
    return folder / f"{slug}.toml"
