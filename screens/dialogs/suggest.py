"""Suggest another value for one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Label, Static

from app.problems import DbcharterError
from screens.leaving import Dialog
from screens.plain import plain, plain_line
from screens.tabbing import TAB_KEYS
from screens.widgets.inputs import LineInput, TextBox

Suggest = Callable[[str, str], None]
"""Suggests a value, given as text, for a reason. Raises DbcharterError with what is wrong with it."""


class SuggestDialog(Dialog[bool]):
    """Goes away with True only once `suggest` has taken the value. `now` is what stands there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Leave", priority=True),
        Binding("ctrl+s", "keep", "Suggest", priority=True),
        *TAB_KEYS,
    ]
    DEFAULT_CSS = """
    SuggestDialog Label { width: 1fr; color: $text-muted; }
    SuggestDialog TextBox { height: auto; min-height: 3; max-height: 8; }
    SuggestDialog #now { height: auto; max-height: 6; color: $text-muted; margin: 0 0 1 0; }
    SuggestDialog #wrong { height: auto; color: $error; }
    """
    AUTO_FOCUS = "TextBox"

    def __init__(self, title: str, now: str, text: str, suggest: Suggest, hint: str = "") -> None:
        super().__init__()
        self._title = title
        self._now = now
        self._text = text
        self._suggest = suggest
        self._hint = hint

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = plain_line(f"Suggest for {self._title}", 68)
            box.border_subtitle = "ctrl+s suggests it · tab to the reason · escape leaves it"
            yield Static(plain(f"It says: {self._now or 'nothing'}"), id="now", markup=False)
            yield Label(plain_line(f"It should say{self._hint}", 70))
            yield TextBox(self._text)
            yield Label("Why (may be left empty)")
            yield LineInput(id="why")
            yield Static(id="wrong", markup=False)

    def on_mount(self) -> None:
        box = self.query_one(TextBox)
        box.cursor_location = box.document.end

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        try:
            self._suggest(self.query_one(TextBox).text, self.query_one("#why", LineInput).value)
        except DbcharterError as error:
            self.query_one("#wrong", Static).update(plain(f"⚠ {error}"))
        else:
            self.dismiss(True)

    def action_cancel(self) -> None:
        self.dismiss(False)
