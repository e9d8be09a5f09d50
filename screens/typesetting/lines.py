"""A line of a document that has been set, in little memory: a document may have tens of thousands."""

from __future__ import annotations

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip


class SetLine(Struct, frozen=True):
    """Segments and how many columns they take. A `Strip` of them carries seven caches: make it to paint."""

    segments: tuple[Segment, ...]
    cell_length: int

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)

    def strip(self) -> Strip:
        """The line as Textual paints it."""
        return Strip(self.segments, self.cell_length)

    def styled(self, style: Style) -> SetLine:
        """The line with `style` below the styles that it has."""
        return SetLine(tuple(Segment.apply_style(self.segments, style)), self.cell_length)


EMPTY = SetLine((), 0)
