"""Cells of tables: as text to show, as text to edit, and back into values. Pure."""

from __future__ import annotations

from datetime import date

from app.bank.model import Column, Enumeration
from app.document.answers import Value
from app.document.typed import parse_text
from screens.widgets.fields.line import line_of

BOX_KINDS = frozenset({"prose", "list", "code"})
"""Kinds of columns that get several lines in the row form."""


def shown_text(options: Enumeration | None, value: Value | None) -> str:
    """A cell on one line; options by their titles."""
    if isinstance(value, tuple):
        return ", ".join(_title(options, item) for item in value)
    return " ".join(_title(options, value).split())


def _title(options: Enumeration | None, value: Value | None) -> str:
    option = options.by_id.get(value) if options is not None and isinstance(value, str) else None
    return line_of(value) if option is None else option.title


def line_text(column: Column, options: Enumeration | None, value: Value | None) -> str | None:
    """A cell as a line to edit, or None when a line cannot hold it without a loss."""
    if isinstance(value, tuple):
        several = column.kind in ("list", "choices")
        if not several or not all(isinstance(item, str) and not set(item) & set(",\n") for item in value):
            return None
        return shown_text(options, value)
    text = _title(options, value)
    return None if "\n" in text or column.kind == "code" else text


def box_text(options: Enumeration | None, value: Value | None) -> str:
    """A cell as text of several lines to edit; a list has one item a line."""
    if isinstance(value, tuple):
        return "\n".join(_title(options, item).replace("\n", " ") for item in value)
    return _title(options, value)


def has_box(column: Column, options: Enumeration | None, value: Value | None) -> bool:
    """Whether a cell gets several lines to be edited in."""
    return column.kind in BOX_KINDS or line_text(column, options, value) is None


def text_to_edit(column: Column, options: Enumeration | None, value: Value | None, *, boxed: bool) -> str:
    """A cell as text to edit, in a line or `boxed` in several."""
    return box_text(options, value) if boxed else line_text(column, options, value) or ""


def cell_value(
    column: Column, options: Enumeration | None, text: str, *, today: date | None = None
) -> Value | None:
    """What `text` means in a column, the text itself where it means nothing, None where it is blank.

    The items of a list stand on lines of their own or between commas. With `today`, that word is a date.
    """
    if not text.strip():
        return None
    if column.kind == "date" and today is not None and text.strip().casefold() == "today":
        return today
    if column.kind == "list" and "\n" not in text:
        text = text.replace(",", "\n")
    try:
        value = parse_text(column, options, text)
    except ValueError:
        return text.strip()
    return None if value == () else value
