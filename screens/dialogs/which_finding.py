"""Which of several findings at a question is meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from app.readiness.model import Finding
from app.session import Session
from screens.found import head_of
from screens.leaving import Dialog
from screens.plain import plain_line
from screens.states import colour_of
from screens.widgets.option_lines import OptionLines

LONGEST = 300
"""Columns of the terminal that a finding takes at most, over several lines."""


class WhichFindingDialog(Dialog[Finding | None]):
    """Returns one of the findings, None for none of them. The cursor begins at the first."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "cancel", "Leave all as it was")]
    DEFAULT_CSS = """
    WhichFindingDialog OptionLines, WhichFindingDialog OptionLines:focus {
        height: auto; max-height: 16; border: none; padding: 0; background: $surface;
    }
    """
    AUTO_FOCUS = "#which"

    def __init__(self, session: Session, findings: Sequence[Finding]) -> None:
        super().__init__()
        self.session = session
        self.findings = tuple(findings)

    def compose(self) -> ComposeResult:
        question = self.session.bank.questions[self.findings[0].target.question]
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = plain_line(f"Findings at {question.number} {question.title}", 60)
            box.border_subtitle = "enter waives one or takes that back · escape leaves"
            yield OptionLines(*map(self._option, self.findings), id="which", markup=False)

    def on_mount(self) -> None:
        self.query_one("#which", OptionList).highlighted = 0

    def _option(self, finding: Finding) -> Option:
        target = finding.target
        line = f"line {target.line}" if target.line else ""
        where = "".join(f", {part}" for part in (target.row, line) if part)
        head = head_of(finding)
        said = f"{head.glyph} {head.word}{where}: {finding.message}"
        text = plain_line(said, LONGEST, colour_of(head, self.app.theme_variables))
        text.no_wrap = False
        return Option(text)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self.findings[event.option_index])
