"""What guests ask of the host, decided and done in the author's session.

Everything is checked here, and nothing here waits for the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from pydantic import ValidationError

from app.document.changes import Change as AnswerChange
from app.document.changes import from_text, undo
from app.document.operations import Operation, operation_adapter
from app.document.text import one_line
from app.pairing.batons import Batons
from app.pairing.members import Member
from app.pairing.permissions import (
    AUTHORS_QUESTIONS,
    action_of,
    may,
    questions_of,
    sections_of,
    sections_touched,
)
from app.pairing.undoing import of_questions, operations_between
from app.pairing.values import unpacked
from app.pairing.wire import Change, FromGuest, Revert, Say
from app.problems import DbcharterError, DocumentError, OperationError
from app.review.desk import Desk
from app.review.model import BOUND, TABLES, Record, Reply, Suggestion, Thread
from app.review.model import Reopen as ReopenRecord
from app.review.model import Resolve as ResolveRecord
from app.review.names import review_folder
from app.review.saying import bound
from app.review.writing import append
from app.session import Session


class RefusedError(DbcharterError):
    """What a guest asked for is not done, and why."""


class Requests(Struct, frozen=True):
    """Does what guests ask for, in one session and with the records beside its file."""

    session: Session
    desk: Desk
    batons: Batons

    def must_be_allowed(self, member: Member, frame: FromGuest, operation: Operation | None = None) -> None:
        """Raise RefusedError for what somebody may not do."""
        sections = sections_touched(frame, operation)
        if not may(
            action_of(frame),
            "guest",
            member.state,
            has_baton=self.batons.has_all(member.slug, sections) or isinstance(frame, Revert),
        ):
            where = f" of {', '.join(sorted(sections))}" if sections else ""
            raise RefusedError(
                f"this is for the author, or for who has the baton{where}",
                "ask for the baton, or suggest the change",
            )
        if operation is not None:
            self._must_not_be_the_authors(questions_of(operation))

    def change(self, member: Member, frame: Change) -> None:
        """Apply an operation under the guest's name. Raises DbcharterError."""
        operation = _operation(frame)
        self.must_be_allowed(member, frame, operation)
        group = f"{member.slug}:{frame.group}" if frame.group else ""
        self.session.apply(operation, group=group, who=member.name)

    def revert(self, member: Member, frame: Revert) -> None:
        """Take back what frames of the guest changed, as one step. Raises DbcharterError."""
        self.must_be_allowed(member, frame)
        found = (change for target in frame.targets for change in _changes(member, target))
        changes = of_questions(found)
        questions = frozenset(change.question for change in changes if change.question)
        self._must_not_be_the_authors(questions)
        if not self.batons.has_all(member.slug, sections_of(questions)):
            raise RefusedError("this needs the baton of the section that it is about")
        before = self.session.answers
        after = undo(before, changes)
        for operation in operations_between(before, after):
            self.session.apply(operation, group=f"{member.slug}:revert-{frame.id}", who=member.name)

    def say(self, member: Member, frame: Say) -> Record:
        """Add a record to the guest's own file. Raises DbcharterError."""
        self.must_be_allowed(member, frame)
        model = TABLES[frame.table]
        try:
            words = unpacked(frame.words)
            if not isinstance(words, dict):
                raise ValueError
        except ValueError:
            raise RefusedError("the words hold something that is no value") from None
        words = self._checked(model, {str(name): value for name, value in words.items()})
        return append(review_folder(self.session.path), member.name, model, words, role=member.role)

    def _checked(self, model: type[Record], words: Mapping[str, Any]) -> Mapping[str, Any]:
        """The words of a record about something that is there. Raises RefusedError."""
        bank = self.session.bank
        unknown = set(words) - (set(model.model_fields) - {"id", "at", "person"})
        if unknown:
            raise RefusedError(f"a record has no {one_line(min(unknown))!r}")
        for name in ("question", "thread", "section", "check"):
            if not isinstance(words.get(name), str | None):
                raise RefusedError(f"the {name} that a record is about is no name")
        if model in (Thread, Suggestion) and words.get("question") not in bank.questions:
            raise RefusedError("this bank has no such question")
        if model in (Reply, ResolveRecord, ReopenRecord):
            known = {thread.id for thread in self.desk.records.of(Thread)}
            if words.get("thread") not in known:
                raise RefusedError("there is no such thread")
        return self._with_answers(model, words) if model in BOUND else words

    def _with_answers(self, model: type[Record], words: Mapping[str, Any]) -> Mapping[str, Any]:
        """A bound record with the text that it is about, which stays with the host: it may be long."""
        try:
            present = bound(self.session.bank, self.session.answers, model, words)
        except OperationError as error:
            raise RefusedError(error.message) from None
        if present["digest"] != words.get("digest"):
            raise RefusedError("what it is about has changed meanwhile", "look at it again")
        return present

    def _must_not_be_the_authors(self, questions: frozenset[str]) -> None:
        own = sorted(questions & AUTHORS_QUESTIONS)
        if own:
            raise RefusedError(f"only the author answers {', '.join(own)}")


def _operation(frame: Change) -> Operation:
    try:
        return operation_adapter().validate_python(unpacked(frame.operation))
    except (ValidationError, ValueError):
        raise OperationError("this is no operation") from None


def _changes(member: Member, target: int) -> tuple[AnswerChange, ...]:
    """What one frame of a guest changed. Raises OperationError when that is not kept."""
    text = member.results.change(target)
    if text is None:
        raise OperationError("what should be taken back was not your change, or too long ago")
    try:
        return from_text(text)
    except ValueError:
        raise DocumentError("what should be taken back cannot be read") from None
