"""What the command line prints: plain text or JSON, never an escape sequence from an answer."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from app.document.text import clean
from app.problems import DocumentError


def emit(text: str, *, error: bool = False) -> None:
    """Write text as it is, at once. Raises DocumentError where it cannot be written."""
    stream = sys.stderr if error else sys.stdout
    if stream is None:  # it was closed before the program started
        return
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:  # nobody reads on
        raise
    except OSError as failed:
        raise DocumentError(f"the output cannot be written: {failed.strerror}") from None


def say(text: str = "", *, error: bool = False) -> None:
    """Print lines of text with control characters removed."""
    emit(clean(text) + "\n", error=error)


def emit_data(text: str) -> None:
    """Write text for programs, in UTF-8 whatever the terminal's encoding. Raises DocumentError as `emit`."""
    stream = sys.stdout
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    emit(text)


def say_json(data: object) -> None:
    """Print data as JSON; dates as ISO text."""
    emit_data(json.dumps(data, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Sequence | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def width() -> int:
    """The width to wrap prose at: that of the terminal, at most 100."""
    return min(shutil.get_terminal_size((80, 24)).columns, 100)


def wrap(text: str, indent: str = "", first: str | None = None) -> str:
    """`text` reflowed to the terminal's width; blank lines between paragraphs stay."""
    lead = indent if first is None else first
    paragraphs = [" ".join(part.split()) for part in text.strip().split("\n\n")]
    filled = []
    for paragraph in paragraphs:
        filled.append(
            textwrap.fill(
                paragraph, width(), initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False
            )
        )
        lead = indent
    return "\n\n".join(filled)


def columns(rows: Iterable[Sequence[str]], gap: str = "  ") -> str:
    """Rows of cells as left-aligned columns."""
    table = [list(row) for row in rows]
    if not table:
        return ""
    widths = [max(len(row[i]) for row in table if i < len(row)) for i in range(max(map(len, table)))]
    return "\n".join(gap.join(cell.ljust(widths[i]) for i, cell in enumerate(row)).rstrip() for row in table)


def pages(extent: tuple[int, int | None] | None) -> str:
    """A page range in words; "" when no change type says one."""
    if extent is None:
        return ""
    low, high = extent
    return f"{low} pages or more" if high is None else f"{low} to {high} pages"
