"""Leaving a screen once, however many keys that ask for it were typed; leaving the program with it.

Textual's `dismiss` takes the top screen away, also when that is another one by then: two quick Enters
in a dialog would take away the screen below it as well.
"""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

from screens.settling import settled

Result = TypeVar("Result")


class Leavable:
    """A screen that may hold words when the program is left."""

    async def leave(self) -> None:
        """Keep what was written here, once the keys that were sent before have been handled.

        The program may stay after all, and this be called again.
        """

    def unsaid(self) -> list[str]:
        """What was written here and kept nowhere, as lines for the terminal that is left."""
        return []


class LastingScreen(Screen[Result], Leavable):
    """A screen that goes away only while it is on top."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Go away with `result`; does nothing unless this screen is on top."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Dialog(ModalScreen[Result], Leavable):
    """A dialog that goes away only while it is on top. Words for the document are kept by `keep_words`."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Go away with `result`; does nothing unless this dialog is on top."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    async def leave(self) -> None:
        await settled(self.focused)
        self.keep_words()

    def keep_words(self) -> None:
        """Have the document hold what was written here and has not been kept yet."""

    def action_cancel(self) -> None:
        """Go away with nothing."""
        self.dismiss(None)
