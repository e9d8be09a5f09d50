"""Signs made of several characters, such as 👍🏽, in terminals that give them another width.

A terminal that does not know such a sign gives each of its parts a width of its own, and everything behind it
on the line would be shifted. Therefore the cursor is put where it belongs behind every one of them.
"""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from textual._compositor import CompositorUpdate

_JOINER, _VARIANT, _KEYCAP = "\u200d", "\ufe0f", "\u20e3"
_TONES, _FLAGS, _TAGS = "\U0001f3fb-\U0001f3ff", "\U0001f1e6-\U0001f1ff", "\U000e0020-\U000e007f"
_AFTER = f"[{_JOINER}{_VARIANT}{_KEYCAP}{_TONES}{_TAGS}]"
_PART = re.compile(
    rf"(?P<place>\x1b\[\d+;(?P<column>\d+)H)"
    rf"|(?P<other>\x1b\[[\d;:?]*[A-Za-z]|\x1b\][^\x1b\x07]*(?:\x1b\\|\x07)|\x1b)"
    rf"|(?P<line>\n)"
    rf"|(?P<sign>[{_FLAGS}]{{2}}|[^\x1b\n](?:{_JOINER}[^\x1b\n]|{_AFTER})+)"
    rf"|(?P<text>.)"
)
_ANY = re.compile(f"{_AFTER}|[{_FLAGS}]")


def in_columns(output: str) -> str:
    """`output` for the terminal, with the cursor in its column behind every sign of several characters."""
    if not _ANY.search(output):
        return output
    written: list[str] = []
    column = 0
    for part in _PART.finditer(output):
        written.append(part[0])
        if part["place"]:
            column = int(part["column"]) - 1
        elif part["line"]:
            column = 0
        elif part["sign"]:
            column += cell_len(part[0])
            written.append(f"\x1b[{column + 1}G")
        elif part["text"]:
            column += cell_len(part[0])
    return "".join(written)


class _Placed(CompositorUpdate):
    """Another update, with its signs in their columns."""

    def __init__(self, update: CompositorUpdate) -> None:
        self._update = update

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self._update.__rich_console__(console, options)  # type: ignore[attr-defined]  # all updates have it

    def render_segments(self, console: Console) -> str:
        return in_columns(self._update.render_segments(console))


def placed(update: RenderableType | None) -> RenderableType | None:
    """What Textual is to display, so that every sign leaves the cursor in the column where Textual has it."""
    return _Placed(update) if isinstance(update, CompositorUpdate) else update
