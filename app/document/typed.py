"""What a person means by a text that was typed, pasted or written into a file as text."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from datetime import date

from app.bank.model import Column, Enumeration, Question
from app.document.answers import Value, fits_toml
from app.problems import nearest

TRUE_WORDS = frozenset({"yes", "y", "true"})
FALSE_WORDS = frozenset({"no", "n", "false"})
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_YEAR_FIRST = re.compile(r"([0-9]{4})\D([0-9]{1,2})\D([0-9]{1,2})")
QUOTED = 40
"""Characters of a text that a message repeats."""


def parse_text(thing: Question | Column, options: Enumeration | None, text: str) -> Value:
    """The value that a person means by `text`; raises ValueError with what to type instead."""
    stripped = text.strip()
    match thing.kind:
        case "flag":
            return _flag(stripped)
        case "number":
            number = _number(stripped)
            if options is not None and str(number) not in options.by_id:
                raise ValueError(f"{_quoted(stripped)} is not one of {', '.join(options.by_id)}")
            return number
        case "date":
            return _date(stripped)
        case "choice":
            return _option(stripped, options)
        case "choices":
            return tuple(_option(part.strip(), options) for part in _split(text) if part.strip())
        case "list":
            return tuple(part.strip() for part in text.split("\n") if part.strip())
        case "text":
            return " ".join(stripped.split("\n"))
    return text.rstrip() if thing.kind == "code" else stripped


def _split(text: str) -> list[str]:
    return text.split("\n") if "\n" in text else text.split(",")


def _flag(text: str) -> bool:
    if text.casefold() in TRUE_WORDS:
        return True
    if text.casefold() in FALSE_WORDS:
        return False
    raise ValueError(f"{_quoted(text)} is neither yes nor no")


def _number(text: str) -> int | float:
    """A number as typed; commas only between groups of three digits, for 1,5 could mean two things."""
    plain = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
    number: int | float = math.nan
    for kind in (int, float):
        with suppress(ValueError):
            number = kind(plain)
            break
    if math.isnan(number) or "inf" in plain.casefold():
        comma = _DECIMAL_COMMA.fullmatch(text)
        form = f"; decimals have a point, as {text.replace(',', '.')}" if comma else ""
        raise ValueError(f"{_quoted(text)} is not a number{form}")
    if math.isinf(number) or (isinstance(number, int) and not fits_toml(number)):
        raise ValueError(f"{_quoted(text)} is too large")
    return number


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    form = "write it as 2026-03-31"
    named = _YEAR_FIRST.fullmatch(text)
    if named is not None:
        try:
            form = f"write it as {date(*map(int, named.groups()))}"
        except ValueError:
            raise ValueError(f"{text!r} is not a date: there is no such day") from None
    raise ValueError(f"{_quoted(text)} is not a date; {form}")


def _quoted(text: str) -> str:
    return repr(text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…")


def _option(text: str, options: Enumeration | None) -> str:
    if options is None:
        return text
    option = options.find(text)
    if option is not None:
        return option.id
    if options.open and text:
        return text
    known = ", ".join(options.by_id)
    hint = nearest(text, [*options.by_id, *(o.title for o in options.options)])
    raise ValueError(f"{text!r} is not one of {known}" + (f"; {hint}" if hint else ""))
