"""Answers to a whole bank, made for tests of rendering."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from app.bank.model import Bank, Column, Question
from app.document.answers import Answers, Profile, freeze

Say = Callable[[str], str]
"""Makes the text that is said at a place such as `logical.grain.entity`."""


def profile(bank: Bank, *, everything: bool) -> Profile:
    """A profile under which every question is asked and required, or one that asks for little."""
    if not everything:
        return Profile()
    traits = tuple(bank.traits)
    return Profile(tuple(bank.change_types), "critical", traits)


def everything_answered(bank: Bank, say: Say) -> Answers:
    """Every question answered; tables and records have two rows. A relationship is one that can be drawn."""
    answers = Answers(profile(bank, everything=True))
    for question_id, question in bank.questions.items():
        answers = answers.with_value(question_id, freeze(_value(bank, question_id, question, say)))
    return answers


def _value(bank: Bank, question_id: str, question: Question, say: Say) -> object:
    if question.kind == "sentence":
        return {slot.id: say(f"{question_id}.{slot.id}") for slot in question.slots}
    if question.has_rows:
        return [
            {c.id: _single(bank, f"{question_id}.{c.id}.{row}", c, say) for c in question.columns}
            for row in (1, 2)
        ]
    return _single(bank, question_id, question, say)


def _single(bank: Bank, place: str, thing: Question | Column, say: Say) -> object:
    options = bank.options_of(thing)
    if thing.id == "relationship":
        return "parent → child"
    match thing.kind:
        case "flag":
            return True
        case "date":
            return date(2026, 3, 31)
        case "number":
            return 3
        case "choice":
            return say(place) if options is None or options.open else options.options[0].id
        case "choices" if options is not None and not options.open:
            return [options.options[0].id]
        case "list" | "choices":
            return [say(f"{place}.1"), say(f"{place}.2")]
    return say(place)
