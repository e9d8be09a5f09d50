"""Addresses a person types: `logical.grain`, `logical.grain[hold].grain`, `control.owner`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from app.bank.model import Bank, Column, Enumeration, Question
from app.document.answers import Value
from app.document.operations import (
    Clear,
    Operation,
    RemoveRow,
    Set,
    SetCell,
    SetProfile,
    SetSlot,
)
from app.document.typed import parse_text
from app.problems import OperationError, nearest

_ADDRESS = re.compile(r"(?P<question>\w+\.\w+)(?:\[(?P<row>.*)\])?(?:\.(?P<column>\w+))?", re.DOTALL)
_PROFILE = ("profile.change_types", "profile.risk", "profile.traits", "profile.template")


class Address(Struct, frozen=True):
    """A question, and the row, column or slot of it that is meant."""

    question: str
    row: str | None = None
    column: str = ""


def parse_address(bank: Bank, text: str) -> Address:
    """Read an address. Raises OperationError naming the nearest question, column or slot."""
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        raise OperationError(
            f"{text!r} is not an address", "write section.question or section.question[row].column"
        )
    address = Address(match["question"], match["row"], match["column"] or "")
    if address.question in _PROFILE:
        return address
    question = bank.questions.get(address.question)
    if question is None:
        raise OperationError(
            f"there is no question {address.question!r}",
            nearest(address.question, [*bank.questions, *_PROFILE]),
        )
    _check_parts(question, address)
    return address


def _check_parts(question: Question, address: Address) -> None:
    if address.row is not None and not question.has_rows:
        raise OperationError(f"{address.question} has no rows; it is a {question.kind}")
    if not address.column:
        return
    known = [slot.id for slot in question.slots] or list(question.column_by_id)
    if address.column not in known:
        raise OperationError(
            f"{address.question} has no part {address.column!r}", nearest(address.column, known)
        )
    if question.has_rows and address.row is None:
        raise OperationError(
            f"say which row: {address.question}[row].{address.column}", "dbcharter show lists the rows"
        )


def set_operation(bank: Bank, address: Address, texts: Sequence[str]) -> Operation:
    """The operation that sets what `address` names to what `texts` mean. Raises OperationError."""
    if address.question in _PROFILE:
        return _profile_operation(address.question.removeprefix("profile."), texts)
    question = bank.questions[address.question]
    if question.kind == "sentence":
        if not address.column:
            slots = ", ".join(slot.id for slot in question.slots)
            raise OperationError(f"say which slot: {address.question}.SLOT", f"slots: {slots}")
        return SetSlot(question=address.question, slot=address.column, value=" ".join(texts))
    if question.has_rows:
        if address.row is None or not address.column:
            raise OperationError(
                f"{address.question} has rows",
                f"add one with: dbcharter add FILE {address.question} COLUMN=VALUE",
            )
        column = question.column_by_id[address.column]
        value = value_of(column, bank.options_of(column), texts)
        return SetCell(question=address.question, row=address.row, column=address.column, value=value)
    return Set(question=address.question, value=value_of(question, bank.options_of(question), texts))


def value_of(thing: Question | Column, options: Enumeration | None, texts: Sequence[str]) -> Value:
    """The value that `texts` mean for a question or column. Raises OperationError when it does not fit."""
    separator = "\n" if thing.kind in ("list", "choices") else " "
    try:
        return parse_text(thing, options, separator.join(texts))
    except ValueError as error:
        raise OperationError(f"{thing.id}: {error}") from None


def remove_operation(bank: Bank, address: Address) -> Operation:
    """The operation that removes an answer, a row, a cell or a slot."""
    if address.question in _PROFILE:
        return _profile_operation(address.question.removeprefix("profile."), ())
    if bank.questions[address.question].kind == "sentence" and address.column:
        return SetSlot(question=address.question, slot=address.column, value="")
    if address.row is not None and address.column:
        return SetCell(question=address.question, row=address.row, column=address.column, value=None)
    if address.row is not None:
        return RemoveRow(question=address.question, row=address.row)
    return Clear(question=address.question)


def _profile_operation(part: str, texts: Sequence[str]) -> SetProfile:
    names = tuple(name.strip() for text in texts for name in text.split(",") if name.strip())
    match part:
        case "change_types":
            return SetProfile(change_types=names)
        case "traits":
            return SetProfile(traits=names)
        case "risk":
            return SetProfile(risk=names[0] if names else "")
    if names and names[0] not in ("full", "compact"):
        raise OperationError(f"the template is full or compact, not {names[0]!r}")
    return SetProfile(template="compact" if names and names[0] == "compact" else "full")
