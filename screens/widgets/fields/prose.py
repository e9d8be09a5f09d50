"""Answers of several lines: prose, SQL."""

from __future__ import annotations

from functools import cached_property

from textual.app import ComposeResult
from textual.widgets import TextArea

from app.document.operations import Operation
from screens.themes import sql_colours
from screens.widgets.fields.base import Field
from screens.widgets.fields.line import line_of
from screens.widgets.inputs import TextBox

HIGHLIGHTED_LINES = 300
"""Up to how many lines SQL is coloured: beyond, every key would wait for it."""


class ProseField(Field):
    """Text that grows with what is written."""

    DEFAULT_CSS = """
    ProseField TextArea { height: auto; min-height: 3; max-height: 60vh; }
    """
    outside_suffix = ".md"
    _shown_row, _line = 0, 1

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

    @property
    def current_line(self) -> int:
        return self.area.cursor_location[0] + 1

    def focus_line(self, line: int) -> None:
        self.area.cursor_location = (min(line, self.area.document.line_count) - 1, 0)

    def on_text_area_selection_changed(self, event: TextArea.SelectionChanged) -> None:
        """Have the page follow the cursor, which the text itself does only within its own height."""
        event.stop()
        if self.current_line != self._line:
            self._line = self.current_line
            self.post_message(self.Moved())
        at = self._row
        if at != self._shown_row and self.has_focus_within:
            self._shown_row = at
            self.call_after_refresh(self.have_in_sight)

    @property
    def _row(self) -> int:
        """The row of the terminal, from the beginning of the text on, that the cursor is in."""
        return self.area.wrapped_document.location_to_offset(self.area.cursor_location).y

    def have_in_sight(self) -> None:
        """Scroll the form so that the line with the cursor is in sight."""
        if self.is_attached and self.has_focus_within:
            area = self.area
            self.scroll_form(area.virtual_region.y + self._row - area.scroll_offset.y, 1)

    def text_outside(self) -> str:
        return self.area.text

    def take_text(self, text: str) -> None:
        self.flush()
        self.new_step()
        self.area.put(text.rstrip("\n"))
        self.typed()
        self.flush()
        self.new_step()


class CodeField(ProseField):
    """SQL with line numbers, coloured while it is short; Tab leaves the field."""

    DEFAULT_CSS = """
    CodeField TextArea { min-height: 8; }
    """
    outside_suffix = ".sql"

    def look(self) -> dict[str, object]:
        language = self._language(self.shown().count("\n") + 1)
        return {"show_line_numbers": True, "soft_wrap": False, "language": language}

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._colour())
        self._colour()

    def _colour(self) -> None:
        """Show SQL in colours of the theme that there is."""
        colours = sql_colours(self.app.current_theme)
        self.area.register_theme(colours)
        self.area.theme = colours.name

    @cached_property
    def _known(self) -> str | None:
        """The language that can be coloured, if it can."""
        language = self.question.language or "sql"
        return language if language in TextBox().available_languages else None

    def _language(self, lines: int) -> str | None:
        return self._known if lines <= HIGHLIGHTED_LINES else None

    def load(self) -> None:
        super().load()
        self._colour_while_short()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._colour_while_short()

    def _colour_while_short(self) -> None:
        lines = self.area.document.line_count
        wanted = self._language(lines) if lines > 1 else self.area.language
        if wanted != self.area.language:
            self.area.language = wanted
