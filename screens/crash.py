"""What happens when the application fails. Like `painting.py` and `pasting.py`, it reaches into Textual.

What was typed last is kept. Textual prints local variables with the traceback, hence people's answers; this
writes a report without.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from rich.text import Text
from textual.app import App

from app.crash import crash_notice


class CarefulApp(App[int]):
    """An application whose failures are reported without answers; those are in the journal."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.last_words: list[str] = []
        """Lines for standard error after the screen is gone."""

    def keep_words(self) -> None:
        """Have the document hold what was typed and is not in it yet; nothing of that may wait."""

    def _fatal_error(self) -> None:
        with suppress(Exception):  # whatever has failed, that is what is told
            self.keep_words()
        error = self._exception
        if error is not None:
            self.last_words.append(crash_notice(error))
        self._exit_renderables.append(Text(""))
        self._close_messages_no_wait()
