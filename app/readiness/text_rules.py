"""Rules that see one text at a time: run once per value and, in tables, once per row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import compress
from typing import TypeAlias

from msgspec.structs import replace

from app.bank.model import Bank, Column, Question, Slot
from app.document.answers import Value
from app.document.row_memo import RowMemo
from app.readiness.facts.tables import addresses, numbered, rows
from app.readiness.facts.texts import texts_in
from app.readiness.model import Found, Target
from app.readiness.registry import Rule, Text

FoundInTexts: TypeAlias = "Mapping[str, Sequence[tuple[str, tuple[Found, ...]]]]"
"""By code of a text rule: question ids, and what the rule found in their answers."""


class TextRules:
    """Runs text rules and keeps what they found at every value and row that is still the same object.

    All rules look at a row together, so that an edit costs one pass over the rows of its table.
    """

    def __init__(self, bank: Bank, rules: Sequence[Rule], *, strict: bool = False) -> None:
        self._bank = bank
        self._rules = rules
        self._strict = strict
        self._values: dict[str, tuple[Value, dict[str, tuple[Found, ...]]]] = {}
        self._rows: dict[str, RowMemo[tuple[tuple[str, Found], ...]]] = {}
        self.failed: dict[str, Exception] = {}
        """By code, the error of a rule that could not look at some text."""

    def run(self, values: Mapping[str, Value]) -> dict[str, list[tuple[str, tuple[Found, ...]]]]:
        """By code and question id, what is found; the same tuple while the answer is the same."""
        result: dict[str, list[tuple[str, tuple[Found, ...]]]] = {rule.code: [] for rule in self._rules}
        for question_id, value in values.items():
            known = self._values.get(question_id)
            if known is None or known[0] is not value:
                known = self._values[question_id] = (value, self._look(question_id, value))
            for code, found in known[1].items():
                result[code].append((question_id, found))
        return result

    def _look(self, question_id: str, value: Value) -> dict[str, tuple[Found, ...]]:
        question = self._bank.questions[question_id]
        if question.has_rows and isinstance(value, tuple):
            pairs = list(self._at_rows(question_id, question, value))
        else:
            pairs = [
                pair
                for line, thing, text in _texts_of(question, value)
                for pair in self._at(question_id, question, thing, text, line)
            ]
        by_code: dict[str, list[Found]] = {}
        for code, found in pairs:
            by_code.setdefault(code, []).append(found)
        return {code: tuple(found) for code, found in by_code.items()}

    def _at_rows(self, question_id: str, question: Question, value: Value) -> Iterator[tuple[str, Found]]:
        if question_id not in self._rows:
            self._rows[question_id] = RowMemo(partial(self._in_row, question_id, question))
        found = self._rows[question_id].at(rows(value))
        for position, pairs in compress(enumerate(found), found):
            address = addresses(self._bank, question_id, value)[position]
            yield from ((code, replace(f, target=replace(f.target, row=address))) for code, f in pairs)

    def _in_row(self, question_id: str, question: Question, row: Value) -> tuple[tuple[str, Found], ...]:
        assert isinstance(row, Mapping)
        return tuple(
            pair
            for column in question.columns
            for text in texts_in(row.get(column.id))
            for pair in self._at(question_id, question, column, text)
        )

    def _at(
        self, question_id: str, question: Question, thing: Question | Column | Slot, text: str, line: int = 0
    ) -> Iterator[tuple[str, Found]]:
        column = "" if thing is question else thing.id
        seen = Text(question_id, question, thing, text)
        for rule in self._rules:
            try:
                found = tuple(rule.function(seen, self._bank))
            except Exception as error:
                if self._strict:
                    raise
                self.failed[rule.code] = error
                continue
            for one in found:
                target = Target(question_id, "", column, line or one.target.line, one.target.offset)
                yield rule.code, replace(one, target=target)


def _texts_of(question: Question, value: Value) -> Iterator[tuple[int, Question | Slot, str]]:
    """The texts of an answer, with the numbers of the lines of a list, 0 elsewhere."""
    if isinstance(value, Mapping):
        slots = {slot.id: slot for slot in question.slots}
        for name, inner in value.items():
            if name in slots and isinstance(inner, str):
                yield 0, slots[name], inner
    elif question.options is None or question.kind == "code":
        for line, item in [(0, value)] if isinstance(value, str) else numbered(value):
            yield line, question, item
