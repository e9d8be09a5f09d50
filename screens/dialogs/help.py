"""F1: what can be done here, with which keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from app.session import Session
from screens.actions import ACTIONS, Action, scopes_of
from screens.keys import key_file
from screens.leaving import Dialog
from screens.plain import plain
from screens.states import (
    DEFERRED,
    DONE,
    DUE,
    LATER,
    NOT_APPLICABLE,
    NOT_REQUIRED,
    OPTIONAL,
    PARKED,
    PARTLY,
    Mark,
)

HEADINGS: Mapping[str, str] = {
    "grid": "In the table",
    "list": "In the list",
    "field": "In an answer",
    "said": "What was said here",
    "document": "In the document",
    "everywhere": "Everywhere",
}


class HelpDialog(Dialog[None]):
    """The actions of what has the focus, of the screen, and of the whole application."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,f1,q,enter", "dismiss_none", "Close")]
    DEFAULT_CSS = "HelpDialog .dialog { height: 90%; } HelpDialog Static { height: auto; margin: 0 0 1 0; }"

    def __init__(
        self,
        screen: Screen[Any],
        focused: Widget | None,
        session: Session | None,
        keys: Mapping[str, str],
        *,
        reviewing: bool = False,
    ) -> None:
        super().__init__()
        self._scopes = scopes_of(screen, focused)
        self._session = session
        self._keys = keys
        self._reviewing = reviewing

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog") as box:
            box.border_title = "Help · escape closes"
            for part in self.parts():
                yield Static(part)

    def parts(self) -> Iterator[RenderableType]:
        """All that F1 says: headings, and tables of keys and signs."""
        works = [a for a in ACTIONS if a.works(self._session, reviewing=self._reviewing)]
        for scope in self._scopes:
            actions = [action for action in works if action.scope == scope]
            if actions:
                yield Text(HEADINGS.get(scope, "Here"), style="bold underline")
                yield _table((self._key(action), _about(action)) for action in actions)
        yield Text("What the signs mean", style="bold underline")
        marks: tuple[Mark, ...] = (
            DONE,
            PARTLY,
            DUE,
            LATER,
            OPTIONAL,
            NOT_APPLICABLE,
            DEFERRED,
            PARKED,
            NOT_REQUIRED,
        )
        if {"review", "inbox"} & set(self._scopes):
            marks = self._review_marks()
        yield _table((Text(mark.glyph), Text(mark.word)) for mark in marks)
        yield Text("Keys of your own", style="bold underline")
        yield plain(f'{key_file()}\none line each, with the name in brackets: next_due = "f12"')

    def _review_marks(self) -> tuple[Mark, ...]:
        from screens.review.marks import CHANGES, FATES, NO_ROLE, OPEN, RESOLVED, SAYS, WAITS

        return (WAITS, *SAYS.values(), CHANGES, NO_ROLE, OPEN, RESOLVED, *FATES.values())

    def _key(self, action: Action) -> Text:
        keys = self._keys.get(action.id, action.keys)
        return Text(keys.replace(",", " or ") or "in ctrl+p", style="bold")

    def action_dismiss_none(self) -> None:
        self.dismiss(None)


def _about(action: Action) -> Text:
    text = Text(action.title, style="bold").append(f" [{action.id}]", style="dim not bold")
    return text.append(f"\n{action.help}", style="not bold")


def _table(rows: Iterable[tuple[Text, Text]]) -> Table:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(width=14)
    table.add_column(ratio=1)
    for left, right in rows:
        table.add_row(left, right)
    return table
