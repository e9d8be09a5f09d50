"""Who sits at the terminal, what was said about the document, and what was written that is no answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from app.document.operations import Operation
from app.session import Session

if TYPE_CHECKING:
    from app.review.desk import Desk
    from app.review.digests import KeptDigests
    from app.review.model import Record
    from app.review.state import ReviewState
    from app.review.written import Change, Written


class Seat(Struct, frozen=True):
    """A person at the terminal: the author, or a reviewer with the id of a role, or none."""

    person: str
    role: str = ""
    is_author: bool = False

    @property
    def glyph(self) -> str:
        return "✎" if self.is_author else "◈"

    def words(self, role_title: str = "") -> str:
        """`Author mika`, `Reviewer Ada · security`; people's text, not yet made safe to show."""
        role = f" · {role_title or self.role}" if self.role else ""
        return f"{'Author' if self.is_author else 'Reviewer'} {self.person}{role}"


class Sitting:
    """The seats at one terminal over one open document.

    The desk is made when it is first needed, so that opening a document waits for no record. `told` is
    called whenever somebody said something, here or elsewhere, and when another person sits down.
    """

    def __init__(
        self,
        session: Session,
        author: str,
        today: Callable[[], date],
        told: Callable[[], None],
        make_desk: Callable[[], Desk] | None = None,
        seat: Seat | None = None,
    ) -> None:
        self.session = session
        self.author = Seat(author, is_author=True)
        self.seat = seat or self.author
        self.before: Seat | None = self.author if seat is not None and seat != self.author else None
        self.waiting = 0
        """How many things waited for who sits here when that was last counted."""
        self._today = today
        self._told = told
        self._make_desk = make_desk or self._folder_desk
        self._desk: Desk | None = None
        self._digests: KeptDigests | None = None
        self._state: ReviewState | None = None
        self._written: Written | None = None

    # seats

    @property
    def reviewing(self) -> bool:
        """Whether a reviewer sits here, who changes no answer."""
        return not self.seat.is_author

    @property
    def can_switch(self) -> bool:
        """Whether another person may sit down here; a guest's program belongs to one person."""
        return hasattr(self.desk, "sit")

    def sit(self, seat: Seat) -> None:
        """Let another person sit down."""
        if seat != self.seat and self.can_switch:
            self.before, self.seat = self.seat, seat
            self.desk.sit(seat.person, seat.role)  # type: ignore[attr-defined]  # asked for by can_switch

    # what was said

    @property
    def desk(self) -> Desk:
        if self._desk is None:
            self._desk = self._make_desk()
            self._desk.subscribe(self._told)
        return self._desk

    def _folder_desk(self) -> Desk:
        from app.review.desk import FolderDesk

        return FolderDesk(self.session.path, self.seat.person, self.seat.role)

    def say(self, model: type[Record], words: Mapping[str, Any]) -> None:
        """Add a record of who sits here. Raises DocumentError."""
        self.desk.say(model, words)

    def check_outside(self) -> bool:
        """Take in what others said, if anybody has looked at what was said at all."""
        return self._desk is not None and self._desk.check_outside()

    def state(self) -> ReviewState:
        """The document and all that was said about it as they are; made once per change."""
        from app.review.digests import KeptDigests
        from app.review.state import ReviewState

        answers, records = self.session.answers, self.desk.records
        evaluation, known = self.session.evaluate(self._today()), self._state
        if (
            known is None
            or known.answers is not answers
            or known.records is not records
            or known.evaluation is not evaluation
        ):
            self._digests = self._digests or KeptDigests(self.session.bank)
            known = ReviewState(self.session.bank, answers, records, evaluation, self._digests.of(answers))
            self._state = known
        return known

    def count(self) -> None:
        """Count anew what waits: for the author in the inbox, for a reviewer on the agenda."""
        from app.review.agenda import waiting_for
        from app.review.inbox import waiting

        if self.reviewing:
            self.waiting = waiting_for(self.state(), self.seat.person, self.seat.role)
        else:
            self.waiting = waiting(self.state()) if self.desk.records.records else 0

    # what was written

    def hold(self, operation: Operation, group: str = "") -> bool:
        """Keep what a reviewer wrote; returns whether it is the first thing written there.

        `group` is that of the operation: the same for all that is typed into one cell.
        """
        if self._written is None:
            from app.review.written import Written

            self._written = Written()
        return self._written.take(operation, group)

    def held(self, question: str = "") -> tuple[Change, ...]:
        """What was written and is no answer, at one question or at all; the last one last."""
        return self._written.at(question) if self._written is not None else ()

    def let_go(self, change: Change) -> None:
        """Forget what was written, since it has been suggested."""
        if self._written is not None:
            self._written.let_go(change)
