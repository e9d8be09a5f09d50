"""Operations: every way in which answers can change, as typed, serialisable data.

`apply` is pure: it returns new answers, or raises OperationError and changes nothing. A value that
does not fit its question is stored and reported, never refused: wrong input is kept. What is refused
is an operation about a question or a row that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from msgspec.structs import force_setattr, replace

from app.bank.model import Bank
from app.checked import Checked
from app.document.answers import (
    NOT_APPLICABLE_REASONS,
    Answers,
    Profile,
    State,
    Template,
    Waiver,
    thaw,
)
from app.document.conflicts import find_conflict, fitted, resolved
from app.document.entered import entered, entered_row
from app.document.row_changes import (
    REPLACE,
    accept,
    add_row,
    import_rows,
    move_row,
    question_of,
    remove_row,
    set_cell,
)
from app.document.text import clean
from app.document.values import coerce
from app.problems import OperationError, nearest

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class _Operation(Checked, frozen=True, kw_only=True):
    """One change. Values are held as the lists and dictionaries that JSON can hold, also those of answers."""

    def __post_init__(self) -> None:
        for name in _VALUES & set(self.__struct_fields__):
            force_setattr(self, name, thaw(getattr(self, name)))


_VALUES = frozenset({"value", "row", "rows"})
"""The fields that may hold a value of an answer."""


class Set(_Operation, frozen=True, kw_only=True):
    """Answer a question, replacing what was there."""

    op: Literal["set"] = "set"
    question: str
    value: Any


class SetSlot(_Operation, frozen=True, kw_only=True):
    """Fill one slot of a sentence; an empty text clears it."""

    op: Literal["set_slot"] = "set_slot"
    question: str
    slot: str
    value: str


class Clear(_Operation, frozen=True, kw_only=True):
    """Remove an answer."""

    op: Literal["clear"] = "clear"
    question: str


class AddRow(_Operation, frozen=True, kw_only=True):
    """Add a row at the end, or before the row called `before`; `draft` in it marks it as a draft."""

    op: Literal["row_add"] = "row_add"
    question: str
    row: dict[str, Any]
    before: str | None = None


class ImportRows(_Operation, frozen=True, kw_only=True):
    """Add rows to the ends of several tables at once, as drafts or not."""

    op: Literal["import"] = "import"
    rows: dict[str, list[dict[str, Any]]]


class Accept(_Operation, frozen=True, kw_only=True):
    """Take a draft for an answer, or every draft of the question when `row` is None."""

    op: Literal["accept"] = "accept"
    question: str
    row: str | None = None


class SetCell(_Operation, frozen=True, kw_only=True):
    """Set one cell of a row; None removes it. A draft is one no longer then."""

    op: Literal["row_set"] = "row_set"
    question: str
    row: str
    column: str
    value: Any


class RemoveRow(_Operation, frozen=True, kw_only=True):
    op: Literal["row_remove"] = "row_remove"
    question: str
    row: str


class MoveRow(_Operation, frozen=True, kw_only=True):
    """Move a row before the row called `before`, or to the end."""

    op: Literal["row_move"] = "row_move"
    question: str
    row: str
    before: str | None = None


class SetState(_Operation, frozen=True, kw_only=True):
    """Say that a question is not applicable or deferred; None takes it back."""

    op: Literal["status"] = "status"
    question: str
    state: Literal["not_applicable", "deferred"] | None = None
    reason: str = ""
    note: str = ""
    owner: str = ""
    until: date | None = None

    @classmethod
    def to(cls, question: str, state: State | None) -> SetState:
        """The operation after which a question's state is this one."""
        if state is None:
            return cls(question=question)
        said = {name: getattr(state, name) for name in ("state", "reason", "note", "owner", "until")}
        return cls(question=question, **said)


class SetNote(_Operation, frozen=True, kw_only=True):
    """Keep a note beside a question, for the people who write the document; "" removes it."""

    op: Literal["note"] = "note"
    question: str
    note: str


class Looked(_Operation, frozen=True, kw_only=True):
    """Say what was looked at of the DDL in files: outlines of tables, and answers that are still right.

    `seen` is by table, `looked` by address of an answer; None takes an entry away.
    """

    op: Literal["looked"] = "looked"
    seen: dict[str, str | None]
    looked: dict[str, str | None]


class Waive(_Operation, frozen=True, kw_only=True):
    """Accept a finding on purpose."""

    op: Literal["waive"] = "waive"
    code: str
    target: str
    reason: str
    owner: str
    expires: date | None = None


class Unwaive(_Operation, frozen=True, kw_only=True):
    op: Literal["unwaive"] = "unwaive"
    code: str
    target: str


Side: TypeAlias = Literal["ours", "theirs", "value"]


class Resolve(_Operation, frozen=True, kw_only=True):
    """Settle the conflict at a place: with one of its sides, or with another value (None for nothing).

    `nth` counts, from 0, the conflicts at the same place.
    """

    op: Literal["resolve"] = "resolve"
    question: str
    row: str | None = None
    column: str | None = None
    nth: int = 0
    take: Side
    value: Any = None


class SetProfile(_Operation, frozen=True, kw_only=True):
    """Change what kind of change this is; None leaves a part as it is."""

    op: Literal["profile"] = "profile"
    change_types: tuple[str, ...] | None = None
    risk: str | None = None
    traits: tuple[str, ...] | None = None
    template: Template | None = None


Operation: TypeAlias = (
    Set
    | SetSlot
    | Clear
    | AddRow
    | ImportRows
    | Accept
    | SetCell
    | RemoveRow
    | MoveRow
    | SetState
    | SetNote
    | Looked
    | Waive
    | Unwaive
    | Resolve
    | SetProfile
)


