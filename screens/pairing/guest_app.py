"""A guest's application, with the connection to the host running in its loop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from app.bank.model import Bank
from app.pairing.notices import (
    BatonMoved,
    ConnectionChanged,
    Notice,
    NotTaken,
    SessionEnded,
)
from app.problems import DbcharterError
from screens.background import begin
from screens.interview.screen import InterviewScreen
from screens.messages import DocumentChanged, ReviewChanged
from screens.pairing.company import (
    Visiting,
    author_of,
    holder_of,
    may_write,
    section_name,
)
from screens.pairing.paired import PairedApp
from screens.plain import plain
from screens.review.sitting import Seat

if TYPE_CHECKING:
    from app.document.operations import Operation
    from app.pairing.codes import JoinCode
    from app.pairing.guest import Guest
    from app.session import Session


class GuestApp(PairedApp):
    """A guest's application. Nothing of the document is written here unless `keep` says where."""

    def __init__(
        self,
        bank: Bank,
        code: JoinCode,
        name: str,
        role: str = "",
        keep: Path | None = None,
        **arguments: Any,
    ) -> None:
        super().__init__(bank, None, seat=Seat(name, role), **arguments)
        self.code, self.guest_name, self.role, self.keep = code, name, role, keep
        self.guest: Guest | None = None
        self._left = False
        self._mine: set[str] = set()
        """The sections in which this guest was told to write."""
        self._reviewed = True

    def _first_screen(self) -> Screen[Any]:
        from screens.pairing.waiting import WaitingScreen

        return WaitingScreen()

    def on_ready(self) -> None:
        begin(self, self._join, group="pairing")

    async def _join(self) -> None:
        """Ask to be admitted, and show the document once that has happened."""
        from app.pairing.guest import Guest
        from screens.pairing.waiting import WaitingScreen

        try:
            guest = await Guest.connect(self.bank, self.code, self.guest_name, self.role, self._while_waiting)
        except DbcharterError as error:
            self.last_words.append(plain(str(error)).plain)
            if isinstance(self.screen, WaitingScreen):
                self.screen.say(str(error), is_over=True)
            return
        if not self.is_running:
            await guest.close()
            return
        self.guest = guest
        self.take_session(guest.session, lambda: guest.desk)
        company = Visiting(guest)
        self.company = company
        await self.show_interview(guest.session)
        self.meet(company)
        if guest.state == "ended":
            self._over(guest.session_end)

    async def show_interview(self, session: Session) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()
        await self.push_screen(InterviewScreen(session))

    def _while_waiting(self, notice: Notice) -> None:
        from screens.pairing.waiting import WaitingScreen

        if self.company is None and self.is_running and isinstance(notice, ConnectionChanged):
            screen = self.screen
            if isinstance(screen, WaitingScreen):
                screen.show(notice.state)

    def noticed(self, notice: Notice) -> None:
        match notice:
            case BatonMoved():
                self.call_later(self._batons_moved)  # after a lost connection several move at once
            case ConnectionChanged("live"):
                self._look_where(always=True)
            case NotTaken(what, why):
                key = self.shown_key("company")
                self.tell(f"✗ Not taken: {what}: {why}. {key} shows your words", "error", 15)
            case SessionEnded(why):
                self._over(why)
            case _:
                super().noticed(notice)

    def _over(self, why: str) -> None:
        self.following = ""
        if not self._left:
            self.tell(f"■ {why}. You can read on until you leave; nothing is kept here.", "warning", 20)
            self.renew()

    def _batons_moved(self) -> None:
        """Say which sections may be written in by now that could not be before, and the other way round."""
        company = self.company
        if company is None or company.state == "ended":
            return
        before = self._mine
        seconds = {baton.section: baton.seconds for baton in company.batons if baton.slug == company.me}
        self._mine = set(seconds)
        for section in sorted(self._mine - before):
            minutes = max(round(seconds[section] / 60), 1)
            name = section_name(self.bank, section)
            self.tell(f"✎ You may write in {name} for {minutes} minutes", "warning", 8)
        for section in sorted(before - self._mine):
            name = section_name(self.bank, section)
            self.tell(f"{name} is with {self._author} again; you can still suggest", "warning", 8)
        if bool(before) != bool(self._mine):
            self.renew()
        self.broadcast(ReviewChanged())

    @property
    def _author(self) -> str:
        return author_of(self.company) if self.company is not None else "the author"

    def renew(self) -> None:
        """Make the fields anew: what may be written here is something else."""
        for screen in self.screen_stack:
            if isinstance(screen, InterviewScreen):
                screen.renew()
        self.broadcast(DocumentChanged(None))

    def moved(self) -> None:
        if self.reviewing != self._reviewed:
            self._reviewed = self.reviewing
            self.broadcast(ReviewChanged())

    # writing

    def _session_changed(self, session: Session, operation: Operation | None) -> None:
        super()._session_changed(session, operation)
        if self.company is not None and self.company.state == "lost":
            self._moves.ask()  # the line says how much waits to be sent

    @property
    def reviewing(self) -> bool:
        """A guest only reviews where the author has not handed over the baton."""
        return self.company is None or not may_write(self.company, self.section)

    def _hold(self, operation: Operation, group: str) -> None:
        if self.sitting is not None and self.sitting.hold(operation, group):
            suggest, ask = self.shown_key("suggest_here"), self.shown_key("baton")
            self.tell(
                f"The answer stays as it is: {suggest} suggests what you wrote, {ask} asks to write here.",
                "warning",
            )

    def ask_baton(self) -> None:
        if self.guest is not None and self.company is not None and self.company.state == "live":
            self.guest.ask_baton(self.section)
            name = section_name(self.bank, self.section)
            self.tell(f"Asked {self._author} to let you write in {name}", seconds=4)
        else:
            self.tell("Not connected; ask again when you are", "warning", 4)

    def give_baton(self) -> None:
        company = self.company
        if company is None or self.guest is None or holder_of(company, self.section) != company.me:
            self.tell("You have no section here to give back", seconds=3)
        else:
            self.flush()
            self.guest.give_baton(self.section)

    def action_baton(self) -> None:
        """Ask for the section that this terminal is in, or give it back."""
        if self.company is not None and holder_of(self.company, self.section) == self.company.me:
            self.give_baton()
        else:
            self.ask_baton()

    def action_company(self) -> None:
        from screens.pairing.dialog import GuestDialog, PeopleDialog

        if isinstance(self.company, Visiting) and not isinstance(self.screen, PeopleDialog):
            self.push_screen(GuestDialog(self.company))

    # nothing stays here

    def _write_place(self) -> None:
        """Nothing: what was open here is nobody's business later."""

    def action_close_document(self) -> None:
        """Leave: a guest has no other document."""
        begin(self, self.action_quit, group="pairing-end")

    async def action_quit(self) -> None:
        self._left = True
        if self.guest is None:
            self.exit(1, 1)
            return
        await self.leave_screens()
        await self.guest.close()
        self._keep_what_is_left(self.guest)
        await super().action_quit()

    def _keep_what_is_left(self, guest: Guest) -> None:
        """Say on standard error what the host did not take; write the copy that was asked for."""
        from screens.pairing.refused import refused_texts, words_of

        self.last_words += [plain(text).plain for text in refused_texts(guest.session.unaccepted)]
        self.last_words += [
            plain(f"not sent: {words_of(entry.frame)}").plain for entry in guest.session.ledger.entries
        ]
        if self.keep is not None:
            try:
                guest.session.keep(self.keep)
                self.last_words.append(f"{self.keep}: written")
            except DbcharterError as error:
                self.last_words.append(str(error))
