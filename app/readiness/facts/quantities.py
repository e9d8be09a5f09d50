"""Numbers with units in people's texts: "2.4M rows", "12 %", "99 GB", "4 h 30 min", "36 months".

A number without a unit is a count. Durations are in seconds, sizes in bytes (decimal prefixes unless
written KiB, MiB …), percentages as written. What cannot be read is left out; `sole_figure` leaves out what
may be read in two ways, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from app import patterns

Unit = Literal["count", "byte", "percent", "second"]

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_MONTH, _YEAR = 365 / 12 * _DAY, 365 * _DAY
_DURATION = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 0.001),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), _MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), _HOUR),
    **dict.fromkeys(("d", "day", "days"), _DAY),
    **dict.fromkeys(("w", "wk", "week", "weeks"), 7 * _DAY),
    **dict.fromkeys(("mo", "month", "months"), _MONTH),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), _YEAR),
}
_SIZE = {
    "byte": 1.0, "bytes": 1.0,
    "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "pb": 1e15,
    "kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30, "tib": 2.0**40, "pib": 2.0**50,
}  # fmt: skip
_SCALE = {
    "hundred": 1e2, "k": 1e3, "thousand": 1e3, "lakh": 1e5, "crore": 1e7,
    "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "millions": 1e6,
    "b": 1e9, "bn": 1e9, "billion": 1e9, "billions": 1e9,
    "t": 1e12, "trillion": 1e12,
}  # fmt: skip
_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "thirty": 30, "sixty": 60, "ninety": 90,
}  # fmt: skip
_GROUPS = r"\d{1,3}(?:[,\u00a0\u202f '’]\d{3})+(?:\.\d+)?"
_POINTS = r"\d{1,3}(?:\.\d{3}){2,5}(?:,\d+)?"
_FIGURE = patterns.compile(
    rf"(?<![\w.,-])(?P<number>{_GROUPS}|{_POINTS}|\d{{1,15}}(?:[.,]\d{{1,9}})?)"
    r"(?:[\s\u00a0\u202f]?(?P<unit>%|[A-Za-z]{1,12}))?(?![\w])"
)
_WORDED = patterns.compile(rf"\b({'|'.join(_WORDS)})[\s-](?=([A-Za-z]{{3,8}})\b)", re.IGNORECASE)
_GROUPED = patterns.compile(_GROUPS)
_POINTED = patterns.compile(_POINTS)
_EITHER = patterns.compile(r"[1-9]\d{0,2}\.\d{3}")
"""A thousand or a small number with three decimals, as the writer is used to."""
_BOUND = patterns.compile(
    r"(?i)[<>≤≥±]|\b(?:up to|at (?:most|least)|under|over|below|above|(?:less|more|fewer) than|"
    r"or (?:more|less)|max(?:imum)?|min(?:imum)?|times)\b|\d\w*\s*\+"
)
_FIRST_WORD = patterns.compile(r"[\s-]*([A-Za-z]+)")
_JOINED = patterns.compile(r"(\d)(ms|h|hr|min|d|m|s)(?=\d)", re.IGNORECASE)
_ISO = patterns.compile(r"\bP(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
                  r"(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?\b")  # fmt: skip
_ISO_UNITS = (_YEAR, _MONTH, 7 * _DAY, _DAY, _HOUR, _MINUTE, 1.0)
_BETWEEN = patterns.compile(r"\s*(?:,|and)?\s*")
_ZERO = patterns.compile(r"\s*(?:0|zero)\b(?![.,]?\d)", re.IGNORECASE)


class Quantity(Struct, frozen=True):
    """An amount in its unit, and where it stands in the text."""

    amount: float
    unit: Unit
    start: int
    end: int


@lru_cache(maxsize=4_096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every number of a text with its unit, in order."""
    return tuple(_figures(_JOINED.sub(r"\1\2 ", text)))


def _figures(text: str) -> Iterator[Quantity]:
    for match in _FIGURE.finditer(text):
        amount = _number(match["number"])
        unit, end = match["unit"] or "", match.end()
        kind, factor = _unit(unit)
        if factor is None:
            kind, factor, end = "count", 1.0, match.end("number")
        yield Quantity(amount * factor, kind, match.start(), end)


def sole_figure(text: str) -> Quantity | None:
    """The one figure of a text; None for several, for a bound, for one that may be read in two ways."""
    found = quantities(text)
    if len(found) != 1 or _BOUND.search(text):
        return None
    figure, written = found[0], text[found[0].start : found[0].end]
    before, after = text[: figure.start], text[figure.end :]
    follows = _FIRST_WORD.match(after)
    if re.search(r"\d", before + after) or _EITHER.fullmatch(written) or (follows and _unit(follows[1])[1]):
        return None
    return figure


def _number(written: str) -> float:
    if _POINTED.fullmatch(written):
        return float(written.replace(".", "").replace(",", "."))
    if _GROUPED.fullmatch(written):
        return float(re.sub(r"[^\d.]", "", written))
    return float(written.replace(",", "."))


def _unit(unit: str) -> tuple[Unit, float | None]:
    """The kind of a unit and its factor; None for a word that is no unit.

    A lone M or B in capitals is a million or a billion, a lone m a minute.
    """
    low = unit.casefold()
    if unit in ("%",) or low in ("percent", "pct"):
        return "percent", 1.0
    if low in _SIZE:
        return "byte", _SIZE[low]
    if low in _SCALE and not (low == "m" and unit == "m"):
        return "count", _SCALE[low]
    if unit != "D" and low in _DURATION:
        return "second", _DURATION[low]
    return "count", None


@lru_cache(maxsize=4_096)
def durations(text: str) -> tuple[float, ...]:
    """Every duration of a text in seconds; adjacent parts such as "4 h 35 min" are one."""
    found: list[tuple[float, int, int, float]] = []
    plain = _worded(_JOINED.sub(r"\1\2 ", text))
    for match in _ISO.finditer(plain):
        parts = [int(group) * size for group, size in zip(match.groups(), _ISO_UNITS, strict=True) if group]
        if parts:
            found.append((sum(parts), match.start(), match.end(), 0.0))
    for quantity in _figures(plain):
        if quantity.unit != "second":
            continue
        last = found[-1] if found else None
        if last and quantity.amount < last[3] and _BETWEEN.fullmatch(plain, last[2], quantity.start):
            found[-1] = (last[0] + quantity.amount, last[1], quantity.end, quantity.amount)
        else:
            found.append((quantity.amount, quantity.start, quantity.end, quantity.amount))
    return tuple(amount for amount, *_ in found)


def _worded(text: str) -> str:
    """The text with "an hour" and "two-week" as "1 hour" and "2 week"."""

    def figure(match: re.Match[str]) -> str:
        return f"{_WORDS[match[1].casefold()]} " if match[2].casefold() in _DURATION else match[0]

    return _WORDED.sub(figure, text)


def parse_duration(text: str) -> float | None:
    """The first duration of a text in seconds; 0 for a text that begins with a bare zero; else None."""
    if _ZERO.match(text):
        return 0.0
    found = durations(text)
    return found[0] if found else None


def parse_quantity(text: str) -> float | None:
    """The first number of a text in its own unit (rows, bytes, seconds, percent), or None."""
    found = quantities(text)
    return found[0].amount if found else None
