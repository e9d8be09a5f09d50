"""The one door to a document: open, look, apply, undo, save.

The command line and the screens both work through a session, so nothing can be asked, hidden or
changed in one and not in the other. Every change is in the journal when the call that made it returns;
the answer file follows when it is saved.
"""

from __future__ import annotations

import contextlib
import json
import weakref
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.changes import Change, difference, to_text
from app.document.codec import Document, decode, encode, new_document, value_problems
from app.document.files import PROTECTED, Stamp
from app.document.history import (
    Kind,
    Step,
    as_json,
    continues,
    describe,
    names_of,
    reverted,
    stacks,
)
from app.document.journal import JournalError
from app.document.keeper import Keeper
from app.document.lock import DocumentLock, LockError
from app.document.machine import Machine
from app.document.operations import Operation, apply
from app.document.places import journal_path
from app.document.recovery import recovered, taken_in, unsaved
from app.document.saving import Save, sha256
from app.document.store import is_blank, must_be_new, read_data, remove_leftovers, sync_name, text_of
from app.document.text import clean
from app.document.values import MisfitMemo
from app.interview.applicability import Survey, survey, with_again
from app.problems import DocumentError, OperationError, Problem
from app.readiness.evaluator import Evaluator
from app.schema.sources import Sources

if TYPE_CHECKING:
    from app.readiness.model import Evaluation
    from app.schema.known_names import KnownNames

Subscriber = Callable[["Session", "Operation | None"], None]
"""Told after every change; the operation is None when it was an undo, a redo, or came from outside."""