@cache
def operation_adapter() -> TypeAdapter[Operation]:
    """What reads operations from outside: it refuses unknown keys, and values of other types."""
    from pydantic import Field, TypeAdapter

    return TypeAdapter(Annotated[Operation, Field(discriminator="op")])


def apply(bank: Bank, answers: Answers, operation: Operation) -> Answers:
    """The answers after `operation`. Raises OperationError when it fits neither bank nor answers."""
    handler = _HANDLERS[operation.op]
    return handler(bank, answers, operation)


def _set(bank: Bank, answers: Answers, operation: Set) -> Answers:
    question = question_of(bank, operation.question)
    value = entered(operation.value)
    if question.has_rows and isinstance(value, tuple):
        value = tuple(entered_row(question, row) if isinstance(row, Mapping) else row for row in value)
    else:
        value = coerce(question, value)
    return answers.with_value(operation.question, value)


def _set_slot(bank: Bank, answers: Answers, operation: SetSlot) -> Answers:
    question = question_of(bank, operation.question)
    ids = [slot.id for slot in question.slots]
    if operation.slot not in ids:
        raise OperationError(
            f"{operation.question} has no slot {operation.slot!r}", nearest(operation.slot, ids)
        )
    current = answers.values.get(operation.question)
    if current is not None and not isinstance(current, Mapping):
        raise OperationError(f"{operation.question} holds something that is not slots", REPLACE)
    slots = dict(current or {})
    text = clean(operation.value).strip()
    slots.pop(operation.slot, None)
    if text:
        slots[operation.slot] = text
    ordered = {name: slots[name] for name in [*ids, *slots] if name in slots}
    return answers.with_value(operation.question, MappingProxyType(ordered) if ordered else None)


def _clear(bank: Bank, answers: Answers, operation: Clear) -> Answers:
    question_of(bank, operation.question)
    return answers.with_value(operation.question, None)


def _set_state(bank: Bank, answers: Answers, operation: SetState) -> Answers:
    question_of(bank, operation.question)
    if operation.state is None:
        return answers.with_state(operation.question, None)
    note, owner = clean(operation.note).strip(), clean(operation.owner).strip()
    if operation.state == "not_applicable" and operation.reason not in NOT_APPLICABLE_REASONS:
        raise OperationError(
            f"the reason must be one of {', '.join(NOT_APPLICABLE_REASONS)}",
            nearest(operation.reason, NOT_APPLICABLE_REASONS),
        )
    if operation.state == "not_applicable" and not note:
        raise OperationError("say in a sentence why it is not applicable")
    if operation.state == "deferred" and not (owner and operation.until):
        raise OperationError("a deferred question needs an owner and a date")
    reason = operation.reason if operation.state == "not_applicable" else ""
    return answers.with_state(
        operation.question, State(operation.state, reason, note, owner, operation.until)
    )


def _set_note(bank: Bank, answers: Answers, operation: SetNote) -> Answers:
    question_of(bank, operation.question)
    return answers.with_note(operation.question, clean(operation.note).strip())


def looked_at(answers: Answers, operation: Looked) -> Answers:
    """The answers after an operation that no bank has a say in."""
    seen = {**answers.seen, **operation.seen}
    looked = {**answers.looked, **operation.looked}
    return replace(
        answers,
        seen=MappingProxyType({name: text for name, text in seen.items() if text is not None}),
        looked=MappingProxyType({name: text for name, text in looked.items() if text is not None}),
    )


def _looked(_bank: Bank, answers: Answers, operation: Looked) -> Answers:
    return looked_at(answers, operation)


def _waive(bank: Bank, answers: Answers, operation: Waive) -> Answers:
    code, target = clean(operation.code).strip(), clean(operation.target).strip()
    reason, owner = clean(operation.reason).strip(), clean(operation.owner).strip()
    if not (code and target and reason and owner):
        raise OperationError("a waiver needs a code, a target, a reason and an owner")
    kept = _unwaive(bank, answers, Unwaive(code=code, target=target))
    waiver = Waiver(code, target, reason, owner, operation.expires)
    return replace(kept, waivers=(*kept.waivers, waiver))


def _unwaive(_bank: Bank, answers: Answers, operation: Unwaive) -> Answers:
    wanted = (clean(operation.code).strip(), clean(operation.target).strip())
    return replace(answers, waivers=tuple(w for w in answers.waivers if (w.code, w.target) != wanted))


def _resolve(bank: Bank, answers: Answers, operation: Resolve) -> Answers:
    conflict = find_conflict(
        answers.conflicts, operation.question, operation.row, operation.column, operation.nth
    )
    match operation.take:
        case "ours":
            return resolved(bank, answers, conflict, conflict.ours)
        case "theirs":
            return resolved(bank, answers, conflict, conflict.theirs)
    value = None if operation.value is None else entered(operation.value)
    return resolved(bank, answers, conflict, fitted(bank, conflict, value))


def _set_profile(bank: Bank, answers: Answers, operation: SetProfile) -> Answers:
    old = answers.profile
    for given, known, kept, what in (
        (operation.change_types, bank.change_types, old.change_types, "change type"),
        (operation.traits, bank.traits, old.traits, "trait"),
        ((operation.risk,) if operation.risk else (), bank.risks, (), "risk"),
    ):
        for name in given or ():
            if name not in known and name not in kept:
                raise OperationError(f"there is no {what} {name!r}", nearest(name, known))
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
    "row_add": add_row,
    "import": import_rows,
    "accept": accept,
    "row_set": set_cell,
    "row_remove": remove_row,
    "row_move": move_row,
    "status": _set_state,
    "note": _set_note,
    "looked": _looked,
    "waive": _waive,
    "unwaive": _unwaive,
    "resolve": _resolve,
    "profile": _set_profile,
}
