"""Where a host listens, under which name guests reach it, and with which certificate."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

from msgspec import Struct

from app.pairing.tls import certificate_of_files, certificate_of_session, is_loopback
from app.problems import DocumentError

ANY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 # names of every interface, bound only when asked for


class Listening(Struct, frozen=True):
    """`name` is what guests connect to; `context` and `fingerprint` are empty without TLS."""

    bind: str
    port: int
    name: str
    context: ssl.SSLContext | None
    fingerprint: bytes


def listening(bind: str, port: int, name: str, certificate: tuple[Path, Path] | None) -> Listening:
    """Off loopback there is no way around TLS. Raises DocumentError."""
    if not 0 <= port < 65536:
        raise DocumentError(f"{port} is not a port")
    name = name or (_own_address() if bind in ANY else bind)
    if any(c in name for c in "/#@?[] ") or not name.isprintable():
        raise DocumentError(f"{name!r} is not a name that a guest could connect to")
    if certificate is not None:
        context, fingerprint = certificate_of_files(*certificate)
        return Listening(bind, port, name, context, fingerprint)
    if is_loopback(bind):
        return Listening(bind, port, name, None, b"")
    return Listening(bind, port, name, *certificate_of_session(name))


def _own_address() -> str:
    """The address from which this machine reaches others; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