class Session:
    """One open answer document. `answers` is replaced, never changed, by every operation.

    `recovered` names what an earlier session said and did not save; it is there again, and not in the
    file until the next save. Close a session, or use it in a `with`, to let the next writer in.
    """

    def __init__(
        self, bank: Bank, path: Path, document: Document, machine: Machine | None = None, refusal: str = ""
    ) -> None:
        self.bank = bank
        self.path = path
        self.recovered: tuple[str, ...] = ()
        self._machine = machine or Machine()
        self._document = document
        self._answers = document.answers
        self._survey: tuple[Answers, frozenset[str], Survey] | None = None
        self._misfits = MisfitMemo(bank)
        self._evaluator = Evaluator(bank, path.parent)
        self._saving: Save | None = None
        self._before_last: tuple[Step, Answers] | None = None
        self._subscribers: list[Subscriber] = []
        self._refusal = refusal or document.refusal
        self._locked_out = False
        self._failure = ""
        self._digest = ""
        self._stamp: Stamp | None = None
        self._keeper = Keeper(path, self._machine.open_journal)
        self._notices: list[str] = []
        self._let_go: Callable[[], object] = lambda: None

    @classmethod
    def open(cls, bank: Bank, path: Path, *, write: bool = True, machine: Machine | None = None) -> Session:
        """Open an existing answer file. Raises DocumentError.

        Without `write`, and when another process is writing the document, it is open read-only; also
        when its journal cannot be opened, since that may hold what the file does not. Without `write` it
        says what the journal has beyond the file, too.
        """
        machine = machine or Machine()
        data = read_data(path, machine.files)
        document = _understood(bank, path, data)
        session = cls(bank, path, document, machine, "" if write else "it was opened to be read")
        session._know(sha256(data))
        if not write:
            session._answers, session.recovered, _ = unsaved(
                bank, document, session._digest, journal_path(path)
            )
        if session._stamp is not None and session._stamp.protected:
            session._refusal = session._refusal or PROTECTED
        elif not session._refusal or (write and is_blank(data)):
            try:
                session._hold(machine.lock(path))
                session._catch_up(data)
            except LockError as error:
                session._refusal = str(error)
                session._locked_out = True
            except JournalError as error:
                session._refusal = f"its journal cannot be used: {error}"
                session._let_go()
            except BaseException:
                session.close()
                raise
        return session

    @classmethod
    def create(
        cls, bank: Bank, path: Path, operations: Iterable[Operation] = (), *, machine: Machine | None = None
    ) -> Session:
        """Start a document and write its file. Raises DocumentError when the file is already there."""
        must_be_new(path)
        session = cls(bank, path, new_document(bank, path.stem, Answers()), machine)
        session._answers = reduce(lambda said, operation: apply(bank, said, operation), operations, Answers())
        try:
            session._hold(session._machine.lock(path))
        except LockError as error:
            raise DocumentError(f"{path}: {error}") from None
        try:
            must_be_new(path)
            session._keeper.start(afresh=True)
            session._keeper.record(session._step("created", '{"op": "created"}', ()))
            session._write()
        except JournalError as error:
            session.close()
            raise DocumentError(f"{path}: the journal of an earlier one cannot be opened: {error}") from None
        except BaseException:
            session.close()
            raise
        return session

    # looking

    @property
    def answers(self) -> Answers:
        return self._answers

    @property
    def read_only_reason(self) -> str:
        """Why the document cannot be written, or ""."""
        return self._refusal

    @property
    def saved(self) -> bool:
        """Whether the file holds all that was said."""
        return self._answers is self._document.answers

    def may_write_now(self) -> bool:
        """Whether it is read-only for another writer, who has left meanwhile: it can be opened anew."""
        if not self._locked_out:
            return False
        try:
            self._machine.lock(self.path).release()
        except LockError:
            return False
        return True

    @property
    def durable(self) -> bool:
        """Whether all that was said is in the file or in the journal."""
        return self.saved or not self._keeper.problem

    @property
    def save_state(self) -> str:
        """`saved`, `unsaved` (in the journal and not in the file yet), or `not saved: ` and why."""
        if self._failure:
            return f"not saved: {self._failure}"
        if self.saved:
            return "saved"
        return f"not saved: {self._keeper.problem}" if self._keeper.problem else "unsaved"

    @property
    def notices(self) -> tuple[str, ...]:
        """What the author should be told about the journal and about edits that could not be taken up."""
        return (*self._notices, *self._keeper.notices)

    @property
    def history(self) -> Sequence[Step]:
        """The steps that are kept, oldest first."""
        return tuple(self._keeper.steps)

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the file and with the answers in it, with lines of the file as last read."""
        current = replace(self._document, answers=self._answers)
        found = value_problems(self.bank, current, self.path.name, self._misfits)
        return [*self._document.problems, *found]

    @property
    def text(self) -> str:
        """The text that the answer file has once what was said is saved."""
        return encode(self.bank, self._document, self._answers).text

    def survey(self) -> Survey:
        """Every question under the present answers; computed once per change.

        What the last evaluation asked to be looked at again, since files of DDL changed, is open.
        """
        again = self._evaluator.again(self._answers)
        if self._survey is None or self._survey[0] is not self._answers or self._survey[1] != again:
            seen = with_again(survey(self.bank, self._answers, self._misfits), again)
            self._survey = (self._answers, again, seen)
        return self._survey[2]

    def evaluate(self, today: date) -> Evaluation:
        """What the rules and the final review say on the day `today`, also about the files of DDL.

        Computed once per change, of the answers or of those files, and day.
        """
        return self.evaluation_job(today)()

    def evaluation_job(self, today: date) -> Callable[[], Evaluation]:
        """What `evaluate` does for the present answers, to be called in any thread."""
        return partial(self._evaluator.evaluate, self._answers, today)

    @property
    def readiness(self) -> int | None:
        """The readiness by the last evaluation, in whole percent; None before the first."""
        return self._evaluator.readiness

    def new_questions(self) -> frozenset[str]:
        """Ids of the questions that the bank did not ask yet when the file was written last."""
        from app.document.migrations.moves import new_questions

        return new_questions(self.bank, self._document.heading)

    def sources(self) -> Sources:
        """The files of DDL that the answers name, read again where they changed."""
        return self._evaluator.sources(self._answers)

    @property
    def known_names(self) -> KnownNames | None:
        """The names in the DDL as the last evaluation read it; nothing is computed for it."""
        return self._evaluator.known_names

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Have `subscriber` called after every change; returns the way to stop that."""
        self._subscribers.append(subscriber)

        def stop() -> None:
            with contextlib.suppress(ValueError):
                self._subscribers.remove(subscriber)

        return stop

    # changing

    def apply(self, operation: Operation, group: str = "", who: str = "") -> None:
        """Change the answers; durable on return, unless `save_state` says otherwise.

        Operations of one `group` that follow each other are undone as one. Raises and changes nothing
        when it cannot be: OperationError when the operation does not fit, DocumentError when the
        document is open read-only.
        """
        self._must_write()
        answers = apply(self.bank, self._answers, operation)
        answers = self._evaluator.after_edit(self._answers, answers)
        found = difference(self._answers, answers)
        if found:
            amended, before = None, self._answers
            last = self._keeper.amendable
            if last is not None and continues(last, operation, group):
                amended, before = last.seq, self._without(last)
                found = difference(before, answers)
            self._answers = answers
            step = self._step("edit", as_json(operation), found, group, who, amended)
            self._before_last = step, before
            self._keeper.record(step)
        self._tell(operation)

    def _without(self, last: Step) -> Answers:
        """The answers as they were before the last step."""
        known = self._before_last
        if known is not None and known[0] is last:
            return known[1]
        return reverted(self.bank, self._answers, last)

    def confirm(self, today: date, questions: Collection[str] | None = None) -> tuple[str, ...]:
        """Say that answers which files of DDL reopened are still right: those to `questions`, or all.

        Returns the addresses of the answers. Raises DocumentError as `apply` does.
        """
        from app.readiness.looked import confirmed

        found = self.evaluate(today).reopening
        operation, chosen = confirmed(found, self._answers, questions)
        if operation is not None:
            self.apply(operation)
        return tuple(again.address for again in chosen)

    def undo(self) -> str:
        """Take back the last step or group of steps; returns what that was, in words.

        What it left and somebody else has changed since stays as it is, and the words say so; the next
        undo is about what was before. Raises OperationError when there is nothing to undo.
        """
        return self._turn("undo")

    def redo(self) -> str:
        """Do again what was undone last. Raises OperationError as `undo` does."""
        return self._turn("redo")

    def _turn(self, kind: Kind) -> str:
        self._must_write()
        both = stacks(self._keeper.steps)
        groups = both.undo if kind == "undo" else both.redo
        if not groups:
            raise OperationError(f"there is nothing to {kind}")
        last = groups[-1][-1]
        words, before = describe(replace(last, kind="edit")), self._answers
        try:
            self._answers = reduce(
                lambda said, step: reverted(self.bank, said, step), groups[-1][::-1], before
            )
        except OperationError as error:
            words = f"{words}: left as it is ({error.message})"
        found = difference(before, self._answers)
        self._keeper.record(self._step(kind, last.operation, found))
        self._tell(None)
        return words

    def _must_write(self) -> None:
        if self._refusal:
            raise DocumentError(f"{self.path}: is open read-only: {self._refusal}")

    def _step(
        self,
        kind: Kind,
        operation: str,
        found: Iterable[Change],
        group: str = "",
        who: str = "",
        seq: int | None = None,
    ) -> Step:
        number = self._keeper.last + 1 if seq is None else seq
        who = clean(who) or self._machine.person()
        return Step(number, self._machine.now(), who, kind, operation, to_text(found), clean(group))

    def _tell(self, operation: Operation | None) -> None:
        for subscriber in tuple(self._subscribers):
            subscriber(self, operation)

    # saving

    def save(self) -> None:
        """Write the file if something changed; what somebody else wrote to it is merged first.

        Raises DocumentError; the answers then stay, here and in the journal.
        """
        saved = False
        while not saved:
            save = self.begin_save()
            save.run()
            saved = self.end_save(save)

    def begin_save(self) -> Save:
        """A save of the present answers: call its `run` in any thread, and then `end_save` in this one.

        What is said meanwhile is in the journal and waits for another save. One that was begun before is
        ended first.
        """
        self._settle_save()
        self._saving = self._save_of(self._refusal)
        return self._saving

    def end_save(self, save: Save) -> bool:
        """Take in how a save went; False when somebody else had written to the file.

        What they wrote is taken in then, and nothing saved yet. Raises DocumentError as `save` does.
        """
        if save is not self._saving:  # it was ended already
            return True
        self._saving = None
        try:
            if save.error is not None:
                raise save.error
            if save.outside is not None:
                self._read_outside(save.outside)
                return False
        except DocumentError as error:
            save.error = error
            self._failure = save.failure
            raise
        self._saved(save)
        return True

    def _settle_save(self) -> None:
        """Wait for a save that another thread is doing and take in how it went."""
        if self._saving is not None:
            self._saving.run()
            with contextlib.suppress(DocumentError):  # the state says it
                self.end_save(self._saving)

    def _save_of(self, refusal: str, *, look: bool = True) -> Save:
        return Save(
            self.bank,
            self.path,
            self._document,
            self._answers,
            self._machine.files,
            self._keeper,
            self._keeper.promise(),
            self._digest,
            refusal,
            look=look,
            must=bool(self._failure),
        )

    def _saved(self, save: Save) -> None:
        self._document, self._digest, self._stamp = save.document, save.digest, save.stamp
        self._failure = ""

    def _write(self) -> None:
        """Write the file as it has never been written. Raises DocumentError."""
        save = self._save_of("", look=False)
        save.run()
        if save.error is not None:
            raise save.error
        self._saved(save)

    def _know(self, digest: str) -> None:
        """Take the file with this hash for the one that was read or written last."""
        self._digest = digest
        self._stamp = None
        with contextlib.suppress(OSError):
            self._stamp = self._machine.files.stat(self.path)

    # changes from outside

    def check_outside(self) -> bool:
        """Take in what somebody else wrote to the file; returns whether there was something.

        Files of DDL that the answers name count too: what was found in them is looked at again.
        Cheap while nothing changed. A file that is gone is no change; the next save writes it again.
        Raises DocumentError when the file cannot be read or understood; nothing has changed then.
        While the file is being saved nothing is taken in; that save looks at it, too.
        """
        if self._saving is not None:
            return False
        stamp = self._stamp
        try:
            stamp = self._machine.files.stat(self.path)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise DocumentError(f"{self.path}: cannot be read: {error.strerror}") from None
        changed = stamp != self._stamp and self._look_outside(stamp)
        if not changed and self._evaluator.sources_have_changed():
            self._tell(None)
            return True
        return changed

    def _look_outside(self, stamp: Stamp | None) -> bool:
        """Read the file, which had this stamp before, and take in what is new."""
        data = read_data(self.path, self._machine.files)
        digest = sha256(data)
        if digest == self._digest:
            self._stamp = stamp
            return False
        if self._keeper.mark(digest) is not None:
            return False
        if is_blank(data):
            self._have_written_again()
            return False
        self._read_outside(data)
        return True

    def _have_written_again(self) -> None:
        """Somebody emptied the file: take that for damage, and no answer for removed."""
        if not self._refusal and not self._failure:
            self._failure = "the file was emptied; saving writes it again"
            self._tell(None)

    def _read_outside(self, data: bytes) -> None:
        """Take in the file that somebody else wrote."""
        theirs = decode(self.bank, text_of(self.path, data), self.path.name)
        if theirs.refusal and not self._refusal:
            raise DocumentError(f"{self.path}: has been changed, and {theirs.refusal}")
        self._know(sha256(data))
        self._take_in(theirs, text_of(self.path, data), self._document.answers)
        self._tell(None)

    def _take_in(self, theirs: Document, text: str, base: Answers) -> None:
        """Go on from `theirs`, with what the answers say beyond `base` merged into it."""
        self._document = theirs
        self._answers, came, beyond = taken_in(self.bank, base, self._answers, theirs.answers)
        if not self._refusal:
            steps = [self._outside("outside", came, 1)]
            steps += [self._outside("kept", beyond, 2)] if beyond else []
            self._keeper.settle(self._digest, text, steps[0].seq, steps)

    def _outside(self, what: str, found: Sequence[Change], ahead: int) -> Step:
        """A step of somebody else: what the file says by now, or what it does not say and is kept."""
        operation = json.dumps({"op": what, "changed": names_of(found)})
        return self._step("outside", operation, found, who="outside", seq=self._keeper.last + ahead)

    # opening and closing

    def _catch_up(self, known: bytes) -> None:
        """Under the lock: bring back what the journal has and the file has not, merge what it did not see."""
        data = read_data(self.path, self._machine.files)
        if data != known:
            self._document = _understood(self.bank, self.path, data)
            self._answers = self._document.answers
            self._refusal = self._document.refusal
            self._know(sha256(data))
        self._keeper.start()
        replay = self._restore if is_blank(data) else partial(self._replay, text_of(self.path, data))
        try:
            replay()
        except ValueError as error:
            self._keeper.restart(f"the journal holds a step that cannot be read: {error}")
            replay()

    def _replay(self, text: str) -> None:
        mark, settled = self._keeper.mark(self._digest), self._keeper.settled
        if mark is not None:
            self._answers = self._recover(self._document.answers, mark.seq)
            if mark.state == "announced":
                # The rename may be in memory only: a killed process never got to sync the folder.
                with contextlib.suppress(OSError):
                    sync_name(self.path, self._machine.files)
                    self._keeper.saved(self._digest, lambda: text)
        elif settled is None:
            self._keeper.settle(self._digest, text)
        else:
            base = self._keeper.base(self.bank, settled)
            self._answers = self._recover(base, self._keeper.held)
            self._take_in(self._document, text, base)

    def _restore(self) -> None:
        """The file is empty: take up again what it held, as far as the journal has it."""
        settled = self._keeper.settled
        if settled is not None:
            kept = decode(self.bank, settled.text, self.path.name)
            base = self._keeper.base(self.bank, settled)
            self._document = encode(self.bank, kept, base)
            self._answers = self._recover(base, self._keeper.held)
            self._refusal = kept.refusal
            self._have_written_again()
            self._notices.append(f"{self.path.name} was empty; what it held was kept in the journal")

    def _recover(self, answers: Answers, after: int) -> Answers:
        """The answers with every step behind `after`. Raises as `recovered` does."""
        answers, self.recovered, left = recovered(
            self.bank, self._document, answers, self._keeper.since(after)
        )
        self._notices += left
        return answers

    def _hold(self, lock: DocumentLock) -> None:
        if lock.left_by is not None:
            remove_leftovers(self.path)
        self._let_go = weakref.finalize(self, _let_go, self._keeper, lock)

    def close(self) -> None:
        """Let go of the journal and the lock; nothing is saved by this. The session is read-only then."""
        self._settle_save()
        self._refusal = self._refusal or "it is closed"
        self._let_go()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _understood(bank: Bank, path: Path, data: bytes) -> Document:
    return decode(bank, "" if is_blank(data) else text_of(path, data), path.name)


def _let_go(keeper: Keeper, lock: DocumentLock) -> None:
    keeper.close()
    lock.release()
