"""The open document of the application: who sits before it, what is applied to it, when it is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from msgspec import json
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from app.approving import may_apply, turn
from app.bank.model import Bank
from app.document.machine import introduce, now, person
from app.document.operations import Operation
from app.document.recent import Recent, recent_documents, remember
from app.document.rescue import rescue
from app.document.text import plural
from app.problems import DbcharterError, OperationError
from app.review.status import STATUS
from app.session import Session
from screens.ahead import AheadApp
from screens.base import DocumentScreen
from screens.messages import AnswerChanged, DocumentChanged, ReviewChanged, SaveStateChanged
from screens.plain import plain
from screens.review.sitting import Seat, Sitting
from screens.saving import Saver

if TYPE_CHECKING:
    from app.review.desk import Desk
    from app.review.model import Records

REMEMBER_AFTER = 1.0
"""Seconds until the list of recent documents says where the author is."""


class DocumentApp(AheadApp):
    """An application about one document at a time. `seat` is who sits down first, the author otherwise."""

    def __init__(self, bank: Bank, today: Callable[[], date] = date.today, seat: Seat | None = None) -> None:
        super().__init__()
        self.bank = bank
        self.today = today
        self.session: Session | None = None
        self.sitting: Sitting | None = None
        self.keys: dict[str, str] = {}
        self._first_seat = seat
        self._by: Widget | None = None
        self.saver = Saver(self)
        self._place = ""
        self._place_timer: Timer | None = None
        self._asked_in_vain: Session | None = None
        self.unsaved = False
        """Whether a document was let go of that could not be saved."""

    def tell(self, text: str, severity: str = "information", seconds: float | None = None) -> None:
        """A notice in the corner; `text` may hold people's words."""
        known: Any = severity if severity in ("information", "warning", "error") else "information"
        self.notify(plain(text).plain, severity=known, timeout=seconds, markup=False)

    def stop_telling(self) -> None:
        """Take away the notices that say how something went: they may cover what is shown next."""
        for notice in list(self._notifications):
            if notice.severity == "information":
                self._unnotify(notice)

    def tell_removed(self, removed: Sequence[str], how: str) -> None:
        """Say which characters were no text in what came from elsewhere; `how` it came."""
        if removed:
            more = f" and {len(removed) - 3} more" if len(removed) > 3 else ""
            self.tell(f"Taken out of what was {how}: {', '.join(removed[:3])}{more}", "warning")

    # opening and closing

    def take_session(self, session: Session, make_desk: Callable[[], Desk] | None = None) -> str:
        """Go on with an open session; returns the question at which its document was left.

        `make_desk` gives the desk of a review that is not held in the folder beside the file.
        """
        self.session = session
        self.sitting = Sitting(
            session, person(), self.today, self._review_changed, make_desk, self._first_seat
        )
        session.subscribe(self._session_changed)
        left = {entry.path: entry.question for entry in recent_documents()}
        return left.get(str(session.path.absolute()), "")

    def close_document(self) -> bool:
        """Save what is left to save and let go of the document; nothing is asked.

        Returns False, having said why, when what was said could be kept nowhere: then this must be asked
        for again.
        """
        if not self._may_let_go():
            return False
        self._write_place()
        self._place = ""
        session, self.session = self.session, None
        sitting, self.sitting = self.sitting, None
        if session is None:
            return True
        self.saver.stop()
        for held in sitting.held() if sitting is not None else ():
            self.last_words.append(f"not suggested: {plain(json.encode(held).decode())}")
        session.close()
        return True

    def _may_let_go(self) -> bool:
        """Save the open document; whether it is kept somewhere then, or this is asked for again."""
        session = self.session
        if session is None or session.read_only_reason:
            return True
        try:
            session.save()
        except DbcharterError as error:
            where, kept = self._kept_elsewhere(session)
            self.tell(f"{error}; {where}", "error")
            if not kept and self._asked_in_vain is not session:
                self._asked_in_vain = session
                return False
            self.last_words.append(plain(f"{error}; {where}").plain)
            self.unsaved = True
        return True

    def _kept_elsewhere(self, session: Session) -> tuple[str, bool]:
        """What became of that which could not be saved, and whether it is kept."""
        if session.durable:
            return "it is in the journal and comes back when the file is opened", True
        try:
            return f"all of it is in {rescue(session.path, session.text)}", True
        except DbcharterError as error:
            again = self.key_of("quit")
            return f"{error}, or {again} again leaves and loses what was not saved", False

    def remember_place(self, question: str) -> None:
        """Note in the list of recent documents where the author is, soon and when the document is closed."""
        self._place = question
        if self._place_timer is None:
            self._place_timer = self.set_timer(REMEMBER_AFTER, self._write_place)

    def _write_place(self) -> None:
        if self._place_timer is not None:
            self._place_timer.stop()
            self._place_timer = None
        if self.session is not None and self._place:
            progress = self.session.survey().progress()
            path = str(self.session.path.absolute())
            ready = self.session.readiness
            remember(Recent(path, self._place, progress.done, progress.required, now(), ready))

    # who sits here

    @property
    def reviewing(self) -> bool:
        """Whether a reviewer sits here."""
        return self.sitting is not None and self.sitting.reviewing

    def sit(self, seat: Seat) -> None:
        """Let another person sit down; fields show what the answers are, whatever was written into them."""
        if self.sitting is not None and self.session is not None and seat != self.sitting.seat:
            self.flush()
            if seat.is_author and seat != self.sitting.author:
                self.sitting.author = seat
                self.introduce(seat.person)
            self.sitting.sit(seat)
            self.broadcast(DocumentChanged(None))
            left = len(self.sitting.held())
            if left and not self.reviewing:
                self.tell(f"{left} not suggested yet; what was written is kept for the reviewer", "warning")

    def introduce(self, name: str) -> None:
        """Have the author's name remembered, for this document and the next ones."""
        if not introduce(name):
            self.tell("The name cannot be remembered here; the history has that of the login", "warning")

    def _review_changed(self) -> None:
        self.broadcast(ReviewChanged())

    def _records(self) -> Records | None:
        return None if self.sitting is None else self.sitting.desk.records

    # changes

    def apply(
        self, operation: Operation, group: str = "", by: Widget | None = None, *, who: str = ""
    ) -> bool:
        """Apply one operation to the open document; returns False, having said why, when it is refused.

        `who` says whose change it is when it is not that of the author, who takes it.
        """
        if self.session is None:
            return False
        if self.reviewing:
            self._hold(operation, group)
            return False
        self._by = by
        try:
            if getattr(operation, "question", "") == STATUS:
                may_apply(self.session, operation, self.today(), self._records())
            self.session.apply(operation, group, who)
        except DbcharterError as error:
            self.tell(str(error), "error")
            if getattr(operation, "question", "") == STATUS:
                self.broadcast(DocumentChanged(None))
            return False
        finally:
            self._by = None
        return True

    def _hold(self, operation: Operation, group: str) -> None:
        """A reviewer changes nothing; what was written is kept until it is suggested."""
        assert self.sitting is not None
        if self.sitting.hold(operation, group):
            name, key = self.sitting.seat.person, self.key_of
            self.tell(
                f"{name} reviews, so the answer stays as it is. {key('suggest_here')} suggests what you "
                f"wrote, {key('comment_here')} comments, {key('seat')} changes the seat.",
                "warning",
            )

    def key_of(self, action: str) -> str:
        """The key of an action as it is typed here."""
        from screens.actions import BY_ID

        return self.keys.get(action, BY_ID[action].keys).split(",")[0]

    def turn(self, which: Literal["undo", "redo"], times: int = 1) -> list[str]:
        """Undo or redo up to `times` steps; returns what they were, in words.

        Raises DbcharterError when none can be taken.
        """
        if self.session is None:
            raise OperationError("no document is open")
        if self.reviewing:
            raise OperationError("a reviewer changes no answer", f"{self.key_of('seat')} changes the seat")
        return turn(self.session, which, self.today(), self._records(), times)

    def _session_changed(self, session: Session, operation: Operation | None) -> None:
        if session is self.session:
            self.broadcast(DocumentChanged(operation, self._by))
            self.saver.soon()

    def broadcast(self, message: DocumentChanged | SaveStateChanged | ReviewChanged) -> None:
        """Send a message to every screen, also the hidden ones, so that none is stale when it comes back.

        Not to the empty one of Textual below them all: it would paint the whole terminal at each message.
        """
        for screen in self.screen_stack[1:]:
            screen.post_message(replace(message))

    def on_answer_changed(self, event: AnswerChanged) -> None:
        self.apply(event.operation, event.group, event.by)

    def flush(self) -> None:
        """Have the screens post what was typed last."""
        for screen in self.screen_stack:
            if isinstance(screen, DocumentScreen):
                screen.flush()

    def look_outside(self) -> None:
        """Take in what somebody else wrote to the file, or said."""
        if self.session is None:
            return
        self.flush()
        try:
            open_before = len(self.session.answers.conflicts)
            if self.session.check_outside():
                self.tell_taken_in(self.session, open_before)
            if self.sitting is not None:
                self.sitting.check_outside()
        except DbcharterError as error:
            self.tell(str(error), "error")

    def tell_taken_in(self, session: Session, open_before: int) -> None:
        """Say that the file had been changed outside, and what of it did not fit together."""
        new = len(session.answers.conflicts) - open_before
        if new > 0:
            self.tell(
                f"The file was changed outside, {plural(new, 'answer')} here as well; both sides are kept. "
                "ctrl+p, Resolve conflicts",
                "warning",
            )
        else:
            self.tell("The file was changed outside; what it says is taken in")

    def save(self) -> None:
        """Write the answer file; when that fails, the status line says so and it is tried again later."""
        self.saver.now()

    def show_screen(self, screen: Screen[Any]) -> None:
        """Show `screen` in place of all that is there."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(screen)
