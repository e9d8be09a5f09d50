"""Join a document with lines: for dumb terminals, screen readers and scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from app.bank.model import Bank
from app.cli.address import parse_address
from app.cli.output import say
from app.cli.pair_lines import Lines, News, notice_line, people_lines
from app.cli.pair_words import HELP, Words
from app.document.machine import person as login
from app.document.store import must_be_new
from app.document.text import plural
from app.pairing.codes import read_code
from app.pairing.guest import Guest
from app.pairing.notices import Notice, PersonMoved
from app.problems import DbcharterError, OperationError
from app.review.names import slug_of

_HELP = """\
go ADDRESS           say that you are at a question, or in a section
follow NAME          tell only where this one goes; follow alone tells of everybody
ask SECTION          ask the author for the baton of a section; give SECTION gives it back
refused              what the host did not take
keep FILE            write a copy of the document
quit                 leave"""


def join_lines(bank: Bank, code: str, who: str, role: str, keep: Path | None) -> int:
    """Take part until the session ends, or the input does. Raises DocumentError."""
    if keep is not None:
        must_be_new(keep)
    return asyncio.run(_join(bank, code, who or login(), role, keep))


async def _join(bank: Bank, text: str, who: str, role: str, keep: Path | None) -> int:
    lines = Lines()
    if not text:
        say("Join code:")
        text = await lines.next() or ""
    client = _Client(bank)
    guest = await Guest.connect(bank, read_code(text), who, role, client.tell)
    async with guest:
        others = ", ".join(person.name for person in guest.people if person.slug != guest.slug)
        say(f"{guest.session.path.name}: with {others}")
        say("Words: help")
        client.guest = guest
        News(guest.session, guest.desk)
        await _converse(guest, Words(guest.session, guest.desk, client.also()), lines)
        if keep is not None:
            _keep(guest, keep)
    left = guest.session.ledger.entries
    if left:
        say(f"the host did not get {plural(len(left), 'thing')} that you said:")
        for entry in left:
            say(f"  {entry.frame.model_dump_json(exclude={'epoch'})}")
    return 1 if left else 0


async def _converse(guest: Guest, words: Words, lines: Lines) -> None:
    over = asyncio.create_task(guest.wait_until_over())
    try:
        while not over.done():
            typed = asyncio.create_task(lines.next())
            await asyncio.wait((over, typed), return_when=asyncio.FIRST_COMPLETED)
            if not typed.done():
                typed.cancel()
                return
            line = typed.result()
            if line is None or line.strip() == "quit":
                return
            try:
                words.do(line)
            except DbcharterError as error:
                say(str(error))
    finally:
        over.cancel()


class _Client:
    """What is shown of the others, and the words that only a guest has."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self.guest: Guest | None = None
        self.following = ""

    def tell(self, notice: Notice) -> None:
        if isinstance(notice, PersonMoved) and self.following not in ("", notice.person.slug):
            return
        line = notice_line(self._bank, notice)
        if line:
            say(line)

    def also(self) -> dict[str, Callable[[str], None]]:
        assert self.guest is not None
        guest = self.guest
        return {
            "go": lambda text: _go(guest, text),
            "follow": self.follow,
            "ask": guest.ask_baton,
            "give": guest.give_baton,
            "refused": lambda _: say("\n".join(guest.session.notices) or "nothing was refused"),
            "keep": lambda text: _keep(guest, Path(text)),
            "who": lambda _: say(people_lines(self._bank, guest.people)),
            "help": lambda _: say(f"{_HELP}\n{HELP}"),
        }

    def follow(self, name: str) -> None:
        assert self.guest is not None
        slug = slug_of(name)
        if slug and self.guest.person(slug) is None:
            raise OperationError(f"nobody called {name!r} is here")
        self.following = slug


def _keep(guest: Guest, path: Path) -> None:
    guest.session.keep(path)
    say(f"{path}: written")


def _go(guest: Guest, text: str) -> None:
    if text in guest.bank.section_by_id:
        guest.here(text)
        return
    address = parse_address(guest.bank, text)
    guest.here(address.question.partition(".")[0], address.question, address.row or "")
