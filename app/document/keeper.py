"""Keeps the journal in step with an open document, also while the journal cannot be written.

What cannot be written is owed, in order, and written before anything else as soon as that works. A
journal that disappears under an open document is begun anew with all that is known of it.

One thread records steps while another one may be saving; each writes to the journal by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from msgspec.structs import replace

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.codec import decode
from app.document.files import DISK, Files
from app.document.history import Step, replayed
from app.document.journal import (
    HISTORY,
    HISTORY_SIZE,
    SETTLE_AFTER,
    SETTLE_SIZE,
    Checkpoint,
    Journal,
    JournalError,
    held,
    mark_of,
    move_aside,
    open_journal,
    settled_of,
)
from app.document.places import writable_journal_path


class Opener(Protocol):
    """Opens the journal of a document and says what the author must be told of it."""

    def __call__(self, document: Path, *, afresh: bool) -> tuple[Journal, str]:
        """With `afresh`, a journal that holds something is moved aside first. Raises JournalError."""


def open_journal_of(document: Path, *, afresh: bool, files: Files = DISK) -> tuple[Journal, str]:
    """The `Opener` for real files."""
    try:
        path = writable_journal_path(document, files)
    except OSError as error:
        raise JournalError(f"no journal can be kept: {error.strerror}") from None
    journal, notice = open_journal(path)
    if afresh and not journal.is_empty:
        journal.close()
        notice = f"an earlier journal of {document.name} is kept as {move_aside(path, 'old')}"
        journal, _ = open_journal(path)
    return journal, notice


_P = ParamSpec("_P")
_T = TypeVar("_T")


def _alone(method: Callable[Concatenate[Keeper, _P], _T]) -> Callable[Concatenate[Keeper, _P], _T]:
    """Have a method wait until no other thread is in one of these."""

    @wraps(method)
    def waiting(self: Keeper, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        with self._lock:
            return method(self, *args, **kwargs)

    return waiting


class Keeper:
    """The steps of one document, in memory and in its journal.

    `problem` says why the journal is behind, or is "". `notices` are for the author. `checkpoints` are
    those of the journal: the texts that the file may have now.
    """

    def __init__(self, document: Path, opener: Opener) -> None:
        self.steps: list[Step] = []
        self.problem = ""
        self.notices: list[str] = []
        self._document = document
        self._opener = opener
        self._journal: Journal | None = None
        self._owed: list[Callable[[Journal], None]] = []
        self.checkpoints: list[Checkpoint] = []
        self._promised = 0
        self._lock = threading.RLock()

    @property
    def last(self) -> int:
        """The number of the last step, 0 before the first."""
        return max([0, *(mark.seq for mark in self.checkpoints), *(step.seq for step in self.steps[-1:])])

    @property
    def settled(self) -> Checkpoint | None:
        """The last text of the file that was kept."""
        return settled_of(self.checkpoints)

    @property
    def held(self) -> int:
        """The number of the last step that the file is known to have held."""
        return held(self.checkpoints)

    def mark(self, sha256: str) -> Checkpoint | None:
        """As `mark_of`."""
        return mark_of(self.checkpoints, sha256)

    def since(self, seq: int) -> list[Step]:
        """The steps behind `seq`."""
        return [step for step in self.steps if step.seq > seq]

    def base(self, bank: Bank, settled: Checkpoint) -> Answers:
        """The answers of the file as it was last known, from the text that was kept and the steps behind it.

        Raises ValueError when a step cannot be read.
        """
        kept = decode(bank, settled.text, self._document.name).answers
        between = [step for step in self.since(settled.seq) if step.seq <= self.held]
        return replayed(bank, kept, between)[0]

    @_alone
    def start(self, *, afresh: bool = False) -> None:
        """Open the journal and read it.

        When none can be begun, `problem` says so and the next write tries again. Raises JournalError
        when one is there that cannot be read now: what it holds must not be passed over.
        """
        try:
            self._journal, notice = self._opener(self._document, afresh=afresh)
        except JournalError as error:
            if error.unread:
                raise
            self.problem = str(error)
            return
        self.notices += [notice] if notice else []
        self.steps = self._journal.steps()
        self.checkpoints = self._journal.checkpoints()

    @_alone
    def restart(self, why: str) -> None:
        """Put the journal aside, because what it holds cannot be used, and begin another."""
        self.close()
        self.steps, self.checkpoints = [], []
        self.notices.append(why)
        self.start(afresh=True)

    @_alone
    def record(self, step: Step) -> None:
        """Keep a step, in place of one with the same number; durable when this leaves no `problem`."""
        if self.steps and self.steps[-1].seq == step.seq:
            self.steps.pop()
        self.steps.append(step)
        self._write(lambda journal: journal.record(step))

    @property
    def amendable(self) -> Step | None:
        """The last step, unless a file that has been, may have been or is being written holds it."""
        last = self.steps[-1] if self.steps else None
        held = max([self._promised, *(mark.seq for mark in self.checkpoints)])
        return last if last is not None and last.seq > held else None

    @_alone
    def promise(self) -> int:
        """The number of the last step, which is not amended from here on: a file is to hold it as it is."""
        self._promised = self.last
        return self._promised

    @_alone
    def announce(self, sha256: str, seq: int) -> None:
        """Say that a file with this hash and the steps up to `seq` is about to be written."""
        mark = Checkpoint("announced", sha256, seq, "")
        if mark not in self.checkpoints:
            self.checkpoints.append(mark)
            self._write(lambda journal: journal.announce(sha256, seq))

    @_alone
    def saved(self, sha256: str, text: Callable[[], str]) -> None:
        """Say that the file which was announced with this hash, and has this text, is there."""
        mark, settled = self.mark(sha256), self.settled
        assert mark is not None
        if settled is None or self._is_far(settled, mark):
            self.settle(sha256, text(), mark.seq)
            return
        self.checkpoints = [settled, replace(mark, state="saved")]
        self._write(lambda journal: journal.confirm(sha256, mark.seq))

    @_alone
    def settle(self, sha256: str, text: str, seq: int | None = None, steps: Sequence[Step] = ()) -> None:
        """Say that the file has this text and holds the steps up to `seq`, or all; some come with that."""
        held = self.last if seq is None else seq
        self.checkpoints = [Checkpoint("settled", sha256, held, text)]
        drop = self._too_old(held)
        self.steps = [*self.since(drop), *steps]
        self._write(lambda journal: journal.settle(sha256, held, text, steps, drop))

    def _is_far(self, settled: Checkpoint, mark: Checkpoint) -> bool:
        """Whether much lies between the text that is kept and the file."""
        between = [step.size for step in self.since(settled.seq) if step.seq <= mark.seq]
        return mark.seq - settled.seq >= SETTLE_AFTER or sum(between) > SETTLE_SIZE

    def _too_old(self, held: int) -> int:
        """The number of the last step that is not kept any longer, when the file holds those up to `held`."""
        size = 0
        for count, step in enumerate(reversed([step for step in self.steps if step.seq <= held])):
            size += step.size
            if count and (count >= HISTORY or size > HISTORY_SIZE):
                return step.seq
        return 0

    @_alone
    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def _write(self, action: Callable[[Journal], None]) -> None:
        self._owed.append(action)
        self.problem = self._pay()
        if self.problem and self._journal is None:
            self.problem = self._pay()

    def _pay(self) -> str:
        """Write what is owed; returns why that failed, or "". A damaged journal is closed."""
        try:
            journal = self._ready()
            while self._owed:
                self._owed[0](journal)
                del self._owed[0]
        except JournalError as error:
            if error.damaged:
                self.close()
            return str(error)
        return ""

    def _ready(self) -> Journal:
        """The journal, begun anew when it is gone. Raises JournalError."""
        if self._journal is not None and self._journal.in_place:
            return self._journal
        self.close()
        journal, notice = self._opener(self._document, afresh=True)
        try:
            journal.rebuild(self.checkpoints, self.steps)
        except JournalError:
            journal.close()
            raise
        self._owed.clear()
        self._journal = journal
        self.notices += [notice] if notice else []
        return journal
