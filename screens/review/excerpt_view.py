"""Lines to read, scrolled, with the words that threads are about marked in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.review.excerpts import Excerpt
from screens.typesetting.finding import marked

ABOVE = 2
"""Lines shown above a place that is gone to."""

Span = tuple[int, int]
"""Columns from and to."""


class ExcerptView(ScrollView, can_focus=True):
    """Shows an excerpt."""

    DEFAULT_CSS = """
    ExcerptView {
        background: $background; padding: 0 1; overflow-x: hidden; overflow-y: auto;
        scrollbar-size-vertical: 1;
    }
    """
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
        Binding("space", "page_down", show=False),
    ]

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.excerpt = Excerpt()
        self._marks: Mapping[int, Sequence[Span]] = {}

    @property
    def room(self) -> int:
        """The columns that there are for text."""
        return max(self.size.width - self.styles.padding.width - 1, 0)

    def show(self, excerpt: Excerpt, marks: Mapping[int, Sequence[Span]], line: int = 0) -> None:
        """Show an excerpt from `line` on, with columns of lines marked."""
        self.excerpt = excerpt
        self._marks = marks
        self.virtual_size = Size(max(self.room, 1), len(excerpt.strips))
        self.scroll_to(y=max(line - ABOVE, 0), animate=False)
        self.refresh()

    def go_to(self, line: int) -> None:
        """Have a line in view."""
        top = round(self.scroll_y)
        if not top <= line < top + self.size.height - 1:
            self.scroll_to(y=max(line - ABOVE, 0), animate=False)

    def render_line(self, y: int) -> Strip:
        style, line = self.rich_style, y + round(self.scroll_y)
        strips = self.excerpt.strips
        strip = strips[line] if line < len(strips) else Strip([], 0)
        for begin, end in self._marks.get(line, ()):
            strip = marked(strip, begin, end, Style(reverse=True))
        return strip.apply_style(style).crop_extend(0, self.size.width, style)
