"""The author's application, with the host running in its loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from app.pairing.notices import (
    BatonAsked,
    BatonMoved,
    GuestGaveUp,
    GuestWaits,
    Notice,
    PersonLeft,
    SessionEnded,
)
from app.problems import DbcharterError
from screens.background import begin
from screens.pairing.company import (
    Hosting,
    section_name,
)
from screens.pairing.paired import PairedApp
from screens.review.sitting import Seat

if TYPE_CHECKING:
    from app.pairing.host import Host
    from app.review.desk import Desk
    from app.session import Session


class HostApp(PairedApp):
    """The author's application over a session that is open to be written, with a host that is not begun."""

    def __init__(self, host: Host, **arguments: Any) -> None:
        super().__init__(host.session.bank, **arguments)
        self._host: Host | None = host
        self._left: Host | None = None

    def _first_screen(self) -> Screen[Any]:
        assert self._host is not None
        return self._interview(self._host.session)

    def take_session(self, session: Session, make_desk: Callable[[], Desk] | None = None) -> str:
        question = super().take_session(session, make_desk)
        if self._host is not None and self.sitting is not None:
            self.sitting.author = self.sitting.seat = Seat(self._host.desk.person, is_author=True)
        return question

    def on_ready(self) -> None:
        if self._host is not None:
            begin(self, partial(self._hold_session, self._host), group="pairing")

    async def _hold_session(self, host: Host) -> None:
        """Host until the session has ended."""
        over = asyncio.Event()
        try:
            async with host:
                host.subscribe(lambda notice: over.set() if isinstance(notice, SessionEnded) else None)
                stop = self._share_records(host)
                self.meet(Hosting(host))
                self.action_company()
                try:
                    await over.wait()
                finally:
                    stop()
        except DbcharterError as error:
            self._host = None
            self.tell(f"Not hosting: {error}", "error", 30)

    def _share_records(self, host: Host) -> Callable[[], None]:
        """Have the host and the seats at this terminal see what was said at the other one at once."""
        sitting = self.sitting
        if sitting is None:
            return lambda: None
        stops = [
            sitting.desk.subscribe(lambda: _look(host.desk.check_outside)),
            host.desk.subscribe(lambda: _look(sitting.check_outside)),
        ]

        def stop_all() -> None:
            for stop in stops:
                stop()

        return stop_all

    def noticed(self, notice: Notice) -> None:
        from screens.pairing.dialog import PeopleDialog

        company = self.company
        assert isinstance(company, Hosting)
        key = self.shown_key("company")
        match notice:
            case GuestWaits() if isinstance(self.screen, PeopleDialog):
                pass  # the dialog shows it
            case GuestWaits(name, role):
                who = f"{name} ({role})" if role else name
                self.tell(f"◌ {who} waits to be admitted; {key} decides", "warning", 8)
            case GuestGaveUp(name):
                self.tell(f"{name} waits no more", seconds=4)
            case BatonAsked(person, section):
                is_new = person.slug not in company.asked
                company.asked[person.slug] = section
                name = section_name(self.bank, section)
                if is_new and not isinstance(self.screen, PeopleDialog):
                    self.tell(f"✎ {person.name} asks to write in {name}; {key} decides", "warning", 8)
            case BatonMoved(section, person):
                if person is not None and company.asked.get(person.slug) == section:
                    del company.asked[person.slug]
                if person is None:
                    self.tell(f"{section_name(self.bank, section)} is yours alone again", seconds=4)
            case SessionEnded(why):
                company.why = why
                self.following = ""
            case PersonLeft(person):
                company.asked.pop(person.slug, None)
                super().noticed(notice)
            case _:
                super().noticed(notice)

    def look_outside(self) -> None:
        super().look_outside()
        if self._host is not None:
            _look(self._host.desk.check_outside)

    def close_document(self) -> bool:
        """Let go of the document, and only then, when it is kept, of the guests."""
        if not super().close_document():
            return False
        self._left, self._host = self._host, None
        if self._left is not None:
            begin(self, partial(self._left.end, "the author has closed the document"), group="pairing-end")
        return True

    async def take_leave(self) -> None:
        if self._left is not None:
            await self._left.end("the author has left")

    def action_company(self) -> None:
        from screens.pairing.dialog import HostDialog, PeopleDialog

        if isinstance(self.company, Hosting) and not isinstance(self.screen, PeopleDialog):
            self.push_screen(HostDialog(self.company))

    def action_baton(self) -> None:
        self.action_company()


def _look(check: Callable[[], bool]) -> None:
    """Look for records of others; a folder that cannot be read now is looked at again later."""
    with contextlib.suppress(DbcharterError):
        check()
