"""A whole document in lines: which line is where, and what became different."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from msgspec import Struct
from textual.strip import Strip

from app.bank.model import Bank
from app.document.answers import Template
from app.render.anchors import section_anchor
from app.render.headings import headings_of
from app.render.sections import APPENDIX, HEAD
from screens.typesetting.lines import EMPTY, SetLine
from screens.typesetting.typesetter import Typeset


class Pages(Struct, frozen=True, dict=True):
    """The pieces of a document, by name, from top to bottom. Lines are counted from 0."""

    pieces: tuple[tuple[str, Typeset], ...] = ()

    @cached_property
    def starts(self) -> list[int]:
        """The line on which each piece begins, and at the end how many lines there are."""
        return [0, *accumulate(len(typeset.lines) for _, typeset in self.pieces)]

    @property
    def count(self) -> int:
        return self.starts[-1]

    def strip(self, line: int) -> Strip:
        """One line, to be painted; an empty one outside of the document."""
        return self.line(line).strip()

    def line(self, line: int) -> SetLine:
        """One line; an empty one outside of the document."""
        if not 0 <= line < self.count:
            return EMPTY
        piece = bisect_right(self.starts, line) - 1
        return self.pieces[piece][1].lines[line - self.starts[piece]]

    def texts(self) -> Iterator[str]:
        """The text of every line."""
        for _, typeset in self.pieces:
            yield from (line.text for line in typeset.lines)

    @cached_property
    def anchors(self) -> dict[str, int]:
        """The lines of places by their names."""
        return {
            name: start + line
            for (_, typeset), start in zip(self.pieces, self.starts, strict=False)
            for name, line in typeset.anchors.items()
        }

    @cached_property
    def headings(self) -> list[int]:
        """The lines on which sections and subsections begin, in order."""
        names = ("section-", "compact-", "appendix")
        return sorted(line for name, line in self.anchors.items() if name.startswith(names))

    def place_of(self, bank: Bank, question_id: str, template: Template) -> tuple[int, int] | None:
        """The line of a question, and the line where the part that it stands in ends."""
        part = self.part_of(bank, question_id, template)
        if part is None:
            return None
        start, end = part
        title = bank.questions[question_id].title.casefold()
        for line in range(start, end):
            text = self.line(line).text.strip(" :").casefold()
            if text.startswith(title) or (len(text) > 20 and title.startswith(text)):
                return line, end
        return start, end

    def part_of(self, bank: Bank, question_id: str, template: Template) -> tuple[int, int] | None:
        """The lines from and to which the part goes that a question stands in."""
        if template == "full":
            number = bank.questions[question_id].number
            names = [section_anchor(number), section_anchor(number.partition(".")[0])]
        else:
            names = [f"compact-{heading}" for heading in headings_of(bank).get(question_id, ())]
        start = next((self.anchors[name] for name in names if name in self.anchors), None)
        if start is None:
            return (0, self.starts[1]) if template == "compact" and self.pieces else None
        end = self.headings[bisect_right(self.headings, start) :]
        return start, end[0] if end else self.count

    def differences(self, old: Pages) -> list[int]:
        """For each piece that is not as in `old`, the first line that is different."""
        before = dict(old.pieces)
        found = []
        for (name, typeset), start in zip(self.pieces, self.starts, strict=False):
            known = before.get(name)
            if known is not None and known is not typeset and name not in (HEAD, APPENDIX):
                line = _first_difference(known.lines, typeset.lines)
                found += [] if line is None else [start + line]
        return found


def _first_difference(old: Sequence[SetLine], new: Sequence[SetLine]) -> int | None:
    for line, (left, right) in enumerate(zip(old, new, strict=False)):
        if left is not right and left != right:
            return line
    return None if len(old) == len(new) else min(len(old), len(new) - 1)
