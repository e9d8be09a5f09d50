"""Values of answers: checking them against the bank, addressing rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache, partial
from operator import itemgetter
from typing import TypeAlias

from msgspec import Struct

from app.bank.model import Bank, Column, Enumeration, Question
from app.document.answers import Answers, Row, Value
from app.document.drafts import DRAFT, is_draft
from app.document.row_memo import RowMemo
from app.document.typed import parse_text
from app.problems import nearest


class Misfit(Struct, frozen=True):
    """A value that does not fit its question; the value is kept all the same.

    `row` is the position of the row and `column` the column or slot, where there is one.
    `missing` marks a gap rather than a wrong value, `repeated` a row that another one has the key of.
    """

    question: str
    message: str
    row: int | None = None
    column: str = ""
    hint: str = ""
    missing: bool = False
    repeated: bool = False


def is_empty(value: object) -> bool:
    """Whether a value says nothing: absent, blank text, or a list or table of nothing."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(is_empty(inner) for inner in value.values())
    if isinstance(value, Sequence):
        return all(is_empty(inner) for inner in value)
    return False


def coerce(thing: Question | Column, value: Value) -> Value:
    """`value` in the type that its kind stores, where that is certain; otherwise unchanged.

    Dates may come as ISO text (from JSON), and a single text stands for a list of one.
    """
    if thing.kind == "date" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    if thing.kind in ("list", "choices") and isinstance(value, str):
        return (value,)
    return value


def row_address(question: Question, row: Row) -> str:
    """What a row is called: the text of its key columns, joined with a slash."""
    return _address(question.key_columns, row)


def _address(keys: tuple[str, ...], row: Value) -> str:
    assert isinstance(row, Mapping)
    return "/".join(_key_text(row.get(column)) for column in keys).strip("/ ")


def _key_text(value: object) -> str:
    match value:
        case None:
            return ""
        case tuple():
            return ", ".join(filter(None, map(_key_text, value)))
        case Mapping():
            return ", ".join(f"{name}: {_key_text(inner)}" for name, inner in value.items())
    return " ".join(str(value).split())


def row_names(question: Question, value: Value | None) -> list[str]:
    """What each row of a table is called by its position, as in `row_addresses`; a value that is no row has
    its number, from 1."""
    rows = value if isinstance(value, tuple) else ()
    addresses = iter(row_addresses(question, [row for row in rows if isinstance(row, Mapping)]))
    return [next(addresses) if isinstance(row, Mapping) else str(n) for n, row in enumerate(rows, 1)]


def row_addresses(question: Question, rows: Sequence[Row]) -> list[str]:
    """An address for every row, unique among them.

    The second row with one key is called `key#2`; a row without a key `#` and its place among those.
    """
    return unique_addresses(_names(question.number, question.id, question.key_columns).at(rows))


@lru_cache(maxsize=64)
def _names(number: str, question_id: str, keys: tuple[str, ...]) -> RowMemo[str]:
    """What rows are called by their keys; one memo for each table, so that it holds the rows of one."""
    del number, question_id
    return RowMemo(partial(_address, keys))


def unique_addresses(names: Sequence[str]) -> list[str]:
    """Addresses for rows that `row_address` calls `names`, as `row_addresses` makes them."""
    taken = set(names)
    if len(taken) == len(names) and "" not in taken:
        return list(names)
    seen: Counter[str] = Counter()
    addresses: list[str] = []
    for name in names:
        seen[name] += 1
        address = name
        while not address or (seen[name] > 1 and address in taken):
            address = f"{name}#{seen[name]}"
            if address not in taken:
                break
            seen[name] += 1
        taken.add(address)
        addresses.append(address)
    return addresses


def misfits(bank: Bank, question_id: str, value: Value) -> Iterator[Misfit]:
    """Everything about `value` that does not fit the question, and what it still lacks."""
    question = bank.questions[question_id]
    if question.has_rows and isinstance(value, tuple):
        yield from MisfitMemo(bank).misfits(question_id, value)
    elif question.has_rows:
        yield Misfit(question_id, f"must be a list of rows, not {_kind_name(value)}")
    elif question.kind == "sentence":
        yield from _slot_misfits(question_id, question, value)
    else:
        message = _wrong(question, bank.options_of(question), value)
        if message:
            yield Misfit(question_id, message)


def new_misfits(bank: Bank, question_id: str, before: Value | None, after: Value | None) -> Iterator[Misfit]:
    """What does not fit in `after` and is not said of `before` already; gaps are not meant."""
    known = set() if before is None else {misfit.message for misfit in misfits(bank, question_id, before)}
    for misfit in () if after is None else misfits(bank, question_id, after):
        if not misfit.missing and misfit.message not in known:
            yield misfit


_LookedAt: TypeAlias = "tuple[str, tuple[Misfit, ...]]"


class MisfitMemo:
    """Finds misfits, looking at each value, and at each row of a table, only once.

    Values and rows are immutable, so one that is the same object has the same misfits.
    """

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._values: dict[str, tuple[Value, tuple[Misfit, ...]]] = {}
        self._rows: dict[str, RowMemo[_LookedAt]] = {}

    def misfits(self, question_id: str, value: Value | None) -> tuple[Misfit, ...]:
        """The misfits of `value` as an answer to the question; none for an absent value."""
        if value is None:
            return ()
        known = self._values.get(question_id)
        if known is None or known[0] is not value:
            known = (value, tuple(self._look(question_id, value)))
            self._values[question_id] = known
        return known[1]

    def _look(self, qid: str, value: Value) -> Iterator[Misfit]:
        question = self._bank.questions[qid]
        if not question.has_rows or not isinstance(value, tuple):
            yield from misfits(self._bank, qid, value)
            return
        if qid not in self._rows:
            self._rows[qid] = RowMemo(partial(_look_at_row, self._bank, qid, question))
        looked = self._rows[qid].at(value)
        names, faults = list(map(itemgetter(0), looked)), list(map(itemgetter(1), looked))
        repeated = Counter(names) if len(set(names)) < len(names) else Counter[str]()
        if not repeated and not any(faults):
            return
        for position, (name, found) in enumerate(looked):
            if name and repeated[name] > 1:
                yield Misfit(qid, f"{name!r} is there {repeated[name]} times", row=position, repeated=True)
            for misfit in found:
                yield Misfit(qid, misfit.message, position, misfit.column, misfit.hint, misfit.missing)


