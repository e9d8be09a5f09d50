"""The table of a grid: a DataTable that repaints only what changed, and tells where its cells are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import is_
from typing import Any, Protocol

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.cache import LRUCache
from textual.coordinate import Coordinate
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import DataTable
from textual.widgets.data_table import RowKey

from screens.plain import plain_line
from screens.widgets.grid_model import DRAFTED, INVITATION, MISSING, SHOWN, GridModel, Line, widths

REBUILT_FROM = 40
"""How many lines may come or go at once before it is quicker to build the table anew."""


class Keyboard(Protocol):
    """Who does what keys and pastes ask for."""

    def take(self, event: events.Key, *, at_input: bool) -> bool:
        """Do what a key asks for that came to the table, or to the input over it.

        Returns False when the widget should do what it does with the key.
        """

    def paste_into_cell(self, text: str) -> bool:
        """Take what was pasted into the input; returns False when it is text for the cell."""


class GridTable(DataTable[Text]):
    """Shows lines of a `GridModel`. Keys go to `keys` first, one after the other.

    What Textual keeps to itself is used in this module only: column widths that change, and rows in the
    middle.
    """

    DEFAULT_CSS = """
    GridTable { height: auto; max-height: 60vh; min-height: 3; background: $background; }
    GridTable > .datatable--header { background: $panel; color: $foreground; text-style: bold; }
    GridTable > .datatable--fixed { background: $background; color: $foreground; text-style: bold; }
    GridTable > .datatable--cursor { background: $panel-lighten-2; color: $foreground; }
    GridTable:focus > .datatable--cursor { background: $primary; color: $background; text-style: bold; }
    """

    def __init__(self, model: GridModel, keyboard: Keyboard) -> None:
        super().__init__(cursor_type="cell", cell_padding=1)
        self.model = model
        self.lines: list[Line] = []
        self._keyboard = keyboard

    def begin(self) -> None:
        """Set up the columns."""
        for column in self.model.columns:
            self.add_column(_line(column.title, ""), width=10, key=column.id)

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        # the widths are set by `fit`; measuring the cells of new rows would be for nothing
        del new_rows
        super()._update_dimensions(())

    # lines

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines, touching only those that are different objects."""
        old, new = self.lines, list(lines)
        self.lines = new
        limit = min(len(old), len(new))
        head = _same(old, new)
        tail = min(_same(reversed(old), reversed(new)), limit - head)
        gone, come = len(old) - head - tail, len(new) - head - tail
        if abs(come - gone) > REBUILT_FROM:
            self._rebuild()
            return
        for number in range(head, head + min(gone, come)):
            self._update(number, new[number])
        if come == gone:
            return
        keys = [row.key for row in self.ordered_rows]
        for key in keys[head + come : head + gone]:
            self.remove_row(key)
        if come > gone:
            added = [self.add_row(*self._cells(line)) for line in new[head + gone : head + come]]
            self._put_in_order([*keys[: head + gone], *added, *keys[head + gone :]])

    def _rebuild(self) -> None:
        cursor, scroll = self.cursor_coordinate, self.scroll_offset
        with self.prevent(DataTable.CellHighlighted):
            self.clear()
            for line in self.lines:
                self.add_row(*self._cells(line))
            self.cursor_coordinate = cursor
        self.scroll_to(*scroll, animate=False)

    def _put_in_order(self, keys: Sequence[RowKey]) -> None:
        first = self.ordered_columns[0].key
        rank = {id(self.get_cell(key, first)): number for number, key in enumerate(keys)}
        self.sort(first, key=lambda cell: rank[id(cell)])

    def _update(self, at: int, line: Line) -> None:
        """Show another line in a row; what was painted of other cells is kept."""
        key = self._row_locations.get_key(at)
        assert key is not None
        cells, changed = self._data[key], set()
        for column, cell in zip(self.ordered_columns, self._cells(line), strict=True):
            if cells[column.key] != cell:
                cells[column.key] = cell
                changed.add(column.key)
        if changed:
            _drop(self._cell_render_cache, lambda known: known[0] is key and known[1] in changed)
            _drop(self._row_render_cache, lambda known: known[0] is key)
            _drop(self._row_renderable_cache, lambda known: known[1] == at)
            _drop(self._line_cache, lambda known: known[0] == at + self.header_height)
            self.refresh_row(at)

    def _cells(self, line: Line) -> list[Text]:
        cells = []
        for number, (cell, mark) in enumerate(zip(line.cells, line.marks, strict=True)):
            if mark == "missing":
                text = Text(f"◐ {MISSING}", style=self._colour("secondary"), end="")
            elif mark == "wrong":
                text = Text("⚠ ", style=self._colour("warning")).append_text(_line(cell, ""))
            else:
                text = _line(cell, "dim" if line.row is None or line.draft else "")
            if number == 0 and line.row is None:
                text = Text("＋ ", style="dim").append_text(text if cell else self._invitation(line))
            if number == 0 and line.draft:
                text = Text(DRAFTED, style="dim italic").append_text(text)
            text.no_wrap, text.overflow, text.end = True, "ellipsis", ""
            cells.append(text)
        return cells

    def _invitation(self, line: Line) -> Text:
        """What stands in the first cell of a proposed line where it begins with nothing of its own."""
        return Text("" if line.starter else INVITATION, style="dim")

    def _colour(self, name: str) -> str:
        return self.app.theme_variables.get(name, "")

    # columns

    def fit(self) -> None:
        """Give every column its width, and keep the first in sight where not all fit."""
        padding = 2 * self.cell_padding
        available = self._room() - padding * len(self.model.columns)
        if available <= 0 or not self.columns:
            return
        found = widths(self.model.columns, self.lines, available)
        if [column.width for column in self.ordered_columns] != found:
            for column, width in zip(self.ordered_columns, found, strict=True):
                column.width = width
            self._clear_caches()
            self._require_update_dimensions = True
            self.check_idle()
            self.refresh()
        fits = sum(found) <= available or found[0] > available // 2
        self.fixed_columns = 0 if fits else 1

    def _room(self) -> int:
        """Columns of the terminal inside; before the first layout, those that there will be."""
        nodes = (node for node in self.ancestors_with_self if isinstance(node, Widget))
        return next((node.scrollable_content_region.width for node in nodes if node.size.width), 0)

    def on_resize(self, event: events.Resize) -> None:
        del event
        self.fit()

    def is_cut(self, line: int, column: int) -> bool:
        """Whether a cell is longer than its column is wide."""
        shown = self.lines[line]
        mark = 2 if shown.marks[column] else 0
        mark += len(DRAFTED) if shown.draft and column == 0 else 0
        return cell_len(shown.cells[column]) + mark > self.ordered_columns[column].width

    # the cursor

    def cell_region(self, line: int, column: int) -> Region:
        """Where a cell is within this widget, as far as it is in sight."""
        region = self._get_cell_region(Coordinate(line, column))
        if column >= self.fixed_columns:
            region = region.translate((-int(self.scroll_x), 0))
        return region.translate((0, -int(self.scroll_y)))

    def go(self, line: int, column: int) -> None:
        """Put the cursor there and have it in sight at once."""
        if self._require_update_dimensions:
            self._require_update_dimensions = False
            self._new_rows.clear()
            self._update_dimensions(())
        self.move_cursor(row=line, column=column, animate=False)

    def _scroll_cursor_into_view(self, animate: bool = False) -> None:
        # the input that lies over the cell would be left behind by an animation
        del animate
        super()._scroll_cursor_into_view(animate=False)

    def on_key(self, event: events.Key) -> None:
        if self._keyboard.take(event, at_input=False):
            event.stop()
            event.prevent_default()

    def navigate(self, key: str) -> None:
        """Move as an arrow or page key does, at once."""
        action: Any = getattr(self, f"action_{_MOVES[key]}")
        action()


_MOVES = {
    "up": "cursor_up",
    "down": "cursor_down",
    "left": "cursor_left",
    "right": "cursor_right",
    "home": "scroll_home",
    "end": "scroll_end",
    "pageup": "page_up",
    "pagedown": "page_down",
    "ctrl+home": "scroll_top",
    "ctrl+end": "scroll_bottom",
}
MOVES = frozenset(_MOVES)
"""Keys that `navigate` knows."""


def _same(old: Iterable[Line], new: Iterable[Line]) -> int:
    """How many lines from the beginning on are the same objects."""
    same = list(map(is_, old, new))
    return same.index(False) if False in same else len(same)


def _drop(cache: LRUCache[Any, Any], is_old: Callable[[Any], bool]) -> None:
    for known in [known for known in cache.keys() if is_old(known)]:  # noqa: SIM118 - iterating needs keys()
        cache.discard(known)


def _line(text: str, style: str) -> Text:
    return plain_line(text, SHOWN, style)
