"""The connections of a host's guests, from hello to goodbye."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from app.pairing.broadcast import Broadcast
from app.pairing.bucket import Bucket
from app.pairing.door import token_of
from app.pairing.handling import Handling
from app.pairing.handover import Handover
from app.pairing.limits import Limits
from app.pairing.link import Link
from app.pairing.members import Member, Members, UnwelcomeError
from app.pairing.notices import Bell, GuestGaveUp, GuestWaits, report
from app.pairing.permissions import BEFORE_ADMISSION
from app.pairing.presence import Presence
from app.pairing.wire import PROTOCOL, Hello, Leave, Say, Waiting, WireError


class Serving:
    """Runs one coroutine for each connection. However one ends, the others go on."""

    def __init__(
        self,
        members: Members,
        broadcast: Broadcast,
        presence: Presence,
        handover: Handover,
        handling: Handling,
        bell: Bell,
        limits: Limits,
    ) -> None:
        self._members, self._broadcast, self._presence = members, broadcast, presence
        self._handover, self._handling, self._bell, self._limits = handover, handling, bell, limits
        self._asks = Bucket(limits.asks_a_second, limits.asks_burst)

    async def serve(self, connection: ServerConnection) -> None:
        """Everything that happens on one connection."""
        link = Link(connection, self._limits)
        member: Member | None = None
        try:
            async with asyncio.timeout(self._limits.handshake):
                hello = await link.receive()
            if not isinstance(hello, Hello):
                raise WireError("say hello first")
            member = await self._identify(hello, connection)
            if member.state == "waiting":
                await self._wait_for_author(member, link)
            await self._take_part(member, link, hello)
        except UnwelcomeError as error:
            await link.say_farewell(str(error))
        except WireError as error:
            await link.turn_away(error)
        except TimeoutError:
            link.cut("said nothing")
        except (ConnectionClosed, OSError):
            pass
        except Exception as error:
            link.cut("an error at the host")
            report(error)
        finally:
            if member is not None:
                self._disconnected(member, link)

    async def _identify(self, hello: Hello, connection: ServerConnection) -> Member:
        """Who says hello. Raises UnwelcomeError."""
        assert connection.request is not None
        token = token_of(connection.request)
        if hello.protocol != PROTOCOL:
            raise UnwelcomeError("the host has another version of dbcharter")
        member = self._members.of_token(token)
        if member is not None:
            return member
        if not self._members.is_invitation(token):
            raise UnwelcomeError("this token is not valid any more")
        await asyncio.sleep(self._asks.take())
        came_from = str((connection.remote_address or ("",))[0])
        return self._members.ask(hello.name, hello.role, came_from)

    async def _wait_for_author(self, member: Member, link: Link) -> None:
        """Return once the author has admitted somebody. Raises UnwelcomeError, and what `receive` raises."""
        link.send(Waiting())
        self._bell.ring(GuestWaits(member.name, member.role, member.came_from))
        writing = asyncio.create_task(link.write())
        reading = asyncio.create_task(link.receive())
        deciding = asyncio.create_task(member.decided.wait())
        tasks = (writing, reading, deciding)
        try:
            await asyncio.wait(tasks, timeout=self._limits.admission, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                frame = reading.result()
                if frame.type not in BEFORE_ADMISSION:
                    raise WireError("not admitted yet")
                raise UnwelcomeError("bye")
            if not deciding.done():
                raise UnwelcomeError("the author did not answer")
        finally:
            await _cancelled(tasks)
        if member.state != "admitted":
            raise UnwelcomeError("the author did not admit you")

    async def _take_part(self, member: Member, link: Link, hello: Hello) -> None:
        """Exchange frames with an admitted guest until the connection ends."""
        if not self._broadcast.leads_on_from(hello.epoch, hello.seq):
            await asyncio.sleep(member.snapshots.take())
        if member.state != "admitted":
            raise UnwelcomeError("this token is not valid any more")
        before, member.link = member.link, link
        if before is not None:
            before.cut("came in again")
        self._presence.changed()
        self._broadcast.catch_up(member, hello.epoch, hello.seq)
        self._presence.came(member)
        tasks = (asyncio.create_task(link.write()), asyncio.create_task(self._read(member, link)))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await _cancelled(tasks)

    async def _read(self, member: Member, link: Link) -> None:
        """Do what a guest asks for, no faster than the limits say; returns when the guest leaves."""
        while True:
            frame = await link.receive()
            if member.state != "admitted":
                return
            if isinstance(frame, Leave):
                link.why = "left"
                return
            self._handling.handle(member, link, frame)
            pause = member.frames.take()
            if isinstance(frame, Say):
                pause = max(pause, member.words.take())
            await asyncio.sleep(pause)  # also when it is 0: the author's keys come in between

    def _disconnected(self, member: Member, link: Link) -> None:
        """Take note that a connection has ended, however it did."""
        if member.state == "waiting":
            self._members.forget(member)
            self._bell.ring(GuestGaveUp(member.name))
            return
        if member.link is not link:
            return
        member.link = None
        if link.why == "left":
            self._handover.take_all(member)
            self._members.forget(member)
        self._presence.gone(member.person, "" if link.why == "left" else link.why or "connection lost")


async def _cancelled(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
