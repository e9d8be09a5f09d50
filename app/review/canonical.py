"""What a section says, as one text that means the same for every layout of the answer file.

Two texts are equal only when the answers that count are. The text is made here, line by line, and not
by a TOML or JSON writer, so that no new version of one can turn every verdict stale.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time

from app.bank.model import Bank, Column, Question
from app.document.answers import Answers, Row, State, Value, Waiver
from app.document.drafts import without_drafts
from app.document.values import is_empty, row_addresses
from app.interview.applicability import applicability

CONTROL = "control"
"""The section that also says the profile."""
NOT_REVIEWED = frozenset({"control.status", "control.reviewers"})
"""Answers that follow from the review rather than being reviewed: saying them makes no verdict stale."""
_TARGET_END = re.compile(r"[.\[]")
_BARE = re.compile(r"[A-Za-z0-9_.\-]+")


def digest_of(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def value_text(value: Value | None) -> str:
    """One value as text, for its digest; "" for one that says nothing."""
    return "" if value is None or is_empty(value) else "\n".join(_said("", value, ""))


def canonical(bank: Bank, answers: Answers, section: str) -> str:
    """The answers and states of a section that count, its waivers, and for the control section the profile.

    Parked answers, drafts, notes and what is said to be not applicable count for nothing. The order of
    rows and of list elements counts, that of cells and of chosen options does not.
    """
    return canonical_texts(bank, answers, (section,))[section]


def canonical_texts(bank: Bank, answers: Answers, sections: Iterable[str]) -> dict[str, str]:
    """`canonical` of several sections; what applies is found once for all of them."""
    applies = applicability(bank, answers).questions
    return {
        section: "".join(f"{line}\n" for line in _section_lines(bank, answers, section, applies))
        for section in sections
    }


def _section_lines(bank: Bank, answers: Answers, section: str, applies: Mapping[str, bool]) -> Iterator[str]:
    if section == CONTROL:
        yield from _profile_lines(answers)
    for question_id in bank.questions_in(section):
        if not applies[question_id] or question_id in NOT_REVIEWED:
            continue
        state = answers.states.get(question_id)
        if state is not None:
            yield from _state_lines(question_id, state)
        value = answers.values.get(question_id)
        if value is not None and (state is None or state.state == "deferred"):
            yield from _answer_lines(question_id, bank.questions[question_id], without_drafts(value))
    for waiver in answers.waivers:
        if section_of(waiver) == section:
            said: dict[str, Value] = {"target": waiver.target, "reason": waiver.reason, "owner": waiver.owner}
            if waiver.expires is not None:
                said["expires"] = waiver.expires
            yield from _said(f"waived {_name(waiver.code)}:", said, "")


def section_of(waiver: Waiver) -> str:
    """The section that a waiver belongs to, by the target that it names."""
    return _TARGET_END.split(waiver.target, maxsplit=1)[0]


def _profile_lines(answers: Answers) -> Iterator[str]:
    profile = answers.profile
    said: dict[str, Value] = {
        "change types": tuple(sorted(profile.change_types)),
        "risk": profile.risk,
        "traits": tuple(sorted(profile.traits)),
    }
    yield from _said("profile:", said, "")


def _state_lines(question_id: str, state: State) -> Iterator[str]:
    said: dict[str, Value] = {"state": state.state, "reason": state.reason, "note": state.note}
    said["owner"] = state.owner
    if state.until is not None:
        said["until"] = state.until
    yield from _said(f"{question_id} is not answered:", said, "")


def _answer_lines(question_id: str, question: Question, value: Value) -> Iterator[str]:
    if is_empty(value):
        return
    if question.has_rows and isinstance(value, tuple):
        yield from _row_lines(question_id, question, value)
    elif question.kind == "sentence" and isinstance(value, Mapping):
        order = [slot.id for slot in question.slots]
        yield from _said(f"{question_id}:", _ordered(value, order), "")
    else:
        yield from _said(f"{question_id}:", _sorted_choices(question, value), "")


def _row_lines(question_id: str, question: Question, rows: tuple[Value, ...]) -> Iterator[str]:
    rows = tuple(row for row in rows if not is_empty(row))
    addresses = iter(row_addresses(question, [row for row in rows if isinstance(row, Mapping)]))
    for row in rows:
        if not isinstance(row, Mapping):
            yield from _said(f"{question_id} holds:", row, "")
        else:
            yield from _said(f"{question_id}[{next(addresses)}]:", _cells(question, row), "")


def _cells(question: Question, row: Row) -> Mapping[str, Value]:
    columns = question.column_by_id
    cells = _ordered(row, list(columns))
    return {
        name: _sorted_choices(columns[name], cell) if name in columns else cell
        for name, cell in cells.items()
    }


def _ordered(value: Mapping[str, Value], order: list[str]) -> dict[str, Value]:
    names = [name for name in order if name in value]
    return {name: value[name] for name in [*names, *sorted(set(value) - set(names))]}


def _sorted_choices(thing: Question | Column, value: Value) -> Value:
    """The value, with chosen options in one order."""
    if thing.kind == "choices" and isinstance(value, tuple):
        return tuple(sorted(value, key=value_text))
    return value


def _said(label: str, value: Value, indent: str) -> Iterator[str]:
    """A value under its label: `label: text`, `label:= 5`, or lines below it.

    Each line of a text of several lines is marked with a bar. What follows a label tells text, other
    values and lists apart, so that no text can look like something else.
    """
    head, inner = f"{indent}{label}", f"{indent}  "
    if isinstance(value, Mapping):
        yield head
        for name, item in value.items():
            if not is_empty(item):
                yield from _said(f"{_name(name)}:", item, inner)
    elif isinstance(value, tuple):
        yield head
        for item in value:
            yield from _said("-", item, inner)
    elif not isinstance(value, str):
        yield f"{head}= {_scalar(value)}"
    elif "\n" in value:
        yield head
        yield from (f"{inner}| {line}" if line else f"{inner}|" for line in value.split("\n"))
    else:
        yield f"{head} {value}"


def _scalar(value: bool | int | float | date | datetime | time) -> str:
    return value.isoformat() if isinstance(value, date | time) else json.dumps(value)


def _name(text: str) -> str:
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)
