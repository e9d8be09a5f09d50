"""One-line answers: text, number, date."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from app.document.answers import Value
from app.document.operations import Operation
from screens.widgets.fields.base import Field
from screens.widgets.inputs import LineInput


class LineField(Field):
    """A line of text; Enter goes on to the next question."""

    placeholder = ""

    def compose(self) -> ComposeResult:
        yield LineInput(self.shown(), placeholder=self.placeholder, disabled=self.read_only, holds=True)

    @property
    def input(self) -> LineInput:
        return self.query_one(LineInput)

    def shown(self) -> str:
        """The present answer on one line."""
        return line_of(self.value)

    def said(self) -> object:
        return self.input.value

    def load(self) -> None:
        if self.parsed(self.input.value) != self.value:
            with self.prevent(Input.Changed):
                self.input.value = self.shown()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.typed()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.flush()
        self.post_message(self.Finished())

    def operation(self) -> Operation | None:
        text = self.input.value
        return self.set_or_clear(self.parsed(text) if text.strip() else None)


class NumberField(LineField):
    """A number; what is not one is kept and explained."""

    placeholder = "a number"


class DateField(LineField):
    """A date as 2026-03-31; the arrows move it by a day, `today` is understood."""

    placeholder = "YYYY-MM-DD, or today; ↑ ↓ move it by a day"

    def parsed(self, text: str) -> Value:
        if text.strip().casefold() == "today":
            return date.today()
        return super().parsed(text)

    def on_key(self, event: events.Key) -> None:
        days = {"up": 1, "down": -1}.get(event.key)
        if days is None or self.read_only:
            return
        said = self.parsed(self.input.value) if self.input.value.strip() else date.today() - timedelta(days)
        if isinstance(said, date):
            event.stop()
            event.prevent_default()
            with suppress(OverflowError):  # it stays at the first and the last day there is
                said += timedelta(days)
            self.input.value = said.isoformat()
            self.input.cursor_position = len(self.input.value)


def line_of(value: Value | None) -> str:
    """A value on one line, also one that does not fit: as a person would write it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(line_of, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {line_of(inner)}" for name, inner in value.items())
    return str(value)
