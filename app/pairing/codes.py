"""Join codes and tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from urllib.parse import urlsplit

from msgspec import Struct

from app.problems import DocumentError

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_HINT = "copy the whole line that dbcharter pair host shows"


def new_token() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def is_token(text: str, token: str) -> bool:
    """Whether two tokens are the same, in a time that says nothing about where they differ."""
    return hmac.compare_digest(
        hashlib.sha256(text.encode()).digest(), hashlib.sha256(token.encode()).digest()
    )


def bracketed(host: str) -> str:
    """A host as it stands in an address: an IPv6 address is in brackets."""
    return f"[{host}]" if ":" in host else host


class JoinCode(Struct, frozen=True):
    """Where the host is, the secret that lets one ask to be admitted, and the certificate to expect.

    `fingerprint` is the SHA-256 of the certificate, or b"" for a connection without TLS.
    """

    host: str
    port: int
    invitation: str
    fingerprint: bytes = b""

    def __str__(self) -> str:
        host = bracketed(self.host)
        if not self.fingerprint:
            return f"pair://{host}:{self.port}#{self.invitation}"
        pin = base64.urlsafe_b64encode(self.fingerprint).decode().rstrip("=")
        return f"pairs://{host}:{self.port}#{self.invitation}.{pin}"

    @property
    def address(self) -> str:
        """What the websocket connects to; no secret is in it."""
        return f"{'wss' if self.fingerprint else 'ws'}://{bracketed(self.host)}:{self.port}/"


def read_code(text: str) -> JoinCode:
    """The join code that a person pasted. Raises DocumentError."""
    text = text.removeprefix("dbcharter pair join").strip().strip("'\"")
    try:
        parts = urlsplit("".join(text.split()))
        host, port = parts.hostname or "", parts.port or 0
    except ValueError:
        raise DocumentError("this is not a join code", _HINT) from None
    invitation, _, pin = parts.fragment.partition(".")
    fits = parts.scheme in ("pair", "pairs") and host and port and not parts.path and not parts.query
    if not fits or not _SECRET.fullmatch(invitation) or bool(pin) != (parts.scheme == "pairs"):
        raise DocumentError("this is not a join code", _HINT)
    if pin and not _SECRET.fullmatch(pin):
        raise DocumentError("this is not a join code: its end is missing", _HINT)
    return JoinCode(host, port, invitation, base64.urlsafe_b64decode(f"{pin}=") if pin else b"")
