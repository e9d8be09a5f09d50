"""A disk and a journal whose power can fail at any moment.

The disk keeps what a program sees apart from what would still be there after a power cut. Content
that was not synced comes back old, new, empty, cut short or with its end zeroed; a name that was
changed comes back with any of the files it has had since its folder was last synced, each name by
itself. That is weaker than any journaling file system.

The journal is the real code over an SQLite database in memory, and a commit counts as durable once it
is made: that SQLite in WAL mode with synchronous=FULL keeps that promise is SQLite's own to test. The
power can fail right before a commit, which is then lost, and right after, before anybody was told.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from app.bank.load import load_bank
from app.bank.model import Bank
from app.document.files import Stamp
from app.document.history import Step
from app.document.journal import Journal, JournalError, connect
from app.document.lock import DocumentLock
from app.document.machine import Machine
from tests.bank import small

TEXT = """

[[question]]
id = "note"
number = "1.1"
title = "Note"
kind = "prose"
prompt = "What else?"
why = "Somebody asks."
good = "Fragile on one side."
weak = "none"
"""


def small_bank(folder: Path) -> Bank:
    """The bank `small` with a question of prose, so that a document takes a moment and not a second."""
    return load_bank(small.write(folder, parcel=small.PARCEL + TEXT))


class PowerCutError(BaseException):
    """The power fails: not an Exception, since no program can handle it."""


class Fuse:
    """Lets a number of steps pass and then cuts the power; `steps` counts those that were made."""

    def __init__(self) -> None:
        self.steps = 0
        self.left: int | None = None

    def step(self) -> None:
        self.steps += 1
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise PowerCutError


class SimulatedDisk:
    """Implements `app.document.files.Files`; every change of the disk is a step of the fuse.

    `meanwhile` is what the program does while a file is being written.
    """

    def __init__(self, fuse: Fuse) -> None:
        self.fuse = fuse
        self.names: dict[Path, int] = {}
        self.content: list[bytes] = []
        self.synced: dict[int, bytes] = {}
        self.histories: dict[Path, list[int | None]] = {}
        self.meanwhile: Callable[[], None] = lambda: None
        self.written: set[bytes] = set()

    def put(self, path: Path, data: bytes) -> None:
        """Have a file there, durably, as if somebody else had written it."""
        self.names[path] = self._new(data)
        self.synced[self.names[path]] = data
        self.histories.pop(path, None)
        self.written.add(data)

    def exists(self, path: Path) -> bool:
        return path in self.names

    def stat(self, path: Path) -> Stamp:
        inode = self._inode(path)
        return Stamp(len(self.content[inode]), 0, inode)

    def read_bytes(self, path: Path, limit: int = -1) -> bytes:
        data = self.content[self._inode(path)]
        return data if limit < 0 else data[:limit]

    def write_temporary(self, target: Path, data: bytes) -> Path:
        self.written.add(data)
        temporary = target.with_name(f".{target.name}.{len(self.content)}.tmp")
        self.fuse.step()
        self._link(temporary, self._new(b""))
        self.fuse.step()
        self.content[self.names[temporary]] = data
        self.fuse.step()
        self.sync(self.names[temporary])
        self.fuse.step()
        self.meanwhile()
        return temporary

    def sync(self, inode: int) -> None:
        self.synced[inode] = self.content[inode]

    def replace(self, source: Path, target: Path) -> None:
        self.fuse.step()
        self._link(target, self._inode(source))
        self._unlink(source)
        self.fuse.step()

    def fsync_folder(self, folder: Path) -> None:
        assert all(path.parent == folder for path in self.histories)
        self.fuse.step()
        self.histories.clear()
        self.fuse.step()

    def unlink(self, path: Path) -> None:
        self.fuse.step()
        self._unlink(path)

    def make_folder(self, folder: Path) -> None:
        raise AssertionError(f"saving needs no folder {folder}")

    def cut(self, rng: random.Random) -> None:
        """Lose what a power cut may lose."""
        for path, held in self.histories.items():
            inode = rng.choice([*held, self.names.get(path)])
            if inode is None:
                self.names.pop(path, None)
            else:
                self.names[path] = inode
        self.histories.clear()
        for inode, data in enumerate(self.content):
            if self.synced.get(inode) != data:
                self.content[inode] = rng.choice(_remains(self.synced.get(inode, b""), data, rng))
            self.synced[inode] = self.content[inode]

    def _new(self, data: bytes) -> int:
        self.content.append(data)
        return len(self.content) - 1

    def _inode(self, path: Path) -> int:
        if path not in self.names:
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return self.names[path]

    def _link(self, path: Path, inode: int) -> None:
        self.histories.setdefault(path, []).append(self.names.get(path))
        self.names[path] = inode

    def _unlink(self, path: Path) -> None:
        self.histories.setdefault(path, []).append(self.names.get(path))
        del self.names[path]


def _remains(old: bytes, new: bytes, rng: random.Random) -> list[bytes]:
    kept = rng.randrange(len(new) + 1)
    return [old, new, b"", new[:kept], new[:kept] + bytes(len(new) - kept)]


class SimulatedJournal(Journal):
    """The journal, with a chance for the power to fail on both sides of each commit."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__(connect(":memory:"))
        self.fuse = fuse

    def record(self, step: Step) -> None:
        self._step(lambda: super(SimulatedJournal, self).record(step))

    def announce(self, sha256: str, seq: int) -> None:
        self._step(lambda: super(SimulatedJournal, self).announce(sha256, seq))

    def confirm(self, sha256: str, seq: int) -> None:
        self._step(lambda: super(SimulatedJournal, self).confirm(sha256, seq))

    def settle(self, sha256: str, seq: int, text: str, steps: Sequence[Step] = (), drop: int = 0) -> None:
        self._step(lambda: super(SimulatedJournal, self).settle(sha256, seq, text, steps, drop))

    def close(self) -> None:
        """The database stays for the next session; `drop` ends it."""

    def drop(self) -> None:
        super().close()

    def _step(self, commit: Callable[[], None]) -> None:
        self.fuse.step()
        commit()
        self.fuse.step()


class NoLock(DocumentLock):
    """A lock that is always to be had: in a simulation there is one process at a time."""

    def __init__(self) -> None:
        self.left_by = None

    def release(self) -> None:
        """There is nothing to let go of."""


def no_lock(document: Path) -> DocumentLock:
    del document
    return NoLock()


class Journals:
    """Opens the journal of the document, which is a step of the fuse; while it is `stuck`, that fails.

    One that holds something is put aside when one is asked for afresh, and found by nobody again.
    """

    def __init__(self, journal: SimulatedJournal) -> None:
        self.present = journal
        self.stuck = False

    def __call__(self, document: Path, *, afresh: bool) -> tuple[Journal, str]:
        self.present.fuse.step()
        if self.stuck:
            raise JournalError(f"the journal of {document.name} is stuck", unread=True)
        if afresh and not self.present.is_empty:
            self.present.drop()
            self.present = SimulatedJournal(self.present.fuse)
        return self.present, ""


def machine(disk: SimulatedDisk, journals: Journals) -> Machine:
    """A machine with this disk and journal, and a clock that stands still."""
    return Machine(disk, journals, no_lock, lambda: "Ada", lambda: "2026-01-02T03:04:05.000Z")
