"""Where dbcharter keeps what is not part of an answer file: journals, locks, the list of recent documents."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

from app.document.files import DISK
from app.document.store import STATE_FOLDER, make_state_folder

STATE_VARIABLE = "DBCHARTER_STATE_DIR"
"""Names a folder to use instead of the platform's state folder."""


def state_root() -> Path:
    """The folder for what belongs to the person rather than to one document; it may not be there yet."""
    chosen = os.environ.get(STATE_VARIABLE)
    if chosen:
        return Path(chosen)
    from platformdirs import user_state_path

    return user_state_path("dbcharter", appauthor=False)


def journal_path(document: Path) -> Path:
    """The journal of a document: beside it, or below `state_root` where its folder cannot be written.

    The two ways to one file through a link share a journal. Once a journal is in one of the places
    it is used there as long as that can be written.
    """
    beside, elsewhere = _candidates(document)
    return elsewhere if elsewhere.exists() and not beside.exists() else beside


def writable_journal_path(document: Path) -> Path:
    """As `journal_path`, in a folder that has been made and can be written. Raises OSError."""
    first = journal_path(document)
    try:
        return _made_writable(first)
    except OSError:
        return _made_writable(next(path for path in _candidates(document) if path != first))


def lock_path(journal: Path) -> Path:
    """The lock file that belongs to a journal."""
    return journal.with_suffix(".lock")


def _candidates(document: Path) -> tuple[Path, Path]:
    try:
        real = document.resolve()
    except (OSError, RuntimeError):  # links that lead to each other
        real = document.absolute()
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:24]
    name = f"{real.stem}.journal"
    return real.parent / STATE_FOLDER / name, state_root() / "journals" / digest / name


def _made_writable(journal: Path) -> Path:
    folder = journal.parent
    if folder.name == STATE_FOLDER and not folder.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "the document's folder is not there", str(folder.parent))
    make_state_folder(folder)
    DISK.unlink(DISK.write_temporary(folder / "probe", b""))
    return journal
