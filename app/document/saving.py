"""One save of an open document. It works on what was said at one moment, so any thread can do it."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from dataclasses import dataclass, field
from pathlib import Path

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.codec import Document
from app.document.files import Files, Stamp
from app.document.keeper import Keeper
from app.document.store import is_blank, read_data, write_document
from app.problems import DocumentError


@dataclass(eq=False)
class Save:
    """Writes `answers`, which hold the steps up to `seq`, to the file at `path`.

    `document` is the file as it was read or written last, and `digest` its hash. `refusal` says why
    nothing may be written, or is "". Without `look`, what somebody else wrote to the file is not looked at.

    After `run`, either `error` says why nothing was saved, `outside` is what somebody else wrote, or
    `document`, `digest` and `stamp` are those of the file as it stands.
    """

    bank: Bank
    path: Path
    document: Document
    answers: Answers
    files: Files
    keeper: Keeper
    seq: int
    digest: str
    refusal: str = ""
    look: bool = True
    must: bool = False
    """Whether to write although nothing was said since, because the last save failed."""
    stamp: Stamp | None = None
    outside: bytes | None = None
    error: DocumentError | None = None
    _done: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        """Save. Whoever calls this while another thread does it waits, and finds it done."""
        with self._lock:
            if self._done:
                return
            try:
                self._save()
            except DocumentError as error:
                self.error = error
            except OSError as error:
                self.error = DocumentError(f"{self.path}: not saved: {error.strerror or error}")
            self._done = True

    @property
    def failure(self) -> str:
        """Why nothing was saved, without the name of the file."""
        said = "" if self.error is None else self.error.message
        return said.removeprefix(f"{self.path}: ").removeprefix("not saved: ")

    def _save(self) -> None:
        there = self.files.exists(self.path)
        if there and self.look:
            if self.answers is self.document.answers and not self.must:
                self.stamp = self._stamp()
                return
            self._may_write()
            data = read_data(self.path, self.files)
            digest = sha256(data)
            if digest != self.digest and self.keeper.mark(digest) is None and not is_blank(data):
                self.outside = data
                return
        self._may_write()
        self.document = write_document(
            self.bank, self.path, self.document, self.answers, self.files, self._announce
        )
        self.stamp = self._stamp()
        self.keeper.saved(self.digest, lambda: self.document.text)

    def _may_write(self) -> None:
        if self.refusal:
            raise DocumentError(f"{self.path}: is open read-only: {self.refusal}")

    def _announce(self, data: bytes) -> None:
        self.digest = sha256(data)
        self.keeper.announce(self.digest, self.seq)

    def _stamp(self) -> Stamp | None:
        with contextlib.suppress(OSError):
            return self.files.stat(self.path)
        return None


def sha256(data: bytes) -> str:
    """The hash by which the journal knows a file."""
    return hashlib.sha256(data).hexdigest()
