"""What was begun and not brought to its end: the setup of a document is kept for the next time, words for a
mark become a note.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.document.files import DISK
from app.document.places import state_root, write_state
from app.document.text import clean

_MAX_BYTES = 100_000


def keep(bank_id: str, said: Mapping[str, str]) -> bool:
    """Keep what was said about a bank's setup; whether that could be done."""
    text = json.dumps({"bank": bank_id, "said": said}, ensure_ascii=False, indent=1)
    return write_state(_file(), text.encode(errors="replace"))


def kept(bank_id: str) -> dict[str, str]:
    """What was kept for this bank; empty when nothing was, or it cannot be read."""
    try:
        data = json.loads(DISK.read_bytes(_file(), _MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    said = data.get("said") if isinstance(data, dict) and data.get("bank") == bank_id else None
    if not isinstance(said, dict):
        return {}
    return {clean(name): clean(text) for name, text in said.items() if isinstance(text, str)}


def forget() -> None:
    """Keep nothing any more."""
    with contextlib.suppress(OSError):
        _file().unlink()


def with_words(note: str, what: str, words: Iterable[str]) -> str:
    """`note` and, in a line of its own unless it is there, what was said for `what`, such as a deferral."""
    line = f"{what}: " + ", ".join(words)
    return note if f"\n{line}\n" in f"\n{note}\n" else f"{note}\n{line}".lstrip("\n")


def _file() -> Path:
    return state_root() / "unfinished.json"
