"""Suggest another value for one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Label, Static

from screens.dialogs.keeping import KeepingDialog
from screens.plain import plain, plain_line
from screens.widgets.inputs import LineInput, TextBox

Suggest = Callable[[str, str], None]
"""Suggests a value, given as text, for a reason. Raises DbcharterError with what is wrong with it."""


class SuggestDialog(KeepingDialog):
    """`suggest` takes the value. `now` is what stands there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Suggest", priority=True),
    ]
    DEFAULT_CSS = """
    SuggestDialog #now { height: auto; max-height: 6; color: $text-muted; margin: 0 0 1 0; }
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

    def take(self) -> None:
        self._suggest(self.query_one(TextBox).text, self.query_one("#why", LineInput).value)
