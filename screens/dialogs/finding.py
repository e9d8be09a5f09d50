"""A dialog that finds things by words: typing narrows the list, Enter chooses from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual.binding import BindingType
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from screens.leaving import Dialog

Choice = TypeVar("Choice")

LIMIT = 60
"""How many things are listed."""


class FindingDialog(Dialog[Choice | None], Generic[Choice]):
    """Returns what was chosen, or None. A subclass composes an Input and an OptionList, and finds."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "cancel", "Leave"),
        ("down", "move(1)", "Down"),
        ("up", "move(-1)", "Up"),
        ("pagedown", "move(8)", "Page down"),
        ("pageup", "move(-8)", "Page up"),
    ]
    DEFAULT_CSS = """
    FindingDialog OptionList {
        height: auto; max-height: 14; border: none; padding: 0; background: $surface;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """
    nothing = ""
    """What is said when nothing is found."""

    def __init__(self) -> None:
        super().__init__()
        self._found: Sequence[tuple[Choice, Text]] = ()

    def find(self, text: str) -> Sequence[tuple[Choice, Text]]:
        """What fits the words of `text`, with its line in the list."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._show(self.query_one(Input).value)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, text: str) -> None:
        self._found = self.find(text)
        options = self.query_one(OptionList)
        lines = [Option(line) for _, line in self._found]
        if not lines and self.nothing:
            lines = [Option(Text(self.nothing), disabled=True)]
        options.set_options(lines)
        options.highlighted = 0 if self._found else None

    def action_move(self, by: int) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            options.highlighted = max(0, min(options.highlighted + by, len(self._found) - 1))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        at = self.query_one(OptionList).highlighted
        if at is not None and self._found:
            self.dismiss(self._found[at][0])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._found[event.option_index][0])
