"""The part of a grid that edits: keys, and the input that lies over a cell."""

from __future__ import annotations

from textual import events
from textual.widgets import DataTable, Input

from app.bank.model import Column
from app.document.answers import Value
from app.document.operations import Operation
from app.session import Session
from screens.widgets.completing_input import CompletingInput
from screens.widgets.completions import Offer, offer_for, table_beside
from screens.widgets.grid_base import GridBase
from screens.widgets.grid_cells import cell_value, line_text
from screens.widgets.grid_place import Place
from screens.widgets.grid_table import MOVES


class CellEditing(GridBase):
    """Enter or typing edits the cell under the cursor, Esc takes that back, Enter and Tab go on.

    What is typed is posted like that of any field, so it is never only in the input.
    """

    def __init__(self, session: Session, question_id: str) -> None:
        super().__init__(session, question_id)
        self._original: Value | None = None
        self._initial = ""

    def load(self) -> None:
        """Show the present rows; an edit goes on as long as its row is there."""
        super().load()
        if self._place is not None:
            self._load_cell(self._place)

    def _load_cell(self, place: Place) -> None:
        at = place.find(self.session.answers)
        if at is None and place.position is not None:
            self._end()
            return
        value = place.value(self.session.answers, self.column.id)
        if value != self._cell_value(self.editor.input.value):
            text = line_text(self.column, self.model.options[self.table.cursor_column], value)
            if text is None:
                self._end()
            else:
                self.editor.begin(text, self._offer(place), typed=False)

    def _offer(self, place: Place) -> Offer:
        """What may stand in the present cell of a row."""
        answers = self.session.answers
        table = table_beside(self.session.bank, self.model.columns, lambda name: place.value(answers, name))
        return offer_for(self.session, self.column, table)

    def focus_row(self, row: str = "", column: str = "") -> None:
        """Put the cursor into a row, by its address, and a column; otherwise leave it where it is."""
        addresses = self.model.addresses(self.session.answers)
        line, at = self.table.cursor_coordinate
        ids = [shown.id for shown in self.model.columns]
        if row in addresses:
            self.commit()
            line = addresses.index(row)
        if column in ids:
            at = ids.index(column)
        self.screen.set_focus(self.editor.input if self.editing else self.table)
        self.table.go(line, at)

    # keys

    def take(self, event: events.Key, *, at_input: bool) -> bool:
        """Keys are done one after the other, wherever the focus was when they came."""
        if self.editing:
            return self._take_editing(event) or (not at_input and self.editor.cell_input.late_key(event))
        return self._take_moving(event)

    def _take_editing(self, event: events.Key) -> bool:
        match event.key:
            case "enter" | "tab" | "shift+tab":
                self.commit()
                self._step(-1 if event.key == "shift+tab" else 1)
            case "escape":
                self.cancel()
            case "up" | "down":
                if not self.editor.move(-1 if event.key == "up" else 1):
                    self.commit()
                    self.table.navigate(event.key)
            case "pageup" | "pagedown":
                self.commit()
                self.table.navigate(event.key)
            case _:
                return False
        return True

    def _take_moving(self, event: events.Key) -> bool:
        if event.key in MOVES:
            self.table.navigate(event.key)
        elif event.key == "tab":
            return self._step(1)
        elif event.key == "shift+tab":
            return self._step(-1)
        elif event.key == "enter":
            self.enter()
        elif event.key in ("delete", "backspace"):
            self.set_cell(None)
        elif event.key == "space":
            self._turn_flag_or_edit()
        elif event.is_printable and event.character is not None:
            self.edit(event.character)
        else:
            return False
        return True

    def _step(self, by: int) -> bool:
        """Go to the next cell or the one before, over the ends of lines; False at either end of all."""
        width = len(self.model.columns)
        row, column = self.table.cursor_coordinate
        at = row * width + column + by
        if not 0 <= at < len(self.table.lines) * width:
            return False
        self.table.go(*divmod(at, width))
        return True

    def on_data_table_cell_selected(self, event: DataTable.CellSelected) -> None:
        """A click into the cell that has the cursor."""
        event.stop()
        if not self.editing:
            self.enter()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """A click elsewhere keeps what was typed and ends the edit."""
        if event.widget is self.editor.input and self.editing and self.app.screen is self.screen:
            self.flush()
            self._end(focus=False)

    # editing a cell

    def enter(self) -> None:
        """Edit the cell, or make a proposed row a real one."""
        line, _ = self.here()
        if line is not None and line.starter and self.writable:
            place = Place(self.model, self.session.answers, line, 0)
            self.apply(place.come(self.session.answers), self.new_step(), place)
            cells = self.table.lines[place.position or 0].row or {}
            empty = (n for n, column in enumerate(self.model.columns) if column.id not in cells)
            self.table.go(place.position or 0, next(empty, 0))
        else:
            self.edit(None)

    def edit(self, text: str | None) -> None:
        """Lay the input over the cell, with `text` in place of what it holds, or with that."""
        line, position = self.here()
        if line is None:
            return
        row, at = self.table.cursor_coordinate
        place = Place(self.model, self.session.answers, line, position or 0)
        value = place.value(self.session.answers, self.column.id)
        initial = line_text(self.column, self.model.options[at], value)
        if not self.writable or initial is None:
            self.action_grid_form()
            return
        self._place, self._original, self._initial = place, value, initial
        self.new_step()
        self.table.go(row, at)
        self.editor.begin(initial if text is None else text, self._offer(place), typed=text is not None)
        self.editor.lie_over(self.table.cell_region(row, at), self.table.scrollable_content_region.width)
        self._posted = initial
        self.screen.set_focus(self.editor.input)
        if text is not None:
            self.typed()

    def said(self) -> object:
        return self.editor.input.value if self.editing else None

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.editing:
            self.typed()

    def on_completing_input_taken(self, event: CompletingInput.Taken) -> None:
        event.stop()
        if self.editing:
            self.commit()

    def _cell_value(self, text: str) -> Value | None:
        if text == self._initial:
            return self._original
        return self.value_of(self.column, text)

    def value_of(self, column: Column, text: str) -> Value | None:
        """What a text means in a column."""
        return cell_value(column, self.session.bank.options_of(column), text, today=self.dbcharter.today())

    def operation(self) -> Operation | None:
        if self._place is None:
            return None
        value = self._cell_value(self.editor.input.value)
        return self._place.put(self.session.answers, self.column.id, value)

    def commit(self) -> None:
        """Keep what the input says and put it away."""
        if self.editing:
            self.editor.take_chosen()
            self.flush()
            self._end()

    def cancel(self) -> None:
        """Put the input away and have the cell as it was before."""
        place = self._place
        if place is None:
            return
        answers = self.session.answers
        if place.proposed:
            operation = place.remove(answers)
        else:
            operation = place.put(answers, self.column.id, self._original)
        self.posted()
        if operation is not None:
            self.apply(operation, self._group, place)
        self._end()

    def _end(self, *, focus: bool = True) -> None:
        self._place = None
        self.posted()
        self.editor.hide()
        self.editor.display = False
        if focus and self.editor.has_focus_within:
            self.screen.set_focus(self.table)
        self.table.fit()
        self.explain()

    def set_cell(self, value: Value | None) -> None:
        """Give the cell with the cursor a value, as one step."""
        line, position = self.here()
        if line is not None and self.writable:
            place = Place(self.model, self.session.answers, line, position or 0)
            operation = place.put(self.session.answers, self.column.id, value)
            if operation is not None:
                self.apply(operation, self.new_step(), place)

    def _turn_flag_or_edit(self) -> None:
        line, _ = self.here()
        if self.column.kind == "flag" and line is not None and line.row is not None:
            self.set_cell(line.row.get(self.column.id) is not True)
        else:
            self.edit(None)

    # what a subclass does

    def action_grid_form(self) -> None:
        """Edit the row where there is more room than in a line."""
        raise NotImplementedError
