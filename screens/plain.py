"""The only place where people's text becomes something a widget may show.

A `rich.text.Text` is never parsed as markup. Control characters are taken out once more, whatever the
text came through, so that none of it reaches the terminal as an escape sequence.
"""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from app.document.text import clean

TAB_WIDTH = 4
"""Columns between tab stops."""


def plain(text: object, style: str | Style = "") -> Text:
    """`text` as it stands, lines kept."""
    return Text(clean(str(text)), style=style, tab_size=TAB_WIDTH)


def plain_line(text: object, limit: int = 80, style: str | Style = "") -> Text:
    """`text` on one line of at most `limit` terminal columns, cut with an ellipsis."""
    line = Text(" ".join(clean(str(text)).split()), style=style, no_wrap=True)
    line.truncate(max(limit, 1), overflow="ellipsis")
    return line
