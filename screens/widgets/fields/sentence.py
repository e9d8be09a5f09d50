"""A sentence with gaps, each gap filled where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from app.document.operations import Operation, SetSlot
from app.session import Session
from screens.plain import plain
from screens.tabbing import TAB_KEYS
from screens.widgets.fields.base import Field
from screens.widgets.inputs import LineInput

_GAP = re.compile(r"\{(\w+)\}")


class SentenceField(Field):
    """The sentence, with an input in place of each slot; Enter goes to the next one."""

    DEFAULT_CSS = """
    SentenceField Static { color: $text-muted; padding: 0 1; height: auto; }
    SentenceField LineInput { margin: 0 0 0 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = TAB_KEYS

    def __init__(self, session: Session, question_id: str) -> None:
        super().__init__(session, question_id)
        self._touched = ""

    def compose(self) -> ComposeResult:
        titles = {slot.id: slot.title for slot in self.question.slots}
        for number, part in enumerate(_GAP.split(self.question.sentence)):
            if number % 2 and part in titles:
                yield LineInput(
                    self._said(part),
                    placeholder=titles[part],
                    disabled=self.read_only,
                    holds=True,
                    id=f"slot-{part}",
                )
            elif part.strip():
                yield Static(plain(part.strip()))

    def _said(self, slot: str) -> str:
        said = self.value.get(slot) if isinstance(self.value, Mapping) else None
        return said if isinstance(said, str) else ""

    def _input(self, slot: str) -> LineInput:
        return self.query_one(f"#slot-{slot}", LineInput)

    def load(self) -> None:
        for found in self.query(LineInput):
            said = self._said(_slot_of(found))
            if found.value.strip() != said:
                with self.prevent(Input.Changed):
                    found.value = said

    def focus_row(self, row: str = "", column: str = "") -> None:
        wanted = column or next((s.id for s in self.question.slots if not self._said(s.id)), "")
        if wanted in [slot.id for slot in self.question.slots]:
            self._input(wanted).focus()
        else:
            super().focus_row(row)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        slot = _slot_of(event.input)
        if slot != self._touched:
            self.new_step()
            self._touched = slot
        self.typed()

    def said(self) -> object:
        return {_slot_of(found): found.value for found in self.query(LineInput)}

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.flush()
        inputs = list(self.query(LineInput))
        at = inputs.index(self._input(_slot_of(event.input)))
        if at + 1 < len(inputs):
            inputs[at + 1].focus()
            inputs[at].release()
        else:
            self.post_message(self.Finished())

    def operation(self) -> Operation | None:
        """One slot at a time; what else was typed is posted before it."""
        changed = [
            SetSlot(question=self.question_id, slot=_slot_of(found), value=found.value)
            for found in self.query(LineInput)
            if found.value.strip() != self._said(_slot_of(found))
        ]
        for operation in changed[:-1]:
            self.post(operation)
        return changed[-1] if changed else None


def _slot_of(widget: Input) -> str:
    return (widget.id or "").removeprefix("slot-")
