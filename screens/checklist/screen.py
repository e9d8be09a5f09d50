"""The final review on one page; Enter goes to where something is missing or was found."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from app.session import Session
from screens.actions import bindings
from screens.checklist.lines import Fall, Line, review_lines
from screens.looking import LookingScreen
from screens.messages import GoTo
from screens.widgets.key_line import KeyLine
from screens.widgets.option_lines import OptionLines
from screens.widgets.status_line import StatusLine


class ChecklistScreen(LookingScreen):
    """Every item of the final review with its state, evidence and what stands in its way."""

    scope = "checklist"
    BINDINGS: ClassVar[list[BindingType]] = bindings("checklist")
    AUTO_FOCUS = "#review"
    DEFAULT_CSS = """
    ChecklistScreen #review {
        height: 1fr; max-height: 100%; border: none; padding: 0 1; background: $background;
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.lines: list[Line] = []

    def compose(self) -> ComposeResult:
        yield StatusLine(self.session)
        yield OptionLines(id="review", markup=False)
        yield KeyLine()

    def look(self) -> None:
        evaluation = self.session.evaluate(self.dbcharter.today())
        options = self.query_one("#review", OptionList)
        at = options.highlighted
        colours = self.app.theme_variables
        self.lines = list(review_lines(self.session.bank, evaluation, self._fall, colours))
        options.set_options(Option(line.text, disabled=not line.text.plain) for line in self.lines)
        options.highlighted = at

    @property
    def _fall(self) -> Fall | None:
        """The fall of the readiness that the interview below tells of."""
        panes = (getattr(screen, "pane", None) for screen in self.app.screen_stack)
        return next((pane.fall for pane in panes if pane is not None), None)

    def action_next_open(self) -> None:
        """Put the cursor on the next item that is not met."""
        options = self.query_one("#review", OptionList)
        here = -1 if options.highlighted is None else options.highlighted
        waiting = [at for at, line in enumerate(self.lines) if line.is_open]
        options.highlighted = next((at for at in waiting if at > here), next(iter(waiting), here))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        target = self.lines[event.option_index].target
        if target is not None:
            self.post_message(GoTo.to_finding(target))
