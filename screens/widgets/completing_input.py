"""A line of text with a list of what may be said there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from screens.painting import LaidOutOnce
from screens.plain import plain_line
from screens.widgets.completions import Completion, Offer
from screens.widgets.inputs import LineInput
from screens.widgets.option_lines import OptionLines

HOW = "↓ Enter takes it"
"""What stands beside the first completion while Enter alone keeps the words as they are."""
TEXT_WIDTH = 56
"""Columns of the terminal that a completion takes at most."""


class CompletingInput(Vertical, LaidOutOnce):
    """An input and, below it, what completes it; ↑ ↓ choose, `take_chosen` or a click takes."""

    DEFAULT_CSS = """
    CompletingInput { height: 1; width: 1fr; }
    CompletingInput LineInput { width: 1fr; }
    CompletingInput OptionList, CompletingInput OptionList:focus {
        display: none; overlay: screen; constrain: inside inflect; height: auto; max-height: 9;
        width: auto; min-width: 16; max-width: 76; border: none; padding: 0; background: $panel-lighten-1;
    }
    """

    @dataclass
    class Taken(Message):
        """A completion was clicked."""

        box: CompletingInput

        @property
        def control(self) -> CompletingInput:
            return self.box

    def __init__(self, value: str = "", offer: Offer | None = None, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.input = self.make_input(value)
        self.choices = OptionLines(markup=False)
        self.choices.can_focus = False
        self._offer = offer or Offer()
        self._found: list[Completion] = []
        self._typed = False

    def compose(self) -> ComposeResult:
        yield self.input
        yield self.choices

    def make_input(self, value: str) -> LineInput:
        """The input; a subclass may have one of its own."""
        return LineInput(value)

    def begin(self, value: str, offer: Offer, *, typed: bool) -> None:
        """Show a text and what may stand for it; `typed` when it is what the author just typed."""
        self._offer, self._typed = offer, typed
        with self.input.prevent(Input.Changed):
            self.input.value = value
        self.input.cursor_position = len(value)
        self.offer()

    def offer(self) -> None:
        """Show what completes the text; all there is before anything was typed."""
        text = self.input.value if self._typed else ""
        self._found = self._offer.matching(text)
        alone = len(self._found) == 1 and self._found[0].text == self.input.value and self._typed
        self.choices.display = bool(self._found) and not alone
        if not self.choices.display:
            return
        wide = max(plain_line(c.text, TEXT_WIDTH).cell_len for c in self._found)
        chosen = self._offer.chosen(self._found, self.input.value, self._typed)
        rows = []
        for number, completion in enumerate(self._found):
            row = plain_line(completion.text, TEXT_WIDTH)
            how = HOW if number == 0 and chosen is None else ""
            about = " · ".join(filter(None, (how, completion.about)))
            if about:
                row.append(" " * (wide - row.cell_len + 2)).append_text(
                    plain_line(about, max(70 - wide, len(HOW)), "dim")
                )
            rows.append(Option(row))
        self.choices.set_options(rows)
        self.choices.highlighted = chosen

    def hide(self) -> None:
        """Put the list away."""
        self._found = []
        self.choices.display = False

    def move(self, by: int) -> bool:
        """Move the choice; returns False when nothing is offered."""
        if not self.choices.display:
            return False
        at = self.choices.highlighted
        start = (-1 if by > 0 else 0) if at is None else at
        self.choices.highlighted = (start + by) % len(self._found)
        return True

    def take_chosen(self) -> None:
        """Complete the text with the choice, if there is one."""
        at = self.choices.highlighted
        if self.choices.display and at is not None and at < len(self._found):
            text = self._offer.completed(self.input.value, self._found[at])
            self.hide()
            self.input.value = text
            self.input.cursor_position = len(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offer again; the message goes on to whom it concerns."""
        del event
        self._typed = True
        if self.has_focus_within:
            self.offer()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.choices.highlighted = event.option_index
        self.take_chosen()
        self.post_message(self.Taken(self))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        del event
        self.offer()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        del event
        self.hide()
