"""A session over a document that another machine has: the same door for screens, without a file behind it.

Everything is in memory. What is said here shows at once and waits in the ledger until the host has
decided; nothing that a person said is dropped when it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict, replace

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.changes import Change as AnswerChange
from app.document.changes import difference, to_text
from app.document.codec import decode
from app.document.history import Kind, Step, as_json, describe, stacks
from app.document.machine import Machine, now
from app.document.operations import Operation
from app.document.saving import Save
from app.document.store import must_be_new, write_text
from app.document.text import clean
from app.pairing.batons import Batons
from app.pairing.ledger import Entry, Ledger
from app.pairing.permissions import AUTHORS_QUESTIONS, may, questions_of, sections_of
from app.pairing.undoing import brought_back, of_questions, operations_between
from app.pairing.values import packed
from app.pairing.wire import Change, Changed, Event, Numbered, Revert, WireError, decode_guest, encode
from app.problems import DocumentError, OperationError
from app.readiness.evaluator import Evaluator
from app.schema.sources import NO_SOURCES, Sources
from app.session import Session

KEPT_STEPS = 2_000
KEPT_OWN = 500
"""How many of one's own steps can be taken back."""
ROOM = "x" * 40
"""As long as any epoch, for measuring."""


class Unaccepted(Struct, frozen=True):
    """What the host refused: what was said, and why not."""

    what: str
    why: str
    frame: Numbered


class SentEvaluator(Evaluator):
    """Evaluates with the files of DDL that the host sent; none of this machine are read."""

    sent: Sources = NO_SOURCES

    def sources(self, answers: Answers) -> Sources:  # noqa: ARG002 - the host looked at what they name
        return self.sent

    def sources_have_changed(self) -> bool:
        return False


class _NoSave(Save):
    def run(self) -> None:
        """There is no file."""


