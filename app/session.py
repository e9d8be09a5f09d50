"""The one door to a document: open, look, apply, save.

The command line and the screens both work through a session, so nothing can be asked, hidden or
changed in one and not in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.codec import Document, new_document, value_problems
from app.document.operations import Operation, apply
from app.document.store import read_document, write_document
from app.interview.applicability import Survey, survey
from app.problems import DocumentError, Problem

Subscriber = Callable[["Session", Operation], None]


class Session:
    """One open answer document. `answers` is replaced, never changed, by every operation."""

    def __init__(self, bank: Bank, path: Path, document: Document) -> None:
        self.bank = bank
        self.path = path
        self._document = document
        self._answers = document.answers
        self._survey: tuple[Answers, Survey] | None = None
        self._subscribers: list[Subscriber] = []

    @classmethod
    def open(cls, bank: Bank, path: Path) -> Session:
        """Open an existing answer file. Raises DocumentError."""
        return cls(bank, path, read_document(bank, path))

    @classmethod
    def create(cls, bank: Bank, path: Path, operations: Iterable[Operation] = ()) -> Session:
        """Start a document and write its file. Raises DocumentError when the file is already there."""
        if path.exists():
            raise DocumentError(f"{path}: is already there", f"go on with: dbcharter ask {path}")
        if path.suffix != ".toml":
            raise DocumentError(f"{path}: an answer file ends in .toml")
        session = cls(bank, path, new_document(bank, path.stem, Answers()))
        for operation in operations:
            session.apply(operation)
        session.save()
        return session

    @property
    def answers(self) -> Answers:
        return self._answers

    @property
    def read_only_reason(self) -> str:
        """Why the document cannot be written, or ""."""
        return self._document.newer

    @property
    def saved(self) -> bool:
        """Whether the file holds all that was said."""
        return self._answers is self._document.answers

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the file and with the answers in it, with lines of the file as last read."""
        current = Document(
            self._answers, self._document.heading, self._document.layout, self._document.unread
        )
        return [*self._document.problems, *value_problems(self.bank, current, self.path.name)]

    def survey(self) -> Survey:
        """Every question under the present answers; computed once per change."""
        if self._survey is None or self._survey[0] is not self._answers:
            self._survey = (self._answers, survey(self.bank, self._answers))
        return self._survey[1]

    def apply(self, operation: Operation) -> None:
        """Change the answers. Raises OperationError and changes nothing when it does not fit."""
        if self.read_only_reason:
            raise DocumentError(f"{self.path}: is open read-only: {self.read_only_reason}")
        self._answers = apply(self.bank, self._answers, operation)
        for subscriber in self._subscribers:
            subscriber(self, operation)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Have `subscriber` called after every operation; returns the way to stop that."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def save(self) -> None:
        """Write the file if something changed. Raises DocumentError; the answers stay in memory."""
        if not self.saved or not self.path.exists():
            self._document = write_document(self.bank, self.path, self._document, self._answers)
