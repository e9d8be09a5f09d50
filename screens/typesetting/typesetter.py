"""Pieces of a document as lines that a line-by-line widget draws."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct
from rich.console import Console
from rich.text import Text

from screens.plain import plain
from screens.typesetting.chunks import Chunk, cells, chunks
from screens.typesetting.inline import Inline
from screens.typesetting.lines import EMPTY, SetLine
from screens.typesetting.look import Look
from screens.typesetting.memo import Memo
from screens.typesetting.tables import Tables

NARROWEST = 16
"""Columns below which lines are not set but cut."""


class Typeset(Struct, frozen=True):
    """A piece of a document, set. `anchors` are the lines, from 0, on which places begin."""

    lines: tuple[SetLine, ...]
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
        """Name and lines of each piece, given its name and Markdown."""
        for name, markdown in pieces:
            known = self._known.get(name)
            if known is None or (known[0] is not markdown and known[0] != markdown):
                known = self._known[name] = markdown, self._piece(name, markdown)
            yield name, known[1]

    def _piece(self, name: str, markdown: str) -> Typeset:
        memo = self._memos.setdefault(name, Memo())
        tables = Tables(self.width, self.look, self._inline.text, self._wrap, self._set, memo)
        lines: list[SetLine] = []
        anchors: dict[str, int] = {}
        for chunk in chunks(markdown):
            if chunk.kind == "anchor":
                anchors[chunk.info] = len(lines)
            else:
                lines += memo.get(chunk, partial(self._block, chunk, tables))
        memo.next_round()
        return Typeset(tuple(lines), anchors)

    def _block(self, chunk: Chunk, tables: Tables) -> list[SetLine]:
        if chunk.kind == "table":
            return [*tables.lines([cells(line) for line in chunk.lines]), EMPTY]
        return [*map(self._set, self._lines(chunk)), EMPTY]

    def _set(self, line: Text) -> SetLine:
        return SetLine(tuple(line.render(self._console)), line.cell_len)

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
