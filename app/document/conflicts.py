"""Resolving a conflict: one value is put where the conflict stands, and the conflict is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import cast

from msgspec.structs import replace

from app.bank.model import Bank, Question
from app.document.answers import Answers, Conflict, Profile, Row, Template, Value
from app.document.drafts import accepted
from app.document.entered import entered_cell, entered_row, in_column_order
from app.document.reading import read_state, read_waiver
from app.document.values import coerce, row_addresses
from app.problems import OperationError


def find_conflict(
    conflicts: Sequence[Conflict], question: str, row: str | None, column: str | None, nth: int
) -> Conflict:
    """The conflict at a place, counted from 0 where there are several. Raises OperationError."""
    wanted = Conflict(question, row, column)
    there = [conflict for conflict in conflicts if conflict.address == wanted.address]
    if not 0 <= nth < len(there):
        raise OperationError(f"there is no open conflict at {wanted.address}")
    return there[nth]


def fitted(bank: Bank, conflict: Conflict, value: Value | None) -> Value | None:
    """`value` in the type of the question or column where the conflict stands."""
    question = bank.questions.get(conflict.question)
    if question is None or value is None:
        return value
    if conflict.row is not None and conflict.column is not None:
        return entered_cell(question, conflict.column, value)
    if conflict.row is not None:
        return entered_row(question, value) if isinstance(value, Mapping) else value
    return coerce(question, value) if conflict.column is None else value


def resolved(bank: Bank, answers: Answers, conflict: Conflict, value: Value | None) -> Answers:
    """The answers with `value` where `conflict` stands, or nothing there, and without the conflict.

    Raises OperationError when the value cannot stand there, or the row has gone in the meantime.
    """
    put = _put(bank, answers, conflict, value)
    return replace(put, conflicts=tuple(other for other in put.conflicts if other is not conflict))


def _put(bank: Bank, answers: Answers, conflict: Conflict, value: Value | None) -> Answers:
    kind, _, rest = conflict.question.partition(".")
    match kind:
        case "status":
            state = None if value is None else read_state(value)
            if isinstance(state, str):
                raise OperationError(f"{conflict.address}: {state}")
            return answers.with_state(rest, state)
        case "notes":
            return answers.with_note(rest, None if value is None else _text(conflict, value))
        case "waivers":
            return _put_waiver(answers, conflict, value)
        case "profile":
            return replace(answers, profile=_put_in_profile(bank, answers.profile, conflict, value))
    question = bank.questions[conflict.question]
    if conflict.row is not None:
        return _put_in_rows(answers, question, conflict, value)
    if conflict.column is None:
        return answers.with_value(conflict.question, value)
    slots = answers.values.get(conflict.question, MappingProxyType({}))
    if not isinstance(slots, Mapping):
        raise OperationError(f"{conflict.question} holds something that is not slots")
    order = [slot.id for slot in question.slots]
    filled = _with(slots, conflict.column, value)
    ordered = {name: filled[name] for name in [*order, *filled] if name in filled}
    return answers.with_value(conflict.question, MappingProxyType(ordered) if ordered else None)


def _text(conflict: Conflict, value: Value | None) -> str:
    if not isinstance(value, str):
        raise OperationError(f"{conflict.address}: must be text")
    return value


def _put_waiver(answers: Answers, conflict: Conflict, value: Value | None) -> Answers:
    waivers = [w for w in answers.waivers if w.address != conflict.row]
    if value is not None:
        waiver = read_waiver(value)
        if waiver is None:
            raise OperationError(f"{conflict.address}: is not a waiver")
        waivers.append(waiver)
    return replace(answers, waivers=tuple(waivers))


def _put_in_profile(bank: Bank, profile: Profile, conflict: Conflict, value: Value | None) -> Profile:
    name = conflict.question.removeprefix("profile.")
    known = tuple(bank.risks) if name == "risk" else ("full", "compact")
    if value is not None and value not in known:
        raise OperationError(f"{conflict.address}: must be one of {', '.join(known)}")
    if name == "risk":
        return replace(profile, risk=cast(str, value or ""))
    return replace(profile, template=cast(Template, value or "full"))


def _put_in_rows(answers: Answers, question: Question, conflict: Conflict, value: Value | None) -> Answers:
    rows = list(answers.rows(conflict.question))
    if len(rows) != len(cast("tuple[Value, ...]", answers.values.get(conflict.question, ()))):
        raise OperationError(f"{conflict.question} holds something that is not a list of rows")
    addresses = row_addresses(question, rows)
    at = addresses.index(conflict.row) if conflict.row in addresses else len(rows)
    row = rows[at] if at < len(rows) else None
    if conflict.column is None:
        if value is not None and not isinstance(value, Mapping):
            raise OperationError(f"{conflict.address}: must be a row")
        changed: Row | None = value
    elif row is None and value is not None:
        raise OperationError(
            f"{conflict.question} has no row {conflict.row!r} any more", "add the row again, or leave it out"
        )
    else:
        changed = (
            None if row is None else in_column_order(question, _with(accepted(row), conflict.column, value))
        )
    rows[at : at + 1] = [] if changed is None else [changed]
    return answers.with_value(conflict.question, tuple(rows) or None)


def _with(row: Row, name: str, value: Value | None) -> dict[str, Value]:
    cells = {column: cell for column, cell in row.items() if column != name}
    return cells if value is None else {**cells, name: value}
