"""Overview: every section and question on one page, a line each; typing filters, Enter goes there."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Click, Resize
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from app.session import Session
from screens.actions import bindings
from screens.looking import LookingScreen
from screens.messages import GoTo
from screens.overview.lines import Line, Overview, filter_line, overview, painted
from screens.widgets.inputs import LineInput
from screens.widgets.key_line import KeyLine
from screens.widgets.option_lines import OptionLines
from screens.widgets.status_line import StatusLine

FILTER_NAMES = ("asked", "due", "unanswered", "deferred", "parked", "new", "findings", "all")
"""The filters in the order of their key."""


class FilterInput(LineInput):
    """Where the filter is typed; the keys that move go to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("down", "screen.move(1)", "Down"),
        ("up", "screen.move(-1)", "Up"),
        ("pagedown", "screen.page(1)", "Page down"),
        ("pageup", "screen.page(-1)", "Page up"),
    ]


class OverviewScreen(LookingScreen):
    """The whole document to look over; the cursor begins at the question that is being asked."""

    scope = "overview"
    BINDINGS: ClassVar[list[BindingType]] = bindings("overview")
    CSS_PATH = "overview.tcss"
    AUTO_FOCUS = "FilterInput"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.chosen = FILTER_NAMES[0]
        self.lines: list[Line] = []
        self._overview: Overview | None = None

    def compose(self) -> ComposeResult:
        yield StatusLine(self.session)
        yield FilterInput(placeholder="words to filter by: a title, a state, an answer; enter goes there")
        yield Static(id="filters", markup=False)
        yield OptionLines(id="lines", markup=False)
        yield KeyLine()

    def begin(self) -> None:
        self.query_one("#lines", OptionList).can_focus = False
        self._point_at(self.asked)

    def on_resize(self, event: Resize) -> None:
        del event
        self._show()

    def look(self) -> None:
        evaluation = self.session.evaluate(self.dbcharter.today())
        self._overview = overview(self.session, evaluation)
        self._show()

    def _show(self) -> None:
        """List what the filter keeps, the cursor on the question where it was."""
        if self._overview is None or not self.size.width:
            return
        options, colours = self.query_one("#lines", OptionList), self.app.theme_variables
        at = self._here
        self.lines = self._overview.shown(self.chosen, self.query_one(FilterInput).value)
        width = max(self.size.width - 4, 20)
        words = max((len(line.mark.word) for line in self.lines if line.question), default=0)
        nothing = [Option(Text("Nothing here."), disabled=True)]
        rows = [Option(painted(line, width, words, colours)) for line in self.lines]
        options.set_options(rows or nothing)
        self._point_at(at)
        self.query_one("#filters", Static).update(
            filter_line(self._overview, self.chosen, self._filters_shown(self._overview), colours)
        )

    def _filters_shown(self, found: Overview) -> list[str]:
        """All filters; on a narrow screen only those that keep something."""
        narrow = self.size.width < 80
        return [name for name in FILTER_NAMES if found.filters[name] or name == self.chosen or not narrow]

    @property
    def _here(self) -> str:
        at = self.query_one("#lines", OptionList).highlighted
        return self.lines[at].question if at is not None and at < len(self.lines) else ""

    def _point_at(self, question: str) -> None:
        """Put the cursor on a question, or on the first one that is listed."""
        places = {line.question: at for at, line in reversed(list(enumerate(self.lines))) if line.question}
        first = min(places.values(), default=None)
        self.query_one("#lines", OptionList).highlighted = places.get(question, first)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        at = self.query_one("#lines", OptionList).highlighted
        if at is not None and at < len(self.lines):
            self._go(self.lines[at])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._go(self.lines[event.option_index])

    def _go(self, line: Line) -> None:
        """Open a question; of a section the first that is due, else its first."""
        question = line.question
        if not question:
            views = list(self.session.survey().of(self.session.bank.questions_in(line.section.id)))
            question = next((view.id for view in views if view.due and view.open), views[0].id)
        self.post_message(GoTo(question))

    async def action_move(self, by: int) -> None:
        await self.query_one("#lines").run_action("cursor_down" if by > 0 else "cursor_up")

    async def action_page(self, by: int) -> None:
        await self.query_one("#lines").run_action("page_down" if by > 0 else "page_up")

    def action_filter(self) -> None:
        self._turn_filter(1)

    def action_filter_back(self) -> None:
        self._turn_filter(-1)

    def _turn_filter(self, by: int) -> None:
        at = FILTER_NAMES.index(self.chosen)
        self.chosen = FILTER_NAMES[(at + by) % len(FILTER_NAMES)]
        self._show()

    def on_click(self, event: Click) -> None:
        """A click on a filter chooses it."""
        if event.widget is None or event.widget.id != "filters" or self._overview is None:
            return
        end = 1
        for name in self._filters_shown(self._overview):
            end += len(filter_line(self._overview, "", [name], {}).plain)
            if event.x < end:
                self.chosen = name
                self._show()
                return

    async def action_back(self) -> None:
        """Forget the words that were typed, or else back."""
        box = self.query_one(FilterInput)
        if box.value:
            box.value = ""
        else:
            await super().action_back()
