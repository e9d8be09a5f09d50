"""Choose the place that something is about: a section, a question, a row or a single value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from app.review.anchors import Spot
from screens.leaving import Dialog
from screens.plain import plain_line
from screens.widgets.inputs import LineInput
from screens.widgets.option_lines import OptionLines

LIMIT = 60
"""How many places are listed."""


@dataclass(frozen=True)
class PlaceChoice:
    """A place: a whole section (then `question` is ""), or a spot of a question; and the words for it."""

    words: str
    section: str = ""
    question: str = ""
    spot: Spot = field(default_factory=Spot)


Find = Callable[[str], Iterable[PlaceChoice]]
"""Gives the places that have all of some words, in their order."""


class PlaceDialog(Dialog[PlaceChoice | None]):
    """Returns the place; `find` gives those that have all of some words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "stay", "Leave"),
        ("down", "move(1)", "Down"),
        ("up", "move(-1)", "Up"),
        ("pagedown", "move(8)", "Page down"),
        ("pageup", "move(-8)", "Page up"),
    ]
    DEFAULT_CSS = """
    PlaceDialog OptionList {
        height: auto; max-height: 14; border: none; padding: 0; background: $surface;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(self, title: str, find: Find, text: str = "") -> None:
        super().__init__()
        self._title = title
        self._find = find
        self._text = text
        self._found: list[PlaceChoice] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = plain_line(self._title, 60)
            box.border_subtitle = "type to find · enter chooses · escape leaves it"
            yield LineInput(self._text, placeholder="words of a question, a row or a column")
            yield OptionLines(markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._show(self._text)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, text: str) -> None:
        self._found = list(islice(self._find(text), LIMIT))
        options = self.query_one(OptionList)
        lines = [Option(plain_line(choice.words, 70)) for choice in self._found]
        options.set_options(lines or [Option(Text("Nothing here."), disabled=True)])
        options.highlighted = 0 if self._found else None

    def action_move(self, by: int) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            options.highlighted = max(0, min(options.highlighted + by, len(self._found) - 1))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        at = self.query_one(OptionList).highlighted
        if at is not None and self._found:
            self.dismiss(self._found[at])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._found[event.option_index])

    def action_stay(self) -> None:
        self.dismiss(None)
