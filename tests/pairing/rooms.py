"""Hosts and guests in one event loop, for tests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from app.bank.load import default_bank
from app.document.answers import Answers
from app.document.operations import Set, SetProfile
from app.pairing.codes import JoinCode
from app.pairing.guest import Guest
from app.pairing.host import Host
from app.pairing.limits import Limits
from app.pairing.notices import GuestWaits, Notice
from app.review.desk import FolderDesk
from app.session import Session

BANK = default_bank()
TITLE = "control.title"
PAINS = "problem.pain_points"
GRAIN = "logical.grain"
PATIENCE = 30.0


async def eventually(holds: Callable[[], object]) -> None:
    """Let the loop run until something holds; fail when it never does."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.002)


@dataclass
class Room:
    """A host, who lets everybody in unless `is_open` is false."""

    host: Host
    desk: FolderDesk
    notices: list[Notice] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)
    is_open: bool = True

    @property
    def session(self) -> Session:
        return self.host.session

    def told(self, kind: type[Notice]) -> list[Any]:
        return [notice for notice in self.notices if isinstance(notice, kind)]

    def listen(self, notice: Notice) -> None:
        self.notices.append(notice)
        if self.is_open and isinstance(notice, GuestWaits):
            self.host.admit(notice.name)

    async def join(self, name: str, *sections: str, code: JoinCode | None = None, role: str = "") -> Guest:
        """A guest who has the batons of some sections."""
        guest = await Guest.connect(BANK, code or replace(self.host.code, host="127.0.0.1"), name, role)
        self.guests.append(guest)
        for section in sections:
            self.host.grant_baton(name, section)
        await eventually(lambda: all(guest.session.batons.holder(s) == guest.slug for s in sections))
        return guest

    async def settle(self) -> None:
        """Let everything arrive everywhere."""
        try:
            await eventually(lambda: all(self.is_settled(guest) for guest in self.guests))
        except TimeoutError:
            states = [(g.name, g.state, g.session.save_state) for g in self.guests]
            raise AssertionError(f"nothing settles: {states}") from None

    def is_settled(self, guest: Guest) -> bool:
        return guest.session.saved and same_answers(guest.session.answers, self.session.answers)


def same_answers(left: Answers, right: Answers) -> bool:
    """Whether two documents say the same; the order in which questions were answered is none of it."""
    return replace(left, values=dict(left.values)) == replace(right, values=dict(right.values))


@contextlib.asynccontextmanager
async def room(
    folder: Path, limits: Limits | None = None, *, is_open: bool = True, **options: Any
) -> AsyncIterator[Room]:
    """A host over a new document, by Mika."""
    path = folder / "holds.toml"
    first = [SetProfile(change_types=("add_table",), risk="high"), Set(question=TITLE, value="Seat holds")]
    with Session.create(BANK, path, first) as session:
        desk = FolderDesk(path, "Mika")
        async with Host(session, desk, limits=limits, **options) as host:
            found = Room(host, desk, is_open=is_open)
            host.subscribe(found.listen)
            try:
                yield found
            finally:
                await asyncio.gather(*(guest.close() for guest in found.guests))
