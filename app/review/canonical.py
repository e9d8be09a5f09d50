"""What a section or both places of a cross-check say, as one text that means the same for every layout of
the answer file.

Two texts are equal only when the answers that count are. The text is made here, line by line, and not
by a TOML or JSON writer, so that no new version of one can turn every verdict stale.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time

from app.bank.model import Bank, Column, Question
from app.document.answers import Answers, Row, State, Value, Waiver
from app.document.drafts import without_drafts
from app.document.values import is_empty, row_addresses
from app.interview.applicability import applicability

CONTROL = "control"
"""The section that also says the profile."""
CHECK = "check:"
"""What the name of a cross-check begins with, where it stands among those of sections."""
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


def judged(bank: Bank) -> tuple[str, ...]:
    """All that can be judged: sections by their ids, cross-checks as `check:` and theirs."""
    return (*bank.section_by_id, *(f"{CHECK}{check.id}" for check in bank.file.cross_checks))


def questions_about(bank: Bank, about: str) -> tuple[str, ...]:
    """The questions of a section, or those of both places of a cross-check; none of what is unknown."""
    if not about.startswith(CHECK):
        return bank.questions_in(about)
    check = bank.cross_checks.get(about.removeprefix(CHECK))
    parts = (*check.left, *check.right) if check else ()
    return tuple(dict.fromkeys(name for part in parts for name in bank.questions_in(part)))


def sections_about(bank: Bank, about: str) -> tuple[str, ...]:
    """The sections that the questions of `questions_about` stand in."""
    return tuple(dict.fromkeys(bank.section_of(name).id for name in questions_about(bank, about)))


def canonical(bank: Bank, answers: Answers, about: str, applies: Mapping[str, bool] | None = None) -> str:
    """The answers and states of one of `judged` that count, and its waivers; for the control section the
    profile as well.

    Parked answers, drafts, notes and what is said to be not applicable count for nothing. The order of
    rows and of list elements counts, that of cells and of chosen options does not. `applies` says which
    questions apply, for those who know.
    """
    known = applicability(bank, answers).questions if applies is None else applies
    return "".join(f"{line}\n" for line in _lines(bank, answers, about, known))


def _lines(bank: Bank, answers: Answers, about: str, applies: Mapping[str, bool]) -> Iterator[str]:
    if about == CONTROL:
        yield from _profile_lines(answers)
    questions = questions_about(bank, about)
    for question_id in questions:
        if not applies[question_id] or question_id in NOT_REVIEWED:
            continue
        state = answers.states.get(question_id)
        if state is not None:
            yield from _state_lines(question_id, state)
        value = answers.values.get(question_id)
        if value is not None and (state is None or state.state == "deferred"):
            yield from _answer_lines(question_id, bank.questions[question_id], without_drafts(value))
    for waiver in answers.waivers:
        if section_of(waiver) == about or (about.startswith(CHECK) and question_of(waiver) in questions):
            said: dict[str, Value] = {"target": waiver.target, "reason": waiver.reason, "owner": waiver.owner}
            if waiver.expires is not None:
                said["expires"] = waiver.expires
            yield from _said(f"waived {_name(waiver.code)}:", said, "")


def section_of(waiver: Waiver) -> str:
    """The section that a waiver belongs to, by the target that it names."""
    return _TARGET_END.split(waiver.target, maxsplit=1)[0]


def question_of(waiver: Waiver) -> str:
    """The question that a waiver is about, by the target that it names."""
    return ".".join(waiver.target.partition("[")[0].split(".")[:2])


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


def row_text(name: str, question: Question, address: str, row: Row) -> str:
    """One row under its address, for its digest; the order of its cells does not count."""
    return "\n".join(_said(f"{name}[{address}]:", _cells(question, row), ""))


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
