"""Rows of tables as rules read them: typed access to cells, names in one normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from types import MappingProxyType
from typing import Any, TypeVar, cast

from msgspec import Struct

from app import patterns
from app.bank.model import Bank, Question
from app.document.answers import Row, Value
from app.document.row_memo import RowMemo
from app.document.values import row_address, unique_addresses
from app.schema.each import each_of_several
from app.schema.names import bare_name

_WORD = patterns.compile(r"[^\W_]+")
_R = TypeVar("_R")


def rows(value: Value | None) -> tuple[Row, ...]:
    """The rows of a table or records; empty when there are none."""
    if not isinstance(value, tuple):
        return ()
    if set(map(type, value)) == {MappingProxyType}:
        return cast("tuple[Row, ...]", value)
    return tuple(row for row in value if isinstance(row, Mapping))


def addressed(bank: Bank, question_id: str, value: Value | None) -> Iterator[tuple[str, Row]]:
    """Each row with its address."""
    yield from zip(addresses(bank, question_id, value), rows(value), strict=True)


def addresses(bank: Bank, question_id: str, value: Value | None) -> Sequence[str]:
    """The address of every row; see `app.document.values.row_addresses`.

    What the rows of the last value are called is kept for each question, since rules ask for it again
    and again, and after an edit nearly all rows are the same objects.
    """
    question = bank.questions[question_id]
    known = _NAMED.get(question_id)
    if known is None or known.question is not question:
        known = _Named(question, RowMemo(partial(_address, question)))
    if known.value is not value or value is None:
        unique = unique_addresses(known.memo.at(rows(value)))
        known = _NAMED[question_id] = _Named(question, known.memo, value, unique)
    return known.addresses


def at_rows(
    memo: dict[str, Any],
    name: str,
    bank: Bank,
    question_id: str,
    value: Value | None,
    look: Callable[..., Iterable[_R]],
    given: object = None,
    beside: Sequence[object] | None = None,
) -> tuple[_R, ...]:
    """All that `look` finds at any row with its address, and what is `beside` it; see `app.schema.each`."""

    def found(*things: object) -> tuple[_R, ...]:
        return tuple(look(*things))

    several = addresses(bank, question_id, value), rows(value), *([] if beside is None else [beside])
    return tuple(chain.from_iterable(each_of_several(memo, name, several, found, given)))


def _address(question: Question, row: Value) -> str:
    return row_address(question, row) if isinstance(row, Mapping) else ""


class _Named(Struct, frozen=True):
    """What the rows of the last value of a question are called."""

    question: Question
    memo: RowMemo[str]
    value: Value | None = None
    addresses: Sequence[str] = ()


_NAMED: dict[str, _Named] = {}


def cell(row: Row, column: str) -> str:
    """A cell as text; lists joined with commas, flags as yes and no, "" when absent."""
    value = row.get(column)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return str(value).strip()


def row_text(row: Row) -> str:
    """All that a row says."""
    return "; ".join(cell(row, column) for column in row)


def items(row: Row, column: str) -> tuple[str, ...]:
    """A list cell as its texts; a text cell split at commas."""
    value = row.get(column)
    if isinstance(value, tuple):
        return tuple(str(item).strip() for item in value if str(item).strip())
    return tuple(part.strip() for part in str(value).split(",") if part.strip()) if value else ()


def lines(value: Value | None) -> tuple[str, ...]:
    """A list answer as its texts."""
    return tuple(item for _, item in numbered(value))


def numbered(value: Value | None) -> Iterator[tuple[int, str]]:
    """The texts of a list answer, each with its number among all that the list has."""
    for number, item in enumerate(value, 1) if isinstance(value, tuple) else ():
        if isinstance(item, str):
            yield number, item


def text(value: Value | None) -> str:
    """A single text answer; "" when absent or of another kind."""
    return value.strip() if isinstance(value, str) else ""


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """A name in one normal form: case, blanks, underscores, hyphens and quotes do not matter."""
    return " ".join(_WORD.findall(name.casefold()))


def bare_key(name: str) -> str:
    """The key of a name without its schema or table."""
    return name_key(bare_name(name))
