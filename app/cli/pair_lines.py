"""Lines in and out while people work together: what is typed, and what happens, in words."""

from __future__ import annotations

import asyncio
import codecs
import os
import re
import sys
import threading
from collections.abc import Sequence

from app.bank.model import Bank
from app.cli.output import say
from app.document.history import describe
from app.document.text import one_line
from app.pairing.notices import (
    BatonAsked,
    BatonMoved,
    ConnectionChanged,
    GuestGaveUp,
    GuestWaits,
    Notice,
    NotTaken,
    PersonCame,
    PersonLeft,
    PersonMoved,
    SessionEnded,
)
from app.pairing.wire import Person
from app.review.desk import Desk
from app.review.model import Record, table_of
from app.review.names import slug_of
from app.session import Session

_PLACE = re.compile(r"\S*?\[[^\]]*\]\S*|\S+")
_ABOUT = ("question", "thread", "suggestion", "section", "check", "subject")
_STATES = {"waiting": "waiting until the author lets you in", "live": "connected"}


class Lines:
    """What is typed, line by line, without holding up the loop; `next` gives None at the end of input.

    A thread reads the descriptor itself: it may be reading still when the program ends.
    """

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(sys.stdin.fileno(),), daemon=True).start()

    async def next(self) -> str | None:
        return await self._lines.get()

    def _read(self, descriptor: int) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        text = ""
        while True:
            try:
                data = os.read(descriptor, 65536)
            except OSError:
                data = b""
            *lines, text = (text + decoder.decode(data, final=not data)).split("\n")
            if not data and text:
                lines.append(text)
            try:
                for line in lines:
                    self._loop.call_soon_threadsafe(self._lines.put_nowait, line.rstrip("\r"))
                if not data:
                    self._loop.call_soon_threadsafe(self._lines.put_nowait, None)
                    return
            except RuntimeError:  # the loop is closed
                return


def place_and_rest(text: str) -> tuple[str, str]:
    """The address that a line begins with, and what follows it."""
    text = text.strip()
    found = _PLACE.match(text)
    return (found[0], text[found.end() :].strip()) if found else ("", "")


def person_line(bank: Bank, person: Person) -> str:
    """A person and where they are, on one line."""
    who = name_of(person) + (" (author)" if person.is_author else "")
    away = "" if person.is_here else ", away"
    where = place_of(bank, person)
    return f"{who}{away}{f': {where}' if where else ''}"


def name_of(person: Person) -> str:
    """A person's name, with the role that they say they have."""
    return one_line(f"{person.name} · {person.role}" if person.role else person.name)


def place_of(bank: Bank, person: Person) -> str:
    """Where somebody is, or ""."""
    doing = f"{person.doing} " if person.doing else ""
    if person.question in bank.questions:
        row = f"[{one_line(person.row, 40)}]" if person.row else ""
        return f"{doing}{person.question}{row}"
    section = bank.section_by_id.get(person.section)
    return f"{doing}{section.number} {section.title}" if section else person.doing


def notice_line(bank: Bank, notice: Notice) -> str:
    """What happened, as a line; "" for what needs none."""
    match notice:
        case GuestWaits():
            role = f" · {one_line(notice.role)}" if notice.role else ""
            return f"? {one_line(notice.name)}{role} asks to take part (from {notice.came_from}): y or n"
        case GuestGaveUp():
            return f"- {one_line(notice.name)} does not wait any more"
        case PersonCame():
            return f"+ {name_of(notice.person)} is here"
        case PersonLeft():
            return f"- {name_of(notice.person)} has left" + (f": {notice.why}" if notice.why else "")
        case PersonMoved():
            return f"> {person_line(bank, notice.person)}"
        case BatonAsked():
            return f"? {name_of(notice.person)} asks for the baton of {notice.section}"
        case BatonMoved(person=None):
            return f"* {notice.section}: the author alone changes it"
        case BatonMoved():
            assert notice.person is not None
            minutes = round(notice.seconds / 60)
            return f"* {notice.section}: {name_of(notice.person)} may change it for {minutes} minutes"
        case ConnectionChanged(state="ended") | ConnectionChanged(state="connecting"):
            return ""
        case ConnectionChanged():
            said = _STATES.get(notice.state, f"{notice.why or 'the connection is lost'}; trying again")
            return f"~ {said}"
        case NotTaken():
            return f"! not taken: {notice.what}: {one_line(notice.why, 300)}"
        case SessionEnded():
            return f"= {one_line(notice.why, 300)}"


class News:
    """Says what others do with the document: answers that change, and records that are new."""

    def __init__(self, session: Session, desk: Desk) -> None:
        self._session, self._desk = session, desk
        self._known = {record.id for record in desk.records.records}
        self._slug = slug_of(desk.person)
        self._last = ""
        self._stops = (session.subscribe(self._changed), desk.subscribe(self._said))

    def close(self) -> None:
        for stop in self._stops:
            stop()

    def _changed(self, session: Session, _operation: object) -> None:
        steps = session.history
        if steps and slug_of(steps[-1].who) != self._slug:
            line = f"@ {one_line(steps[-1].who)}: {describe(steps[-1])}"
            if line != self._last:  # keys that follow each other are said once
                self._last = line
                say(line)

    def _said(self) -> None:
        for record in self._desk.records.records:
            if record.id not in self._known:
                self._known.add(record.id)
                say(f"@ {one_line(self._desk.records.name_of(record.person))}: {_record_text(record)}")


def _record_text(record: Record) -> str:
    """A record as a line."""
    about = next((str(there) for name in _ABOUT if (there := getattr(record, name, None))), "")
    words = one_line(str(getattr(record, "text", "") or getattr(record, "new", "")), 200)
    return f"{table_of(record).replace('_', ' ')} {record.id} on {one_line(about)}" + (
        f": {words}" if words else ""
    )


def people_lines(bank: Bank, people: Sequence[Person]) -> str:
    """Everybody who takes part, one on each line."""
    return "\n".join(f"  {person_line(bank, person)}" for person in people)
