"""The documents a person worked on, newest first, with the place where each was left.

A convenience kept in the state folder: it can be lost or damaged without harm, and nothing here fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from app.document.files import DISK
from app.document.places import state_root, write_state
from app.document.store import read_text
from app.problems import DocumentError

LIMIT = 50
"""How many documents are remembered."""

_MAX_BYTES = 1_000_000


class Recent(Struct, frozen=True):
    """A document, the question at which it was left, required questions answered and in all, and when.

    `path` is absolute; `at` is ISO 8601 in UTC. `readiness` is in whole percent, None where nobody knew it.
    """

    path: str
    question: str
    done: int
    required: int
    at: str
    readiness: int | None = None

    @property
    def is_there(self) -> bool:
        try:
            return Path(self.path).is_file()
        except (OSError, ValueError):  # a name that no file can have
            return False


def recent_documents() -> list[Recent]:
    """What is remembered, newest first; nothing when the list is not there or cannot be read."""
    try:
        said = json.loads(DISK.read_bytes(_file(), _MAX_BYTES))
        found = [_recent(entry) for entry in said["documents"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    return [entry for entry in found if entry is not None][:LIMIT]


def remember(entry: Recent) -> None:
    """Put a document at the head of the list. That it cannot be written is no error."""
    kept = [entry, *(other for other in recent_documents() if other.path != entry.path)]
    _write(kept[:LIMIT])


def answer_files(folder: Path) -> list[Path]:
    """The answer files in a folder, by name; what cannot be read is none."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            head = read_text(path)[:4096]
        except DocumentError:
            continue
        if "format = " in head and "[bank]" in head:
            found.append(path)
    return found


def _recent(said: object) -> Recent | None:
    if not isinstance(said, dict):
        return None
    texts = [said.get(name) for name in ("path", "question", "at")]
    numbers = [said.get(name) for name in ("done", "required")]
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(n, int) for n in numbers):
        return None
    readiness = said.get("readiness")
    known = isinstance(readiness, int) and 0 <= readiness <= 100
    return Recent(
        said["path"],
        said["question"],
        said["done"],
        said["required"],
        said["at"],
        readiness if known else None,
    )


def _write(entries: Iterable[Recent]) -> None:
    data = json.dumps({"format": 1, "documents": [asdict(entry) for entry in entries]}, indent=1)
    write_state(_file(), data.encode())


def _file() -> Path:
    return state_root() / "recent.json"
