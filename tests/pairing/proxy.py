"""Something between guests and host that a test can cut, hold up, or make say things twice."""

from __future__ import annotations

import asyncio
import contextlib

from msgspec.structs import replace

from app.pairing.codes import JoinCode

PROXY = "127.0.0.2"


class Proxy:
    """Passes bytes on, at PROXY and the host's port. The host must have been given that name.

    `cut` ends every connection. After `break_down`, and until `mend`, there is none either. After `hold`, and
    until `release`, nothing goes towards the guests.
    """

    def __init__(self, code: JoinCode) -> None:
        self._to = ("127.0.0.1", code.port)
        self._code = code
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._is_broken = False
        self.connections = 0

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._accept, PROXY, self._to[1])
        return self

    async def __aexit__(self, *error: object) -> None:
        self.cut()
        self._server.close()
        await self._server.wait_closed()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def code(self) -> JoinCode:
        return replace(self._code, host=PROXY)

    def cut(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    def break_down(self) -> None:
        self._is_broken = True
        self.cut()

    def mend(self) -> None:
        self._is_broken = False

    def hold(self) -> None:
        self._flows.clear()

    def release(self) -> None:
        self._flows.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_broken:
            writer.transport.abort()
            return
        self.connections += 1
        try:
            there, to = await asyncio.open_connection(*self._to)
        except OSError:
            writer.close()
            return
        for source, target, is_to_guest in ((reader, to, False), (there, writer, True)):
            self._writers.add(target)
            task = asyncio.create_task(self._pass(source, target, is_to_guest=is_to_guest))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, is_to_guest: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                if is_to_guest:
                    await self._flows.wait()
                target.write(data)
                await target.drain()
        self._writers.discard(target)
        target.transport.abort()
