"""Where what a reviewer said belongs in the present answers: in place, moved, or lost, never guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Answers, Value
from app.document.values import row_addresses


class Place(StrEnum):
    """What became of the place: `in_place`, the words are elsewhere in the question, or not at all."""

    IN_PLACE = "in place"
    MOVED = "moved"
    LOST = "lost"


class Spot(Struct, frozen=True):
    """A place inside a question: a row by address, a column or slot; both None for the whole answer."""

    row: str | None = None
    column: str | None = None

    def address(self, question: str) -> str:
        """The place as a person writes it: `logical.grain[hold].grain`."""
        return (
            question
            + (f"[{self.row}]" if self.row is not None else "")
            + (f".{self.column}" if self.column else "")
        )


class Anchor(Struct, frozen=True):
    """What became of a place. `spots` are where its words stand; `why` is said unless it is in place."""

    place: Place
    spots: tuple[Spot, ...] = ()
    why: str = ""


class _Text(Struct, frozen=True):
    spot: Spot
    text: str


def anchor(
    bank: Bank, answers: Answers, question: str, row: str | None, column: str | None, quote: str
) -> Anchor:
    """Find a place again. A quote is found only letter for letter."""
    if question not in bank.questions:
        return Anchor(Place.LOST, why=f"this bank has no question {question!r}")
    there = row_gone(bank, answers, question, row)
    if not quote:
        return Anchor(Place.LOST, why=there) if there else Anchor(Place.IN_PLACE, (Spot(row, column),))
    found = [t.spot for t in _texts(bank, answers, question) if quote in t.text]
    inside = tuple(spot for spot in found if _is_inside(spot, row, column))
    if inside:
        return Anchor(Place.IN_PLACE, inside)
    if not found:
        return Anchor(Place.LOST, why=there or "the quoted words are not there any more")
    where = ", ".join(spot.address(question) for spot in found)
    return Anchor(Place.MOVED, tuple(found), f"moved: the quoted words are now at {where}")


def row_gone(bank: Bank, answers: Answers, question: str, row: str | None) -> str:
    """Why a row is not there, or ""."""
    if row is None or row in row_addresses(bank.questions[question], answers.rows(question)):
        return ""
    return f"the row {row!r} is gone"


def _is_inside(spot: Spot, row: str | None, column: str | None) -> bool:
    return (row is None or spot.row == row) and (column is None or spot.column == column)


def _texts(bank: Bank, answers: Answers, question: str) -> Iterator[_Text]:
    """Every text of an answer with its place."""
    thing, value = bank.questions[question], answers.values.get(question)
    if thing.has_rows:
        rows = answers.rows(question)
        for address, row in zip(row_addresses(thing, rows), rows, strict=True):
            for name, cell in row.items():
                yield _Text(Spot(address, name), words_of(cell))
    elif isinstance(value, Mapping):
        for name, slot in value.items():
            yield _Text(Spot(None, name), words_of(slot))
    elif value is not None:
        yield _Text(Spot(), words_of(value))


def words_of(value: Value | list[Any] | None) -> str:
    """A value as the words that a reader can quote; elements of lists on lines of their own."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "\n".join(map(words_of, value.values()))
    if isinstance(value, tuple | list):
        return "\n".join(map(words_of, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def value_at(
    bank: Bank, answers: Answers, question: str, row: str | None, column: str | None
) -> Value | None:
    """The value that stands at a place, or None; what has no such row or column has none there."""
    value: Value | None = answers.values.get(question)
    if row is not None:
        rows = answers.rows(question)
        addresses = row_addresses(bank.questions[question], rows) if question in bank.questions else []
        value = rows[addresses.index(row)] if row in addresses else None
    if column is None:
        return value
    return value.get(column) if isinstance(value, Mapping) else None
