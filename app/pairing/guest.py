"""A guest's end: joins a host, stays connected, and sends what was said here once it can."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from types import TracebackType
from typing import Literal

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from app.bank.model import Bank
from app.document.text import clean, one_line
from app.pairing.codes import JoinCode
from app.pairing.connecting import UnreachableError, pauses, reach
from app.pairing.guest_desk import GuestDesk
from app.pairing.guest_session import GuestSession
from app.pairing.hearing import Hearing
from app.pairing.link import POLICY
from app.pairing.notices import Bell, ConnectionChanged, Listener, SessionEnded, report
from app.pairing.wire import (
    PROTOCOL,
    AskBaton,
    Doing,
    Ended,
    Frame,
    FromHost,
    GiveBaton,
    Hello,
    Here,
    Leave,
    Person,
    Waiting,
    WireError,
    decode_host,
    encode,
)
from app.problems import DbcharterError, DocumentError

IN_FLIGHT = 1
"""How much may be on its way to the host; the rest waits, and what is typed meanwhile becomes one frame."""
HANDSHAKE_SECONDS = 10.0
LEAVE_SECONDS = 2.0
MOST_POSTS = 50

State = Literal["connecting", "waiting", "live", "lost", "ended"]


class Guest:
    """Takes part in somebody else's session: `async with await Guest.connect(bank, code, name) as guest`.

    `session` and `desk` are there from then on, also while the connection is lost. `session_end` says why
    the session is over, or is "".
    """

    def __init__(self, bank: Bank, code: JoinCode, name: str, role: str = "") -> None:
        self.bank, self.code = bank, code
        self.name, self.role = one_line(clean(name), 80), one_line(clean(role), 80)
        self.state: State = "connecting"
        self.session_end = ""
        self._bell = Bell()
        self._work, self._over = asyncio.Event(), asyncio.Event()
        self._hearing = Hearing(bank, self.name, self.role, self._bell, self._work.set)
        self._connection: ClientConnection | None = None
        self._posts: list[Frame] = []
        self._place: Here | None = None
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def connect(
        cls, bank: Bank, code: JoinCode, name: str, role: str = "", listener: Listener | None = None
    ) -> Guest:
        """Join, wait until the author has admitted this guest, and return once the document is here.

        Raises DocumentError when the host cannot be reached or does not let this guest in.
        """
        guest = cls(bank, code, name, role)
        if listener is not None:
            guest.subscribe(listener)
        try:
            await guest._join()
        except BaseException:
            await guest._drop()
            raise
        guest._task = asyncio.create_task(guest._stay())
        return guest

    async def __aenter__(self) -> Guest:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # for the guest

    @property
    def session(self) -> GuestSession:
        assert self._hearing.session is not None, "there is no document before `connect` returns"
        return self._hearing.session

    @property
    def desk(self) -> GuestDesk:
        assert self._hearing.desk is not None, "there is no document before `connect` returns"
        return self._hearing.desk

    @property
    def slug(self) -> str:
        """The name by which everybody's program calls this guest; "" before being admitted."""
        return self._hearing.slug

    @property
    def people(self) -> list[Person]:
        """Who takes part and where they are, the author first."""
        return sorted(self._hearing.people.values(), key=lambda person: not person.is_author)

    def person(self, slug: str) -> Person | None:
        return self._hearing.people.get(slug)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` called with every notice; returns the way to stop that."""
        return self._bell.subscribe(listener)

    def here(self, section: str, question: str = "", row: str = "", doing: Doing = "") -> None:
        """Say where this guest is."""
        self._place = Here.at(section, question, row, doing)
        self._post(self._place)

    def ask_baton(self, section: str) -> None:
        """Ask the author for the baton of a section."""
        self._post(AskBaton(section=section))

    def give_baton(self, section: str) -> None:
        """Give the baton of a section back."""
        self._post(GiveBaton(section=section))

    async def wait_until_over(self) -> None:
        """Return when the session has ended, or the host wants this guest no more."""
        await self._over.wait()

    async def close(self) -> None:
        """Leave. What waits is sent first, as far as that takes no time."""
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_SECONDS):
                    while self.state == "live" and not self.session.saved:
                        await asyncio.sleep(0.01)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._connection is not None and self.state == "live":
            with contextlib.suppress(ConnectionClosed, OSError, TimeoutError):
                async with asyncio.timeout(LEAVE_SECONDS):
                    await self._connection.send(encode(Leave()))
        await self._drop()
        self._end("you have left the session")

    # the connection

    async def _join(self) -> None:
        self._changed("connecting")
        try:
            self._connection = await self._reach()
            while self.state != "live":
                async with asyncio.timeout(HANDSHAKE_SECONDS if self.state == "connecting" else None):
                    self._take(decode_host(await self._connection.recv()))
                if self._over.is_set():
                    raise DocumentError(self.session_end)
        except UnreachableError as error:
            raise DocumentError(f"the host cannot be reached: {error}") from None
        except (ConnectionClosed, TimeoutError):
            raise DocumentError("the host has ended the connection") from None
        except WireError as error:
            raise DocumentError(f"the host says something that cannot be understood: {error}") from None

    async def _reach(self) -> ClientConnection:
        """A connection on which hello was said. Raises UnreachableError and DocumentError."""
        heard = self._hearing
        connection = await reach(self.code, heard.token or self.code.invitation)
        hello = Hello(protocol=PROTOCOL, name=self.name, role=self.role, epoch=heard.epoch, seq=heard.seq)
        try:
            await connection.send(encode(hello))
        except ConnectionClosed:
            raise UnreachableError("the connection broke off") from None
        return connection

    async def _stay(self) -> None:
        """Exchange frames with the host; when the connection is lost, come back until that is no use."""
        try:
            while not self._over.is_set():
                assert self._connection is not None
                why = await self._talk(self._connection)
                await self._drop()
                if not self._over.is_set():
                    self._changed("lost", why)
                    await self._come_back()
        except DbcharterError as error:
            self._end(str(error))
        except Exception as error:
            self._end("an error in this program has ended the connection")
            report(error)

    async def _talk(self, connection: ClientConnection) -> str:
        """Send and take frames until the connection ends; returns why it did."""
        pump = asyncio.create_task(self._pump(connection))
        try:
            while not self._over.is_set():
                self._take(decode_host(await connection.recv()))
                await asyncio.sleep(0)  # when much arrives at once, keys come in between
        except ConnectionClosed:
            if connection.close_code == POLICY:
                raise DocumentError("the host did not understand what this program sent") from None
        except WireError as error:
            self._hearing.forget()
            return str(error)
        finally:
            pump.cancel()
            await asyncio.gather(pump, return_exceptions=True)
        return "the connection is lost"

    async def _come_back(self) -> None:
        """Connect again. Raises DocumentError when the host does not want this guest any more."""
        for pause in pauses():
            await asyncio.sleep(pause)
            with contextlib.suppress(UnreachableError):
                self._connection = await self._reach()
                return

    async def _pump(self, connection: ClientConnection) -> None:
        """Send what waits, in order."""
        while True:
            self._work.clear()
            while self.state == "live" and (frame := self._next()) is not None:
                await connection.send(encode(frame))
            await self._work.wait()

    def _next(self) -> Frame | None:
        """What is to be sent next; of what the host decides only so much at once."""
        if self._posts:
            return self._posts.pop(0)
        frame = self.session.ledger.next(IN_FLIGHT)
        return None if frame is None else frame.model_copy(update={"epoch": self._hearing.epoch})

    def _post(self, frame: Frame) -> None:
        if self.state == "live":
            self._posts = [*self._posts, frame][-MOST_POSTS:]
            self._work.set()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(ConnectionClosed, OSError):
                await connection.close()

    def _take(self, frame: FromHost) -> None:
        """Take in one frame. Raises what `Hearing.take` does."""
        match frame:
            case Waiting():
                self._changed("waiting")
            case Ended():
                self._end(one_line(clean(frame.reason), 300))
            case _:
                if self._hearing.take(frame):
                    self._changed("live")
                    if self._place is not None:
                        self._post(self._place)

    def _changed(self, state: State, why: str = "") -> None:
        self.state = state
        if self._hearing.session is not None:
            self.session.connection = "" if state == "live" else why or "the connection is lost"
        self._bell.ring(ConnectionChanged(state, why))
        self._work.set()

    def _end(self, why: str) -> None:
        if self._over.is_set():
            return
        self.session_end = why
        if self._hearing.session is not None:
            self.session.end(why)
        self._over.set()
        self._changed("ended", why)
        self._bell.ring(SessionEnded(why))
