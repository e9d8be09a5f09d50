"""Say something in a review: a comment with or without a quote, a reply, a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Label, Static

from screens.dialogs.keeping import KeepingDialog
from screens.plain import plain, plain_line
from screens.widgets.inputs import LineInput, TextBox


class Said(Struct, frozen=True):
    """What was written: a text, and the words that it is about."""

    text: str
    quote: str = ""


Keep = Callable[[Said], None]
"""Does something with what was written. Raises DbcharterError with what is wrong with it."""


class SayDialog(KeepingDialog):
    """`keep` takes what was written. `beside` is shown above the text.

    With `quotes`, words that stand there may be quoted. `text` is what is written already.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Say it", priority=True),
    ]
    DEFAULT_CSS = """
    SayDialog #beside { height: auto; max-height: 6; color: $text-muted; margin: 0 0 1 0; }
    """
    AUTO_FOCUS = "TextBox"

    def __init__(
        self,
        title: str,
        keep: Keep,
        *,
        beside: str = "",
        quotes: bool = False,
        label: str = "What to say",
        text: str = "",
    ) -> None:
        super().__init__()
        self._title = title
        self._keep = keep
        self._beside = beside
        self._quotes = quotes
        self._label = label
        self._text = text

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = plain_line(self._title, 68)
            box.border_subtitle = "ctrl+s says it · tab to the next field · escape leaves it"
            if self._beside:
                yield Static(plain(self._beside), id="beside", markup=False)
            yield Label(self._label)
            yield TextBox(self._text)
            if self._quotes:
                yield Label("About these words, as they stand there (may be left empty)")
                yield LineInput(id="quote")
            yield Static(id="wrong", markup=False)

    def take(self) -> None:
        quote = self.query_one("#quote", LineInput).value.strip() if self._quotes else ""
        self._keep(Said(self.query_one(TextBox).text, quote))
