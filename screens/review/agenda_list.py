"""The list that a reviewer jumps through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets.option_list import Option

from app.review.agenda import Entry, Group
from screens.review.texts import Painter
from screens.widgets.option_lines import OptionLines


class AgendaList(OptionLines):
    """Groups of entries; left and right go from group to group."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("right,l", "group(1)", show=False),
        Binding("left,h", "group(-1)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="agenda", markup=False)
        self.rows: list[Entry | None] = []
        """The entries line by line; None for the line of a group."""

    @property
    def entry(self) -> Entry | None:
        """The entry under the cursor."""
        at = self.highlighted
        return self.rows[at] if at is not None and at < len(self.rows) else None

    def show(self, entries: Sequence[Entry], painter: Painter, width: int) -> None:
        """List the entries, the cursor on the one where it was, or else on the first."""
        before, at = self.entry, self.highlighted
        rows: list[tuple[Entry | None, Text]] = []
        for group in Group:
            inside = [entry for entry in entries if entry.group == group]
            if inside:
                count = painter.looked_at(width) if group == Group.CHECKS else str(len(inside))
                rows.append((None, Text(f"{group}  {count}", style="bold")))
                rows += [(entry, painter.line(entry, width)) for entry in inside]
        self.rows = [entry for entry, _ in rows]
        self.set_options([Option(text, disabled=entry is None) for entry, text in rows])
        keys = {entry.key: at for at, entry in enumerate(self.rows) if entry is not None}
        first = next((at for at, entry in enumerate(self.rows) if entry is not None), None)
        near = min(at or 0, len(self.rows) - 1) if before is not None else first
        self.highlighted = keys.get(before.key, near) if before is not None else near
        if self.highlighted is not None and self.rows[self.highlighted] is None:
            self.highlighted = first

    def go(self, entry: Entry) -> None:
        """Put the cursor on an entry."""
        at = next((at for at, row in enumerate(self.rows) if row is not None and row.key == entry.key), None)
        if at is not None:
            self.highlighted = at

    def action_group(self, by: int) -> None:
        """Go to the first entry of the group behind this one, or of the one before."""
        starts = [at + 1 for at, entry in enumerate(self.rows) if entry is None]
        here = max((start for start in starts if start <= (self.highlighted or 0)), default=0)
        if starts:
            at = starts.index(here) if here in starts else 0
            self.highlighted = starts[(at + by) % len(starts)]
