"""Handing batons over and taking them back, told to everybody, also when their time is over."""

from __future__ import annotations

import asyncio

from app.pairing.broadcast import Broadcast
from app.pairing.members import Member, Members
from app.pairing.notices import BatonMoved, Bell
from app.pairing.wire import BatonPassed
from app.problems import OperationError


class Handover:
    """The batons of one session, with a timer for the one that ends next; all in the author's name."""

    def __init__(self, author: str, members: Members, broadcast: Broadcast, bell: Bell) -> None:
        self._author, self._members, self._broadcast, self._bell = author, members, broadcast, bell
        self.batons = broadcast.batons
        self._timer: asyncio.TimerHandle | None = None

    def grant(self, member: Member, section: str, seconds: float) -> None:
        self.batons.grant(section, member.slug, seconds)
        self._moved(section, seconds)

    def take(self, section: str) -> None:
        """Raises OperationError when nobody has the baton."""
        if not self.batons.take(section):
            raise OperationError(f"nobody has the baton of {section}")
        self._moved(section)

    def take_all(self, member: Member) -> None:
        for section in self.batons.of(member.slug):
            self.take(section)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _moved(self, section: str, seconds: float = 0.0) -> None:
        slug = self.batons.holder(section)
        member = self._members.find(slug, "admitted")
        self._broadcast.event(BatonPassed(section=section, slug=slug, seconds=seconds), self._author)
        self._bell.ring(BatonMoved(section, member.person if member else None, seconds))
        self._wait()

    def _wait(self) -> None:
        """Look again when the next baton's time is over."""
        self.stop()
        left = self.batons.next_end()
        if left is not None:
            self._timer = asyncio.get_running_loop().call_later(left + 0.01, self._look)

    def _look(self) -> None:
        for section in self.batons.drop_expired():
            self._moved(section)
        self._wait()
