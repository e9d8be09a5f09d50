"""Commands that change an answer document without a conversation."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import tomli
from msgspec.structs import asdict

from app.approving import must_be_true
from app.bank.model import Bank, Question
from app.cli.address import parse_address, remove_operation, set_operation, value_of
from app.cli.output import say, wrap
from app.cli.show import mark_text
from app.cli.standard_input import read_all
from app.document.codec import decode, parse_toml, value_problems
from app.document.operations import (
    AddRow,
    Operation,
    Set,
    SetCell,
    SetNote,
    SetProfile,
    SetSlot,
    SetState,
    Waive,
    apply,
)
from app.document.store import read_text
from app.document.text import normalise, plural
from app.document.values import is_empty, new_misfits
from app.interview.navigation import select
from app.problems import DocumentError, OperationError
from app.session import Session

SAY_CELLS = "COLUMN=VALUE for a row, lines for a list"
_UNDECODED = re.compile("[\udc80-\udcff]")
"""What Python makes of bytes in an argument that are not of the encoding of the system."""


def set_answers(session: Session, source: Path | None, address: str, texts: Sequence[str]) -> int:
    """Set what the address names, or take many answers from a file."""
    if source is None:
        return set_value(session, address, texts)
    if address:
        raise OperationError(f"say either --from {source} or {address} and its value, not both")
    return set_from(session, source)


def set_value(session: Session, address_text: str, texts: Sequence[str]) -> int:
    """Set what the address names; a single `-` reads the value from standard input."""
    if not address_text:
        raise OperationError("say what to set", "dbcharter set FILE section.question VALUE")
    address = parse_address(session.bank, address_text)
    remove = f"to remove it: dbcharter remove FILE {address_text}"
    if not texts:
        raise OperationError("say the value", remove)
    given = [read_all()] if list(texts) == ["-"] else list(texts)
    operation = set_operation(session.bank, address, given)
    if isinstance(operation, Set | SetCell | SetSlot) and is_empty(operation.value):
        raise OperationError("the value says nothing", remove)
    _apply(session, [operation])
    say(f"{address_text}: set")
    _tell_parked(session, [address.question])
    return 0


def set_from(session: Session, source: Path) -> int:
    """Take every answer, state, note, waiver and profile value of another file.

    Nothing is taken when anything in it does not fit; each reason is named.
    """
    name = "standard input" if str(source) == "-" else str(source)
    text = read_all() if str(source) == "-" else _text_of(source)
    other = decode(session.bank, text, name)
    own = other.problems[:-1] if other.rewritten_layout else other.problems  # the layout is not taken
    problems = [p for p in own if p.where != "format"]
    problems += value_problems(session.bank, other, name, references=False)
    if problems:
        raise OperationError("nothing was set:\n" + "\n".join(map(str, problems)))
    said = other.answers
    operations: list[Operation] = []
    profile = parse_toml(text, name).get("profile")
    if isinstance(profile, Mapping):
        operations.append(SetProfile(**{part: getattr(said.profile, part) for part in profile}))
    operations += [Set(question=q, value=v) for q, v in said.values.items()]
    operations += [SetState.to(q, state) for q, state in said.states.items()]
    operations += [SetNote(question=q, note=note) for q, note in said.notes.items()]
    operations += [
        Waive(code=w.code, target=w.target, reason=w.reason, owner=w.owner, expires=w.expires)
        for w in said.waivers
    ]
    _apply(session, operations)
    parts = ["the profile"] if profile else []
    if said.values or not profile:
        parts.append(plural(len(said.values), "answer"))
    say(f"{' and '.join(parts)} set from {name}")
    _tell_parked(session, said.values)
    return 0


def _text_of(source: Path) -> str:
    if not source.exists():
        raise DocumentError(f"{source}: no such file")
    return read_text(source)


def _tell_parked(session: Session, question_ids: Iterable[str]) -> None:
    """Say which of these answers count for nothing at present, and why."""
    for view in session.survey().of(tuple(q for q in question_ids if q in session.bank.questions)):
        mark = mark_text(session.answers, view.id)
        if not view.applies:
            say(
                wrap(f"{view.id} is not asked because {view.because[0]}: the answer counts once it is.", "  ")
            )
        elif mark:
            say(wrap(f"It counts for nothing while {view.id} is {mark}; to take that back:", "  "))
            say(f"  dbcharter status {session.path} {view.id} --clear")


def add_to(session: Session, question_id: str, cells: Sequence[str], before: str | None) -> int:
    """Add rows to a table, or lines to a list."""
    address = parse_address(session.bank, question_id)
    question = session.bank.questions.get(address.question)
    if question is None or address.row is not None or address.column:
        raise OperationError(f"{question_id} is not a question")
    if not cells:
        raise OperationError("say what to add", SAY_CELLS)
    if question.kind in ("list", "choices"):
        return _add_lines(session, address.question, question, cells)
    if not question.has_rows:
        raise OperationError(
            f"{question_id} has no rows; it is a {question.kind}",
            f"use: dbcharter set FILE {question_id} VALUE",
        )
    rows = _rows_from_input(question) if list(cells) == ["-"] else [row_of(session.bank, question, cells)]
    if not rows or any(map(is_empty, rows)):
        raise OperationError("a row says nothing" if rows else "there is no row", SAY_CELLS)
    _apply(session, [AddRow(question=address.question, row=row, before=before) for row in rows])
    say(f"{question_id}: {plural(len(rows), 'row')} added")
    _tell_parked(session, [address.question])
    return 0


def _add_lines(session: Session, question_id: str, question: Question, lines: Sequence[str]) -> int:
    given = read_all().splitlines() if list(lines) == ["-"] else list(lines)
    value = value_of(question, session.bank.options_of(question), given)
    current = session.answers.values.get(question_id, ())
    if not isinstance(current, tuple) or not isinstance(value, tuple):
        raise OperationError(f"{question_id} holds something that is not a list")
    if not value:
        raise OperationError("the lines say nothing", SAY_CELLS)
    _apply(session, [Set(question=question_id, value=(*current, *value))])
    say(f"{question_id}: {plural(len(value), 'line')} added")
    _tell_parked(session, [question_id])
    return 0


def row_of(bank: Bank, question: Question, cells: Sequence[str]) -> dict[str, Any]:
    """The cells that texts like `COLUMN=VALUE` give. Raises OperationError."""
    row: dict[str, Any] = {}
    for cell in cells:
        name, equals, text = cell.partition("=")
        column = question.column_by_id.get(name.strip())
        if not equals or column is None:
            known = ", ".join(question.column_by_id)
            raise OperationError(f"{cell!r} is not COLUMN=VALUE", f"columns: {known}")
        if column.id in row:
            raise OperationError(f"{column.id} is said twice", "add one row after the other")
        row[column.id] = value_of(column, bank.options_of(column), [text])
    return row


def _rows_from_input(question: Question) -> list[dict[str, Any]]:
    """Rows from standard input: a JSON list of objects, one JSON object, or TOML `[[row]]` blocks."""
    text = read_all()
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
    removed = _removed(operations)
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
    if removed:
        say(f"removed from the text: {', '.join(removed)}", error=True)


def _removed(operations: Sequence[Operation]) -> list[str]:
    """The names of the characters that no answer may hold. Raises OperationError for bytes of no text."""
    text = "".join(text for operation in operations for text in _texts(asdict(operation)))
    if _UNDECODED.search(text):
        raise OperationError("the text is not UTF-8: nothing was changed")
    return normalise(text)[1]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
