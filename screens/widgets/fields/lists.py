"""Lists: one item a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType

from screens.actions import bindings
from screens.widgets.fields.prose import ProseField
from screens.widgets.grid_cells import box_text
from screens.widgets.inputs import TextBox


class ItemBox(TextBox):
    """Text that calls `begin` when Enter is about to begin a line."""

    def __init__(self, begin: Callable[[], None], text: str, **arguments: Any) -> None:
        super().__init__(text, **arguments)
        self._begin = begin

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            self._begin()


class ListField(ProseField):
    """A list, one item a line, numbered; lines can be moved up and down."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("list")
    scope = "list"
    outside_suffix = ".txt"

    def compose(self) -> ComposeResult:
        yield ItemBox(self._begin_item, self.shown(), read_only=self.read_only, **self.look())

    def _begin_item(self) -> None:
        """Have what was typed so far applied: the next item is another step of the undo history."""
        self.flush()
        self.new_step()

    def look(self) -> dict[str, object]:
        return {"show_line_numbers": True, "placeholder": "one item a line"}

    def shown(self) -> str:
        return box_text(None, self.value)

    def action_item_up(self) -> None:
        self._move(-1)

    def action_item_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        """Exchange the line with the cursor and its neighbour."""
        row, column = self.area.cursor_location
        lines = self.area.text.split("\n")
        if not self.read_only and 0 <= row + by < len(lines):
            lines[row], lines[row + by] = lines[row + by], lines[row]
            self.new_step()
            self.area.put("\n".join(lines))
            self.area.cursor_location = (row + by, column)
