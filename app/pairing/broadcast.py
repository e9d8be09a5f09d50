"""What the host tells everybody: numbers events, keeps them, and puts them into every guest's outbox."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from json import dumps

from app.document.machine import now
from app.pairing.batons import Batons
from app.pairing.event_log import EventLog
from app.pairing.limits import FROM_HOST, PIECE, Limits
from app.pairing.members import Member, Members
from app.pairing.record_words import packed_records
from app.pairing.sources import packed_sources
from app.pairing.wire import Body, Done, Event, Frame, Person, Piece, Welcome, encode
from app.review.model import Records
from app.session import Session


class Broadcast:
    """The stream of events of one session. Nothing here waits: a guest who cannot keep up is cut off."""

    def __init__(self, session: Session, members: Members, limits: Limits) -> None:
        self._session, self._members = session, members
        self._log = EventLog(limits.kept_events, limits.kept_bytes)
        self.records = Records()
        self.people: list[Person] = []
        self.batons = Batons()

    @property
    def epoch(self) -> str:
        return self._log.epoch

    def event(self, body: Body, who: str, at: str = "", cause: Member | None = None, number: int = 0) -> None:
        """Number what happened and tell all guests; `cause` and `number` say whose frame it came of."""
        event = Event(
            epoch=self._log.epoch,
            seq=self._log.last + 1,
            at=at or now(),
            who=who,
            slug=cause.slug if cause else "",
            id=number,
            body=body,
        )
        message = encode(event)
        if len(message) * 4 > FROM_HOST and len(message.encode()) > FROM_HOST:
            self._start_over(cause, number)
            return
        self._log.add(message)
        for member in self._members.admitted:
            if member.link is not None:
                member.link.put(message)

    def frame(self, frame: Frame, but: Member | None = None) -> None:
        """Tell all guests but one something that is not numbered."""
        message = encode(frame)
        for member in self._members.admitted:
            if member.link is not None and member is not but:
                member.link.put(message)

    def leads_on_from(self, epoch: str, seq: int) -> bool:
        """Whether a guest who has everything up to `seq` of `epoch` needs no snapshot."""
        return self._log.since(epoch, seq) is not None

    def catch_up(self, member: Member, epoch: str, seq: int) -> None:
        """Bring a guest who has everything up to `seq` of `epoch` up to date, by events or a snapshot."""
        assert member.link is not None
        missing = self._log.since(epoch, seq)
        if missing is None:
            member.link.outbox.start_over(self._snapshot(member))
        else:
            welcome = self._welcome(member, seq, is_resumed=True)
            member.link.outbox.start_over(iter([encode(welcome), *missing]))

    def _start_over(self, cause: Member | None, number: int) -> None:
        """Something happened that is too large for an event: everybody gets a snapshot of another epoch."""
        self._log.begin_epoch()
        for member in self._members.admitted:
            if member.link is not None:
                member.link.outbox.start_over(self._snapshot(member))
                if member is cause and number:
                    member.link.send(Done(id=number))

    def _welcome(self, member: Member, seq: int, *, is_resumed: bool) -> Welcome:
        return Welcome(
            slug=member.slug,
            token=member.token,
            document=self._session.path.name[:400],
            bank=self._session.bank.id[:80],
            bank_version=self._session.bank.version[:80],
            epoch=self._log.epoch,
            seq=seq,
            seen=member.results.seen,
            is_resumed=is_resumed,
            people=self.people,
            batons=self.batons.all(),
        )

    def _snapshot(self, member: Member) -> Iterator[str]:
        """The messages that say everything as it is now; what happens later is not in them."""
        parts = {
            "document": self._session.text,
            "records": dumps(packed_records(self.records), ensure_ascii=False),
            "sources": dumps(packed_sources(self._session.sources()), ensure_ascii=False),
        }
        return _messages(self._welcome(member, self._log.last, is_resumed=False), parts)


def _messages(welcome: Welcome, parts: dict[str, str]) -> Iterator[str]:
    yield encode(welcome)
    for name, text in parts.items():
        for piece, is_last in _pieces(text):
            yield encode(Piece.model_construct(type="piece", part=name, text=piece, is_last=is_last))


def _pieces(text: str) -> Iterable[tuple[str, bool]]:
    starts = range(0, len(text) or 1, PIECE)
    return ((text[start : start + PIECE], start + PIECE >= len(text)) for start in starts)
