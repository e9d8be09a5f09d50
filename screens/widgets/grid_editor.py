"""Tables and records: a grid whose cells are edited in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from app.bank.model import Column
from app.document.answers import Value
from app.document.drafts import count_drafts, is_draft
from app.document.operations import Accept, AddRow, MoveRow, RemoveRow, Set
from app.document.text import plural
from screens.actions import bindings
from screens.paste_table import Pasted, read_table
from screens.widgets.grid_cells import BOX_KINDS
from screens.widgets.grid_editing import CellEditing
from screens.widgets.grid_place import Place


class GridField(CellEditing):
    """The rows of a table or records: what can be done with whole rows, and pasting."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("grid")
    scope = "grid"

    # rows

    def action_grid_add(self) -> None:
        """Begin a row below the one with the cursor."""
        self.commit()
        if not self.writable:
            return
        _, position = self.here()
        count = len(self.model.rows(self.session.answers))
        if position is None or position + 1 >= count:
            self.table.go(len(self.table.lines) - 1, 0)
        else:
            self._draft = position + 1
            self.refresh_lines()
            self.table.go(position + 1, 0)
        self.edit(None)

    def action_grid_copy(self) -> None:
        """Add a row like this one below it."""
        row, position = self._row_here()
        if row is not None and position is not None:
            before = self.model.address_at(self.session.answers, position + 1)
            self.apply(AddRow(question=self.question_id, row=dict(row), before=before), self.new_step())
            self.table.go(position + 1, 0)

    def action_grid_remove(self) -> None:
        _, position = self._row_here()
        name = self.model.address_at(self.session.answers, position)
        if name is not None and self.apply(RemoveRow(question=self.question_id, row=name), self.new_step()):
            self.dbcharter.tell("The row is removed; ctrl+z brings it back", seconds=3)

    def action_grid_up(self) -> None:
        self._move(-1)

    def action_grid_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        _, position = self._row_here()
        count = len(self.model.rows(self.session.answers))
        if position is None or not 0 <= position + by < count:
            return
        name = self.model.address_at(self.session.answers, position)
        before = self.model.address_at(self.session.answers, position - 1 if by < 0 else position + 2)
        assert name is not None
        if self.apply(MoveRow(question=self.question_id, row=name, before=before), self.new_step()):
            self.table.go(position + by, self.table.cursor_column)

    def action_accept(self) -> None:
        """Take the draft under the cursor for an answer."""
        row, position = self._row_here()
        name = self.model.address_at(self.session.answers, position)
        if row is None or name is None or not is_draft(row):
            self.dbcharter.tell("This row is no draft", seconds=3)
        else:
            self.apply(Accept(question=self.question_id, row=name), self.new_step())

    def action_accept_all(self) -> None:
        """Take all drafts of the question for answers, as one step."""
        self.commit()
        count = count_drafts(self.value)
        if not count:
            self.dbcharter.tell("There are no drafts here", seconds=3)
        elif self.apply(Accept(question=self.question_id), self.new_step()):
            what = plural(count, "draft")
            self.dbcharter.tell(f"{what} accepted; ctrl+z makes drafts of them again", seconds=3)

    def _row_here(self) -> tuple[Mapping[str, Value] | None, int | None]:
        """The row under the cursor and its position, when rows can be changed."""
        self.commit()
        line, position = self.here()
        return (line.row, position) if line is not None and self.writable else (None, None)

    def action_grid_form(self) -> None:
        from screens.dialogs.row_form import RowForm

        self.commit()
        line, position = self.here()
        if line is None:
            return
        place = Place(self.model, self.session.answers, line, position or 0)
        step = self.new_step()

        def put(column: str, text: str) -> None:
            value = self.value_of(self.question.column_by_id[column], text)
            operation = place.put(self.session.answers, column, value)
            if operation is not None:
                self.apply(operation, f"{step}:{column}", place)

        def closed(result: None) -> None:
            del result
            if self.is_attached and self.is_mounted:
                self.table.fit()

        form = RowForm(self.session, self.model, place, put, self.column.id, writable=self.writable)
        self.app.push_screen(form, closed)

    # pasting

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        text = event.text.strip("\r\n")
        if not self.writable or not text.strip():
            return
        pasted = self._pasted(text)
        if self._is_text(pasted):
            self.set_cell(self.value_of(self.column, text))
        elif pasted is None:
            self.edit(" ".join(text.split()))
        else:
            self._add_rows(pasted)

    def paste_into_cell(self, text: str) -> bool:
        """Take a paste while a cell is edited, when it is several cells; returns whether it was."""
        pasted = self._pasted(text)
        if pasted is None or all(len(row) == 1 for row in pasted.rows):
            return False
        self.cancel() if self.editor.input.value == self._initial else self.commit()
        self._add_rows(pasted)
        return True

    def _is_text(self, pasted: Pasted | None) -> bool:
        """Whether several lines were pasted into a cell that takes text of several lines."""
        lone = pasted is not None and not pasted.header and all(len(row) == 1 for row in pasted.rows)
        return lone and self.column.kind in BOX_KINDS and self.table.cursor_column > 0

    def _pasted(self, text: str) -> Pasted | None:
        def parse(column: Column, cell: str) -> Value | None:
            return self.value_of(column, cell)

        return read_table(text, self.model.columns, parse)

    def _add_rows(self, pasted: Pasted) -> None:
        rows = self.value if isinstance(self.value, tuple) else ()
        if not pasted.rows:
            self.dbcharter.tell("Only a header was pasted; no rows")
            return
        if self.apply(Set(question=self.question_id, value=(*rows, *pasted.rows)), self.new_step()):
            self.table.fit()
            self.table.go(len(rows), 0)
            said = f"{plural(len(pasted.rows), 'row')} pasted; ctrl+z takes them back"
            if pasted.uneven:
                said += f". {_uneven(pasted.uneven)} fewer or more cells than the others"
            self.dbcharter.tell(said, "warning" if pasted.uneven else "information")


def _uneven(numbers: Sequence[int]) -> str:
    """Which of the rows that were pasted, by their numbers, with a verb."""
    if len(numbers) == 1:
        return f"Row {numbers[0]} of them has"
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    return f"Rows {', '.join(map(str, numbers[:3]))}{more} of them have"
