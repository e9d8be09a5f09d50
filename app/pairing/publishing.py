"""Tells guests what happens in the author's session and records, whoever did it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from json import dumps, loads

from msgspec import Struct

from app.document.changes import difference, to_text
from app.document.operations import Operation
from app.pairing.broadcast import Broadcast
from app.pairing.members import Member
from app.pairing.record_words import said_of
from app.pairing.sources import packed_sources
from app.pairing.wire import Changed, SourcesChanged
from app.review.desk import Desk
from app.session import Session

_NAMES = ("op", "question", "row", "column", "slot", "state", "code", "target", "changed")
"""What an event says of an operation beside what it changed: enough to describe it."""


class _Cause(Struct, frozen=True):
    """The frame of a guest that is being done."""

    member: Member
    number: int


class Publishing:
    """Compares with what everybody knows already, so that nothing is told twice and nothing is left out."""

    def __init__(self, session: Session, desk: Desk, broadcast: Broadcast) -> None:
        self._session, self._desk, self._broadcast = session, desk, broadcast
        self._known, self._sources = session.answers, session.sources()
        self._told = {record.id for record in desk.records.records}
        self._broadcast.records = desk.records
        self._cause: _Cause | None = None
        self._stops: list[Callable[[], None]] = []

    def start(self) -> None:
        self._stops = [self._session.subscribe(self._session_changed), self._desk.subscribe(self.records)]

    def stop(self) -> None:
        for stop in self._stops:
            stop()

    @contextlib.contextmanager
    def caused_by(self, member: Member, number: int) -> Iterator[None]:
        """Meanwhile what changes is due to a guest's frame, and is told only when `answers` is called."""
        self._cause = _Cause(member, number)
        try:
            yield
        finally:
            self._cause = None

    def knows(self, record: str) -> bool:
        """Whether everybody was told of a record."""
        return record in self._told

    def answers(self) -> bool:
        """Tell how the answers changed since the last time; returns whether they did."""
        before, self._known = self._known, self._session.answers
        found = difference(before, self._known)
        if not found:
            return False
        step = self._session.history[-1]
        body = Changed(
            step=step.seq,
            step_kind=step.kind,
            operation=_without_words(step.operation),
            change=to_text(found),
            group=step.group,
        )
        cause = self._cause
        if cause is not None:
            cause.member.results.keep(cause.number, change=body.change)
            self._broadcast.event(body, step.who, step.at, cause.member, cause.number)
        else:
            self._broadcast.event(body, step.who, step.at)
        return True

    def records(self) -> None:
        """Tell which records are new."""
        records = self._broadcast.records = self._desk.records
        for record in records.records:
            if record.id in self._told:
                continue
            self._told.add(record.id)
            name, body = records.name_of(record.person), said_of(records, record)
            cause = self._cause
            if cause is not None and cause.member.slug == record.person:
                self._broadcast.event(body, name, record.at, cause.member, cause.number)
            else:
                self._broadcast.event(body, name, record.at)

    def _session_changed(self, _session: Session, operation: Operation | None) -> None:
        if self._cause is None:
            self.answers()
        if operation is None or getattr(operation, "question", "").startswith("physical."):
            self._sources_again()

    def _sources_again(self) -> None:
        """Tell what the files of DDL say, when that is something else."""
        sources = self._session.sources()
        if sources is not self._sources:
            self._sources = sources
            self._broadcast.event(SourcesChanged(sources=packed_sources(sources)), self._desk.person)


def _without_words(operation: str) -> str:
    """The JSON of an operation without the values that it sets."""
    said = loads(operation) if operation else {}
    return dumps({name: said[name] for name in _NAMES if name in said})
