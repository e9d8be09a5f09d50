"""Input and TextArea that only ever hold text which may go to the terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual import events
from textual.document._document_navigator import DocumentNavigator
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widgets import Input, TextArea
from textual.widgets.text_area import Edit, EditResult

from app.document.text import clean


class LineInput(Input):
    """A line of text. Control characters and line ends that are pasted are taken out or become blanks.

    With `holds`, keys that come after Enter are held back until `release`, for they are meant for what
    comes next, which may not be there yet.
    """

    # Textual lays the whole screen out when this changes, which is at every key; an input stays one line.
    virtual_size = Reactive(Size(0, 0))

    def __init__(self, value: str = "", *, holds: bool = False, **arguments: Any) -> None:
        super().__init__(one_line_of(value), select_on_focus=False, **arguments)
        self._holds = holds
        self._held: list[events.Key] | None = None

    async def on_key(self, event: events.Key) -> None:
        if self._held is not None:
            event.stop()
            event.prevent_default()
            self._held.append(event)
        elif self._holds and event.key == "enter":
            event.stop()
            event.prevent_default()
            self._held = []
            await self.action_submit()

    def release(self) -> None:
        """Send what was held back to what has the focus by now."""
        held, self._held = self._held or [], None
        for event in held:
            self.app.post_message(events.Key(event.key, event.character))

    def validate_value(self, value: str) -> str:
        return one_line_of(value)

    def on_paste(self, event: events.Paste) -> None:
        """Paste all lines, joined; the base class takes only the first."""
        event.stop()
        event.prevent_default()
        self.replace(one_line_of(event.text.strip()), *self.selection)


class QuickWrapped(WrappedDocument):
    """Knows its height, which Textual asks for at every line that it paints, without counting the lines."""

    @property
    def height(self) -> int:
        return len(self._offset_to_line_info)


class TextBox(TextArea):
    """Text of several lines, as tall as its text. Control characters that are pasted are taken out."""

    def __init__(self, text: str = "", **arguments: Any) -> None:
        arguments.setdefault("highlight_cursor_line", False)
        super().__init__(clean(text), **arguments)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines to show; blank ones as long as the widget has no styles.

        A dialog that opens right after this widget was mounted paints the screen below it, at a moment
        when Textual has not styled the new widget's parts yet and raises KeyError for them.
        """
        try:
            return super().render_lines(crop)
        except KeyError:
            return [Strip.blank(crop.width)] * crop.height

    def _set_document(self, text: str, language: str | None) -> None:
        super()._set_document(text, language)
        self.wrapped_document = QuickWrapped(self.document, self.wrap_width, self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)

    def edit(self, edit: Edit) -> EditResult:
        """Do an edit. One within a line of text that is not wrapped leaves what was painted of the others."""
        edit = replace(edit, text=clean(edit.text))
        row = edit.top[0] if edit.bottom[0] == edit.top[0] and "\n" not in edit.text else None
        painted, size = self._painted_beside(row), self.virtual_size
        result = super().edit(edit)
        if self.virtual_size == size:
            for key, strip in painted:
                self._line_cache[key] = strip
        return result

    def _painted_beside(self, row: int | None) -> list[tuple[Any, Strip]]:
        """What was painted of the lines other than `row`, by its key; the line is the third part of that."""
        if row is None or self.soft_wrap or self._highlights:
            return []
        keys = [key for key in self._line_cache.keys() if key[2] != row]  # noqa: SIM118 - it has no __iter__
        return [(key, self._line_cache[key]) for key in keys]

    def put(self, text: str) -> None:
        """Replace the whole text in one step and leave the cursor where it was, if that place is there."""
        cursor = self.cursor_location
        self.replace(clean(text), self.document.start, self.document.end)
        last = self.document.end
        self.cursor_location = min(cursor, last)


def one_line_of(text: str) -> str:
    """`text` without control characters, its lines joined by blanks; blanks at the ends stay."""
    return clean(text).replace("\n", " ").replace("\t", " ")
