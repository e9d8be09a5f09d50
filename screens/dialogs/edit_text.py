"""Write a text of a few lines."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from screens.dialogs.telling import Telling
from screens.plain import plain, plain_line
from screens.widgets.inputs import TextBox


class EditTextDialog(Telling[str | None]):
    """Returns the text, or None when it was left as it is. `beside` is shown below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Leave", priority=True),
        Binding("ctrl+s", "keep", "Keep", priority=True),
    ]
    DEFAULT_CSS = """
    EditTextDialog TextBox { height: auto; min-height: 3; max-height: 14; }
    EditTextDialog Static { height: auto; max-height: 8; color: $text-muted; margin: 1 0 0 0; }
    """

    def __init__(self, title: str, text: str, beside: str = "") -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._beside = beside

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = plain_line(self._title, 60)
            box.border_subtitle = "ctrl+s keeps · escape leaves it"
            yield TextBox(self._text)
            yield Static(plain(self._beside), markup=False)

    def action_keep(self) -> None:
        self.dismiss(self.query_one(TextBox).text)
