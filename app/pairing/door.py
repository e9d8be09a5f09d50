"""What is checked of a connection before it is a websocket: by headers alone, every check on its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import TYPE_CHECKING

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import NegotiationError

from app.pairing.codes import bracketed
from app.pairing.listening import ANY
from app.pairing.tls import is_loopback
from app.pairing.wire import SUBPROTOCOL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from websockets.http11 import Request, Response
    from websockets.typing import Subprotocol

SILENT = logging.getLogger("app.pairing.silent")
"""The library's logger: it would print headers, and with them tokens, into a terminal full of screens."""
SILENT.propagate = False
SILENT.addHandler(logging.NullHandler())
SILENT.setLevel(logging.CRITICAL + 1)

_SCHEME = "Bearer "


def counted(most: int) -> type[ServerConnection]:
    """Connections of which those beyond `most` are dropped before a byte is read."""

    class Counted(ServerConnection):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            if len(self.server.handlers) > most:
                self.transport.abort()

    return Counted


class Door:
    """Lets a request in or not.

    `names` are the names of the host that a guest may have asked for, each with its port; none are known
    before the port is. `knows` says whether a token is one that opens the door.
    """

    def __init__(self, knows: Callable[[str], bool]) -> None:
        self.names: frozenset[str] = frozenset()
        self._knows = knows

    def __call__(self, connection: ServerConnection, request: Request) -> Response | None:
        """The refusal, or None for a request that may go on."""
        headers = request.headers
        if request.path != "/":
            return connection.respond(HTTPStatus.NOT_FOUND, "nothing is here\n")
        if headers.get_all("Origin"):
            return connection.respond(HTTPStatus.FORBIDDEN, "not for browsers\n")
        asked = headers.get_all("Host")
        if len(asked) != 1 or asked[0].strip().lower() not in self.names:
            return connection.respond(HTTPStatus.MISDIRECTED_REQUEST, "this host has another name\n")
        if not self._knows(token_of(request)):
            return connection.respond(HTTPStatus.UNAUTHORIZED, "not with this token\n")
        return None


def token_of(request: Request) -> str:
    """The token that a request carries, or ""."""
    found = request.headers.get_all("Authorization")
    if len(found) != 1 or not found[0].startswith(_SCHEME):
        return ""
    return found[0].removeprefix(_SCHEME).strip()


def authorization(token: str) -> dict[str, str]:
    """The headers that carry a token."""
    return {"Authorization": _SCHEME + token}


def only_ours(_connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol:
    """The subprotocol, for a client that offers it. Raises NegotiationError."""
    for subprotocol in offered:
        if subprotocol == SUBPROTOCOL:
            return subprotocol
    raise NegotiationError("another protocol or version")


def names_of(bound: str, port: int, also: Collection[str]) -> frozenset[str]:
    """What a guest may call the host: the address that it listens at, and the names it was given."""
    names = {bound, *also}
    if is_loopback(bound) or bound in ANY:
        names |= {"127.0.0.1", "localhost", "::1"}
    return frozenset(f"{bracketed(name)}:{port}".lower() for name in names if name)
