"""Operations: every way in which answers can change, as typed, serialisable data.

`apply` is pure: it returns new answers, or raises OperationError and changes nothing. A value that
does not fit its question is stored and reported, never refused: wrong input is kept. What is refused
is an operation about a question or a row that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.bank.model import Bank, Question
from app.document.answers import (
    NOT_APPLICABLE_REASONS,
    Answers,
    Profile,
    Row,
    State,
    Template,
    Value,
    Waiver,
    freeze,
)
from app.document.text import clean
from app.document.values import coerce, row_addresses
from app.problems import OperationError, nearest

MAX_DEPTH = 8


class _Operation(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Set(_Operation):
    """Answer a question, replacing what was there."""

    op: Literal["set"] = "set"
    question: str
    value: Any


class SetSlot(_Operation):
    """Fill one slot of a sentence; an empty text clears it."""

    op: Literal["set_slot"] = "set_slot"
    question: str
    slot: str
    value: str


class Clear(_Operation):
    """Remove an answer."""

    op: Literal["clear"] = "clear"
    question: str


class AddRow(_Operation):
    """Add a row at the end, or before the row called `before`."""

    op: Literal["row_add"] = "row_add"
    question: str
    row: dict[str, Any]
    before: str | None = None


class SetCell(_Operation):
    """Set one cell of a row; None removes it."""

    op: Literal["row_set"] = "row_set"
    question: str
    row: str
    column: str
    value: Any


class RemoveRow(_Operation):
    op: Literal["row_remove"] = "row_remove"
    question: str
    row: str


class MoveRow(_Operation):
    """Move a row before the row called `before`, or to the end."""

    op: Literal["row_move"] = "row_move"
    question: str
    row: str
    before: str | None = None


class SetState(_Operation):
    """Say that a question is not applicable or deferred; None takes it back."""

    op: Literal["status"] = "status"
    question: str
    state: Literal["not_applicable", "deferred"] | None = None
    reason: str = ""
    note: str = ""
    owner: str = ""
    until: date | None = None


class SetNote(_Operation):
    """Keep a note beside a question, for the people who write the document; "" removes it."""

    op: Literal["note"] = "note"
    question: str
    note: str


class Waive(_Operation):
    """Accept a finding on purpose."""

    op: Literal["waive"] = "waive"
    code: str
    target: str
    reason: str
    owner: str
    expires: date | None = None


class Unwaive(_Operation):
    op: Literal["unwaive"] = "unwaive"
    code: str
    target: str


class SetProfile(_Operation):
    """Change what kind of change this is; None leaves a part as it is."""

    op: Literal["profile"] = "profile"
    change_types: tuple[str, ...] | None = None
    risk: str | None = None
    traits: tuple[str, ...] | None = None
    template: Template | None = None


Operation: TypeAlias = Annotated[
    Set
    | SetSlot
    | Clear
    | AddRow
    | SetCell
    | RemoveRow
    | MoveRow
    | SetState
    | SetNote
    | Waive
    | Unwaive
    | SetProfile,
    Field(discriminator="op"),
]
operation_adapter: TypeAdapter[Operation] = TypeAdapter(Operation)


def apply(bank: Bank, answers: Answers, operation: Operation) -> Answers:
    """The answers after `operation`. Raises OperationError when it fits neither bank nor answers."""
    handler = _HANDLERS[operation.op]
    return handler(bank, answers, operation)


def _question(bank: Bank, question_id: str) -> Question:
    question = bank.questions.get(question_id)
    if question is None:
        raise OperationError(f"there is no question {question_id!r}", nearest(question_id, bank.questions))
    return question


def _value(raw: object, depth: int = 0) -> Value:
    """A value as it may enter the answers: frozen, its text normalised."""
    if depth > MAX_DEPTH:
        raise OperationError(f"a value may not be nested deeper than {MAX_DEPTH}")
    if isinstance(raw, str):
        return clean(raw)
    if isinstance(raw, dict):
        return MappingProxyType(
            {clean(str(k)): _value(v, depth + 1) for k, v in raw.items() if v is not None}
        )
    if isinstance(raw, MappingProxyType):
        return _value(dict(raw), depth)
    if isinstance(raw, list | tuple):
        return tuple(_value(item, depth + 1) for item in raw)
    try:
        return freeze(raw)
    except TypeError as error:
        raise OperationError(str(error)) from None


def _row(question: Question, raw: object) -> Row:
    value = _value(raw)
    if not isinstance(value, MappingProxyType):
        raise OperationError("a row is a table of columns")
    cells = {
        name: coerce(question.column_by_id[name], cell) if name in question.column_by_id else cell
        for name, cell in value.items()
    }
    order = {column.id: position for position, column in enumerate(question.columns)}
    return MappingProxyType(dict(sorted(cells.items(), key=lambda item: order.get(item[0], len(order)))))


def _rows(bank: Bank, answers: Answers, question_id: str) -> tuple[Question, list[Value]]:
    question = _question(bank, question_id)
    if not question.has_rows:
        raise OperationError(f"{question_id} has no rows; it is a {question.kind}")
    value = answers.values.get(question_id, ())
    if not isinstance(value, tuple) or not all(isinstance(row, MappingProxyType) for row in value):
        raise OperationError(
            f"{question_id} holds something that is not a list of rows",
            "correct it in the answer file, or replace it as a whole",
        )
    return question, list(value)


def _position(question: Question, question_id: str, rows: list[Value], address: str) -> int:
    addresses = row_addresses(question, [row for row in rows if isinstance(row, MappingProxyType)])
    if address in addresses:
        return addresses.index(address)
    folded = [name.casefold() for name in addresses]
    if folded.count(address.casefold()) == 1:
        return folded.index(address.casefold())
    raise OperationError(f"{question_id} has no row {address!r}", nearest(address, addresses))


def _set(bank: Bank, answers: Answers, operation: Set) -> Answers:
    question = _question(bank, operation.question)
    value = _value(operation.value)
    if question.has_rows and isinstance(value, tuple):
        value = tuple(_row(question, row) if isinstance(row, MappingProxyType) else row for row in value)
    else:
        value = coerce(question, value)
    return answers.with_value(operation.question, value)


def _set_slot(bank: Bank, answers: Answers, operation: SetSlot) -> Answers:
    question = _question(bank, operation.question)
    ids = [slot.id for slot in question.slots]
    if operation.slot not in ids:
        raise OperationError(
            f"{operation.question} has no slot {operation.slot!r}", nearest(operation.slot, ids)
        )
    current = answers.values.get(operation.question)
    slots: dict[str, Value] = dict(current) if isinstance(current, MappingProxyType) else {}
    text = clean(operation.value).strip()
    slots.pop(operation.slot, None)
    if text:
        slots[operation.slot] = text
    ordered = {name: slots[name] for name in [*ids, *slots] if name in slots}
    return answers.with_value(operation.question, MappingProxyType(ordered) if ordered else None)


def _clear(bank: Bank, answers: Answers, operation: Clear) -> Answers:
    _question(bank, operation.question)
    return answers.with_value(operation.question, None)


def _add_row(bank: Bank, answers: Answers, operation: AddRow) -> Answers:
    question, rows = _rows(bank, answers, operation.question)
    at = len(rows)
    if operation.before is not None:
        at = _position(question, operation.question, rows, operation.before)
    rows.insert(at, _row(question, operation.row))
    return answers.with_value(operation.question, tuple(rows))


def _set_cell(bank: Bank, answers: Answers, operation: SetCell) -> Answers:
    question, rows = _rows(bank, answers, operation.question)
    at = _position(question, operation.question, rows, operation.row)
    old = rows[at]
    assert isinstance(old, MappingProxyType)
    if operation.column not in question.column_by_id and operation.column not in old:
        raise OperationError(
            f"{operation.question} has no column {operation.column!r}",
            nearest(operation.column, question.column_by_id),
        )
    cells: dict[str, object] = dict(old)
    cells.pop(operation.column, None)
    if operation.value is not None:
        cells[operation.column] = operation.value
    rows[at] = _row(question, cells)
    return answers.with_value(operation.question, tuple(rows))


def _remove_row(bank: Bank, answers: Answers, operation: RemoveRow) -> Answers:
    question, rows = _rows(bank, answers, operation.question)
    del rows[_position(question, operation.question, rows, operation.row)]
    return answers.with_value(operation.question, tuple(rows) or None)


def _move_row(bank: Bank, answers: Answers, operation: MoveRow) -> Answers:
    question, rows = _rows(bank, answers, operation.question)
    row = rows[_position(question, operation.question, rows, operation.row)]
    before = None
    if operation.before is not None:
        before = rows[_position(question, operation.question, rows, operation.before)]
    rest = [other for other in rows if other is not row]
    at = len(rest) if before is None or before is row else next(i for i, o in enumerate(rest) if o is before)
    if before is row:
        return answers
    rest.insert(at, row)
    return answers.with_value(operation.question, tuple(rest))


def _set_state(bank: Bank, answers: Answers, operation: SetState) -> Answers:
    _question(bank, operation.question)
    if operation.state is None:
        return answers.with_state(operation.question, None)
    if operation.state == "not_applicable" and operation.reason not in NOT_APPLICABLE_REASONS:
        raise OperationError(
            f"the reason must be one of {', '.join(NOT_APPLICABLE_REASONS)}",
            nearest(operation.reason, NOT_APPLICABLE_REASONS),
        )
    if operation.state == "not_applicable" and not operation.note.strip():
        raise OperationError("say in a sentence why it is not applicable")
    if operation.state == "deferred" and not (operation.owner.strip() and operation.until):
        raise OperationError("a deferred question needs an owner and a date")
    state = State(
        operation.state,
        reason=operation.reason if operation.state == "not_applicable" else "",
        note=clean(operation.note).strip(),
        owner=clean(operation.owner).strip(),
        until=operation.until,
    )
    return answers.with_state(operation.question, state)


def _set_note(bank: Bank, answers: Answers, operation: SetNote) -> Answers:
    _question(bank, operation.question)
    return answers.with_note(operation.question, clean(operation.note).strip())


def _waive(bank: Bank, answers: Answers, operation: Waive) -> Answers:
    if not operation.reason.strip() or not operation.owner.strip():
        raise OperationError("a waiver needs a reason and an owner")
    kept = _unwaive(bank, answers, Unwaive(code=operation.code, target=operation.target))
    waiver = Waiver(
        clean(operation.code),
        clean(operation.target),
        clean(operation.reason).strip(),
        clean(operation.owner).strip(),
        operation.expires,
    )
    return replace(kept, waivers=(*kept.waivers, waiver))


def _unwaive(_bank: Bank, answers: Answers, operation: Unwaive) -> Answers:
    kept = tuple(w for w in answers.waivers if (w.code, w.target) != (operation.code, operation.target))
    return replace(answers, waivers=kept)


def _set_profile(bank: Bank, answers: Answers, operation: SetProfile) -> Answers:
    for given, known, what in (
        (operation.change_types, bank.change_types, "change type"),
        (operation.traits, bank.traits, "trait"),
        ((operation.risk,) if operation.risk else (), bank.risks, "risk"),
    ):
        for name in given or ():
            if name not in known:
                raise OperationError(f"there is no {what} {name!r}", nearest(name, known))
    old = answers.profile
    profile = Profile(
        change_types=old.change_types
        if operation.change_types is None
        else tuple(dict.fromkeys(operation.change_types)),
        risk=old.risk if operation.risk is None else operation.risk,
        traits=old.traits if operation.traits is None else tuple(dict.fromkeys(operation.traits)),
        template=old.template if operation.template is None else operation.template,
    )
    return replace(answers, profile=profile)


_HANDLERS: dict[str, Callable[[Bank, Answers, Any], Answers]] = {
    "set": _set,
    "set_slot": _set_slot,
    "clear": _clear,
    "row_add": _add_row,
    "row_set": _set_cell,
    "row_remove": _remove_row,
    "row_move": _move_row,
    "status": _set_state,
    "note": _set_note,
    "waive": _waive,
    "unwaive": _unwaive,
    "profile": _set_profile,
}
