"""A row while it is being edited, and the operations that change it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from app.document.answers import Answers, Value, same
from app.document.operations import AddRow, Operation, RemoveRow, SetCell
from app.document.values import is_empty
from screens.widgets.grid_model import GridModel, Line


class Place:
    """A row that is being edited: it stays found when rows move, and comes to be when it is first told.

    `position` is where the row is, or None as long as it is only proposed; then `before` is where it
    would be inserted and `starter` what it begins with.
    """

    def __init__(self, model: GridModel, answers: Answers, line: Line, position: int) -> None:
        self._model = model
        self.proposed = line.row is None
        self.starter = dict(line.starter)
        self.before = line.position
        self.position: int | None = None
        self._row = line.row
        self._answers = answers
        if line.row is not None:
            self._stay(answers, position)

    def find(self, answers: Answers) -> int | None:
        """Where the row is in `answers`; None when it is not, or not yet."""
        if self.position is None:
            return None
        rows = self._model.rows(answers)
        if self.position < len(rows) and rows[self.position] is self._row:
            return self.position
        at = next((n for n, row in enumerate(rows) if row is self._row), None)
        if at is None:
            before = self._model.address_at(self._answers, self.position)
            at = next((n for n, name in enumerate(self._model.addresses(answers)) if name == before), None)
        if at is None and self._alone_changed(answers):
            at = self.position
        if at is not None:
            self._stay(answers, at)
        return at

    def _alone_changed(self, answers: Answers) -> bool:
        """Whether all other rows are the same, so that this one is where it was, under another name."""
        before, now = self._answers.rows(self._model.question_id), self._model.rows(answers)
        others = (a is b for n, (a, b) in enumerate(zip(before, now, strict=False)) if n != self.position)
        return len(before) == len(now) and all(others)

    def _stay(self, answers: Answers, position: int) -> None:
        self.position, self._row = position, self._model.rows(answers)[position]
        self._answers = answers

    def value(self, answers: Answers, column: str) -> Value | None:
        """What the cell holds, or would begin with."""
        at = self.find(answers)
        return self.starter.get(column) if at is None else self._model.rows(answers)[at].get(column)

    def put(self, answers: Answers, column: str, value: Value | None) -> Operation | None:
        """The operation that gives a cell a value; None when it has it.

        When the row has been removed meanwhile, a new one takes what is said, so that it is not lost.
        """
        at = self.find(answers)
        if at is not None:
            if same(self._model.rows(answers)[at].get(column), value):
                return None
            row = self._model.addresses(answers)[at]
            return SetCell(question=self._model.question_id, row=row, column=column, value=value)
        if is_empty(value) or value == self.starter.get(column):
            return None
        return self._add(answers, {**self.starter, column: value})

    def come(self, answers: Answers) -> Operation:
        """The operation that makes a proposed row a real one as it is."""
        return self._add(answers, self.starter)

    def _add(self, answers: Answers, cells: Mapping[str, Value | None]) -> Operation:
        if self.position is not None:
            self.position = self.before = None
        before = self._model.address_at(answers, self.before)
        return AddRow(question=self._model.question_id, row=dict(cells), before=before)

    def was_put(self, answers: Answers) -> None:
        """Look where the row is after an operation of `put` or `come` was applied."""
        last = len(self._model.rows(answers)) - 1
        at = self.before if self.position is None else self.position
        self._stay(answers, last if at is None else min(at, last))

    def remove(self, answers: Answers) -> Operation | None:
        """The operation that takes the row away; None when it is not there."""
        name = self._model.address_at(answers, self.find(answers))
        return None if name is None else RemoveRow(question=self._model.question_id, row=name)
