"""A dialog that keeps what was written in it until somebody has taken it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from app.problems import DbcharterError
from screens.dialogs.telling import Telling
from screens.plain import plain
from screens.tabbing import TAB_KEYS


class KeepingDialog(Telling[bool]):
    """Goes away with True only once `take` has taken what was written, so that no word is lost.

    A subclass has a Static `#wrong` that says why it was not taken, and binds a key to `keep`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Leave", priority=True),
        *TAB_KEYS,
    ]
    DEFAULT_CSS = """
    KeepingDialog Label { width: 1fr; color: $text-muted; }
    KeepingDialog TextBox { height: auto; min-height: 3; max-height: 8; }
    KeepingDialog #wrong { height: auto; color: $error; }
    """

    def take(self) -> None:
        """Hand over what was written. Raises DbcharterError with what is wrong with it."""
        raise NotImplementedError

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        try:
            self.take()
        except DbcharterError as error:
            wrong = self.query_one("#wrong", Static)
            wrong.update(plain(f"⚠ {error}"))
            self.call_after_refresh(wrong.scroll_visible, animate=False)
        else:
            self.dismiss(True)

    def action_cancel(self) -> None:
        self.dismiss(False)
