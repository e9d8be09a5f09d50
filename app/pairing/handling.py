"""Does what the frames of admitted guests ask for, each once, and answers every one."""

from __future__ import annotations

import contextlib

from app.pairing.broadcast import Broadcast
from app.pairing.handover import Handover
from app.pairing.link import Link
from app.pairing.members import Member
from app.pairing.notices import BatonAsked, Bell
from app.pairing.presence import Presence
from app.pairing.publishing import Publishing
from app.pairing.requests import RefusedError, Requests
from app.pairing.wire import (
    AskBaton,
    Change,
    Done,
    FromGuest,
    GiveBaton,
    Here,
    Numbered,
    Refused,
    Revert,
    Say,
)
from app.problems import DbcharterError
from app.review.desk import Desk
from app.session import Session

_STALE = "this was said about another state of the document"


class Handling:
    """Nothing here waits: a frame is done as a whole before the loop goes on."""

    def __init__(
        self,
        session: Session,
        desk: Desk,
        broadcast: Broadcast,
        publishing: Publishing,
        presence: Presence,
        handover: Handover,
        bell: Bell,
    ) -> None:
        self._session, self._desk = session, desk
        self._broadcast, self._publishing, self._presence = broadcast, publishing, presence
        self._handover, self._bell = handover, bell
        self._requests = Requests(session, desk, handover.batons)

    def handle(self, member: Member, link: Link, frame: FromGuest) -> None:
        """Do what one frame asks for, or refuse it; what needs no answer is passed over when refused."""
        if isinstance(frame, Change | Revert | Say):
            self._numbered(member, link, frame)
            return
        with contextlib.suppress(RefusedError):
            self._requests.must_be_allowed(member, frame)
            self._other(member, frame)

    def _other(self, member: Member, frame: FromGuest) -> None:
        match frame:
            case Here():
                self._presence.guest_is(member, frame)
            case AskBaton():
                if frame.section in self._session.bank.section_by_id:
                    self._bell.ring(BatonAsked(member.person, frame.section))
            case GiveBaton():
                self._handover.take(frame.section)

    def _numbered(self, member: Member, link: Link, frame: Numbered) -> None:
        results = member.results
        if results.has(frame.id):
            reason = results.reason(frame.id)
            link.send(Refused(id=frame.id, message=reason) if reason else Done(id=frame.id))
            return
        if frame.epoch != self._broadcast.epoch:
            link.send(Refused(id=frame.id, message=_STALE, is_stale=True))
            return
        try:
            with self._publishing.caused_by(member, frame.id):
                is_told = self._do(member, frame)
        except DbcharterError as error:
            self._publishing.answers()
            results.keep(frame.id, reason=error.message[:2000] or "refused")
            link.send(Refused(id=frame.id, message=error.message[:2000], hint=error.hint[:2000]))
            return
        except Exception:  # of somebody who listens to the session: what was asked for is done all the same
            results.keep(frame.id)
            self._publishing.answers()
            raise
        results.keep(frame.id)
        if not is_told:
            link.send(Done(id=frame.id))

    def _do(self, member: Member, frame: Numbered) -> bool:
        """Do what a frame asks for; returns whether everybody was told. Raises DbcharterError."""
        match frame:
            case Change():
                self._requests.change(member, frame)
            case Revert():
                self._requests.revert(member, frame)
            case Say():
                record = self._requests.say(member, frame)
                self._desk.check_outside()
                self._publishing.records()
                return self._publishing.knows(record.id)
        return self._publishing.answers()
