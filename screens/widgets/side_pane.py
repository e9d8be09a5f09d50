"""The pane beside the question: checklist and findings, or the preview, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from app.readiness.model import Evaluation, Finding, Target
from app.readiness.reports.model import percent
from app.session import Session
from screens.checklist.lines import Fall, Line, fall_of, pane_lines
from screens.messages import GoTo
from screens.plain import plain_line
from screens.states import mark_of
from screens.widgets.option_lines import OptionLines
from screens.widgets.quiet import QuietLine

if TYPE_CHECKING:
    from screens.application import DbcharterApp
    from screens.widgets.preview_pane import PreviewPane

MODES = ("checklist", "preview", "none")


class SidePane(Container):
    """Switches between its modes; what it shows follows the answers."""

    DEFAULT_CSS = """
    SidePane { layout: vertical; }
    SidePane #pane-title { height: 1; padding: 0 1; color: $primary; text-style: bold; }
    SidePane #pane-list { height: 1fr; max-height: 100%; border: none; padding: 0; background: $background; }
    SidePane #pane-preview { height: 1fr; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.mode = "none"
        self.question_id = ""
        self.evaluation: Evaluation | None = None
        self.fall: Fall | None = None
        self._before: Evaluation | None = None
        self._lines: list[Line] = []

    def compose(self) -> ComposeResult:
        yield QuietLine(id="pane-title")
        yield OptionLines(id="pane-list", markup=False)

    def turn(self) -> None:
        """Show the next mode."""
        self.turn_to(MODES[(MODES.index(self.mode) + 1) % len(MODES)])

    def turn_to(self, mode: str) -> None:
        """Show the mode called `mode`; an unknown name is the first one."""
        self.mode = mode if mode in MODES else MODES[0]
        self.display = self.mode != "none"
        self.query_one("#pane-list").display = self.mode == "checklist"
        if self.mode == "preview" and self._preview is None:
            self._begin_preview()
        if self._preview is not None:
            self._preview.display = self.mode == "preview"
        self.paint()

    @property
    def _preview(self) -> PreviewPane | None:
        """The preview, from when it was first asked for until the widgets are taken away."""
        found = self.query("#pane-preview")
        return cast("PreviewPane", found.first()) if found else None

    def _begin_preview(self) -> None:
        from screens.widgets.preview_pane import PreviewPane

        preview = PreviewPane(self.session)
        preview.id = "pane-preview"
        self.mount(preview)
        if self.question_id:
            self.call_after_refresh(preview.follow, self.question_id)

    def follow(self, question_id: str) -> None:
        """Show what belongs to this question; a fall of the readiness is told as long as one stays there."""
        if question_id != self.question_id:
            self._before, self.fall = self.evaluation, None
        self.question_id = question_id
        if self._preview is not None:
            self._preview.follow(question_id)
        self.paint()

    def document_changed(self) -> None:
        if self._preview is not None:
            self._preview.document_changed()

    def evaluated(self, evaluation: Evaluation | None) -> None:
        self.evaluation = evaluation
        self._before = self._before or evaluation
        told, self.fall = self.fall, fall_of(self._before, evaluation)
        if self.fall is not None and self.mode != "checklist":
            self._tell_of(self.fall, told)
        if self._preview is not None:
            self._preview.evaluated(evaluation)
        self.paint()

    def _tell_of(self, fall: Fall, told: Fall | None) -> None:
        """Say in the corner, where no list does, that the readiness fell by a percent that is shown."""
        lowest = fall.before if told is None else told.after
        if percent(fall.after) < percent(lowest):
            head, *reasons = fall.words(self.session.bank, 1)
            cast("DbcharterApp", self.app).tell("\n".join((f"{head}:", *reasons)), "warning")

    @property
    def chosen_finding(self) -> Finding | None:
        """The finding under the cursor, while the cursor is in the list of findings."""
        options = self.query_one("#pane-list", OptionList)
        if self.mode != "checklist" or options.highlighted is None or self.screen.focused is not options:
            return None
        return self._lines[options.highlighted].finding

    def paint(self) -> None:
        title = {"checklist": "Checklist and findings", "preview": "Preview"}.get(self.mode, "")
        self.query_one("#pane-title", QuietLine).show_text(Text(f"{title}   F4"))
        if self.mode == "checklist":
            self._paint_list()

    def _paint_list(self) -> None:
        self._lines = list(self._due() if self.evaluation is None else self._review(self.evaluation))
        options = self.query_one("#pane-list", OptionList)
        at = options.highlighted
        options.set_options(Option(line.text, disabled=not _leads(line)) for line in self._lines)
        if at is not None and at < len(self._lines) and options.has_focus:
            options.highlighted = at

    def _due(self) -> Iterator[Line]:
        views = [view for view in self.session.survey().questions.values() if view.due and view.open]
        yield Line(Text(f"Due now: {len(views)}", style="bold"))
        for view in views:
            text = f"{mark_of(view).glyph} {view.question.number} {view.question.title}"
            yield Line(plain_line(text, 60), Target(view.id))

    def _review(self, evaluation: Evaluation) -> Iterator[Line]:
        colours = self.app.theme_variables
        return pane_lines(self.session.bank, evaluation, self.question_id, self.fall, colours)

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        line = self._lines[event.option_index]
        if line.opens:
            await self.screen.run_action(f"open_place('{line.opens}')")
        elif line.target is not None:
            self.post_message(GoTo.to_finding(line.target))


def _leads(line: Line) -> bool:
    return line.target is not None or bool(line.opens)