class GuestSession(Session):
    """What a guest sees of the document, and how a guest changes it while having a baton."""

    def __init__(self, bank: Bank, name: str, text: str, person: str, slug: str) -> None:
        """`name` is what the host's file is called. Raises DocumentError when `text` is no answer file."""
        name = Path(clean(name)).name
        path = Path("document.toml" if name in ("", "..") else name)
        document = decode(bank, text, path.name)
        super().__init__(bank, path, document, Machine(person=lambda: person))
        self.batons = Batons()
        self.ledger = Ledger(bank, document.answers)
        self.unaccepted: list[Unaccepted] = []
        self.connection = ""
        self.send: Callable[[], None] = lambda: None
        self._slug = slug
        self._evaluator = self._sent = SentEvaluator(bank, path.parent)
        self._steps: list[Step] = []
        self._own: list[Step] = []
        self._number = 0

    # looking

    @property
    def read_only_reason(self) -> str:
        """Why nothing can be changed here now, or ""."""
        if self._refusal:
            return self._refusal
        if not self.batons.of(self._slug):
            return "you are a guest; ask the author for the baton of a section, or suggest"
        return ""

    @property
    def saved(self) -> bool:
        """Whether the host has everything that was said here."""
        return not self.ledger.entries

    @property
    def save_state(self) -> str:
        waiting = len(self.ledger.entries)
        if self.connection:
            kept = f"; {waiting} waiting here" if waiting else ""
            return f"not saved: {self.connection}{kept}"
        return "unsaved" if waiting else "saved"

    @property
    def notices(self) -> tuple[str, ...]:
        return tuple(f"refused by the host: {found.what}: {found.why}" for found in self.unaccepted)

    @property
    def history(self) -> Sequence[Step]:
        """What the host told since this guest came, and what is on its way."""
        return (*self._steps, *(entry.step for entry in self.ledger.entries if entry.step is not None))

    # changing

    def apply(self, operation: Operation, group: str = "", who: str = "") -> None:  # noqa: ARG002 - the host says who
        """Change the answers here, and send it to the host, who decides.

        Raises OperationError when it does not fit, DocumentError without the baton of its section.
        """
        self._must_be_allowed(f"change.{operation.op}", questions_of(operation))
        group = clean(group)[:80]
        amended = self.ledger.amend(operation, group)
        number = amended.id if amended else self._number + 1
        frame = Change(id=number, epoch=ROOM, operation=packed(asdict(operation)), group=group)
        must_fit(frame)
        if amended is not None:
            found = self.ledger.again(amended, operation)
            amended.frame, amended.step = (
                frame,
                self._own_step(number, "edit", operation, to_text(found), group),
            )
        else:
            entry = Entry(frame, operation=operation)
            found = self.ledger.add(entry)
            if found:
                entry.step = self._own_step(number, "edit", operation, to_text(found), group)
                self._number = number
            else:
                self.ledger.entries.remove(entry)
        self._show(operation)

    def _turn(self, kind: Kind) -> str:
        """Take back, or do again, what was said here last.

        What others said stays, unless it is what took the place of that: then undo brings it back.
        """
        both = stacks(self._own)
        groups = both.undo if kind == "undo" else both.redo
        if not groups:
            raise OperationError(f"you said nothing that there is to {kind}")
        last = groups[-1][-1]
        undone = of_questions(change for step in groups[-1] for change in step.changes)
        self._must_be_allowed("revert", frozenset(change.question for change in undone))
        number = self._number + 1
        frame = Revert(id=number, epoch=ROOM, targets=[step.seq for step in groups[-1]][-KEPT_OWN:])
        must_fit(frame)
        entry = Entry(frame, undone=undone)
        try:
            found = self.ledger.add(entry)
        except OperationError:
            if kind == "undo" and self._bring_back(undone):
                return describe(replace(last, kind="edit"))
            raise
        self._number = number
        entry.step = self._own_step(number, kind, last.operation, to_text(found), "")
        self._show(None)
        return describe(replace(last, kind="edit"))

    def _bring_back(self, undone: Sequence[AnswerChange]) -> bool:
        """Say again what others wrote over; False when it is not that which is in the way."""
        if self.ledger.entries:
            return False
        before = self._answers
        after = brought_back(before, self._steps, self._machine.person(), undone)
        for operation in operations_between(before, after) if after is not None else ():
            self.apply(operation)
        return after is not None

    def say_later(self, frame: Callable[[int], Numbered]) -> None:
        """Send a record, made for its number, after what waits already. Raises DocumentError."""
        if self._refusal:
            raise DocumentError(self._refusal)
        number = self._number + 1
        made = frame(number)
        must_fit(made)
        self._number = number
        self.ledger.add(Entry(made))
        self._tell(None)
        self.send()

    def _must_be_allowed(self, action: str, questions: frozenset[str]) -> None:
        if self._refusal:
            raise DocumentError(self._refusal)
        sections = sections_of(questions)
        if not may(action, "guest", "admitted", has_baton=self.batons.has_all(self._slug, sections)):
            where = ", ".join(sorted(sections)) or "this"
            raise DocumentError(
                f"only the author changes {where}", "ask for the baton, or suggest the change"
            )
        own = sorted(questions & AUTHORS_QUESTIONS)
        if own:
            raise DocumentError(f"only the author answers {', '.join(own)}")

    def _own_step(self, number: int, kind: Kind, operation: Operation | str, change: str, group: str) -> Step:
        text = operation if isinstance(operation, str) else as_json(operation)
        step = Step(number, now(), self._machine.person(), kind, text, change, group)
        self._own = [*(own for own in self._own if own.seq != number), step][-KEPT_OWN:]
        return step

    def _show(self, operation: Operation | None) -> None:
        self._answers = self.ledger.shown
        self._tell(operation)
        self.send()

    # what the host says

    def take(self, event: Event, body: Changed) -> None:
        """Take in a change of the answers. Raises WireError when it does not lead on from what is here."""
        number = event.id if event.slug == self._slug else 0
        self.ledger.take(body.change, number)
        step = Step(event.seq, event.at, event.who, body.step_kind, body.operation, body.change, body.group)
        self._steps.append(step)
        del self._steps[:-KEPT_STEPS]
        if number:
            self._own = [replace(own, change=body.change) if own.seq == number else own for own in self._own]
        self._shown()

    def settle(self, number: int) -> None:
        """The host has taken something that is no change of the answers, or none any more."""
        self.ledger.drop(number)
        self._shown()

    def refuse(self, number: int, why: str) -> str:
        """Keep what the host refused; returns what that was, in words."""
        entry = self.ledger.drop(number)
        self._own = [own for own in self._own if own.seq != number]
        if entry is None:
            return ""
        what = describe(entry.step) if entry.step is not None else f"said: {entry.frame.type}"
        self.unaccepted.append(Unaccepted(what, clean(why), entry.frame))
        self._shown()
        self._tell(None)
        return what

    def start_over(self, text: str, seen: int) -> None:
        """Go on from a snapshot. Raises DocumentError when it is no answer file."""
        document = decode(self.bank, text, self.path.name)
        self._document = document
        self.ledger.start_over(document.answers, seen)
        self._shown(always=True)

    def take_sources(self, sources: Sources) -> None:
        """Take in what the files of DDL say."""
        self._sent.sent = sources
        self._tell(None)

    def _shown(self, *, always: bool = False) -> None:
        before, self._answers = self._answers, self.ledger.shown
        if always or (self._answers is not before and difference(before, self._answers)):
            self._tell(None)

    # saving

    def save(self) -> None:
        """Nothing: the host has the file."""

    def begin_save(self) -> Save:
        save = self._save_of("")
        return _NoSave(**{f.name: getattr(save, f.name) for f in fields(save)})

    def end_save(self, save: Save) -> bool:  # noqa: ARG002 - nothing was begun
        return True

    def check_outside(self) -> bool:
        return False

    def keep(self, path: Path) -> None:
        """Write a copy of the document as it is shown, on request. Raises DocumentError."""
        must_be_new(path)
        write_text(path, self.text)

    def end(self, why: str) -> None:
        """Nothing can be changed from here on; what was said and not decided is kept."""
        self._refusal = self._refusal or why


def must_fit(frame: Numbered) -> None:
    """Raise DocumentError for what the host would take for no frame at all."""
    try:
        decode_guest(encode(frame))
    except WireError as error:
        raise DocumentError(
            f"this cannot be sent to the host: {error}", "say it in smaller parts, or let the author do it"
        ) from None
