"""What a guest makes of what the host says: session, desk, people and batons in step with the host's."""

from __future__ import annotations

from collections.abc import Callable

from app.bank.model import Bank
from app.document.text import clean, one_line
from app.pairing.guest_desk import GuestDesk
from app.pairing.guest_session import GuestSession
from app.pairing.incoming import Incoming
from app.pairing.notices import BatonMoved, Bell, NotTaken, PersonCame, PersonLeft, PersonMoved
from app.pairing.record_words import record_of, reviewer_of
from app.pairing.sources import unpacked_sources
from app.pairing.wire import (
    Baton,
    BatonPassed,
    Came,
    Changed,
    Done,
    Event,
    FromHost,
    Left,
    Person,
    Piece,
    Refused,
    Said,
    SourcesChanged,
    Welcome,
    Where,
    WireError,
)
from app.problems import DocumentError


class Hearing:
    """`epoch` and `seq` say what was heard last; with "" and 0 the next connection begins with a snapshot.

    `session` and `desk` are None until the first snapshot is complete.
    """

    def __init__(self, bank: Bank, name: str, role: str, bell: Bell, send: Callable[[], None]) -> None:
        self._bank, self._name, self._role = bank, name, role
        self._bell, self._send = bell, send
        self.token, self.slug, self.epoch, self.seq = "", "", "", 0
        self.people: dict[str, Person] = {}
        self.session: GuestSession | None = None
        self.desk: GuestDesk | None = None
        self._document, self._seen = "", 0
        self._batons: list[Baton] = []
        self._incoming: Incoming | None = None

    def forget(self) -> None:
        """Begin with a snapshot at the next connection."""
        self.epoch, self.seq, self._incoming = "", 0, None

    def take(self, frame: FromHost) -> bool:
        """Take in one frame; returns whether everything is up to date from here on.

        Raises WireError when it cannot be, DocumentError when nothing will help.
        """
        match frame:
            case Welcome():
                return self._welcome(frame)
            case Piece():
                return self._piece(frame)
            case Where():
                self._moved(frame)
            case Event() | Done() | Refused():
                self._decided(frame)
        return False

    def _welcome(self, frame: Welcome) -> bool:
        if (frame.bank, frame.bank_version) != (self._bank.id, self._bank.version):
            theirs = one_line(clean(f"{frame.bank} {frame.bank_version}"))
            raise DocumentError(
                f"the document is about the question bank {theirs}; this program has "
                f"{self._bank.id} {self._bank.version}",
                "join with the same bank: --bank DIR",
            )
        self.token, self.slug = frame.token, frame.slug
        self.epoch, self.seq = frame.epoch, frame.seq
        self._document, self._seen, self._batons = frame.document, frame.seen, frame.batons
        self.people = {person.slug: _clean_person(person) for person in frame.people}
        if not frame.is_resumed:
            self._incoming = Incoming()
            return False
        if self.session is None:
            raise WireError("there is nothing to go on from")
        self.session.ledger.reconnected(frame.seen)
        self._up_to_date(self.session)
        return True

    def _piece(self, frame: Piece) -> bool:
        if self._incoming is None:
            raise WireError("a piece of nothing")
        if not self._incoming.add(frame):
            return False
        incoming, self._incoming = self._incoming, None
        reviewers, records = incoming.records()
        sources = incoming.sources()
        if self.session is None or self.desk is None:
            self.session = GuestSession(self._bank, self._document, incoming.document, self._name, self.slug)
            self.desk = GuestDesk(self.session, self._name, self._role)
            self.session.send = self._send
        else:
            self.session.start_over(incoming.document, self._seen)
        self.session.take_sources(sources)
        self.desk.start_over(reviewers, records)
        self._up_to_date(self.session)
        return True

    def _up_to_date(self, session: GuestSession) -> None:
        for section in session.batons.drop_all():
            self._bell.ring(BatonMoved(section, None))
        for baton in self._batons:
            self._baton(session, baton.section, baton.slug, baton.seconds)

    def _decided(self, frame: Event | Done | Refused) -> None:
        """Take in what the host did, or did not do."""
        if self.session is None or self.desk is None:
            raise WireError("something came before the document")
        match frame:
            case Event():
                self._event(frame, self.session, self.desk)
            case Done():
                self.session.settle(frame.id)
            case Refused():
                self._refused(frame, self.session)
        self._send()

    def _event(self, event: Event, session: GuestSession, desk: GuestDesk) -> None:
        if event.epoch != self.epoch or event.seq > self.seq + 1 or self._incoming is not None:
            raise WireError("something is missing of what the host said")
        if event.seq <= self.seq:
            return
        self.seq = event.seq
        match event.body:
            case Changed() as body:
                session.take(event, body)
            case Said() as body:
                reviewer = reviewer_of(body.slug, body.name, body.role)
                desk.take(reviewer, record_of(body.table, body.words, body.slug))
                if event.slug == self.slug and event.id:
                    session.settle(event.id)
            case BatonPassed() as body:
                self._baton(session, body.section, body.slug, body.seconds)
            case Came() as body:
                self._came(body.person)
            case Left() as body:
                self._left(body)
            case SourcesChanged() as body:
                session.take_sources(unpacked_sources(body.sources))

    def _refused(self, frame: Refused, session: GuestSession) -> None:
        if frame.is_stale:
            session.ledger.send_again(frame.id)
            return
        what = session.refuse(frame.id, frame.message)
        if what:
            self._bell.ring(NotTaken(what, clean(frame.message)))

    def _baton(self, session: GuestSession, section: str, slug: str, seconds: float) -> None:
        if slug:
            session.batons.grant(section, slug, seconds)
        else:
            session.batons.take(section)
        self._bell.ring(BatonMoved(section, self.people.get(slug), seconds))

    def _came(self, person: Person) -> None:
        person = _clean_person(person)
        self.people[person.slug] = person
        if person.slug != self.slug:
            self._bell.ring(PersonCame(person))

    def _left(self, body: Left) -> None:
        person = self.people.pop(body.slug, None)
        if person is not None:
            self._bell.ring(PersonLeft(person, "removed" if body.is_removed else ""))

    def _moved(self, frame: Where) -> None:
        person = self.people.get(frame.slug)
        if person is not None:
            place = {**frame.model_dump(exclude={"type", "slug"}), "row": clean(frame.row)}
            self.people[frame.slug] = person.model_copy(update=place)
            self._bell.ring(PersonMoved(self.people[frame.slug]))


def _clean_person(person: Person) -> Person:
    """The same person, with control characters taken out of what another machine says."""
    return person.model_copy(
        update={name: one_line(clean(getattr(person, name)), 80) for name in ("name", "role", "row")}
    )
