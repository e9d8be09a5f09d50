"""A place for what was said when neither the answer file nor its journal can be written."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.document.files import DISK, Files
from app.document.places import state_root
from app.document.store import write_bytes
from app.problems import DocumentError


def rescue(document: Path, text: str, files: Files = DISK) -> Path:
    """Write the text of an answer file under a name of its own, wherever that can be done; returns where.

    Raises DocumentError when it can be written nowhere.
    """
    data = text.encode()
    for folder in _folders(document):
        with contextlib.suppress(OSError):
            files.make_folder(folder)
            path = next(path for path in _names(folder, document) if not files.exists(path))
            write_bytes(path, data, files)
            return path
    raise DocumentError("it can be written nowhere else either", "free some space")


def _folders(document: Path) -> Iterator[Path]:
    yield document.absolute().parent
    yield state_root() / "rescued"
    yield Path(tempfile.gettempdir())
    with contextlib.suppress(RuntimeError):
        yield Path.home()


def _names(folder: Path, document: Path) -> Iterator[Path]:
    number = 1
    while True:
        yield folder / f"{document.stem}.rescued-{number}{document.suffix}"
        number += 1
