"""A paste arrives as one event with all of its text. Here, too, is reached into Textual, for its drivers.

Textual takes an escape sequence within a paste for keys, hence pasted text could press any key; it asks for
text between two marks, and what is between them is nobody's key.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.events import Paste
from textual.message import Message

_DRIVERS = ("textual.drivers.linux_driver", "textual.drivers.win32")
"""Modules that make a parser, each for its platform."""


class WholePasteParser(XTermParser):
    """Understands what a terminal sends; of a paste Textual's parser gets the marks only."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasting = False
        self._pasted: list[str] = []
        self._tail = ""
        """The last characters, in which the next mark may have begun."""

    def feed(self, data: str) -> Iterable[Message]:
        if not data:
            yield from super().feed(data)
        while data:
            mark = BRACKETED_PASTE_END if self._pasting else BRACKETED_PASTE_START
            seen = self._tail + data
            at = seen.find(mark)
            found = at >= 0
            end = at + len(mark) - len(self._tail) if found else len(data)
            part, data = data[:end], data[end:]
            self._tail = "" if found else seen[1 - len(mark) :]
            if self._pasting:
                self._pasted.append(part)
            else:
                yield from super().feed(part)
            if found:
                if self._pasting:
                    yield from self._whole_paste(mark)
                self._pasting = not self._pasting

    def _whole_paste(self, mark: str) -> Iterable[Message]:
        """The paste as one event, in place of the empty one that Textual makes of the marks."""
        text = "".join(self._pasted).removesuffix(mark)
        self._pasted.clear()
        yield from (event for event in super().feed(mark) if not isinstance(event, Paste))
        yield Paste(text)


def take_pastes_whole() -> None:
    """Have the drivers that are there read with `WholePasteParser`."""
    for name in _DRIVERS:
        if name in sys.modules:
            sys.modules[name].__dict__["XTermParser"] = WholePasteParser
