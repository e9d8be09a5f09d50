"""Pieces of a document as strips that a line-by-line widget draws."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from rich.console import Console
from rich.text import Text
from textual.strip import Strip

from screens.plain import plain
from screens.typesetting.chunks import Chunk, cells, chunks
from screens.typesetting.inline import Inline
from screens.typesetting.look import Look
from screens.typesetting.memo import Memo
from screens.typesetting.tables import Tables

NARROWEST = 16
"""Columns below which lines are not set but cut."""

_EMPTY = Strip([], 0)


@dataclass(frozen=True)
class Typeset:
    """A piece of a document, set. `anchors` are the lines, from 0, on which places begin."""

    strips: tuple[Strip, ...]
    anchors: Mapping[str, int]


class Typesetter:
    """Sets pieces in one width and look. What has not changed since last time is not set again."""

    def __init__(self, width: int, look: Look) -> None:
        self.room = width
        self.width = max(width, NARROWEST)
        self.look = look
        self._console = Console(file=io.StringIO(), width=self.width)
        self._inline = Inline(look)
        self._known: dict[str, tuple[str, Typeset]] = {}
        self._memos: dict[str, Memo] = {}

    def typeset(self, pieces: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Typeset]]:
        """Name and strips of each piece, given its name and Markdown."""
        for name, markdown in pieces:
            known = self._known.get(name)
            if known is None or (known[0] is not markdown and known[0] != markdown):
                known = self._known[name] = markdown, self._piece(name, markdown)
            yield name, known[1]

    def _piece(self, name: str, markdown: str) -> Typeset:
        memo = self._memos.setdefault(name, Memo())
        tables = Tables(self.width, self.look, self._inline.text, self._wrap, self._strip, memo)
        strips: list[Strip] = []
        anchors: dict[str, int] = {}
        for chunk in chunks(markdown):
            if chunk.kind == "anchor":
                anchors[chunk.info] = len(strips)
            else:
                strips += memo.get(chunk, partial(self._strips, chunk, tables))
        memo.next_round()
        return Typeset(tuple(strips), anchors)

    def _strips(self, chunk: Chunk, tables: Tables) -> list[Strip]:
        if chunk.kind == "table":
            return [*tables.strips([cells(line) for line in chunk.lines]), _EMPTY]
        return [*map(self._strip, self._lines(chunk)), _EMPTY]

    def _strip(self, line: Text) -> Strip:
        return Strip(list(line.render(self._console)), line.cell_len)

    def _lines(self, chunk: Chunk) -> Sequence[Text]:
        match chunk.kind:
            case "heading":
                text = self._inline.text(chunk.lines[0])
                text.stylize_before(self.look.title if chunk.info in "12" else self.look.heading)
                return self._wrap(text, self.width)
            case "code":
                return list(self._code(chunk))
            case "bullets":
                return [line for item in chunk.lines for line in self._item(item)]
        return self._wrap(self._inline.text(chunk.lines[0]), self.width)

    def _code(self, chunk: Chunk) -> Iterator[Text]:
        if chunk.info:
            yield plain(f"┌ {chunk.info}", self.look.faint)
        for source in chunk.lines:
            text = plain(source, self.look.code)
            text.expand_tabs()
            for line in self._folded(text, self.width - 2):
                yield Text("│ ", style=self.look.faint).append_text(line)

    def _folded(self, text: Text, width: int) -> Iterator[Text]:
        """Code in lines of `width` columns, nothing left out."""
        while text.cell_len > width:
            head = text.copy()
            head.truncate(width, overflow="crop")
            cut = max(len(head.plain.rstrip("\0")), 1)
            yield text[:cut]
            text = text[cut:]
        yield text

    def _item(self, source: str) -> Iterator[Text]:
        for number, line in enumerate(self._wrap(self._inline.text(source), self.width - 2)):
            yield Text("  " if number else "• ").append_text(line)

    def _wrap(self, text: Text, width: int) -> list[Text]:
        if "\n" not in text.plain and text.cell_len <= width:
            return [text]
        return list(text.wrap(self._console, max(width, 1), overflow="fold"))
