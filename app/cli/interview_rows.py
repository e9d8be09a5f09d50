"""The plain interview about tables and records: rows one after the other, their cells one by one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial

from app.bank.model import Column, Option
from app.cli.dialogue import HINTS, Cleared, Dialogue, Place
from app.cli.output import say, wrap
from app.cli.words import Back, Skip, walk
from app.document.answers import Row, Value
from app.document.operations import AddRow, Clear, Operation, RemoveRow, SetCell, apply
from app.document.row_changes import row_position
from app.document.values import column_values, row_addresses
from app.interview.applicability import QuestionView, offered_options
from app.problems import OperationError

COMMANDS = ("change", "remove")
"""First words at the prompt for a new row that are no cell; with a backslash before it, one is."""


class Rows:
    """Asks for the rows of one question. A row is in the document from its first cell on."""

    def __init__(self, dialogue: Dialogue, view: QuestionView) -> None:
        self.dialogue = dialogue
        self.session = dialogue.session
        self.view = view
        self.question = view.question
        self.address = ""
        self._group = ""  # what is said about one row is undone as one

    def ask(self) -> None:
        """Ask for rows until the author goes on. Raises a move."""
        for address, row in zip(self._addresses(), self._rows(), strict=True):
            say(f"  [{address}] " + " | ".join(_cell(row.get(c.id)) for c in self.question.columns))
        self._ask_starters()
        say("  Type the first cell of a new row, 'change ROW', 'remove ROW', or Enter to go on.")
        first = self.question.columns[0]
        self.dialogue.offer(first)
        while True:
            try:
                text = self._line(f"{first.title} of a new row", first)
            except Cleared:
                continue
            if not text.strip():
                return
            command, _, name = text.strip().partition(" ")
            if command in COMMANDS and name:
                self._command(command, name.strip())
            else:
                plain = text.strip()[1:] if command[1:] in COMMANDS and command[0] == "\\" else text
                self._begin(first, plain, self.question.columns)

    def _line(self, label: str, column: Column) -> str:
        """The first cell of a row; to the words this prompt is about all rows."""
        value = self.session.answers.values.get(self.view.id)
        everything = Place(self.view, self.question, label, value, self._remove_all)
        completions = [option.title for option in self.dialogue.offered(column)]
        completions = completions or self.dialogue.references(column)
        return self.dialogue.line(self.view, label, completions, place=everything)

    def _remove_all(self, _value: Value | None) -> None:
        self.dialogue.apply(Clear(question=self.view.id))

    def _ask_starters(self) -> None:
        """Propose a row for each option of the starter column that no row has yet."""
        column = self.question.column_by_id.get(self.question.starters or "")
        if column is None or not column.options:
            return
        others = [c for c in self.question.columns if c is not column]

        def missing(option: Option) -> bool:
            return option.id not in column_values(self.session.answers, self.view.id, column.id)

        def ask(option: Option) -> None:
            say(f"  {option.title}?")
            first = others[0]
            self.dialogue.offer(first)
            label = f"  {first.title}{HINTS.get(first.kind, '')} (Enter for no such row)"
            while text := self._line(label, first).strip():
                if self._begin(first, text, others, {column.id: option.id}):
                    return

        walk(offered_options(self.dialogue.bank, column.options, self.session.answers), ask, missing)

    def _command(self, command: str, name: str) -> None:
        try:
            position = row_position(self.question, self.view.id, self._rows(), name)
        except OperationError as error:
            say(f"  {error}")
            say(f"  For a cell that begins with this word: \\{command} {name}")
            return
        self.address = self._addresses()[position]
        if command == "remove":
            if self.dialogue.apply(RemoveRow(question=self.view.id, row=self.address)):
                say(f"  [{self.address}] is removed.")
        else:
            self._ask_cells(self.question.columns, 0)

    def _begin(
        self, column: Column, text: str, columns: Sequence[Column], known: dict[str, str] | None = None
    ) -> bool:
        """Add a row of which `column` says `text`, and ask for its other `columns`; whether `text` fits."""
        try:
            cells = {**(known or {}), column.id: self.dialogue.value(column, text)}
        except ValueError as error:
            say(f"  {error}")
            return False
        self._group = secrets.token_hex(6)
        if self._apply(AddRow(question=self.view.id, row=cells), len(self._rows())):
            self._ask_cells(columns, columns.index(column) + 1)
        return True

    def _ask_cells(self, columns: Sequence[Column], start: int) -> None:
        """Ask for the cells of the row at `self.address`; back from the first one leaves the row as it is."""

        def ask(column: Column) -> None:
            if column.help:
                say(wrap(column.help, "    "))
            row = self._rows()[self._position()]
            label = f"  {column.title}" + ("" if column.required else " (optional)")
            keep = partial(self._keep, column.id)
            self.dialogue.answer(Place(self.view, column, label, row.get(column.id), keep))

        try:
            walk(columns, ask, start=start)
        except (Back, Skip):
            say(f"  [{self.address}] is kept as it is.")
        except OperationError as error:  # somebody else removed the row meanwhile
            say(f"  {error}")
            return
        finally:
            self._remove_empty()

    def _keep(self, column: str, value: Value | None) -> None:
        change = SetCell(question=self.view.id, row=self.address, column=column, value=value)
        self._apply(change, self._position())

    def _remove_empty(self) -> None:
        """Remove the row when `clear` has left nothing in it."""
        rows = dict(zip(self._addresses(), self._rows(), strict=True))
        if self.address in rows and not rows[self.address]:
            self.dialogue.apply(RemoveRow(question=self.view.id, row=self.address), self._group)

    def _position(self) -> int:
        """Where the row at `self.address` is. Raises OperationError when it is gone."""
        return row_position(self.question, self.view.id, self._rows(), self.address)

    def _apply(self, operation: Operation, position: int) -> bool:
        """Apply a change of the row at `position`, and know by which address the row goes behind it."""
        try:
            after = apply(self.dialogue.bank, self.session.answers, operation)
        except OperationError as error:
            say(f"  {error}")
            return False
        address = row_addresses(self.question, after.rows(self.view.id))[position]
        done = self.dialogue.apply(operation, self._group)
        self.address = address if done else self.address
        return done

    def _rows(self) -> tuple[Row, ...]:
        return self.session.answers.rows(self.view.id)

    def _addresses(self) -> list[str]:
        return row_addresses(self.question, self._rows())


def _cell(value: Value | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())
