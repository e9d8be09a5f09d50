"""One connection of a guest, as the host sees it."""

from __future__ import annotations

import asyncio
import contextlib

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from app.pairing.limits import Limits
from app.pairing.outbox import Outbox
from app.pairing.wire import Ended, Frame, FromGuest, WireError, decode_guest, encode

FAREWELL = 1.0
"""Seconds that a guest has to take the last word."""
POLICY = 1008
"""The code that ends a connection on which something arrived that no guest sends."""


class Link:
    """Reads frames, and sends what is put into the outbox. `why` says why it was ended, if it was."""

    def __init__(self, connection: ServerConnection, limits: Limits) -> None:
        self._connection = connection
        self.outbox = Outbox(limits.queued_frames, limits.queued_bytes)
        self.why = ""

    async def receive(self) -> FromGuest:
        """The next frame. Raises WireError for what is none, and ConnectionClosed."""
        return decode_guest(await self._connection.recv())

    async def write(self) -> None:
        """Send what is in the outbox, for ever. Raises ConnectionClosed."""
        while True:
            await self._connection.send(await self.outbox.next())

    def send(self, frame: Frame) -> None:
        self.put(encode(frame))

    def put(self, message: str) -> None:
        """Send a message after those that wait; a guest who is too far behind is cut off."""
        if not self.outbox.put(message):
            self.cut("too slow")

    def cut(self, why: str) -> None:
        """End the connection at once; nothing is waited for."""
        self.why = self.why or why
        self.outbox.clear()
        self._connection.transport.abort()

    async def say_farewell(self, why: str) -> None:
        """Say why it ends, and end it."""
        self.why = self.why or why
        self.outbox.clear()
        try:
            async with asyncio.timeout(FAREWELL):
                await self._connection.send(encode(Ended(reason=why[:2000])))
                await self._connection.close()
        except (ConnectionClosed, TimeoutError, OSError):
            self._connection.transport.abort()

    async def turn_away(self, error: WireError) -> None:
        """End the connection because of what arrived on it."""
        self.why = self.why or "a broken message"
        with contextlib.suppress(ConnectionClosed, TimeoutError, OSError):
            async with asyncio.timeout(FAREWELL):
                await self._connection.close(POLICY, str(error)[:100])
        self._connection.transport.abort()
