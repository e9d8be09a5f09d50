"""Input and TextArea that only ever hold text which may go to the terminal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from rich.cells import cell_len
from textual import events
from textual.document._document import Document, EditResult, Location, Selection
from textual.document._document_navigator import DocumentNavigator
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widgets import Input, TextArea
from textual.widgets.text_area import Edit

from app.document.text import clean
from screens.painting import LaidOutOnce

SIDEWAYS = 16
"""Columns by which a text that is not wrapped is scrolled further than it must be, which paints all of it."""


class LineInput(Input, LaidOutOnce):
    """A line of text. Control characters and line ends that are pasted are taken out or become blanks.

    With `holds`, keys that come after Enter are held back by the application until `release`, for they are
    meant for what comes next, which may not be there yet.
    """

    @dataclass
    class Released(Message):
        """Keys that came after Enter in this line may go to what has the focus by now."""

        line: LineInput

    def __init__(self, value: str = "", *, holds: bool = False, **arguments: Any) -> None:
        super().__init__(one_line_of(value), select_on_focus=False, **arguments)
        self.holds = holds

    async def on_key(self, event: events.Key) -> None:
        if self.holds and event.key == "enter":
            event.stop()
            event.prevent_default()
            await self.action_submit()

    def release(self) -> None:
        """Have what was held back handed out, after moves of the focus that have been asked for."""
        self.app.post_message(self.Released(self))

    def validate_value(self, value: str) -> str:
        return one_line_of(value)

    def on_paste(self, event: events.Paste) -> None:
        """Paste all lines, joined; the base class takes only the first."""
        event.stop()
        event.prevent_default()
        self.replace(one_line_of(event.text.strip()), *self.selection)


class QuickDocument(Document):
    """Remembers its text and its width, which Textual asks for again and again, until they are others."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._text: str | None = None
        self._tabs = 0
        self._width = -1

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = super().text
        return self._text

    def get_size(self, tab_width: int) -> Size:
        if self._width < 0 or tab_width != self._tabs:
            self._tabs = tab_width
            self._width = self._widest(0, self.line_count - 1)
        return Size(self._width, self.line_count)

    def _widest(self, first: int, last: int) -> int:
        """The columns that the widest of some lines takes."""
        return max(cell_len(line.expandtabs(self._tabs)) for line in self.lines[first : last + 1])

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        before = self._widest(min(start, end)[0], max(start, end)[0])
        result = super().replace_range(start, end, text)
        after = self._widest(min(start, end)[0], result.end_location[0])
        self._text = None
        if before == self._width > after:
            self._width = -1  # another line may be the widest, nobody knows which
        elif self._width >= 0:
            self._width = max(self._width, after)
        return result


class QuickWrapped(WrappedDocument):
    """Knows its height, which Textual asks for at every line that it paints, without counting the lines."""

    @property
    def height(self) -> int:
        return len(self._offset_to_line_info)


class TextBox(TextArea):
    """Text of several lines, as tall as its text. Control characters that are pasted are taken out.

    Textual paints all lines at every key, and lays the screen out whenever the widest line grows. Here a key
    paints the lines that it is about, and the screen is laid out when there are more lines or fewer.
    """

    virtual_size = Reactive(Size(0, 0), repaint=False)
    selection = Reactive(Selection(), init=False, always_update=True, repaint=False)

    def __init__(self, text: str = "", **arguments: Any) -> None:
        arguments.setdefault("highlight_cursor_line", False)
        self._bracket: tuple[int, int] | None = None
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
        if not self.is_syntax_aware:
            self.document = QuickDocument(text)
        self.wrapped_document = QuickWrapped(self.document, self.wrap_width, self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self.refresh()

    def edit(self, edit: Edit) -> EditResult:
        """Do an edit. One within a line leaves what was painted of the others."""
        edit = replace(edit, text=clean(edit.text))
        row = edit.top[0] if edit.bottom[0] == edit.top[0] and "\n" not in edit.text else None
        painted, height = self._painted_beside(row), self.virtual_size.height
        result = super().edit(edit)
        if row is None or self._highlights or self.virtual_size.height != height:
            self.refresh()
        else:
            for key, strip in painted:
                self._line_cache[key] = strip
            self._refresh_rows(row, row)
        return result

    def undo(self) -> None:
        super().undo()
        self.refresh()

    def redo(self) -> None:
        super().redo()
        self.refresh()

    def _painted_beside(self, row: int | None) -> list[tuple[Any, Strip]]:
        """What was painted of the lines other than `row`, by its key; the line is the third part of that."""
        if row is None or self.soft_wrap or self._highlights:
            return []
        keys = [key for key in self._line_cache.keys() if key[2] != row]  # noqa: SIM118 - it has no __iter__
        return [(key, self._line_cache[key]) for key in keys]

    def watch_selection(self, before: Selection, now: Selection) -> None:
        """Paint the lines that show where the cursor and the selection were, and where they are."""
        bracket, self._bracket = self._bracket, self._matching_bracket_location
        if bracket != self._bracket:
            self.refresh()
            return
        for ends in {before, now}:
            self._refresh_rows(min(ends)[0], max(ends)[0])

    def _refresh_rows(self, first: int, last: int) -> None:
        """Paint lines of the text, as far as they are there."""
        last = min(last, self.document.line_count - 1)
        if first <= last:
            place = self.wrapped_document.location_to_offset
            top, bottom = place((first, 0)).y, place((last, len(self.document[last]))).y
            self.refresh_lines(top, bottom - top + 1)

    def watch_virtual_size(self, before: Size, now: Size) -> None:
        """Have another height when there are more lines or fewer, and else only another scrollbar."""
        if before.height != now.height:
            self.refresh(layout=True)
        else:
            self._scroll_update(now)

    def _refresh_size(self) -> None:
        if self.soft_wrap:
            super()._refresh_size()
            return
        width, height = self.document.get_size(self.indent_width)
        width += self.gutter_width + 1  # the cursor may stand behind the longest line
        if width > self.scrollable_content_region.width:
            width += 2 * SIDEWAYS - width % SIDEWAYS  # so that it grows seldom, and there is room to scroll
        self.virtual_size = Size(width, height)
        self._refresh_scrollbars()

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Have the cursor in sight, and some columns around it."""
        moved = super().scroll_cursor_visible(center, animate)
        if moved.x and not self.soft_wrap and not animate:
            further = SIDEWAYS if moved.x > 0 else -SIDEWAYS
            self.scroll_to(x=self.scroll_x + further, animate=False, force=True)
        return moved

    def put(self, text: str) -> None:
        """Replace the whole text in one step and leave the cursor where it was, if that place is there."""
        cursor = self.cursor_location
        self.replace(clean(text), self.document.start, self.document.end)
        last = self.document.end
        self.cursor_location = min(cursor, last)


def one_line_of(text: str) -> str:
    """`text` without control characters, its lines joined by blanks; blanks at the ends stay."""
    return clean(text).replace("\n", " ").replace("\t", " ")
