"""Disks and journals that fail when a test says so, and a document to try them on."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from app.bank.model import Bank
from app.document import journal as journal_module
from app.document.codec import decode
from app.document.files import Disk
from app.document.keeper import open_journal_of
from app.document.machine import Machine, lock_document
from app.document.operations import Set
from app.session import Session

NOTE = "parcel.note"


def say(session: Session, text: str) -> None:
    session.apply(Set(question=NOTE, value=text))


def told(session: Session) -> object:
    return session.answers.values.get(NOTE)


def in_file(bank: Bank, path: Path) -> object:
    return decode(bank, path.read_text(encoding="utf-8")).answers.values.get(NOTE)


@contextlib.contextmanager
def no_journal_opens() -> Iterator[None]:
    """SQLite opens nothing."""

    def fail(_: str) -> sqlite3.Connection:
        raise sqlite3.OperationalError("disk I/O error")

    with pytest.MonkeyPatch.context() as context:
        context.setattr(journal_module, "connect", fail)
        yield


def unsaved(bank: Bank, path: Path, text: str) -> None:
    """Say something that gets into the journal and not into the file."""
    with Session.open(bank, path) as session:
        say(session, text)


class Broken(Disk):
    """The operations that are `broken` fail with this error."""

    def __init__(self, code: int, broken: set[str]) -> None:
        self.code = code
        self.broken = broken

    def _pass(self, name: str) -> None:
        if name in self.broken:
            raise OSError(self.code, os.strerror(self.code))

    def write_temporary(self, target: Path, data: bytes) -> Path:
        self._pass("write_temporary")
        return super().write_temporary(target, data)

    def make_folder(self, folder: Path) -> None:
        self._pass("make_folder")
        super().make_folder(folder)


class Denied(Broken):
    """The document's folder cannot be written, wherever else can be."""

    def __init__(self, folder: Path) -> None:
        super().__init__(errno.EACCES, set())
        self.folder = folder

    def write_temporary(self, target: Path, data: bytes) -> Path:
        if target.is_relative_to(self.folder):
            raise OSError(self.code, os.strerror(self.code))
        return super().write_temporary(target, data)


def on(files: Disk) -> Machine:
    """A machine all of whose files are these, also those of places for journals and locks."""
    opener = partial(open_journal_of, files=files)
    return replace(Machine(), files=files, open_journal=opener, lock=partial(lock_document, files=files))


class Failing(Disk):
    """Fails at the operation with a given number, once."""

    def __init__(self, code: int) -> None:
        self.code = code
        self.left = -1
        self.failed = ""

    def _pass(self, name: str) -> None:
        self.left -= 1
        if self.left == -1:
            self.failed = name
            raise OSError(self.code, os.strerror(self.code))

    def exists(self, path: Path) -> bool:
        self._pass("exists")
        return super().exists(path)

    def stat(self, path: Path) -> Any:
        self._pass("stat")
        return super().stat(path)

    def read_bytes(self, path: Path, limit: int = -1) -> bytes:
        self._pass("read_bytes")
        return super().read_bytes(path, limit)

    def write_temporary(self, target: Path, data: bytes) -> Path:
        self._pass("write_temporary")
        return super().write_temporary(target, data)

    def replace(self, source: Path, target: Path) -> None:
        self._pass("replace")
        super().replace(source, target)

    def fsync_folder(self, folder: Path) -> None:
        self._pass("fsync_folder")
        super().fsync_folder(folder)

    def unlink(self, path: Path) -> None:
        self._pass("unlink")
        super().unlink(path)

    def make_folder(self, folder: Path) -> None:
        self._pass("make_folder")
        super().make_folder(folder)
