"""The part of a grid that shows: rows, lines that may become rows, and what is to be said about a cell."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import DataTable

from app.bank.model import Column
from app.document.operations import AddRow, Operation, RemoveRow
from app.document.values import Misfit
from app.readiness.model import Evaluation
from app.session import Session
from screens.found import how_to_waive
from screens.widgets.cell_editor import CellEditor
from screens.widgets.fields.base import Field
from screens.widgets.grid_model import GridModel, Line
from screens.widgets.grid_place import Place
from screens.widgets.grid_table import GridTable
from screens.widgets.grid_texts import about_cell, about_no_rows
from screens.widgets.quiet import QuietText


class GridBase(Field):
    """Shows the rows of a question with a cursor, and applies operations so that only they are repainted."""

    DEFAULT_CSS = """
    GridBase { layers: base over; height: auto; }
    GridBase #about-cell { height: auto; min-height: 2; width: 1fr; }
    """
    explains = True

    def __init__(self, session: Session, question_id: str) -> None:
        super().__init__(session, question_id)
        self.model = GridModel(session.bank, question_id)
        self._place: Place | None = None
        self._draft: int | None = None
        self._evaluation: Evaluation | None = None

    def compose(self) -> ComposeResult:
        yield GridTable(self.model, self)
        yield CellEditor(self)
        yield QuietText(id="about-cell")

    def on_mount(self) -> None:
        self.table.begin()

    @property
    def table(self) -> GridTable:
        return self.query_one(GridTable)

    @property
    def editor(self) -> CellEditor:
        return self.query_one(CellEditor)

    @property
    def editing(self) -> bool:
        """Whether the input lies over a cell."""
        return self._place is not None

    @property
    def column(self) -> Column:
        """The column that the cursor is in."""
        return self.model.columns[self.table.cursor_column]

    @property
    def writable(self) -> bool:
        """Whether rows can be changed; not when the file holds something else than rows."""
        whole = self.value is None or (
            isinstance(self.value, tuple) and len(self.value) == len(self.model.rows(self.session.answers))
        )
        return whole and not self.read_only

    @property
    def current_row(self) -> str:
        return self.model.address_at(self.session.answers, self.here()[1]) or ""

    @property
    def current_column(self) -> str:
        return self.column.id

    @property
    def explanation(self) -> Widget:
        return self.query_one("#about-cell")

    @property
    def current_words(self) -> tuple[str, ...]:
        line, position = self.here()
        if line is None or position is None:
            return ()
        return (line.cells[self.table.cursor_column], *line.cells)

    # showing

    def load(self) -> None:
        """Show the present rows; the cursor stays with its row."""
        row, column = self.table.cursor_coordinate
        line = self.table.lines[row] if row < len(self.table.lines) else None
        self._draft = self._draft if self.editing else None
        self.refresh_lines()
        if line is not None and line in self.table.lines:
            self.table.go(self.table.lines.index(line), column)
        self.table.fit()

    def refresh_lines(self) -> None:
        """Show the rows as they are; only what is different is touched."""
        lines = self.model.lines(self.session.answers, self._misfits(), self._draft)
        if self.writable:
            lines += self.model.proposals(self.session.answers)
        self.table.show(lines)
        self.explain()

    def evaluated(self, evaluation: Evaluation) -> None:
        """Show the findings of the cell with the cursor."""
        self._evaluation = evaluation
        if self.is_mounted:
            self.explain()

    def _misfits(self) -> tuple[Misfit, ...]:
        return self.session.survey().questions[self.question_id].misfits

    def explain(self) -> None:
        """Say below the table what is to be said about the cell with the cursor."""
        line, position = self.here()
        about = self.query_one("#about-cell", QuietText)
        if line is None:
            about.show_text(about_no_rows(self._misfits(), self.app.theme_variables))
            return
        found = self._evaluation.findings_at(self.question_id) if self._evaluation is not None else ()
        row, column = self.table.cursor_coordinate
        about.show_text(
            about_cell(
                self.session,
                self.model,
                line,
                position,
                column,
                cut=self.table.is_cut(row, column),
                colours=self.app.theme_variables,
                misfits=self._misfits(),
                findings=[f for f in found if not f.waived and not f.gap],
                hint=how_to_waive(self),
            )
        )

    def here(self) -> tuple[Line | None, int | None]:
        """The line under the cursor, and the position of its row if it is one."""
        if not self.query(GridTable):  # not composed yet
            return None, None
        at = self.table.cursor_row
        if not 0 <= at < len(self.table.lines):
            return None, None
        line = self.table.lines[at]
        behind = self._draft is not None and at > self._draft
        return line, None if line.row is None else at - behind

    def on_data_table_cell_highlighted(self, event: DataTable.CellHighlighted) -> None:
        event.stop()
        row, column = self.table.cursor_coordinate
        if self._draft is not None and not self.editing and row != self._draft:
            row -= row > self._draft
            self._draft = None
            self.refresh_lines()
            self.table.go(row, column)
        self.explain()
        self.have_in_sight()

    def have_in_sight(self) -> None:
        """Scroll the form so that the cell under the cursor is in sight."""
        if self.has_focus_within:
            cell = self.table.cell_region(*self.table.cursor_coordinate)
            self.scroll_form(max(cell.y, 0), cell.height + 2)

    # what a subclass does

    def take(self, event: events.Key, *, at_input: bool) -> bool:
        raise NotImplementedError

    def paste_into_cell(self, text: str) -> bool:
        raise NotImplementedError

    # changing

    def post(self, operation: Operation, group: str = "") -> None:
        self.apply(operation, group, self._place)

    def apply(self, operation: Operation, group: str, place: Place | None = None) -> bool:
        """Apply an operation, which may be about the row of `place`, and show the result."""
        if not self.writable or not self.dbcharter.apply(operation, group, self):
            return False
        if place is not None and not isinstance(operation, RemoveRow):
            place.was_put(self.session.answers)
            if place.proposed and isinstance(operation, AddRow):
                self._draft = None
        if self.is_attached and self.is_mounted:  # a row form may outlive the grid below it
            self.refresh_lines()
        return True
