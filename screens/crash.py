"""What is shown when the application fails. Like `painting.py` and `pasting.py`, it reaches into Textual.

Textual prints local variables with the traceback, hence people's answers; this writes a report without.
"""

from __future__ import annotations

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

    def _fatal_error(self) -> None:
        error = self._exception
        if error is not None:
            self.last_words.append(crash_notice(error))
        self._exit_renderables.append(Text(""))
        self._close_messages_no_wait()
