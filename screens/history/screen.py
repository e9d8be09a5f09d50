"""History: who changed what and when; Enter goes back to there."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.events import Resize
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from app.document.text import plural
from app.problems import DbcharterError
from app.session import Session
from screens.actions import bindings
from screens.history.steps import Row, details, row_line, rows
from screens.looking import LookingScreen
from screens.messages import GoTo
from screens.widgets.key_line import KeyLine
from screens.widgets.option_lines import OptionLines
from screens.widgets.status_line import StatusLine


class HistoryScreen(LookingScreen):
    """The steps, newest first, and what the one under the cursor changed."""

    scope = "history"
    BINDINGS: ClassVar[list[BindingType]] = bindings("history")
    CSS_PATH = "history.tcss"
    AUTO_FOCUS = "#steps"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.rows: list[Row] = []

    def compose(self) -> ComposeResult:
        yield StatusLine(self.session)
        yield Static(
            " Enter goes back to how it was right after a step; nothing is lost by that.",
            id="lead",
            markup=False,
        )
        with Container(id="both"):
            yield OptionLines(id="steps", markup=False)
            with VerticalScroll(id="change"):
                yield Static(id="details", markup=False)
        yield KeyLine()

    def on_resize(self, event: Resize) -> None:
        del event
        self.look()

    def look(self) -> None:
        options = self.query_one("#steps", OptionList)
        at = options.highlighted
        self.rows = rows(self.session)
        width = max((options.size.width or self.size.width) - 3, 30)
        lines = (row_line(self.session, row, width, self.app.theme_variables) for row in self.rows)
        options.set_options(map(Option, lines))
        options.highlighted = None if not self.rows else min(at or 0, len(self.rows) - 1)
        if not self.rows:
            self.query_one("#details", Static).update("Nothing has been changed yet.")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index < len(self.rows):
            row = self.rows[event.option_index]
            text = details(self.session.bank, row, self.app.theme_variables)
            self.query_one("#details", Static).update(text)
            self.query_one("#change").scroll_home(animate=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._turn_to(self.rows[event.option_index])

    def _turn_to(self, row: Row) -> None:
        """Undo or redo until what is said is what was said right after these steps."""
        if row.turns is None:
            self.dbcharter.tell(
                "Other things were said after this was undone; it can be read here, not gone back to",
                "warning",
            )
            return
        if not row.turns:
            self.dbcharter.tell("This is how it is now", seconds=3)
            return
        which: Literal["undo", "redo"] = "undo" if row.turns < 0 else "redo"
        done, wanted = 0, abs(row.turns)
        try:
            done = len(self.dbcharter.turn(which, wanted))
            if done < wanted:
                self.dbcharter.turn(which)
        except DbcharterError as error:
            self.dbcharter.tell(str(error), "warning")
        if done:
            self.query_one("#steps", OptionList).highlighted = 0
            word = "taken back" if row.turns < 0 else "done again"
            self.dbcharter.tell(f"{plural(done, 'step')} {word}", seconds=3)

    def action_go_to_changed(self) -> None:
        """Open the question that the step under the cursor changed."""
        at = self.query_one("#steps", OptionList).highlighted
        question = self.rows[at].question if at is not None else ""
        if question in self.session.bank.questions:
            self.post_message(GoTo(question))
        else:
            self.dbcharter.tell("This step is not about one question", seconds=3)
