"""One writer to a document: an operating system lock, with a note that says who holds it.

The lock is the truth; the system lets go of it when the process ends, however it ends. The note is
only for the message, so a note left behind by a process that died means nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict

if TYPE_CHECKING:
    from filelock import BaseFileLock


class Holder(Struct, frozen=True):
    """A process that holds a lock: its number, the host it runs on, since when in UTC."""

    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        here = "" if self.host == socket.gethostname() else f" on {self.host}"
        return f"process {self.pid}{here}, since {self.since}"

    @property
    def is_gone(self) -> bool:
        """Whether it ran on this host and does not any more."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:  # it is there and belongs to somebody else
            return False
        return False


class LockError(Exception):
    """A lock that cannot be had; the message says why."""


class HeldError(LockError):
    """Another process, or another session of this one, has the lock."""

    def __init__(self, holder: Holder | None) -> None:
        self.holder = holder
        whom = "another process" if holder is None or holder.is_gone else str(holder)
        super().__init__(f"it is open for writing elsewhere: {whom}")


class DocumentLock:
    """A lock that is held. `left_by` is the process that died while it held it, if one did."""

    def __init__(self, lock: BaseFileLock, note: Path, left_by: Holder | None) -> None:
        self._lock = lock
        self._note = note
        self.left_by = left_by
        self.others: list[DocumentLock] = []

    def release(self) -> None:
        for other in self.others:
            other.release()
        if self._lock.is_locked:
            with contextlib.suppress(OSError):
                self._note.unlink()
            self._lock.release(force=True)


def take_lock(path: Path) -> DocumentLock:
    """Take the lock file at `path`. Raises HeldError, and LockError when there can be no lock there."""
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=0)
    note = path.with_name(f"{path.name}.holder")
    try:
        lock.acquire()
    except Timeout:
        raise HeldError(_read(note)) from None
    except OSError as error:
        raise LockError(f"it cannot be locked: {error.strerror}") from None
    left_by = _read(note)
    holder = Holder(os.getpid(), socket.gethostname(), f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    with contextlib.suppress(OSError):
        note.write_text(json.dumps(asdict(holder)), encoding="utf-8")
    return DocumentLock(lock, note, left_by)


def take_locks(paths: Sequence[Path]) -> DocumentLock:
    """Take the lock at the first path, and those at the others unless they cannot be taken at all.

    Raises HeldError when any of them is held, and LockError as `take_lock` does for the first.
    """
    first = take_lock(paths[0])
    for path in paths[1:]:
        try:
            first.others.append(take_lock(path))
        except HeldError:
            first.release()
            raise
        except LockError:  # the file belongs to somebody else
            continue
    return first


def _read(note: Path) -> Holder | None:
    """Who wrote the note; None when there is none, or none that can be read."""
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        return Holder(int(said["pid"]), str(said["host"])[:100], str(said["since"])[:40])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
