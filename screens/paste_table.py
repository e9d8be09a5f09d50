"""Tables that were copied elsewhere (spreadsheets, CSV, Markdown) as rows of a question. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from app.bank.model import Column
from app.document.answers import Value
from app.document.text import clean

Parser = Callable[[Column, str], "Value | None"]
"""What a text means in a column; the text itself when it means nothing."""

_DELIMITERS = ("\t", ",", ";")
_RULE = re.compile(r"\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BAR = re.compile(r"(?<!\\)\|")


class Pasted(Struct, frozen=True):
    """Rows by column id. `header`: whether the first line named the columns.

    Cells beyond the columns of the question stand under the name in the header, or under
    `column_7` and so on, so that none is lost. `uneven` has the numbers, from 1, of rows with fewer or more
    cells than the header, or than most rows where there is none.
    """

    rows: tuple[dict[str, Value], ...]
    header: bool = False
    uneven: tuple[int, ...] = ()


class _Lines(Struct, frozen=True):
    """The cells of each line; whether a rule below the first line makes it a header."""

    cells: list[list[str]]
    ruled: bool = False


def read_table(text: str, columns: Sequence[Column], parse: Parser) -> Pasted | None:
    """The rows in `text`, or None when it holds no table.

    A line that names the columns, by title or id, in whichever order, is taken for the header; without
    one the cells go to `columns` in their order. Cells that do not fit their column stay as text.
    """
    read = _lines(clean(text).strip("\n"), columns)
    lines = [line for line in read.cells if any(cell.strip() for cell in line)]
    if not lines:
        return None
    names = _header(lines[0], columns)
    body = lines[1:] if names or read.ruled else lines
    places = names or [column.id for column in columns]
    by_id = {column.id: column for column in columns}
    rows = [(len(line), row) for line in body if (row := _row(line, places, by_id, parse))]
    width = len(lines[0]) if len(body) < len(lines) else _usual(lines)
    uneven = (number for number, (cells, _) in enumerate(rows, 1) if cells != width)
    return Pasted(tuple(row for _, row in rows), bool(names), tuple(uneven))


def _usual(lines: Sequence[Sequence[str]]) -> int:
    """The number of cells that most lines have."""
    return Counter(map(len, lines)).most_common(1)[0][0]


def _row(
    line: Sequence[str], places: Sequence[str], columns: dict[str, Column], parse: Parser
) -> dict[str, Value]:
    row: dict[str, Value] = {}
    for number, cell in enumerate(line, 1):
        name = places[number - 1] if number <= len(places) else f"column_{number}"
        value = parse(columns[name], cell) if name in columns else cell.strip() or None
        if value is not None:
            row[name] = value
    return row


def _header(line: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """The column id, or the name as it stands, for each cell of a header; empty when it is none."""
    known = {_word(word): column.id for column in columns for word in (column.title, column.id)}
    found = [known.get(_word(cell), "") for cell in line]
    named = [name for name in found if name]
    written = [cell for cell in line if cell.strip()]
    if not named or len(set(named)) < len(named) or 2 * len(named) < len(written):
        return []
    names: list[str] = []
    for number, (name, cell) in enumerate(zip(found, line, strict=True), 1):
        unique = name or " ".join(cell.split()) or f"column_{number}"
        names.append(unique if unique not in (*names, *(named if not name else ())) else f"column_{number}")
    return names


def _word(text: str) -> str:
    """A heading without marks, so that `Public Identifier`, `public_identifier` and **it** are one."""
    return "".join(c for c in text.casefold() if c.isalnum())


def _lines(text: str, columns: Sequence[Column]) -> _Lines:
    """The cells of each line, divided by what makes the most regular table of them.

    Any character that divides cells elsewhere may stand within a cell here.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return _Lines([])
    ruled = len(lines) > 1 and "-" in lines[1] and bool(_RULE.fullmatch(lines[1].strip()))
    framed = all(_is_framed(line.strip(" ")) for line in lines)
    if (ruled or framed or "\t" not in text) and _is_markdown(lines, len(columns)):
        read = _markdown_cell if ruled or framed else _plain_cell
        rows = (_bars(line) for n, line in enumerate(lines) if not (ruled and n == 1))
        return _Lines([[read(cell) for cell in row] for row in rows], ruled)
    if len(lines) == 1:
        return _Lines(_separated(text, "\t") if "\t" in text else [])
    found = {mark: [row for row in _separated(text, mark) if row] for mark in _DELIMITERS if mark in text}
    for fits in (partial(_is_headed, columns), _is_full, _is_even, _has_tabs, _is_nearly_even):
        for mark, cells in found.items():
            if fits(mark, cells):
                return _Lines(cells)
    return _Lines([[line] for line in lines])


def _is_headed(columns: Sequence[Column], mark: str, rows: list[list[str]]) -> bool:
    del mark
    return len(rows[0]) > 1 and bool(_header(rows[0], columns))


def _is_full(mark: str, rows: list[list[str]]) -> bool:
    return mark == "\t" and all(len(row) > 1 for row in rows)


def _is_even(mark: str, rows: list[list[str]]) -> bool:
    del mark
    return len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1


def _has_tabs(mark: str, rows: list[list[str]]) -> bool:
    del rows
    return mark == "\t"


def _is_nearly_even(mark: str, rows: list[list[str]]) -> bool:
    """Whether most rows have one number of cells; in sentences a blank follows each comma."""
    del mark
    width = _usual(rows)
    most = 2 * sum(len(row) == width for row in rows) > len(rows)
    return width > 1 and most and not all(cell[:1].isspace() for row in rows for cell in row[1:])


def _is_framed(line: str) -> bool:
    """Whether a line is one of at least two cells between bars; a bar alone may be what a cell says."""
    return line.startswith("|") and line.endswith("|") and len(_BAR.findall(line)) > 2


def _is_markdown(lines: Sequence[str], width: int) -> bool:
    """Whether all lines are rows of a Markdown table; one line alone needs as many cells as columns."""
    if len(lines) == 1:
        cells = len(_bars(lines[0]))
        return cells > 1 and (lines[0].strip().startswith("|") or cells == width)
    return all(_BAR.search(line) for line in lines)


def _bars(line: str) -> list[str]:
    """The cells between bars, as they stand there."""
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip() for cell in _BAR.split(inner)]


def _plain_cell(cell: str) -> str:
    return _BREAK.sub("\n", cell.replace("\\|", "|"))


def _markdown_cell(cell: str) -> str:
    from app.render.markdown import text_of_cell  # not before somebody pastes such a table
    from app.render.values import NOT_YET

    return "" if cell == NOT_YET else text_of_cell(cell)


def _separated(text: str, delimiter: str) -> list[list[str]]:
    """Cells of CSV or TSV; where the quotes do not match, they are taken for ordinary characters."""
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=delimiter,
            quoting=quoting,
            strict=quoting == csv.QUOTE_MINIMAL,
        )
        try:
            return list(reader)
        except csv.Error:
            continue
    return [line.split(delimiter) for line in text.split("\n")]
