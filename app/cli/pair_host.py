"""Host a document with lines: for dumb terminals, screen readers and scripts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from app.cli.output import say
from app.cli.pair_lines import Lines, News, notice_line, people_lines
from app.cli.pair_words import HELP, Words
from app.document.machine import person as login
from app.document.operations import Operation
from app.pairing.host import Host
from app.problems import DbcharterError, OperationError
from app.review.desk import Desk, FolderDesk
from app.session import Session

SAVE_AFTER = 0.7
"""Seconds after the last change until the answer file is written."""
LOOK_EVERY = 2.0
"""Seconds between looks at the files for changes by somebody else."""
_HELP = """\
y, n                 let in the one who has waited longest, or not
admit NAME, remove NAME
baton NAME SECTION   let a guest change a section for a while; take SECTION takes it back
invite               another join code; the one before is worth nothing then
end                  end the session"""


class HostOptions(Struct, frozen=True):
    """Where to listen, as the command line says it."""

    bind: str = "127.0.0.1"
    port: int = 0
    name: str = ""
    certificate: tuple[Path, Path] | None = None


def host_lines(session: Session, who: str, options: HostOptions) -> int:
    """Host until the author ends it, or the input does. Raises DocumentError."""
    asyncio.run(_host(host_of(session, who, options)))
    return 0


def host_of(session: Session, who: str, options: HostOptions) -> Host:
    """A host that is not begun, with the desk of `who`, or of the login. Raises DocumentError."""
    return Host(
        session,
        FolderDesk(session.path, who or login()),
        bind=options.bind,
        port=options.port,
        name=options.name,
        certificate=options.certificate,
    )


async def _host(host: Host) -> None:
    session, desk = host.session, host.desk
    saver = Saver(session)
    async with host:
        host.subscribe(lambda notice: _tell(notice_line(session.bank, notice)))
        say(f"{session.path} is open to guests. They join with:\n  {join_line(host)}")
        say("You let each one in by name. Words: help")
        news = News(session, desk)
        looking = asyncio.create_task(_look_outside(session, desk))
        try:
            await _converse(host, Words(session, desk, _also(host)), Lines())
        finally:
            looking.cancel()
            news.close()
            saver.close()
    session.save()
    say(f"{session.path}: everything that was said is saved")


def join_line(host: Host) -> str:
    """What a guest types."""
    return f"dbcharter pair join '{host.code}'"


async def _converse(host: Host, words: Words, lines: Lines) -> None:
    while (line := await lines.next()) is not None:
        word, _, rest = line.strip().partition(" ")
        if word == "end":
            return
        try:
            if word in ("y", "n"):
                _answer(host, rest.strip(), is_welcome=word == "y")
            else:
                words.do(line)
        except DbcharterError as error:
            say(str(error))


def _answer(host: Host, name: str, *, is_welcome: bool) -> None:
    if not host.waiting:
        raise OperationError("nobody waits")
    name = name or host.waiting[0][0]
    if is_welcome:
        host.admit(name)
    else:
        host.remove(name)


def _also(host: Host) -> dict[str, Callable[[str], None]]:
    def invite(_rest: str) -> None:
        host.renew_invitation()
        say(join_line(host))

    return {
        "admit": host.admit,
        "remove": host.remove,
        "baton": lambda text: _grant(host, text),
        "take": host.take_baton,
        "invite": invite,
        "who": lambda _: say(people_lines(host.session.bank, host.people)),
        "help": lambda _: say(f"{_HELP}\n{HELP}"),
    }


def _grant(host: Host, text: str) -> None:
    name, _, section = text.rpartition(" ")
    if not name:
        raise OperationError("say who, and which section: baton NAME SECTION")
    host.grant_baton(name.strip(), section)


def _tell(line: str) -> None:
    if line:
        say(line)


async def _look_outside(session: Session, desk: Desk) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        try:
            session.check_outside()
            desk.check_outside()
        except DbcharterError as error:
            say(str(error))


class Saver:
    """Writes the answer file a moment after the last change."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._timer: asyncio.TimerHandle | None = None
        self._stop = session.subscribe(self._changed)

    def close(self) -> None:
        self._stop()
        if self._timer is not None:
            self._timer.cancel()

    def _changed(self, _session: Session, _operation: Operation | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(SAVE_AFTER, self._save)

    def _save(self) -> None:
        with contextlib.suppress(DbcharterError):  # it stays in the journal; the end of the session says why
            self._session.save()
