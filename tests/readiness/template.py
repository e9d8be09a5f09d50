"""Documents that nobody wrote: the bank's own texts, or one word, pasted as every answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import reduce

from app.bank.load import default_bank
from app.bank.model import Column, Question
from app.document.answers import Answers, Profile, State, Value, freeze
from app.document.typed import parse_text

BANK = default_bank()
FULL = Profile(
    change_types=("redesign_module",),
    risk="high",
    traits=tuple(BANK.traits),
)


def pasted(text_of: Callable[[Question], str], profile: Profile = FULL) -> Answers:
    """Every question answered with the text that `text_of` gives for it, read as a person would type it."""
    values = {question_id: _value(q, text_of(q)) for question_id, q in BANK.questions.items()}
    return reduce(lambda a, item: a.with_value(*item), values.items(), Answers(profile=profile))


def filled(word: str, profile: Profile = FULL) -> Answers:
    """`word` as every text, cell, slot and line there is."""
    values = {question_id: _everywhere(q, word) for question_id, q in BANK.questions.items()}
    return reduce(lambda a, item: a.with_value(*item), values.items(), Answers(profile=profile))


def plausible(word: str, profile: Profile = FULL) -> Answers:
    """`word` as every text, cell, slot and line there is; a valid choice, number, day or flag elsewhere."""
    values = {question_id: _plausibly(q, word) for question_id, q in BANK.questions.items()}
    return reduce(lambda a, item: a.with_value(*item), values.items(), Answers(profile=profile))


def left_out(profile: Profile = FULL) -> Answers:
    """Every question said not to apply, with a reason and a note."""
    state = State("not_applicable", "out_of_scope", "The change does not touch this.")
    return reduce(lambda a, question_id: a.with_state(question_id, state), BANK.questions, Answers(profile))


def _everywhere(question: Question, word: str) -> Value:
    if question.has_rows:
        return freeze([{c.id: [word] if c.kind in ("list", "choices") else word for c in question.columns}])
    if question.kind == "sentence":
        return freeze({slot.id: word for slot in question.slots})
    return freeze([word] if question.kind in ("list", "choices") else word)


def _plausibly(question: Question, word: str) -> Value:
    if question.has_rows:
        return freeze([{column.id: _fitting(column, word) for column in question.columns}])
    if question.kind == "sentence":
        return freeze({slot.id: word for slot in question.slots})
    return freeze(_fitting(question, word))


def _fitting(thing: Question | Column, word: str) -> object:
    options = BANK.options_of(thing)
    said = options.options[0].id if options is not None else word
    fitting: dict[str, object] = {"flag": True, "number": 1, "date": date(2027, 3, 1)}
    return fitting.get(thing.kind, [said] if thing.kind in ("list", "choices") else said)


def _value(question: Question, text: str) -> Value:
    if question.kind == "table":
        cells = [cell.strip() for cell in re.split(r"\s\|(?=\s)", f"{text} ")]
        pairs = zip(question.columns, cells, strict=False)
        return freeze([{c.id: _typed(c, cell) for c, cell in pairs if cell}])
    if question.kind == "records":
        return freeze([_record(question, text)])
    if question.kind == "sentence":
        pattern = re.sub(r"\\\{[a-z_]+\\\}", "(.+?)", re.escape(" ".join(question.sentence.split())))
        match = re.fullmatch(pattern, " ".join(text.split()))
        parts = match.groups() if match else (text,) * len(question.slots)
        return freeze({slot.id: part for slot, part in zip(question.slots, parts, strict=True)})
    return _typed(question, text)


def _record(question: Question, text: str) -> dict[str, Value]:
    titles = {column.title: column for column in question.columns}
    fields: dict[str, list[str]] = {}
    name = question.columns[0].title
    for line in text.splitlines():
        start, _, rest = line.partition(":")
        if start in titles:
            name, line = start, rest.strip()
        fields.setdefault(name, []).append(line)
    return {titles[name].id: _typed(titles[name], "\n".join(lines)) for name, lines in fields.items()}


def _typed(thing: Question | Column, text: str) -> Value:
    try:
        return parse_text(thing, BANK.options_of(thing), text)
    except ValueError:
        return text
