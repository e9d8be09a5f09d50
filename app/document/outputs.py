"""Files that a command was told to write: never in the place of something that somebody else wrote."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import tomli

from app.document.places import state_root
from app.document.store import MAX_BYTES, STATE_FOLDER, write_text
from app.problems import DocumentError

REVIEW_FOLDER = ".review"
"""How the names of folders end that hold what reviewers said."""
_NAMES = {".toml": "answers", ".sql": "statements"}
_SQLITE = b"SQLite format 3\0"


def write_output(path: Path, text: str, inputs: Iterable[Path] = ()) -> None:
    """Write `text` to `path` as `store.write_text` does; into it where it is a device or a pipe.

    Raises DocumentError where it fails, and where `why_not_written` says why.
    """
    reason = why_not_written(path, inputs)
    if reason:
        raise DocumentError(f"{path}: not written: {reason}", "name another file")
    if not path.exists() or path.is_file():
        write_text(path, text)
        return
    try:
        with path.open("wb", buffering=0) as stream:
            stream.write(text.encode())
    except OSError as error:
        raise DocumentError(f"{path}: not saved: {error.strerror}") from None


def why_not_written(path: Path, inputs: Iterable[Path] = ()) -> str:
    """Why `path` is no place for what a command writes that reads the files and folders `inputs`, or ""."""
    try:
        if path.is_dir():
            return "it is a folder"
        return _by_input(path, inputs) or _by_name(path) or _by_content(path)
    except (OSError, RuntimeError, ValueError):  # there is no such place, and writing says so
        return ""


def _by_input(path: Path, inputs: Iterable[Path]) -> str:
    real = path.resolve()
    for source in inputs:
        if not source.exists():
            continue
        if path.exists() and path.samefile(source):
            return "what is written is made from it"
        if source.is_dir() and real.is_relative_to(source.resolve()):
            return f"what is written is made from {source.name}"
    return ""


def _by_name(path: Path) -> str:
    if path.suffix.lower() in _NAMES:
        return f"a {path.suffix.lower()} file holds {_NAMES[path.suffix.lower()]}"
    journals = (state_root() / "journals").resolve()
    for folder in path.resolve().parents:
        if folder.name == STATE_FOLDER or folder.suffix == REVIEW_FOLDER or folder == journals:
            return f"dbcharter keeps its own files in {folder.name}"
    return ""


def _by_content(path: Path) -> str:
    if not path.is_file():
        return ""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES)
    except OSError as error:
        return f"what is there cannot be read: {error.strerror}"
    if data.startswith(_SQLITE):
        return "it is a database"
    try:
        said = tomli.loads(data.decode())
    except (ValueError, RecursionError):
        return ""
    return "it is an answer file" if "format" in said and isinstance(said.get("bank"), dict) else ""
