"""F3 in a grid: one row as a form, with room for long cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Literal, cast

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Label, Static, TextArea

from app.bank.model import Column
from app.document.answers import Value
from app.document.values import row_address
from app.problems import DbcharterError
from app.session import Session
from screens.actions import bindings_of
from screens.leaving import Dialog
from screens.messages import DocumentChanged
from screens.naming import named
from screens.plain import plain, plain_line
from screens.settling import settled
from screens.tabbing import TAB_KEYS
from screens.widgets.completing_input import CompletingInput
from screens.widgets.completions import Offer, offer_for, table_beside
from screens.widgets.grid_cells import has_box, text_to_edit
from screens.widgets.grid_model import GridModel
from screens.widgets.grid_place import Place
from screens.widgets.inputs import LineInput, TextBox

if TYPE_CHECKING:
    from screens.application import DbcharterApp

PUT_AFTER = 0.1
"""Seconds from the first key that is not kept yet until it is."""


class FormBox(TextBox):
    """Text of several lines in a form."""

    async def on_key(self, event: events.Key) -> None:
        in_order(self, event)


class FormLine(LineInput):
    """A line in a form."""

    async def on_key(self, event: events.Key) -> None:
        in_order(self, event)


def in_order(widget: Widget, event: events.Key) -> None:
    """Leave `widget` with Tab at once; keys that find it left already go where the cursor is."""
    focused = widget.screen.focused
    if focused is not None and focused is not widget:
        focused.post_message(events.Key(event.key, event.character))
    elif event.key == "tab":
        widget.screen.focus_next()
    elif event.key == "shift+tab":
        widget.screen.focus_previous()
    else:
        return
    event.stop()
    event.prevent_default()


class FormInput(CompletingInput):
    """A line in a form, with what may stand there."""

    def make_input(self, value: str) -> LineInput:
        return FormLine(value, holds=True)


class RowForm(Dialog[None]):
    """All cells of the row at `place`. `put` takes the text of a cell while it is written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,f3,ctrl+s", "close", "Close"),
        *TAB_KEYS,
        *bindings_of("undo", "redo"),
    ]
    DEFAULT_CSS = """
    RowForm .dialog { width: 92; }
    RowForm Label { margin: 1 0 0 0; width: 1fr; }
    RowForm .wrong { height: auto; }
    RowForm TextArea { height: auto; min-height: 3; max-height: 16; }
    """
    AUTO_FOCUS = ""

    def __init__(
        self,
        session: Session,
        model: GridModel,
        place: Place,
        put: Callable[[str, str], None],
        column: str = "",
        *,
        writable: bool = True,
    ) -> None:
        super().__init__()
        self.session = session
        self.model = model
        self.place = place
        self._put = put
        self._first = column
        self._writable = writable
        self._columns = {column.id: column for column in model.columns}
        self._shown: dict[str, str] = {}
        self._timer: Timer | None = None
        self._early: list[events.Key] = []

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_subtitle = "tab next · esc closes, all is kept"
            for column in self.model.columns:
                yield Label(self._heading(column))
                yield self._widget(column)
                yield Static(id=f"wrong-{column.id}", classes="wrong", markup=False)

    def _heading(self, column: Column) -> Text:
        text = plain_line(column.title, 60, "bold")
        if column.required or column.id in self.model.question.key_columns:
            text.append(" (required)", style="dim")
        if column.kind in ("list", "choices"):
            text.append(" one a line" if self._has_box(column) else " several with commas", style="dim")
        if column.help:
            text.append("  ").append_text(plain(" ".join(column.help.split()), "dim"))
        return text

    def _value(self, column: Column) -> Value | None:
        return self._cell(column.id)

    def _cell(self, column: str) -> Value | None:
        return self.place.value(self.session.answers, column)

    def _has_box(self, column: Column) -> bool:
        return has_box(column, self.session.bank.options_of(column), self._value(column))

    def _text(self, column: Column, boxed: bool) -> str:
        options = self.session.bank.options_of(column)
        return text_to_edit(column, options, self._value(column), boxed=boxed)

    def _widget(self, column: Column) -> CompletingInput | TextBox:
        boxed = self._has_box(column)
        text = self._text(column, boxed)
        self._shown[column.id] = text
        name, off = f"cell-{column.id}", not self._writable
        if boxed:
            return FormBox(text, id=name, read_only=off, soft_wrap=column.kind != "code")
        table = table_beside(self.session.bank, self.model.columns, self._cell)
        offer = offer_for(self.session, column, table) if self._writable else Offer()
        return FormInput(text, offer, id=name, disabled=off)

    def on_mount(self) -> None:
        for box in self.query(FormBox):
            box.cursor_location = box.document.end
        self._paint()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Put the cursor into the first cell, which was not there before, and send it what was typed."""
        column = self._first if self._first in self._columns else self.model.columns[0].id
        found = self.query_one(f"#cell-{column}")
        widget = found.input if isinstance(found, CompletingInput) else found
        self.set_focus(widget)
        widget.scroll_visible(animate=False)
        early, self._early = self._early, []
        for event in early:
            self.app.post_message(events.Key(event.key, event.character))

    # keeping

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._soon()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._soon()

    def _soon(self) -> None:
        if self._timer is None:
            self._timer = self.set_timer(PUT_AFTER, self.keep)

    def _said(self, column: str) -> str:
        found = self.query_one(f"#cell-{column}")
        if isinstance(found, CompletingInput):
            return found.input.value
        assert isinstance(found, TextBox)
        return found.text

    def keep(self) -> None:
        """Have everything that is different now put into the row."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        for name in self._columns:
            text = self._said(name)
            if self._writable and text != self._shown[name]:
                self._shown[name] = text
                self._put(name, text)
        self._paint()

    def keep_words(self) -> None:
        self.keep()

    def on_document_changed(self, event: DocumentChanged) -> None:
        """Show what somebody else said, in cells that are not being written."""
        if event.operation is not None:
            return
        for name, column in self._columns.items():
            found = self.query_one(f"#cell-{name}")
            text = self._text(column, isinstance(found, TextBox))
            if self._said(name) == self._shown[name] != text:
                self._shown[name] = text
                if isinstance(found, TextBox):
                    found.put(text)
                elif isinstance(found, CompletingInput):
                    found.input.value = text
        self._paint()

    def _paint(self) -> None:
        """The title, and what is wrong below each cell."""
        answers, question = self.session.answers, self.model.question
        at = self.place.find(answers)
        row = self.model.rows(answers)[at] if at is not None else None
        name = row_address(question, row) if row is not None else "a new row"
        box = self.query_one(".dialog")
        box.border_title = plain_line(f"{question.number} {question.title}: {name}", 70)
        misfits = self.session.survey().questions[self.model.question_id].misfits if at is not None else ()
        for column in self._columns:
            found = [] if at is None else self.model.misfits_at(misfits, at, column)
            text = Text("\n").join(
                plain(f"{'◐' if misfit.missing else '⚠'} {misfit.message}", "dim" if misfit.missing else "")
                for misfit in found
            )
            wrong = self.query_one(f"#wrong-{column}", Static)
            wrong.display = bool(text)
            wrong.update(text)

    # taking back

    async def action_undo(self) -> None:
        """Take back the last change of the document, as everywhere; here that is mostly one of a cell."""
        await self._turn("undo")

    async def action_redo(self) -> None:
        await self._turn("redo")

    async def _turn(self, which: Literal["undo", "redo"]) -> None:
        if not self._writable:
            return
        await settled(self.focused)
        self.keep()
        app = cast("DbcharterApp", self.app)
        try:
            (what,) = app.turn(which)
        except DbcharterError as error:
            app.tell(str(error), "warning")
        else:
            app.tell(f"{which}: {named(self.session.bank, what)}", seconds=3)

    # moving

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next cell."""
        event.stop()
        for box in self.query(CompletingInput):
            if box.input is event.input:
                box.take_chosen()
        self.focus_next()
        for line in self.query(FormLine):
            line.release()

    def on_key(self, event: events.Key) -> None:
        """The arrows choose among what is offered; keys that come too early wait."""
        if self.focused is None and event.key != "escape":
            event.stop()
            self._early.append(event)
            return
        box = next((found for found in self.query(CompletingInput) if found.has_focus_within), None)
        if box is not None and event.key in ("up", "down"):
            box.move(1 if event.key == "down" else -1)

    def action_close(self) -> None:
        for box in self.query(CompletingInput):
            box.hide()
        self.keep()
        self.dismiss(None)
