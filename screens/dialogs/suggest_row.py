"""Suggest cells of a row: those of a new one, or other ones for a row that is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Label, Static

from screens.dialogs.keeping import KeepingDialog
from screens.dialogs.texts import written
from screens.plain import plain, plain_line
from screens.widgets.inputs import LineInput, TextBox

SuggestRow = Callable[[Mapping[str, str], str], None]
"""Suggests cells, given as texts by column, for a reason. Raises DbcharterError with what is wrong."""


@dataclass(frozen=True)
class CellText:
    """A cell to write: its column, what that is called, what it says and what is written already.

    `is_long`: it has several lines.
    """

    column: str
    title: str
    now: str
    text: str
    is_long: bool = False


class SuggestRowDialog(KeepingDialog):
    """`suggest` takes the cells."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Suggest", priority=True),
    ]
    DEFAULT_CSS = """
    SuggestRowDialog .now { height: auto; max-height: 4; color: $text-muted; }
    SuggestRowDialog TextBox { min-height: 2; }
    SuggestRowDialog .cell { margin: 0 0 1 0; }
    """
    AUTO_FOCUS = ".cell"

    def __init__(self, title: str, cells: Sequence[CellText], suggest: SuggestRow) -> None:
        super().__init__()
        self._title = title
        self._cells = tuple(cells)
        self._suggest = suggest

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = plain_line(self._title, 68)
            box.border_subtitle = "ctrl+s suggests it · tab to the next field · escape leaves it"
            for at, cell in enumerate(self._cells):
                yield Label(plain_line(cell.title, 70))
                if cell.now:
                    yield Static(plain(f"It says: {cell.now}"), classes="now", markup=False)
                make = TextBox if cell.is_long else LineInput
                yield make(cell.text, id=f"cell-{at}", classes="cell")
            yield Label("Why (may be left empty)")
            yield LineInput(id="why")
            yield Static(id="wrong", markup=False)

    def on_mount(self) -> None:
        """Have the title of the first cell in sight as well, above the one with the cursor."""
        self.call_after_refresh(self.query_one(".dialog").scroll_home, animate=False)

    def take(self) -> None:
        boxes = self.query(".cell")
        texts = {cell.column: written(box) for cell, box in zip(self._cells, boxes, strict=True)}
        self._suggest(texts, self.query_one("#why", LineInput).value)
