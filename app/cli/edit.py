"""Commands that change an answer document without a conversation."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import tomli

from app.approving import must_be_true
from app.bank.model import Question
from app.cli.address import parse_address, remove_operation, set_operation, value_of
from app.cli.output import say
from app.document.codec import decode
from app.document.operations import (
    AddRow,
    Operation,
    Set,
    SetNote,
    SetProfile,
    SetState,
    Waive,
    apply,
)
from app.document.store import MAX_BYTES, read_text
from app.document.text import plural
from app.document.values import misfits, new_misfits
from app.interview.navigation import select
from app.problems import DocumentError, OperationError
from app.session import Session


def set_value(session: Session, address_text: str, texts: Sequence[str]) -> int:
    """Set what the address names; a single `-` reads the value from standard input."""
    if not address_text:
        raise OperationError("say what to set", "dbcharter set FILE section.question VALUE")
    address = parse_address(session.bank, address_text)
    if not texts:
        raise OperationError("say the value", f"to remove it: dbcharter remove FILE {address_text}")
    given = [_standard_input()] if list(texts) == ["-"] else list(texts)
    _apply(session, [set_operation(session.bank, address, given)])
    say(f"{address_text}: set")
    return 0


def set_from(session: Session, source: Path) -> int:
    """Take every answer, state, note, waiver and profile value of another file.

    Nothing is taken when anything in it does not fit; each reason is named.
    """
    name = "standard input" if str(source) == "-" else str(source)
    text = _standard_input() if str(source) == "-" else read_text(source)
    other = decode(session.bank, text, name)
    problems = [str(p) for p in other.problems if p.where not in ("format",)]
    for question_id, value in other.answers.values.items():
        problems += [
            f"{name}: {question_id}: {m.message}"
            for m in misfits(session.bank, question_id, value)
            if not m.missing
        ]
    if problems:
        raise OperationError("nothing was set:\n" + "\n".join(problems))
    operations: list[Operation] = []
    profile = other.answers.profile
    if profile.change_types or profile.risk or profile.traits or profile.template != "full":
        operations.append(
            SetProfile(
                change_types=profile.change_types or None,
                risk=profile.risk or None,
                traits=profile.traits or None,
                template=None if profile.template == "full" else profile.template,
            )
        )
    operations += [Set(question=q, value=v) for q, v in other.answers.values.items()]
    operations += [SetState.to(q, state) for q, state in other.answers.states.items()]
    operations += [SetNote(question=q, note=note) for q, note in other.answers.notes.items()]
    operations += [
        Waive(code=w.code, target=w.target, reason=w.reason, owner=w.owner, expires=w.expires)
        for w in other.answers.waivers
    ]
    _apply(session, operations)
    say(f"{plural(len(other.answers.values), 'answer')} set from {name}")
    return 0


def add_to(session: Session, question_id: str, cells: Sequence[str], before: str | None) -> int:
    """Add rows to a table, or lines to a list."""
    address = parse_address(session.bank, question_id)
    question = session.bank.questions.get(address.question)
    if question is None or address.row is not None or address.column:
        raise OperationError(f"{question_id} is not a question")
    if not cells:
        raise OperationError("say what to add", "COLUMN=VALUE for a row, lines for a list")
    if question.kind in ("list", "choices"):
        return _add_lines(session, address.question, question, cells)
    if not question.has_rows:
        raise OperationError(
            f"{question_id} has no rows; it is a {question.kind}",
            f"use: dbcharter set FILE {question_id} VALUE",
        )
    rows = _rows_from_input(question) if list(cells) == ["-"] else [_row(session, question, cells)]
    _apply(session, [AddRow(question=address.question, row=row, before=before) for row in rows])
    say(f"{question_id}: {plural(len(rows), 'row')} added")
    return 0


def _add_lines(session: Session, question_id: str, question: Question, lines: Sequence[str]) -> int:
    given = _standard_input().splitlines() if list(lines) == ["-"] else list(lines)
    value = value_of(question, session.bank.options_of(question), given)
    current = session.answers.values.get(question_id, ())
    if not isinstance(current, tuple) or not isinstance(value, tuple):
        raise OperationError(f"{question_id} holds something that is not a list")
    _apply(session, [Set(question=question_id, value=(*current, *value))])
    say(f"{question_id}: {plural(len(value), 'line')} added")
    return 0


def _row(session: Session, question: Question, cells: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for cell in cells:
        name, equals, text = cell.partition("=")
        column = question.column_by_id.get(name.strip())
        if not equals or column is None:
            known = ", ".join(question.column_by_id)
            raise OperationError(f"{cell!r} is not COLUMN=VALUE", f"columns: {known}")
        row[column.id] = value_of(column, session.bank.options_of(column), [text])
    return row


def _rows_from_input(question: Question) -> list[dict[str, Any]]:
    """Rows from standard input: a JSON list of objects, one JSON object, or TOML `[[row]]` blocks."""
    text = _standard_input()
    try:
        data: Any = (
            json.loads(text) if text.lstrip().startswith(("[{", "{", "[\n", "[ ")) else tomli.loads(text)
        )
    except (ValueError, RecursionError) as error:
        raise OperationError(f"standard input is neither JSON nor TOML: {error}") from None
    if isinstance(data, dict) and len(data) == 1 and isinstance(next(iter(data.values())), list):
        data = next(iter(data.values()))
    rows = data if isinstance(data, list) else [data]
    for row in rows:
        if not isinstance(row, Mapping):
            raise OperationError("standard input holds something that is not a row")
        for name in row:
            if name not in question.column_by_id:
                raise OperationError(
                    f"there is no column {name!r}", f"columns: {', '.join(question.column_by_id)}"
                )
    return [dict(row) for row in rows]


def remove_from(session: Session, address_text: str) -> int:
    """Remove an answer, a row, a cell or a slot."""
    address = parse_address(session.bank, address_text)
    before = session.answers
    _apply(session, [remove_operation(session.bank, address)])
    say(f"{address_text}: " + ("removed" if session.answers != before else "there was nothing"))
    return 0


def set_state(
    session: Session,
    question: str,
    not_applicable: str,
    deferred: bool,
    clear: bool,
    note: str,
    owner: str,
    until: str,
) -> int:
    """Say that a question is not applicable or deferred, or take it back."""
    if [bool(not_applicable), deferred, clear].count(True) != 1:
        raise OperationError("say one of --not-applicable REASON, --deferred, --clear")
    chosen = select(session.bank, session.survey(), (question,))
    operations = [
        _state_operation(name, not_applicable, deferred, clear, note, owner, until) for name in chosen
    ]
    _apply(session, operations)
    word = "asked again" if clear else "deferred" if deferred else "not applicable"
    for name in chosen:
        say(f"{name}: {word}")
    return 0


def _state_operation(
    question: str, not_applicable: str, deferred: bool, clear: bool, note: str, owner: str, until: str
) -> SetState:
    try:
        return SetState(
            question=question,
            state=None if clear else "deferred" if deferred else "not_applicable",
            reason=not_applicable,
            note=note,
            owner=owner,
            until=date.fromisoformat(until) if until else None,
        )
    except ValueError:
        raise OperationError(f"{until!r} is not a date", "write it as 2026-03-31") from None


def _apply(session: Session, operations: Sequence[Operation]) -> None:
    """Apply all operations as one step and save; when one does not fit its question nothing is kept."""
    before = after = session.answers
    for operation in operations:
        after = apply(session.bank, after, operation)
    for question_id, value in after.values.items():
        if value is before.values.get(question_id):
            continue
        for misfit in new_misfits(session.bank, question_id, before.values.get(question_id), value):
            where = f"{question_id}.{misfit.column}" if misfit.column else question_id
            raise OperationError(f"{where}: {misfit.message}", misfit.hint)
    must_be_true(session, before, after, date.today())
    command = secrets.token_hex(6)
    for operation in operations:
        session.apply(operation, group=command)
    session.save()


def _standard_input() -> str:
    text = sys.stdin.read(MAX_BYTES + 1)
    if len(text) > MAX_BYTES:
        raise DocumentError("standard input is too large for an answer")
    return text
