"""A guest's answers: what the host says they are, and what was said here and the host has not decided yet.

What is said here shows at once. When the host's order is another one, it is applied again to the host's
answers, so that in the end both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.changes import Change, difference, from_text, redo, to_text, undo
from app.document.entered import entered
from app.document.history import Step, continues
from app.document.operations import Operation, apply
from app.document.text_runs import digest
from app.pairing.wire import Numbered, WireError
from app.problems import OperationError


@dataclass
class Entry:
    """Something said here, under its id. `step` is it in the history, `after` the answers with it.

    `operation` is None for what takes back `undone`, and both are for a record. `is_seen`: the host has had
    it, and what became of it is on its way.
    """

    frame: Numbered
    step: Step | None = None
    operation: Operation | None = None
    undone: tuple[Change, ...] = ()
    after: Answers | None = None
    is_sent: bool = False
    is_seen: bool = False

    @property
    def id(self) -> int:
        return self.frame.id


class Ledger:
    """`confirmed` are the host's answers, `shown` those with the entries that are still on their way."""

    def __init__(self, bank: Bank, answers: Answers) -> None:
        self._bank = bank
        self.confirmed = answers
        self.shown = answers
        self.entries: list[Entry] = []

    def add(self, entry: Entry) -> tuple[Change, ...]:
        """Take what was said here; returns what it changes. Raises OperationError when it does not fit."""
        after = self._applied(self.shown, entry)
        found = difference(self.shown, after)
        entry.after = self.shown = after if found else self.shown
        self.entries.append(entry)
        return found

    def amend(self, operation: Operation, group: str) -> Entry | None:
        """The last entry, when it was not sent and `operation` says the same thing again, as typing does."""
        last = self.entries[-1] if self.entries else None
        if last is None or last.is_sent or last.is_seen or last.step is None or last.operation is None:
            return None
        return last if continues(last.step, operation, group) else None

    def again(self, entry: Entry, operation: Operation) -> tuple[Change, ...]:
        """Say the last entry with another operation; returns what it changes. Raises OperationError."""
        before = next((e.after for e in self.entries[-2::-1] if e.after is not None), self.confirmed)
        after = apply(self._bank, before, operation)
        entry.operation, entry.after, self.shown = operation, after, after
        return difference(before, after)

    def take(self, change: str, number: int = 0) -> None:
        """Take in what the host says has changed; `number` is the id of the entry that it came of, or 0.

        Raises WireError when it does not lead on from these answers.
        """
        first = self.entries[0] if self.entries else None
        if first is not None and first.id == number and self._is_as_shown(first, change):
            self.confirmed = first.after or self.confirmed
            del self.entries[0]
            return
        self.confirmed = applied(self.confirmed, change)
        self.drop(number)

    def _is_as_shown(self, first: Entry, change: str) -> bool:
        """Whether the host made of the first entry what is shown already, so that nothing is to be done."""
        after = first.after
        return after is not None and to_text(difference(self.confirmed, after)) == change

    def drop(self, number: int) -> Entry | None:
        """Forget an entry, since the host has decided, and show the rest on what it says."""
        gone = next((entry for entry in self.entries if entry.id == number), None)
        if gone is not None:
            self.entries.remove(gone)
        self._show()
        return gone

    def next(self, in_flight: int) -> Numbered | None:
        """The frame of the first entry that was not sent, and is now; None while enough are on their way."""
        waiting = next((entry for entry in self.entries if not entry.is_sent), None)
        if waiting is None or sum(entry.is_sent for entry in self.entries) >= in_flight:
            return None
        waiting.is_sent = True
        return waiting.frame

    def send_again(self, number: int) -> None:
        """Have an entry sent once more, which the host passed over."""
        for entry in self.entries:
            entry.is_sent = entry.is_sent and entry.id != number

    def start_over(self, answers: Answers, seen: int) -> None:
        """Begin again with a snapshot, before which the host had the entries up to `seen`."""
        self.confirmed = answers
        self.reconnected(seen)

    def reconnected(self, seen: int) -> None:
        """Take note of which entries the host has had; all others are to be sent again."""
        for entry in self.entries:
            entry.is_seen, entry.is_sent = entry.id <= seen, False
        self._show()

    def _show(self) -> None:
        """Apply the entries again; one that does not fit now waits for the host and is not shown."""
        self.shown = self.confirmed
        for entry in self.entries:
            entry.after = None
            if entry.step is None or entry.is_seen:
                continue
            try:
                after = self._applied(self.shown, entry)
            except OperationError:
                continue
            entry.after = self.shown = after

    def _applied(self, answers: Answers, entry: Entry) -> Answers:
        if entry.operation is not None:
            return apply(self._bank, answers, entry.operation)
        return undo(answers, entry.undone) if entry.undone else answers


def applied(answers: Answers, change: str) -> Answers:
    """The answers after what a host says has changed. Raises WireError when it does not lead on from them."""
    try:
        changes = [_entered(found) for found in from_text(change)]
        after = redo(answers, changes)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, OperationError):
        raise WireError("the host sent a change that cannot be read") from None
    for found in changes:
        if found.digest and digest(str(after.values.get(found.question))) != found.digest:
            raise WireError("the host's answers are other ones than these")
    return after


def _entered(change: Change) -> Change:
    new = None if change.new is None else entered(change.new)
    return replace(change, new=new)
