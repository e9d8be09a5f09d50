"""Markdown inside a line as styled text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.style import Style
from rich.text import Text

from screens.plain import plain
from screens.typesetting.look import Look

_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_UNSTYLED = re.compile(r"(?:[^\\`*_~<&\[\n]++|\\[!-/:-@\[-`{-~]|(?<=\w)_(?=\w))*+")
"""Markdown in which nothing but escapes means anything: it need not be parsed."""

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_ANCHOR = re.compile(r"</?a\b[^>]*>", re.IGNORECASE)


class Inline:
    """Turns the Markdown of a paragraph, cell or heading into text of one look."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._parser = MarkdownIt("commonmark").enable("strikethrough")

    def text(self, source: str) -> Text:
        """The text that a reader sees; line ends are where the Markdown breaks the line."""
        if _UNSTYLED.fullmatch(source):
            return plain(_ESCAPE.sub(r"\1", source))
        text = Text()
        for token in self._parser.parseInline(source):
            self._append(text, token.children or ())
        return text

    def _append(self, text: Text, tokens: Iterable[Token]) -> None:
        styles: list[Style] = []
        for token in tokens:
            if token.nesting == 1:
                styles.append(self._style(token.type))
            elif token.nesting == -1:
                styles.pop()
            else:
                style = Style.combine(
                    [Style(), *styles, *([self._look.code] if token.type == "code_inline" else [])]
                )
                text.append_text(plain(_words(token), style))

    def _style(self, token_type: str) -> Style:
        return {
            "strong_open": self._look.strong,
            "em_open": self._look.emphasis,
            "link_open": self._look.link,
            "s_open": self._look.struck,
        }.get(token_type, Style())


def _words(token: Token) -> str:
    match token.type:
        case "hardbreak":
            return "\n"
        case "softbreak":
            return " "
        case "html_inline" if _BREAK.fullmatch(token.content):
            return "\n"
        case "html_inline" if _ANCHOR.fullmatch(token.content):
            return ""
    return token.content
