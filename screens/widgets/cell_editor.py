"""The one input of a grid, which lies over the cell that is being edited."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len
from textual import events
from textual.geometry import Region
from textual.widgets import Input

from screens.widgets.completing_input import CompletingInput
from screens.widgets.grid_table import Keyboard
from screens.widgets.inputs import LineInput

GROWS_BY = 12
"""Columns of the terminal by which the input becomes wider, since the screen is laid out again each time."""
_EDITS: dict[str, str] = {
    "backspace": "delete_left",
    "delete": "delete_right",
    "left": "cursor_left",
    "right": "cursor_right",
    "home": "home",
    "end": "end",
}


class CellInput(LineInput):
    """Asks the grid first what a key means; a paste of several cells is the grid's."""

    def __init__(self, keyboard: Keyboard, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._keyboard = keyboard

    async def on_key(self, event: events.Key) -> None:
        if self._keyboard.take(event, at_input=True):
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        if self._keyboard.paste_into_cell(event.text):
            event.stop()
            event.prevent_default()
        else:
            super().on_paste(event)

    def late_key(self, event: events.Key) -> bool:
        """Do what a key does that came while the cursor was still elsewhere."""
        if event.is_printable and event.character is not None:
            self.replace(event.character, *self.selection)
            return True
        if event.key in _EDITS:
            getattr(self, f"action_{_EDITS[event.key]}")()
            return True
        return False


class CellEditor(CompletingInput):
    """Hidden until a cell is edited."""

    DEFAULT_CSS = """
    CellEditor { layer: over; position: absolute; display: none; height: 1; }
    CellEditor CellInput, CellEditor CellInput:focus { background: $primary 30%; }
    """

    def __init__(self, keyboard: Keyboard) -> None:
        self._keyboard = keyboard
        super().__init__()
        self._cell = Region()
        self._available = 0

    def make_input(self, value: str) -> LineInput:
        self.cell_input = CellInput(self._keyboard, value=value)
        return self.cell_input

    def lie_over(self, cell: Region, width: int) -> None:
        """Cover a cell of a table that is `width` columns wide."""
        self._cell, self._available = cell, width
        self.display = True
        self.grow()

    def grow(self) -> None:
        """Cover more than the cell only where the text needs it: what is beside it stays in sight."""
        needed = cell_len(self.input.value) + 3
        wanted = self._cell.width
        if needed > wanted:
            wanted = min(wanted - (wanted - needed) // GROWS_BY * GROWS_BY, self._available)
        left = max(min(self._cell.x, self._available - wanted), 0)
        self.styles.offset = (left, self._cell.y)
        self.styles.width = wanted

    def on_input_changed(self, event: Input.Changed) -> None:
        del event
        self.grow()
