"""A text on the screen that costs nothing as long as it stays the same."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from screens.painting import LaidOutOnce


class QuietText(Static, LaidOutOnce):
    """Shows people's text. One that is the same is not painted again, one as tall not laid out again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(id=id, markup=False)
        self._shown = Text()

    def show_text(self, text: Text) -> None:
        """Show `text`; the screen is laid out again when it takes more lines or fewer."""
        if not same_text(text, self._shown):
            height = self._height()
            self._shown = text
            self.update(text, layout=False)
            if not height or self._height() != height:
                self.refresh(layout=True)

    def _height(self) -> int:
        """The lines that the text takes in the width that there is; 0 before there is one."""
        return self.get_content_height(self.size, self.size, self.content_size.width)


class QuietLine(QuietText):
    """A text on one line, whose height never changes."""

    DEFAULT_CSS = "QuietLine { height: 1; }"

    def show_text(self, text: Text) -> None:
        if not same_text(text, self._shown):
            self._shown = text
            self.update(text, layout=False)


def same_text(left: Text, right: Text) -> bool:
    """Whether two texts look the same; `==` of texts does not look at the style of the whole."""
    return left.plain == right.plain and left.spans == right.spans and left.style == right.style
