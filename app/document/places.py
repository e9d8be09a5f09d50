"""Where dbcharter keeps what is not part of an answer file: journals, locks, the list of recent documents."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

from app.document.files import DISK, Files
from app.document.store import STATE_FOLDER, make_state_folder, write_bytes

STATE_VARIABLE = "DBCHARTER_STATE_DIR"
"""Names a folder to use instead of the platform's state folder."""


def state_root() -> Path:
    """The folder for what belongs to the person rather than to one document; it may not be there yet."""
    chosen = os.environ.get(STATE_VARIABLE)
    if chosen:
        return Path(chosen)
    from platformdirs import user_state_path

    return user_state_path("dbcharter", appauthor=False)


def cache_root() -> Path:
    """The folder for what can be made again at any time; it may not be there yet."""
    chosen = os.environ.get(STATE_VARIABLE)
    if chosen:
        return Path(chosen) / "cache"
    from platformdirs import user_cache_path

    return user_cache_path("dbcharter", appauthor=False)


def write_state(path: Path, data: bytes) -> bool:
    """Write a file below `state_root`; whether that could be done."""
    try:
        DISK.make_folder(path.parent)
        write_bytes(path, data)
    except (OSError, RuntimeError):  # RuntimeError: links that lead to each other
        return False
    return True


def journal_path(document: Path) -> Path:
    """The journal of a document: beside it, or below `state_root` once there is one.

    One is begun there only where none can be kept beside the document, with all that was known, so it is
    never behind the other one. The two ways to one file through a link share a journal.
    """
    beside, elsewhere = _candidates(document)
    return elsewhere if _found(elsewhere) else beside


def writable_journal_path(document: Path, files: Files = DISK) -> Path:
    """The journal to write: the one that is there, or else in the first folder that can be written.

    One that is there is the only place of what it holds, so no other takes its place because it cannot be
    written at the moment; but one that somebody else keeps there is theirs. Raises OSError.
    """
    failure: OSError = PermissionError(errno.EACCES, "the journals of this document belong to somebody else")
    first = journal_path(document)
    for path in sorted(_candidates(document), key=lambda path: path != first):
        found = _found(path)
        if found is not None and _is_ours(path, found):
            return path
        if found is None:
            try:
                return _made_writable(path, files)
            except OSError as error:
                failure = error
    raise failure


def lock_paths(document: Path, journal: Path) -> tuple[Path, ...]:
    """The locks of a document that is written with `journal`.

    That is the one beside the journal, and the one beside the document if that is there: another session
    may hold it which had to leave its journal there.
    """
    own, beside = lock_path(journal), lock_path(_candidates(document)[0])
    return (own, beside) if beside != own and _found(beside) else (own,)


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


def _found(path: Path) -> os.stat_result | None:
    """What is at a path, or the folder that does not let us look; None where there is nothing."""
    try:
        return path.stat()
    except PermissionError:
        return path.parent.stat()
    except OSError:
        return None


def _is_ours(path: Path, found: os.stat_result) -> bool:
    return not hasattr(os, "geteuid") or found.st_uid == os.geteuid() or os.access(path, os.W_OK)


def _made_writable(journal: Path, files: Files) -> Path:
    folder = journal.parent
    if folder.name == STATE_FOLDER and not folder.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "the document's folder is not there", str(folder.parent))
    make_state_folder(folder, files)
    files.unlink(files.write_temporary(folder / "probe", b""))
    return journal
