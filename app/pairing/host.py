"""The author's end: holds the document, lets guests in, and decides the order of everything.

Everything that is done to the session is done in the event loop that `Host` was started in, without a
wait in between, so the same loop can run the author's screens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve

from app.pairing.broadcast import Broadcast
from app.pairing.codes import JoinCode
from app.pairing.door import SILENT, Door, counted, names_of, only_ours
from app.pairing.handling import Handling
from app.pairing.handover import Handover
from app.pairing.limits import FROM_GUEST, Limits
from app.pairing.listening import Listening, listening
from app.pairing.members import Members, UnwelcomeError
from app.pairing.notices import Bell, Listener, SessionEnded
from app.pairing.presence import Presence
from app.pairing.publishing import Publishing
from app.pairing.serving import Serving
from app.pairing.wire import SUBPROTOCOL, Baton, Doing, Here, Person
from app.problems import DocumentError, OperationError, nearest
from app.review.desk import Desk
from app.session import Session

CLOSE_SECONDS = 2


class Host:
    """Hosts an open session: `async with Host(session, desk) as host`, and `host.code` lets guests ask.

    `desk` is the author's, over the folder beside the document. Leaving the `async with` ends the session
    for the guests; the document stays open.
    """

    def __init__(
        self,
        session: Session,
        desk: Desk,
        *,
        bind: str = "127.0.0.1",
        port: int = 0,
        name: str = "",
        certificate: tuple[Path, Path] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.session, self.desk = session, desk
        self.limits = limits or Limits()
        self.address = ("", 0)
        self._listening: Listening = listening(bind, port, name, certificate)
        self._bell = Bell()
        self._members = Members(desk.person, self.limits)
        self._broadcast = Broadcast(session, self._members, self.limits)
        self._publishing = Publishing(session, desk, self._broadcast)
        self._presence = Presence(self._members, desk, self._broadcast, self._bell)
        self._handover = Handover(desk.person, self._members, self._broadcast, self._bell)
        self._server: Server | None = None
        self._farewells: set[asyncio.Task[None]] = set()
        self._is_over = False

    async def __aenter__(self) -> Host:
        """Raises DocumentError when the address cannot be had."""
        where, door = self._listening, Door(self._members.knows)
        try:
            self._server = await serve(
                self._serving().serve,
                where.bind,
                where.port,
                process_request=lambda connection, request: self._let_in(door, connection, request),
                select_subprotocol=only_ours,
                subprotocols=[SUBPROTOCOL],  # type: ignore[list-item] # a NewType of str
                compression=None,
                open_timeout=self.limits.handshake,
                ping_interval=self.limits.ping,
                ping_timeout=self.limits.ping,
                close_timeout=CLOSE_SECONDS,
                max_size=FROM_GUEST,
                max_queue=8,
                server_header=None,
                logger=SILENT,
                create_connection=counted(2 * self.limits.connections),
                ssl=where.context,
            )
        except OSError as error:
            message = f"{where.bind}:{where.port}: cannot be listened at: {error.strerror}"
            raise DocumentError(message) from None
        port = int(next(iter(self._server.sockets)).getsockname()[1])
        self.address = (where.name, port)
        door.names = names_of(where.bind, port, (where.name,))
        self._publishing.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.end("the author has left" if kind else "the author has ended the session")

    def _serving(self) -> Serving:
        handling = Handling(
            self.session,
            self.desk,
            self._broadcast,
            self._publishing,
            self._presence,
            self._handover,
            self._bell,
        )
        return Serving(
            self._members,
            self._broadcast,
            self._presence,
            self._handover,
            handling,
            self._bell,
            self.limits,
        )

    def _let_in(self, door: Door, connection: ServerConnection, request: Any) -> Any:
        assert self._server is not None
        if len(self._server.handlers) > self.limits.connections:
            return connection.respond(503, "too many connections\n")
        return door(connection, request)

    # looking

    @property
    def code(self) -> JoinCode:
        """What a guest needs to ask to be admitted."""
        return JoinCode(*self.address, self._members.invitation, self._listening.fingerprint)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` called with every notice; returns the way to stop that."""
        return self._bell.subscribe(listener)

    @property
    def people(self) -> list[Person]:
        """Who takes part and where they are, the author first."""
        return self._presence.people

    @property
    def waiting(self) -> list[tuple[str, str]]:
        """Names and roles of those who ask to be admitted."""
        return [(member.name, member.role) for member in self._members.waiting]

    def holder(self, section: str) -> str:
        """The slug of the guest who has a section's baton, or ""."""
        return self._handover.batons.holder(section)

    @property
    def batons(self) -> list[Baton]:
        """The batons that guests have, with the seconds that are left."""
        return self._handover.batons.all()

    # what the author does

    def admit(self, name: str) -> None:
        """Let in somebody who waits. Raises OperationError."""
        member = self._members.find(name, "waiting")
        if member is None:
            raise OperationError(f"nobody called {name!r} waits", nearest(name, [n for n, _ in self.waiting]))
        try:
            self._members.admit(member)
        except UnwelcomeError as error:
            raise OperationError(str(error)) from None

    def remove(self, name: str) -> None:
        """Send somebody away who waits or takes part; the token is worth nothing any more.

        Raises OperationError when nobody is called that.
        """
        member = self._members.find(name, "waiting") or self._members.find(name, "admitted")
        if member is None:
            raise OperationError(f"nobody called {name!r} is here")
        was_in, link, person = member.state == "admitted", member.link, member.person
        self._members.remove(member)
        if not was_in:
            return
        self._handover.take_all(member)
        member.link = None
        if link is not None:
            self._later(link.say_farewell("the author has removed you from this session"))
        self._presence.gone(person, "removed", is_removed=True)

    def grant_baton(self, name: str, section: str, seconds: float | None = None) -> None:
        """Let a guest change a section for a while, beside the author. Raises OperationError."""
        member = self._members.find(name, "admitted")
        if member is None:
            raise OperationError(f"nobody called {name!r} takes part")
        known = self.session.bank.section_by_id
        if section not in known:
            raise OperationError(f"there is no section {section!r}", nearest(section, known))
        self._handover.grant(member, section, self.limits.baton if seconds is None else seconds)

    def take_baton(self, section: str) -> None:
        """Take a section's baton back. Raises OperationError when nobody has it."""
        self._handover.take(section)

    def here(self, section: str, question: str = "", row: str = "", doing: Doing = "") -> None:
        """Say where the author is."""
        self._presence.author_is(Here.at(section, question, row, doing))

    def renew_invitation(self) -> None:
        """Make another join code; the one before lets nobody in any more. Who is in stays in."""
        self._members.renew_invitation()

    async def end(self, why: str = "the author has ended the session") -> None:
        """End the session for all guests. What was said is in the journal and in the files already."""
        if self._is_over:
            return
        self._is_over = True
        self._publishing.stop()
        self._handover.stop()
        links = [member.link for member in self._members if member.link is not None]
        await asyncio.gather(*(link.say_farewell(why) for link in links), return_exceptions=True)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        await asyncio.gather(*self._farewells, return_exceptions=True)
        self._handover.stop()
        self._bell.ring(SessionEnded(why))

    def _later(self, farewell: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(farewell)
        self._farewells.add(task)
        task.add_done_callback(self._farewells.discard)
