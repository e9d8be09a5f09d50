"""Leaving a screen once, however many keys that ask for it were typed.

Textual's `dismiss` takes the top screen away, also when that is another one by then: two quick Enters
in a dialog would take away the screen below it as well.
"""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

Result = TypeVar("Result")


class LastingScreen(Screen[Result]):
    """A screen that goes away only while it is on top."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Go away with `result`; does nothing unless this screen is on top."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Dialog(ModalScreen[Result]):
    """A dialog that goes away only while it is on top."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Go away with `result`; does nothing unless this dialog is on top."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def action_cancel(self) -> None:
        """Go away with nothing."""
        self.dismiss(None)
