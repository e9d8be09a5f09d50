"""Standard input as text: nothing of it is left out, so that what cannot be read as text is refused."""

from __future__ import annotations

import sys

from app.document.store import MAX_BYTES
from app.problems import DocumentError, OperationError


def read_line() -> str:
    """The next line, without its end. Raises EOFError behind the last one, DocumentError for other bytes."""
    line = sys.stdin.buffer.readline()
    if not line:
        raise EOFError
    return _text(line).rstrip("\r\n")


def read_all() -> str:
    """All that is left. Raises OperationError when that says nothing, DocumentError when it is no text."""
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DocumentError("standard input is too large for an answer")
    text = _text(data).removeprefix("\ufeff")
    if not text.strip():
        raise OperationError("standard input is empty: nothing was changed")
    return text


def _text(data: bytes) -> str:
    encoding = sys.stdin.encoding or "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        shown = data[: error.start].decode(encoding).splitlines()[-1:]
        place = f" behind {shown[0][-20:]!r}" if shown and shown[0] else ""
        raise DocumentError(f"standard input is not {encoding.upper()}{place}") from None
