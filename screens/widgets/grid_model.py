"""What a grid shows: lines and columns of a table question, and what each change of a cell is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace
from rich.cells import cell_len

from app.bank.model import Bank, Column, Enumeration, Question
from app.document.answers import Answers, Row, Value
from app.document.drafts import is_draft
from app.document.row_memo import RowMemo
from app.document.values import Misfit, column_values, row_addresses
from app.interview.applicability import offered_options
from screens.widgets.grid_cells import BOX_KINDS, shown_text

CellMark = Literal["", "wrong", "missing"]
NO_MARKS: Mapping[str, CellMark] = MappingProxyType({})
MISSING = "missing"
"""The word in a cell that must be filled."""
DRAFTED = "◌ draft "
"""What stands before the first cell of a row that nobody has accepted yet."""
INVITATION = "new row"
"""The words in a line that begins a row."""
SHOWN = 300
"""Characters of a cell that a line of the grid holds at most; more is never visible."""
CAPS = (80, 64, 48, 40, 32, 26, 22)
"""Widths to which columns are limited: the first at which all columns fit, or else the last."""
LOOKED_AT = 120
"""Lines from either end of a table that decide the widths of its columns."""


class Line(Struct, frozen=True, eq=False):
    """One line of the grid: a row of the answer, or one that is proposed and not there yet.

    `cells` and `marks` are in the order of the columns shown. `starter` are the cells that a proposed
    row begins with. `position` of a proposed line is where its row would be inserted, None at the end.
    A `draft` is a row that nobody has accepted yet.
    """

    row: Row | None
    cells: tuple[str, ...]
    marks: tuple[CellMark, ...]
    starter: Mapping[str, Value] = field(default_factory=dict)
    position: int | None = None
    draft: bool = False


@dataclass(eq=False, slots=True)
class _Looked:
    """An answer and what is read from it again and again; answers are immutable."""

    value: Value | None
    rows: tuple[Row, ...]
    addresses: list[str] | None = None


def columns_shown(question: Question) -> tuple[Column, ...]:
    """The columns in the order of a grid: the first key column, which stays in sight, comes first."""
    first = next((c for c in question.columns if c.id in question.key_columns), None)
    rest = [c for c in question.columns if c is not first]
    return (*([first] if first else []), *rest)


class GridModel:
    """The grid of one question. Remembers the lines of rows that have not changed."""

    def __init__(self, bank: Bank, question_id: str) -> None:
        self.bank = bank
        self.question_id = question_id
        self.question = bank.questions[question_id]
        self.columns = columns_shown(self.question)
        self.options: tuple[Enumeration | None, ...] = tuple(map(bank.options_of, self.columns))
        self._unmarked: RowMemo[Line] = RowMemo(self._line)
        self._marked: dict[int, tuple[Row, Mapping[str, CellMark], Line]] = {}
        self._proposals: dict[str | int | None, Line] = {}
        self._last: _Looked | None = None

    def rows(self, answers: Answers) -> tuple[Row, ...]:
        """The rows of the answer."""
        return self._looked(answers).rows

    def addresses(self, answers: Answers) -> list[str]:
        """What each row is called."""
        looked = self._looked(answers)
        if looked.addresses is None:
            looked.addresses = row_addresses(self.question, looked.rows)
        return looked.addresses

    def address_at(self, answers: Answers, position: int | None) -> str | None:
        """The address of the row at a position; None behind the last."""
        if position is None or not 0 <= position < len(self.rows(answers)):
            return None
        return self.addresses(answers)[position]

    def _looked(self, answers: Answers) -> _Looked:
        value = answers.values.get(self.question_id)
        if self._last is None or self._last.value is not value:
            self._last = _Looked(value, answers.rows(self.question_id))
        return self._last

    def lines(self, answers: Answers, misfits: Sequence[Misfit], draft: int | None = None) -> list[Line]:
        """The rows, with an empty line before the row at `draft`."""
        rows = self.rows(answers)
        lines = list(self._unmarked.at(rows))
        marked: dict[int, tuple[Row, Mapping[str, CellMark], Line]] = {}
        for position, marks in self._marks(misfits).items():
            if position < len(rows):
                lines[position] = self._marked_line(rows[position], marks, marked)
        self._marked = marked
        if len(set(lines)) < len(lines):  # one row in two places is two lines
            lines = _distinct(lines)
        if draft is not None:
            lines.insert(draft, self._proposed(draft, {}, draft))
        return lines

    def _marked_line(
        self,
        row: Row,
        marks: Mapping[str, CellMark],
        marked: dict[int, tuple[Row, Mapping[str, CellMark], Line]],
    ) -> Line:
        """The line of a row with marks, the one of last time if it is the same; kept in `marked`."""
        known = self._marked.get(id(row))
        if known is None or known[1] != marks:
            known = row, marks, self._line(row, marks)
        marked[id(row)] = known
        return known[2]

    def proposals(self, answers: Answers) -> list[Line]:
        """Lines below the rows: one for each option that no row has yet, and one for any other row."""
        return [*self._starters(answers), self._proposed(None, {}, None)]

    def _line(self, row: Value, marked: Mapping[str, CellMark] = NO_MARKS) -> Line:
        assert isinstance(row, Mapping)
        cells = tuple(
            shown_text(options, row.get(column.id))[:SHOWN]
            for column, options in zip(self.columns, self.options, strict=True)
        )
        marks = tuple(marked.get(column.id, "") for column in self.columns)
        return Line(row, cells, marks, draft=is_draft(row))

    def _proposed(self, name: str | int | None, starter: Mapping[str, Value], position: int | None) -> Line:
        """The proposed line called `name`; always the same object, as nothing about it changes."""
        if name not in self._proposals:
            cells = tuple(
                shown_text(options, starter.get(column.id))
                for column, options in zip(self.columns, self.options, strict=True)
            )
            unmarked: list[CellMark] = [""] * len(self.columns)
            self._proposals[name] = Line(None, cells, tuple(unmarked), starter, position)
        return self._proposals[name]

    def _starters(self, answers: Answers) -> list[Line]:
        column = self.question.column_by_id.get(self.question.starters or "")
        if column is None or not column.options:
            return []
        present = set(column_values(answers, self.question_id, column.id))
        offered = offered_options(self.bank, column.options, answers)
        return [self._proposed(o.id, {column.id: o.id}, None) for o in offered if o.id not in present]

    def _marks(self, misfits: Sequence[Misfit]) -> dict[int, dict[str, CellMark]]:
        """Marks by position of the row and column; what is wrong with a whole row marks its first cell."""
        marks: dict[int, dict[str, CellMark]] = {}
        for misfit in misfits:
            if misfit.row is not None:
                known = misfit.column in self.question.column_by_id
                column = misfit.column if known else self.columns[0].id
                row = marks.setdefault(misfit.row, {})
                if row.get(column) != "wrong":
                    row[column] = "missing" if misfit.missing else "wrong"
        return marks

    def misfits_at(self, misfits: Sequence[Misfit], position: int, column: str) -> list[Misfit]:
        """What is wrong with a cell; what is wrong with the whole row is said at its first cell."""
        first = column == self.columns[0].id
        return [
            misfit
            for misfit in misfits
            if misfit.row == position
            and (misfit.column == column or (first and misfit.column not in self.question.column_by_id))
        ]


def _distinct(lines: Sequence[Line]) -> list[Line]:
    """The lines, a copy in place of each that stands further up already."""
    seen: set[Line] = set()
    found = []
    for line in lines:
        found.append(replace(line) if line in seen else line)
        seen.add(line)
    return found


def widths(columns: Sequence[Column], lines: Sequence[Line], available: int) -> list[int]:
    """The columns of the terminal that each column gets, padding not counted, of `available` in all.

    What is left over goes to the columns for free text.
    """
    wanted = [cell_len(column.title) for column in columns]
    wanted[0] = max(wanted[0], cell_len(INVITATION) + 3)
    for line in (*lines[:LOOKED_AT], *islice(lines, max(len(lines) - LOOKED_AT, LOOKED_AT), None)):
        for number, cell in enumerate(line.cells):
            text = min(cell_len(cell), CAPS[0])
            mark = line.marks[number]
            length = len(MISSING) + 2 if mark == "missing" else text + 2 * bool(mark) + 3 * (line.row is None)
            length += len(DRAFTED) if line.draft and number == 0 else 0
            wanted[number] = max(wanted[number], length)
    for cap in CAPS:
        fitted = [min(width, cap) for width in wanted]
        if sum(fitted) <= available:
            break
    free = [n for n, column in enumerate(columns) if column.kind in ("text", *BOX_KINDS)]
    spare = max(available - sum(fitted), 0)
    for turn, number in enumerate(free):
        fitted[number] += spare // len(free) + (turn < spare % len(free))
    return fitted
