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
from app.document.lock import DocumentLock, LockError, take_lock
from app.document.places import lock_path, writable_journal_path
from app.document.text import clean

USER_VARIABLE = "DBCHARTER_USER"
"""The name that the history has for who is at work, instead of that of the login."""


def lock_document(document: Path) -> DocumentLock:
    """Take the lock that belongs to a document. Raises LockError."""
    try:
        journal = writable_journal_path(document)
    except OSError as error:
        raise LockError(f"it cannot be locked: {error.strerror}") from None
    return take_lock(lock_path(journal))


def person() -> str:
    """Who is at work."""
    try:
        return clean(os.environ.get(USER_VARIABLE, "")).strip() or clean(getpass.getuser())
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
