"""Answers out of a list: choice, choices, flag."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from app.document.answers import Value
from app.document.operations import Operation
from app.interview.applicability import offered_options
from app.session import Session
from screens.plain import plain
from screens.tabbing import TAB_KEYS
from screens.widgets.fields.base import Field
from screens.widgets.fields.line import line_of
from screens.widgets.inputs import LineInput
from screens.widgets.picks import Pick, Picks


class OptionsField(Field):
    """One or several options; an open list also takes the author's own words."""

    DEFAULT_CSS = """
    OptionsField #about { color: $text-muted; height: auto; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = TAB_KEYS
    several = False

    def __init__(self, session: Session, question_id: str) -> None:
        super().__init__(session, question_id)
        self.offered = self.offer()
        self.known = [pick.value for pick in self.offered]

    def offer(self) -> list[Pick]:
        """The options that make sense for this change."""
        if self.options is None:
            return []
        offered = offered_options(self.session.bank, self.options.id, self.session.answers)
        return [Pick(option.id, option.title, option.help) for option in offered]

    @property
    def open_list(self) -> bool:
        return self.options is None or self.options.open

    def chosen(self) -> list[Value]:
        """What is chosen at present, in the order said."""
        if self.value is None:
            return []
        return list(self.value) if isinstance(self.value, tuple) else [self.value]

    def _picks(self) -> list[Pick]:
        """What is offered, and what was said beyond it where that cannot stand in the author's own words."""
        strange = [] if self.open_list else [v for v in self.chosen() if v not in self.known]
        return self.offered + [
            Pick(value, f"{line_of(value)}  (not one of the options)") for value in strange
        ]

    def compose(self) -> ComposeResult:
        yield Picks(self._picks(), self.chosen(), several=self.several, disabled=self.read_only)
        yield Static(id="about", markup=False)
        if self.open_list:
            hint = "or in your own words" + ("; several with commas" if self.several else "")
            yield LineInput(self._own(), placeholder=hint, disabled=self.read_only, holds=True)

    def _own(self) -> str:
        return ", ".join(line_of(value) for value in self.chosen() if value not in self.known)

    def said(self) -> object:
        return self.query_one(LineInput).value if self.open_list else None

    def load(self) -> None:
        self.query_one(Picks).show(self.chosen(), self._picks())
        if self.open_list:
            own = self.query_one(LineInput)
            if own.value.strip() != self._own():
                with self.prevent(Input.Changed):
                    own.value = self._own()

    @on(Picks.Looked)
    def _explain(self, event: Picks.Looked) -> None:
        event.stop()
        about = self.query_one("#about", Static)
        about.display = bool(event.pick.help)
        about.update(plain(event.pick.help))

    @on(Picks.Changed)
    def _picked(self, event: Picks.Changed) -> None:
        event.stop()
        if event.again:
            self.post_message(self.Finished())
            return
        self.flush()
        operation = self.set_or_clear(tuple(event.chosen) if self.several else event.chosen[0])
        if operation is not None:
            if self.open_list and not self.several:
                with self.prevent(Input.Changed):
                    self.query_one(LineInput).value = ""
                self.posted()
            self.post(operation)

    @on(Input.Changed)
    def _own_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.typed()

    @on(Input.Submitted)
    def _own_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.flush()
        self.post_message(self.Finished())

    def operation(self) -> Operation | None:
        if not self.open_list:
            return None
        text = self.query_one(LineInput).value.strip()
        said = self.parsed(text) if text else None
        kept = [value for value in self.chosen() if value in self.known]
        if self.several:
            more = said if isinstance(said, tuple) else () if said is None else (said,)
            said = tuple(dict.fromkeys([*kept, *more]))
        elif said is None and kept:
            return None
        self.query_one(Picks).show(
            list(said) if isinstance(said, tuple) else [said] if said is not None else []
        )
        return self.set_or_clear(said)


class ChoiceField(OptionsField):
    """One option."""


class ChoicesField(OptionsField):
    """Several options."""

    several = True


class FlagField(OptionsField):
    """Yes or no."""

    open_list = False

    def offer(self) -> list[Pick]:
        return [Pick(True, "Yes"), Pick(False, "No")]
