"""Rules that see one text at a time: run once per value and, in tables, once per row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from app.bank.model import Bank, Column, Question, Slot
from app.document.answers import Value
from app.document.row_memo import RowMemo
from app.readiness.facts.tables import addresses, rows
from app.readiness.model import Found, Target
from app.readiness.registry import Rule, Text


class TextRules:
    """Runs text rules and keeps what they found at every value and row that is still the same object."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._values: dict[tuple[str, str], tuple[Value, tuple[Found, ...]]] = {}
        self._rows: dict[tuple[str, str], RowMemo[tuple[Found, ...]]] = {}

    def run(self, rule: Rule, values: Mapping[str, Value]) -> Iterator[tuple[str, tuple[Found, ...]]]:
        """By question id, what `rule` finds in its answer; the same tuple while the answer is the same."""
        for question_id, value in values.items():
            key = (rule.code, question_id)
            known = self._values.get(key)
            if known is None or known[0] is not value:
                known = (value, tuple(self._look(rule, question_id, value)))
                self._values[key] = known
            if known[1]:
                yield question_id, known[1]

    def _look(self, rule: Rule, question_id: str, value: Value) -> Iterator[Found]:
        question = self._bank.questions[question_id]
        if question.has_rows and isinstance(value, tuple):
            yield from self._look_at_rows(rule, question_id, question, value)
            return
        for thing, text in _texts_of(question, value):
            yield from self._at(rule, question_id, question, thing, text)

    def _look_at_rows(
        self, rule: Rule, question_id: str, question: Question, value: Value
    ) -> Iterator[Found]:
        key = (rule.code, question_id)
        if key not in self._rows:
            self._rows[key] = RowMemo(partial(self._in_row, rule, question_id, question))
        found_in = self._rows[key].at(rows(value))
        for position, found in enumerate(found_in):
            if found:
                address = addresses(self._bank, question_id, value)[position]
                yield from (replace(f, target=replace(f.target, row=address)) for f in found)

    def _in_row(self, rule: Rule, question_id: str, question: Question, row: Value) -> tuple[Found, ...]:
        assert isinstance(row, Mapping)
        return tuple(
            found
            for column in question.columns
            for text in _strings(row.get(column.id))
            for found in self._at(rule, question_id, question, column, text)
        )

    def _at(
        self, rule: Rule, question_id: str, question: Question, thing: Question | Column | Slot, text: str
    ) -> Iterator[Found]:
        column = "" if thing is question else thing.id
        for found in rule.function(Text(question_id, question, thing, text), self._bank):
            yield replace(
                found, target=Target(question_id, "", column, found.target.line, found.target.offset)
            )


def _texts_of(question: Question, value: Value) -> Iterator[tuple[Question | Slot, str]]:
    if isinstance(value, Mapping):
        slots = {slot.id: slot for slot in question.slots}
        for name, inner in value.items():
            if name in slots and isinstance(inner, str):
                yield slots[name], inner
    elif question.options is None or question.kind == "code":
        for text in _strings(value):
            yield question, text


def _strings(value: Value | None) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        yield from (item for item in value if isinstance(item, str))