def _look_at_row(bank: Bank, qid: str, question: Question, row: Value) -> _LookedAt:
    """The address of a row, not made unique, and its misfits without its position."""
    if not isinstance(row, Mapping):
        return "", (Misfit(qid, f"must be a row, not {_kind_name(row)}"),)
    return row_address(question, row), tuple(_cell_misfits(bank, qid, question, row))


def _cell_misfits(bank: Bank, qid: str, question: Question, row: Row) -> Iterator[Misfit]:
    """Misfits inside one row, without its position; a draft has only this to say, that it is one."""
    if is_draft(row):
        yield Misfit(qid, "draft: accept or change it", missing=True)
        return
    for column in question.columns:
        cell = row.get(column.id)
        if is_empty(cell):
            if column.required or column.id in question.key_columns:
                yield Misfit(qid, f"{column.title} is empty", column=column.id, missing=True)
        elif cell is not None:
            message = _wrong(column, bank.options_of(column), cell)
            if message:
                yield Misfit(qid, message, column=column.id)
    for name in row:
        if name not in question.column_by_id:
            hint = "a draft says true" if name == DRAFT else nearest(name, question.column_by_id)
            yield Misfit(qid, f"the table has no column {name!r}", column=name, hint=hint)


def _slot_misfits(qid: str, question: Question, value: Value) -> Iterator[Misfit]:
    if not isinstance(value, Mapping):
        yield Misfit(qid, f"must be a table of slots, not {_kind_name(value)}")
        return
    ids = [slot.id for slot in question.slots]
    for slot in question.slots:
        filled = value.get(slot.id)
        if is_empty(filled):
            yield Misfit(qid, f"{slot.title} is empty", column=slot.id, missing=True)
        elif not isinstance(filled, str):
            yield Misfit(qid, f"must be text, not {_kind_name(filled)}", column=slot.id)
    for name in value:
        if name not in ids:
            yield Misfit(qid, f"has no slot {name!r}", column=name, hint=nearest(name, ids))


def _wrong(thing: Question | Column, options: Enumeration | None, value: Value) -> str:
    """What is wrong with a single value, or "" when it fits."""
    match thing.kind:
        case "flag":
            fits = isinstance(value, bool)
        case "number":
            fits = isinstance(value, int | float) and not isinstance(value, bool)
            if fits and options is not None and str(value) not in options.by_id:
                return f"{value} is not one of {', '.join(options.by_id)}"
        case "date":
            fits = isinstance(value, date) and not isinstance(value, datetime)
        case "choice":
            return _wrong_option(options, value)
        case "choices":
            if isinstance(value, tuple):
                return next((m for m in (_wrong_option(options, v) for v in value) if m), "")
            fits = False
        case "list":
            if isinstance(value, tuple):
                wrong = [n for n, item in enumerate(value) if not isinstance(item, str)]
                name = f"item {wrong[0] + 1} is {_kind_name(value[wrong[0]])}" if wrong else ""
                return f"must be a list of lines; {name}" if wrong else ""
            fits = False
        case _:
            fits = isinstance(value, str)
    if fits:
        return ""
    if thing.kind in _SINGLE and isinstance(value, str):
        try:
            parse_text(thing, options, value)
        except ValueError as error:
            return str(error)
    return f"must be {_KIND_WORDS.get(thing.kind, 'text')}, not {_kind_name(value)}"


def _wrong_option(options: Enumeration | None, value: Value) -> str:
    if not isinstance(value, str):
        return f"must be text, not {_kind_name(value)}"
    if options is None or options.open or value in options.by_id:
        return ""
    hint = nearest(value, options.by_id)
    found = options.find(value)
    if found is not None:
        hint = f"write {found.id!r}"
    return f"{value!r} is not one of {', '.join(options.by_id)}" + (f"; {hint}" if hint else "")


_SINGLE = ("flag", "number", "date")
"""Kinds of one value that is no text; what is wrong with a text there is why it means none."""
_KIND_WORDS = {
    "flag": "true or false",
    "number": "a number",
    "date": "a date",
    "list": "a list of lines",
    "choices": "a list",
}


def _kind_name(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case datetime():
            return "a date with a time"
        case date():
            return "a date"
        case str():
            return "text"
        case Mapping():
            return "a table"
        case tuple() | list():
            return "a list"
    return type(value).__name__


def column_values(answers: Answers, question_id: str, column: str) -> list[str]:
    """The texts in one column of a table, in order, without repetition."""
    found = (cell for row in answers.rows(question_id) for cell in cell_texts(row.get(column)))
    return list(dict.fromkeys(found))


def cell_texts(cell: Value | None) -> list[str]:
    """The texts that a cell holds: one, or those of a list."""
    if isinstance(cell, str):
        return [cell] if cell.strip() else []
    if isinstance(cell, tuple):
        return [text for text in cell if isinstance(text, str) and text.strip()]
    return []
