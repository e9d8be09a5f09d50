"""Answers as lines that a person reads, whatever they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.bank.model import Bank, Column, Question
from app.document.answers import Value
from app.document.values import row_address
from screens.naming import titles_of
from screens.widgets.fields.line import line_of

NOTHING = "(nothing)"


def value_lines(
    bank: Bank, question_id: str, value: Value | None, *, row: bool = False, column: str = ""
) -> list[str]:
    """The lines of a whole answer; or of one `row`, and of one `column` (or slot) of it."""
    question = bank.questions.get(question_id)
    if value is None:
        return [NOTHING]
    if question is None:
        return list(_named({}, value)) if isinstance(value, Mapping) else _plain(value)
    if column:
        return _single(bank, question.column_by_id.get(column), value)
    titles = titles_of(question)
    if isinstance(value, Mapping):
        return list(_named(titles, value))
    if question.has_rows and not row and isinstance(value, tuple):
        return [line for item in value for line in _row(question, titles, item)]
    return _single(bank, question, value)


def _row(question: Question, titles: Mapping[str, str], row: Value) -> Iterator[str]:
    if not isinstance(row, Mapping):
        yield f"• {line_of(row)}"
        return
    yield f"• {row_address(question, row) or '(no name)'}"
    rest = {name: cell for name, cell in row.items() if name not in question.key_columns}
    yield from (f"  {line}" for line in _named(titles, rest))


def _named(titles: Mapping[str, str], cells: Mapping[str, Value]) -> Iterator[str]:
    for name, cell in cells.items():
        first, *more = _plain(cell)
        yield f"{titles.get(name, name)}: {first}"
        yield from (f"  {line}" for line in more)


def _single(bank: Bank, thing: Question | Column | None, value: Value) -> list[str]:
    options = bank.options_of(thing) if thing is not None else None
    known = options.by_id if options is not None else {}
    if isinstance(value, tuple):
        items = (known[v].title if isinstance(v, str) and v in known else line_of(v) for v in value)
        return [f"• {item}" for item in items] or [NOTHING]
    if isinstance(value, str) and value in known:
        return [known[value].title]
    return _plain(value)


def _plain(value: Value) -> list[str]:
    text = value if isinstance(value, str) else line_of(value)
    return text.split("\n")
