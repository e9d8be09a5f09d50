"""Conflicts that a merge left open: shown with both sides, resolved one by one."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from app.approving import may_apply
from app.bank.model import Bank
from app.cli.address import value_of
from app.cli.output import say
from app.cli.show import value_lines
from app.cli.words import number_in
from app.document.answers import Answers, Conflict, Value
from app.document.operations import Resolve
from app.document.text import plural
from app.problems import OperationError, nearest
from app.session import Session

Side = Literal["ours", "theirs"]


def conflicts_text(bank: Bank, conflicts: tuple[Conflict, ...]) -> str:
    """Every open conflict with its number and both sides."""
    blocks = []
    for number, conflict in enumerate(conflicts, 1):
        lines = [f"{number}) {conflict.address}"]
        for side in ("base", "ours", "theirs"):
            value = getattr(conflict, side)
            if value is not None or side != "base":
                lines += [f"   {side}:", *(f"     {line}" for line in _lines(bank, conflict, value))]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _lines(bank: Bank, conflict: Conflict, value: Value | None) -> list[str]:
    if value is None:
        return ["(nothing)"]
    question = bank.questions.get(conflict.question)
    if question is None or (conflict.row is not None and conflict.column is None):
        items = value.items() if hasattr(value, "items") else [("", value)]
        return [f"{name}: {inner}".removeprefix(": ") for name, inner in items]
    return value_lines(bank, question.column_by_id.get(conflict.column or "", question), value)


def conflicts_data(conflicts: tuple[Conflict, ...]) -> list[dict[str, Any]]:
    """The same as data."""
    return [
        {"number": n, "address": c.address, "base": c.base, "ours": c.ours, "theirs": c.theirs}
        for n, c in enumerate(conflicts, 1)
    ]


def resolve_conflict(session: Session, which: str, take: Side | None, value: str | None) -> int:
    """Resolve the conflict that `which` names, by number or address, and save; 1 when more are open."""
    if (take is None) == (value is None):
        raise OperationError("say one of --take ours, --take theirs, --value TEXT")
    conflict = _named(session.answers, which)
    operation = _operation(session.bank, session.answers, conflict, take, value)
    may_apply(session, operation, date.today())
    session.apply(operation)
    session.save()
    left = len(session.answers.conflicts)
    say(f"{conflict.address}: resolved; " + (plural(left, "conflict") + " left" if left else "none is left"))
    return 1 if left else 0


def _named(answers: Answers, which: str) -> Conflict:
    conflicts = answers.conflicts
    number = number_in(which, len(conflicts))
    if number:
        return conflicts[number - 1]
    there = [conflict for conflict in conflicts if conflict.address == which]
    if len(there) == 1:
        return there[0]
    if there:
        raise OperationError(f"there are {len(there)} conflicts at {which}", "name it by its number")
    known = [conflict.address for conflict in conflicts]
    raise OperationError(f"there is no open conflict {which!r}", nearest(which, known))


def _operation(
    bank: Bank, answers: Answers, conflict: Conflict, take: Side | None, text: str | None
) -> Resolve:
    same_place = [other for other in answers.conflicts if other.address == conflict.address]
    place: dict[str, Any] = {
        "question": conflict.question,
        "row": conflict.row,
        "column": conflict.column,
        "nth": next(at for at, other in enumerate(same_place) if other is conflict),
    }
    if take is not None:
        return Resolve(**place, take=take)
    return Resolve(**place, take="value", value=_value(bank, conflict, text or ""))


def _value(bank: Bank, conflict: Conflict, text: str) -> Value:
    question = bank.questions.get(conflict.question)
    if question is None:
        if conflict.question.startswith(("notes.", "profile.")):
            return text.strip()
    elif question.has_rows and conflict.column in question.column_by_id and conflict.row is not None:
        column = question.column_by_id[conflict.column]
        return value_of(column, bank.options_of(column), [text])
    elif conflict.column is not None:
        return text.strip()
    elif not question.has_rows and question.kind != "sentence":
        return value_of(question, bank.options_of(question), [text])
    raise OperationError(f"{conflict.address} is not a single value", "take one side, then change it")
