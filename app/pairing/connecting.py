"""How a guest reaches the host."""

from __future__ import annotations

import random
import ssl
from collections.abc import Iterator

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI

from app.pairing.codes import JoinCode
from app.pairing.door import SILENT, authorization
from app.pairing.limits import FROM_HOST
from app.pairing.tls import pinned_context
from app.pairing.wire import SUBPROTOCOL
from app.problems import DocumentError

OPEN_SECONDS = 10.0
PING_SECONDS = 15.0
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 10.0
_REFUSALS = {
    401: "the host does not know this join code, or has taken it back",
    403: "the host refused the connection",
    404: "there is no dbcharter session at this address",
    421: "the host does not go by this name; ask the author for another join code",
}


class UnreachableError(Exception):
    """The host cannot be reached now; it may be later."""


class _Direct(connect):
    """Follows no redirect: a token is for one host."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def reach(code: JoinCode, token: str) -> ClientConnection:
    """A connection to the host. Raises UnreachableError, and DocumentError when trying again is no use."""
    context = pinned_context(code.fingerprint) if code.fingerprint else None
    try:
        return await _Direct(
            code.address,
            additional_headers=authorization(token),
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item] # a NewType of str
            compression=None,
            user_agent_header=None,
            proxy=None,  # the address is the host's own, and the token is for nobody else
            open_timeout=OPEN_SECONDS,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            close_timeout=1,
            max_size=FROM_HOST,
            max_queue=64,
            logger=SILENT,
            ssl=context,
        )
    except InvalidStatus as error:
        status = error.response.status_code
        if status in _REFUSALS:
            raise DocumentError(_REFUSALS[status]) from None
        raise UnreachableError(f"the host answered {status}") from None
    except ssl.SSLCertVerificationError as error:
        raise DocumentError(
            f"this is not the host of the join code: {error.args[-1]}",
            "somebody may be in between; ask the author for the join code again",
        ) from None
    except InvalidMessage:
        raise UnreachableError("the connection broke off") from None
    except (InvalidHandshake, InvalidURI, UnicodeError) as error:
        raise DocumentError(f"this is not a dbcharter session: {type(error).__name__}") from None
    except (OSError, TimeoutError, EOFError) as error:
        raise UnreachableError(str(getattr(error, "strerror", None) or error or "no answer")) from None


def pauses() -> Iterator[float]:
    """Seconds to wait before each further try: longer and longer, and never quite the same."""
    pause = FIRST_PAUSE
    while True:
        yield pause * random.uniform(0.7, 1.3)  # noqa: S311 # spreads guests out, keeps no secret
        pause = min(LONGEST_PAUSE, pause * 2)
