"""What an open document needs of the machine it runs on, in one place, so that tests can replace it."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from app.document.files import DISK, Files
from app.document.keeper import Opener, open_journal_of
from app.document.lock import DocumentLock, LockError, take_locks
from app.document.places import lock_paths, writable_journal_path
from app.document.text import clean
from app.document.who import as_name, git_name, remember_name, remembered_name

USER_VARIABLE = "DBCHARTER_USER"
"""The name for who is at work, instead of what is remembered and of the login."""


def lock_document(document: Path, files: Files = DISK) -> DocumentLock:
    """Take the lock that belongs to a document. Raises LockError."""
    try:
        journal = writable_journal_path(document, files)
    except OSError as error:
        raise LockError(f"it cannot be locked: {error.strerror}") from None
    return take_locks(lock_paths(document, journal))


def person() -> str:
    """Who is at work: who the environment says, who was named before, or the login."""
    return environment_name() or remembered_name() or _login()


def proposed_person(folder: Path) -> str:
    """As `person`, for who is about to be asked: what git calls them in `folder` is better than the login."""
    return environment_name() or remembered_name() or git_name(folder) or _login()


def introduce(name: str) -> bool:
    """Remember who is at work, if that is news; whether `person` knows it then."""
    return name == person() or remember_name(name)


def environment_name() -> str:
    """The name that the environment says; it cannot be changed from here."""
    return as_name(os.environ.get(USER_VARIABLE, ""))


def _login() -> str:
    try:
        return clean(getpass.getuser())
    except (OSError, KeyError, ImportError):  # no such user, or a platform without a list of users
        return "unknown"


def now() -> str:
    """The time in UTC, as ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Machine(Struct, frozen=True):
    """Files, journal, lock, person and clock."""

    files: Files = DISK
    open_journal: Opener = open_journal_of
    lock: Callable[[Path], DocumentLock] = lock_document
    person: Callable[[], str] = person
    now: Callable[[], str] = now
