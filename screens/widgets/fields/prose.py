"""Answers of several lines: prose, lists, SQL."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import TextArea

from app.document.operations import Operation
from screens.actions import bindings
from screens.widgets.fields.base import Field
from screens.widgets.fields.line import line_of
from screens.widgets.grid_cells import box_text
from screens.widgets.inputs import TextBox

HIGHLIGHTED_LINES = 300
"""Up to how many lines SQL is coloured: beyond, every key would wait for it."""


class ProseField(Field):
    """Text that grows with what is written."""

    DEFAULT_CSS = """
    ProseField TextArea { height: auto; min-height: 3; max-height: 24; }
    """
    outside_suffix = ".md"

    def compose(self) -> ComposeResult:
        yield TextBox(self.shown(), read_only=self.read_only, **self.look())

    def look(self) -> dict[str, object]:
        """Arguments of the text area."""
        return {}

    @property
    def area(self) -> TextBox:
        return self.query_one(TextBox)

    def shown(self) -> str:
        """The present answer as text."""
        return self.value if isinstance(self.value, str) else line_of(self.value)

    def said(self) -> object:
        return self.area.text

    def load(self) -> None:
        if self.parsed(self.area.text) != self.value:
            with self.prevent(TextArea.Changed):
                self.area.put(self.shown())

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.typed()

    def operation(self) -> Operation | None:
        return self.set_or_clear(self.parsed(self.area.text) if self.area.text.strip() else None)

    def text_outside(self) -> str:
        return self.area.text

    def take_text(self, text: str) -> None:
        self.flush()
        self.new_step()
        self.area.put(text.rstrip("\n"))
        self.typed()
        self.flush()
        self.new_step()


class ListField(ProseField):
    """A list, one item a line, numbered; lines can be moved up and down."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("list")
    scope = "list"
    outside_suffix = ".txt"

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


class CodeField(ProseField):
    """SQL with line numbers, coloured while it is short; Tab leaves the field."""

    DEFAULT_CSS = """
    CodeField TextArea { min-height: 8; max-height: 32; }
    """
    outside_suffix = ".sql"

    def look(self) -> dict[str, object]:
        language = self._language(self.shown().count("\n") + 1)
        return {"show_line_numbers": True, "soft_wrap": False, "language": language}

    @cached_property
    def _known(self) -> str | None:
        """The language that can be coloured, if it can."""
        language = self.question.language or "sql"
        return language if language in TextBox().available_languages else None

    def _language(self, lines: int) -> str | None:
        return self._known if lines <= HIGHLIGHTED_LINES else None

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        lines = self.area.document.line_count
        wanted = self._language(lines) if lines > 1 else self.area.language
        if wanted != self.area.language:
            self.area.language = wanted
