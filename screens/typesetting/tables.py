"""Tables within a width: in columns where they have room, else one row below the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rich.cells import cell_len
from rich.text import Text

from screens.typesetting.lines import SetLine
from screens.typesetting.look import Look
from screens.typesetting.memo import Memo

GAP = 2
"""Columns between the columns of a table."""
LEAST = 8
"""Columns that a cell gets at least, where its longest word is not shorter."""
LONGEST_WORD = 16
"""Longer words are broken rather than making a column wider."""

Wrap = Callable[[Text, int], list[Text]]
Draw = Callable[[Text], SetLine]


class Tables:
    """Sets tables of one width; a cell or row that was set before is not set again."""

    def __init__(
        self, width: int, look: Look, text: Callable[[str], Text], wrap: Wrap, draw: Draw, memo: Memo
    ) -> None:
        self._width = width
        self._look = look
        self._text = text
        self._wrap = wrap
        self._draw = draw
        self._memo = memo

    def lines(self, rows: Sequence[tuple[str, ...]]) -> list[SetLine]:
        """A table whose first row is the head."""
        count = max(map(len, rows))
        table = [row if len(row) == count else (*row, *[""] * (count - len(row))) for row in rows]
        widths = self._widths(table)
        return list(self._stacked(table) if widths is None else self._columns(table, widths))

    def _widths(self, table: Sequence[tuple[str, ...]]) -> tuple[int, ...] | None:
        """The width of each column; None when there is no room for columns."""
        longest, least = [0] * len(table[0]), [0] * len(table[0])
        for row in table:
            for at, source in enumerate(row):
                needs, wants = self._memo.get(source, partial(self._size, source))
                longest[at], least[at] = max(longest[at], wants), max(least[at], needs)
        room = self._width - GAP * (len(longest) - 1)
        if sum(longest) <= room:
            return tuple(longest)
        if sum(least) > room:
            return None
        return tuple(_shared(least, longest, room))

    def _columns(self, table: Sequence[tuple[str, ...]], widths: tuple[int, ...]) -> Iterator[SetLine]:
        rule = self._rule(sum(widths) + GAP * (len(widths) - 1))
        head, *rows = (self._memo.get((row, widths), partial(self._row, row, widths)) for row in table)
        yield from (line.styled(self._look.strong) for line in head)
        yield rule
        apart = any(len(lines) > 1 for lines in rows)
        for number, lines in enumerate(rows):
            if apart and number:
                yield rule
            yield from lines

    def _rule(self, width: int) -> SetLine:
        return self._draw(Text("─" * width, style=self._look.faint))

    def _row(self, row: tuple[str, ...], widths: tuple[int, ...]) -> list[SetLine]:
        wrapped = [self._wrap(self._text(source), width) for source, width in zip(row, widths, strict=True)]
        lines = []
        for number in range(max(map(len, wrapped))):
            line = Text(no_wrap=True)
            start = used = 0
            for cell, width in zip(wrapped, widths, strict=True):
                if number < len(cell) and cell[number]:
                    line.append(" " * (start - used)).append_text(cell[number])
                    used = start + cell[number].cell_len
                start += width + GAP
            lines.append(self._draw(line))
        return lines

    def _stacked(self, table: Sequence[tuple[str, ...]]) -> Iterator[SetLine]:
        """Each row as a small block: the first cell, and below it the others with their titles."""
        titles = tuple(self._text(source).plain for source in table[0])
        rule = self._rule(min(self._width, 24))
        for number, row in enumerate(table[1:]):
            if number:
                yield rule
            yield from self._memo.get((row, titles), partial(self._block, row, titles))

    def _block(self, row: tuple[str, ...], titles: tuple[str, ...]) -> list[SetLine]:
        first = self._text(row[0] or "–")
        first.stylize(self._look.strong)
        lines = self._wrap(first, self._width)
        for title, source in zip(titles[1:], row[1:], strict=True):
            if source:
                text = Text.assemble((f"{title}: ", self._look.faint), self._text(source))
                lines += [Text("  ").append_text(line) for line in self._wrap(text, self._width - 2)]
        return list(map(self._draw, lines))

    def _size(self, source: str) -> tuple[int, int]:
        """The columns that a cell needs, by its longest word, and those that it would like to have."""
        lines = self._text(source).plain.split("\n")
        words = [cell_len(word) for line in lines for word in line.split()]
        wants = max(map(cell_len, lines))
        return min(max([*words, min(wants, LEAST)]), LONGEST_WORD, wants), wants


def _shared(least: Sequence[int], longest: Sequence[int], room: int) -> list[int]:
    """`room` shared out: everyone what he needs, the rest by what each would like beyond that."""
    left = room - sum(least)
    wishes = [want - need for need, want in zip(least, longest, strict=True)]
    total = sum(wishes)
    widths = [need + left * wish // total for need, wish in zip(least, wishes, strict=True)]
    widths[wishes.index(max(wishes))] += room - sum(widths)
    return widths
