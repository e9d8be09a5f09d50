"""Tables that were copied elsewhere (spreadsheets, CSV, Markdown) as rows of a question. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from app.bank.model import Column
from app.document.answers import Value
from app.document.text import clean

Parser = Callable[[Column, str], "Value | None"]
"""What a text means in a column; the text itself when it means nothing."""

_RULE = re.compile(r"\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BAR = re.compile(r"(?<!\\)\|")


class Pasted(Struct, frozen=True):
    """Rows by column id. `header`: whether the first line named the columns.

    Cells beyond the columns of the question stand under the name in the header, or under
    `column_7` and so on, so that none is lost.
    """

    rows: tuple[dict[str, Value], ...]
    header: bool = False


def read_table(text: str, columns: Sequence[Column], parse: Parser) -> Pasted | None:
    """The rows in `text`, or None when it holds no table.

    A line that names the columns, by title or id, in whichever order, is taken for the header; without
    one the cells go to `columns` in their order. Cells that do not fit their column stay as text.
    """
    lines, ruled = _lines(clean(text).strip("\n"), len(columns))
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if not lines:
        return None
    names = _header(lines[0], columns)
    body = lines[1:] if names or ruled else lines
    places = names or [column.id for column in columns]
    by_id = {column.id: column for column in columns}
    rows = (_row(line, places, by_id, parse) for line in body)
    return Pasted(tuple(row for row in rows if row), header=bool(names))


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


def _lines(text: str, width: int) -> tuple[list[list[str]], bool]:
    """The cells of each line, and whether the first line is a header because of a rule below it."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return [], False
    if "\t" not in text and _is_markdown(lines, width):
        ruled = len(lines) > 1 and "-" in lines[1] and bool(_RULE.fullmatch(lines[1].strip()))
        return [_bars(line) for n, line in enumerate(lines) if not (ruled and n == 1)], ruled
    if "\t" in text:
        return _separated(text, "\t"), False
    if len(lines) == 1:
        return [], False
    for delimiter in (",", ";"):
        rows = [row for row in _separated(text, delimiter) if row]
        if len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1:
            return rows, False
    return [[line] for line in lines], False


def _is_markdown(lines: Sequence[str], width: int) -> bool:
    """Whether all lines are rows of a Markdown table; one line alone needs as many cells as columns."""
    if len(lines) == 1:
        cells = len(_bars(lines[0]))
        return cells > 1 and (lines[0].strip().startswith("|") or cells == width)
    return all(_BAR.search(line) for line in lines)


def _bars(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [_BREAK.sub("\n", cell.replace("\\|", "|")).strip() for cell in _BAR.split(inner)]


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
