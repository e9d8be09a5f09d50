"""A client that sends whatever a test wants, for what no guest of ours would do."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.pairing.codes import JoinCode
from app.pairing.wire import PROTOCOL, SUBPROTOCOL

HELLO = {"type": "hello", "protocol": PROTOCOL, "name": "Eve"}


async def dial(code: JoinCode, token: str | None = None, **options: Any) -> ClientConnection:
    """A connection that the host has let in."""
    headers = {"Authorization": f"Bearer {code.invitation if token is None else token}"}
    options = {"subprotocols": [SUBPROTOCOL], "compression": None, "proxy": None, **options}
    return await connect(code.address, additional_headers=headers, **options)


async def enter(code: JoinCode, name: str = "Eve", token: str | None = None) -> tuple[ClientConnection, Any]:
    """A connection on which the host has said welcome and everything of the snapshot, and the welcome."""
    connection = await dial(code, token, max_size=None)
    await connection.send(json.dumps({**HELLO, "name": name}))
    welcome = await until(connection, "welcome")
    parts: set[str] = set()
    while not welcome["is_resumed"] and len(parts) < 3:
        piece = await until(connection, "piece")
        parts |= {piece["part"]} if piece["is_last"] else set()
    return connection, welcome


async def until(connection: ClientConnection, kind: str) -> Any:
    """The next frame of a type."""
    async with asyncio.timeout(10):
        while True:
            frame = json.loads(await connection.recv())
            if frame["type"] == kind:
                return frame


async def end_of(connection: ClientConnection) -> int | None:
    """Read to the end of a connection; returns the code that it was closed with."""
    async with asyncio.timeout(10):
        try:
            while True:
                await connection.recv()
        except ConnectionClosed:
            return connection.close_code
