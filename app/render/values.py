"""Answers as Markdown, by kind: in a cell, and in running text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from app.bank.model import Bank, Column, Enumeration, Question
from app.document.answers import Value
from app.document.values import is_empty
from app.render.markdown import NOTHING, Markdown, cell, emphasis

NOT_YET = emphasis("Not yet answered")

_LONG_ITEM = 40


def plain(value: Value | None, options: Enumeration | None = None) -> str:
    """The text of any value on its own terms, also of one that does not fit its question."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            option = options.by_id.get(value) if options else None
            return option.title if option else value
        case int() | float():
            option = options.by_id.get(str(value)) if options else None
            return option.title if option else str(value)
        case date() | datetime() | time():
            return value.isoformat()
        case Mapping():
            return "; ".join(f"{key}: {plain(inner)}" for key, inner in value.items())
    return ", ".join(plain(item, options) for item in value)


def in_cell(bank: Bank, thing: Question | Column, value: Value | None) -> Markdown:
    """A value for a table cell; empty for a value that says nothing."""
    if value is None or is_empty(value):
        return NOTHING
    options = bank.options_of(thing)
    if not isinstance(value, tuple):
        return cell(_trimmed(thing, plain(value, options)))
    items = [plain(item, options).strip() for item in value if not is_empty(item)]
    return listed([cell(item) for item in items], items)


def listed(shown: list[Markdown], items: list[str]) -> Markdown:
    """Items of a list in one cell: with commas, or one below the other where commas would not do."""
    apart = any(len(item) > _LONG_ITEM or "," in item or "\n" in item for item in items)
    return Markdown(("<br>" if apart else ", ").join(shown))


def _trimmed(thing: Question | Column, text: str) -> str:
    """`text` without blank lines around it; its blanks stay, they may be meant."""
    return text.rstrip("\n") if thing.kind == "code" else text.strip("\n")
