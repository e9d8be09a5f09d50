"""The pane beside the question: checklist and findings, or the preview, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from app.readiness.model import Evaluation, Finding, ItemState, Target
from app.session import Session
from screens.found import style_of
from screens.messages import GoTo
from screens.plain import plain, plain_line
from screens.states import Mark, colour_of, mark_of
from screens.widgets.option_lines import OptionLines
from screens.widgets.quiet import QuietLine

if TYPE_CHECKING:
    from screens.widgets.preview_pane import PreviewPane

MODES = ("checklist", "preview", "none")

ITEM_MARKS: Mapping[ItemState, Mark] = {
    ItemState.MET: Mark("✓", "met", "success"),
    ItemState.PARTLY: Mark("◐", "partly", "warning"),
    ItemState.UNMET: Mark("✗", "unmet", "error"),
    ItemState.NOT_APPLICABLE: Mark("–", "not applicable", "muted"),
    ItemState.NOT_CHECKED: Mark("?", "not checked", "muted"),
}


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
        self._targets: list[Target | None] = []
        self._findings: dict[int, Finding] = {}

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
        """Show what belongs to this question."""
        self.question_id = question_id
        if self._preview is not None:
            self._preview.follow(question_id)
        self.paint()

    def document_changed(self) -> None:
        if self._preview is not None:
            self._preview.document_changed()

    def evaluated(self, evaluation: Evaluation | None) -> None:
        self.evaluation = evaluation
        if self._preview is not None:
            self._preview.evaluated(evaluation)
        self.paint()

    @property
    def chosen_finding(self) -> Finding | None:
        """The finding under the cursor, while the cursor is in the list of findings."""
        options = self.query_one("#pane-list", OptionList)
        if self.mode != "checklist" or options.highlighted is None or self.screen.focused is not options:
            return None
        return self._findings.get(options.highlighted)

    def paint(self) -> None:
        title = {"checklist": "Checklist and findings", "preview": "Preview"}.get(self.mode, "")
        self.query_one("#pane-title", QuietLine).show_text(Text(f"{title}   F4"))
        if self.mode == "checklist":
            self._paint_list()

    def _paint_list(self) -> None:
        self._findings.clear()
        rows = list(self._rows())
        self._targets = [target for target, _ in rows]
        options = self.query_one("#pane-list", OptionList)
        at = options.highlighted
        options.set_options(Option(text, disabled=target is None) for target, text in rows)
        if at is not None and at < len(rows) and options.has_focus:
            options.highlighted = at

    def _rows(self) -> list[tuple[Target | None, Text]]:
        return self._due() if self.evaluation is None else self._checklist(self.evaluation)

    def _due(self) -> list[tuple[Target | None, Text]]:
        views = [view for view in self.session.survey().questions.values() if view.due and view.open]
        rows: list[tuple[Target | None, Text]] = [(None, Text(f"Due now: {len(views)}", style="bold"))]
        for view in views:
            mark = mark_of(view)
            rows.append(
                (
                    Target(view.id),
                    plain_line(f"{mark.glyph} {view.question.number} {view.question.title}", 60),
                )
            )
        return rows

    def _checklist(self, evaluation: Evaluation) -> list[tuple[Target | None, Text]]:
        rows: list[tuple[Target | None, Text]] = []
        here = evaluation.findings_at(self.question_id)
        if here:
            rows.append((None, Text("At this question", style="bold")))
            for finding in here:
                self._findings[len(rows)] = finding
                rows.append((finding.target, self._finding(finding)))
            rows.append((None, Text("")))
        for item in evaluation.checklist:
            mark = ITEM_MARKS[item.state]
            text = Text(f"{mark.glyph} ", style=self._style(mark)).append(item.title)
            text.append(f"  {mark.word}", style=self._style(mark))
            where = item.missing or item.rests_on
            questions = self.session.bank.questions_in(where[0]) if where else ()
            rows.append((Target(questions[0]) if questions else None, text))
            for finding in item.findings[:3]:
                self._findings[len(rows)] = finding
                rows.append((finding.target, self._finding(finding, "  ")))
            if item.reason:
                rows.append((None, plain(f"    {item.reason}", "dim")))
        return rows

    def _finding(self, finding: Finding, indent: str = "") -> Text:
        if finding.waived:
            return Text(f"{indent}– waived {finding.code} ", style="dim").append_text(
                plain(finding.message, "dim")
            )
        style = self.app.theme_variables.get(style_of(finding.severity), "")
        line = Text(f"{indent}⚠ {finding.code} {finding.severity} ", style=style)
        return line.append_text(plain(finding.message))

    def _style(self, mark: Mark) -> str:
        return colour_of(mark, self.app.theme_variables)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        target = self._targets[event.option_index]
        if target is not None:
            self.post_message(GoTo(target.question, target.row, target.column))
