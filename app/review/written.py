"""What a reviewer wrote that is no answer: kept as changes, each of which can be suggested as one thing."""

from __future__ import annotations

from typing import TypeAlias

from app.document.operations import AddRow, Operation, RemoveRow, Set, SetCell, SetSlot
from app.review.row_suggestions import RowChange, SetCells

Change: TypeAlias = Set | SetSlot | SetCell | RowChange
"""What can be suggested: one value, or one change of a row."""
_Key: TypeAlias = tuple[str, ...]


class Written:
    """Puts what is written after each other together: cells of one row, and what is typed into one cell."""

    def __init__(self) -> None:
        self._changes: dict[_Key, Change] = {}
        self._groups: dict[_Key, dict[str, str]] = {}
        self._count = 0

    def take(self, operation: Operation, group: str = "") -> bool:
        """Keep what an operation would do; returns whether it is the first about its value or row.

        `group` is the same for what is typed into one cell of a row that is not there yet. Operations
        that cannot be suggested are not kept.
        """
        match operation:
            case Set(question=question):
                return self._put((question,), operation)
            case SetSlot(question=question, slot=slot):
                return self._put((question, "slot", slot), operation)
            case SetCell(question=question, row=row, column=column, value=value):
                key = (question, "row", row)
                before = self._changes.get(key)
                cells = dict(before.cells) if isinstance(before, SetCells) else {}
                return self._put(key, SetCells(question=question, row=row, cells={**cells, column: value}))
            case RemoveRow(question=question, row=row):
                return self._put((question, "without", row), operation)
            case AddRow():
                return self._add(operation, group)
        return True

    def _put(self, key: _Key, change: Change) -> bool:
        is_first = self._changes.pop(key, None) is None
        self._changes[key] = change
        return is_first

    def _add(self, operation: AddRow, group: str) -> bool:
        """A cell more of the row that was begun last, or another row where that cell was written already."""
        key = next((k for k in reversed(self._changes) if k[:2] == (operation.question, "more")), None)
        begun = self._changes.get(key) if key is not None else None
        if key is None or not isinstance(begun, AddRow) or self._clash(key, begun, operation, group):
            self._count += 1
            key, begun = (operation.question, "more", str(self._count)), None
        cells = dict(begun.row) if begun is not None else {}
        groups = self._groups.setdefault(key, {})
        groups.update({name: group for name in operation.row if operation.row[name] != cells.get(name)})
        before = begun.before if begun is not None else operation.before
        return self._put(
            key, AddRow(question=operation.question, row={**cells, **operation.row}, before=before)
        )

    def _clash(self, key: _Key, begun: AddRow, operation: AddRow, group: str) -> bool:
        groups = self._groups[key]
        return any(
            name in begun.row and begun.row[name] != cell and groups.get(name) != group
            for name, cell in operation.row.items()
        )

    def at(self, question: str = "") -> tuple[Change, ...]:
        """What was written at one question or at all, the last one last."""
        return tuple(_plain(c) for c in self._changes.values() if question in ("", c.question))

    def let_go(self, change: Change) -> None:
        """Forget a change of `at`."""
        for key in [key for key, known in self._changes.items() if _plain(known) == change]:
            del self._changes[key]
            self._groups.pop(key, None)


def _plain(change: Change) -> Change:
    """One cell that gets a value is the same as the operation that sets it."""
    if isinstance(change, SetCells) and len(change.cells) == 1:
        ((column, value),) = change.cells.items()
        if value is not None:
            return SetCell(question=change.question, row=change.row, column=column, value=value)
    return change
