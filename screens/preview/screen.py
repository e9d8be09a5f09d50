"""The rendered document, full screen, with search."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from screens.actions import bindings
from screens.looking import LookingScreen
from screens.plain import plain_line
from screens.widgets.inputs import LineInput
from screens.widgets.key_line import KeyLine
from screens.widgets.preview_pane import PreviewPane
from screens.widgets.status_line import StatusLine


class PreviewScreen(LookingScreen):
    """Opens at the question that is being asked."""

    scope = "preview"
    BINDINGS: ClassVar[list[BindingType]] = bindings("preview")
    CSS_PATH = "preview.tcss"
    AUTO_FOCUS = "PreviewPane"

    def compose(self) -> ComposeResult:
        yield StatusLine(self.session)
        yield Static(id="about", markup=False)
        yield PreviewPane(self.session)
        yield LineInput(placeholder="find words; enter goes on, escape closes", id="find")
        yield KeyLine()

    @property
    def pane(self) -> PreviewPane:
        return self.query_one(PreviewPane)

    def begin(self) -> None:
        self.query_one("#find").display = False
        self.pane.follow(self.asked)
        self.watch(self.pane, "scroll_y", self._show_about)

    def look(self) -> None:
        self.pane.document_changed()
        self.pane.evaluated(self.session.evaluate(self.dbcharter.today()))

    def on_preview_pane_changed(self, event: PreviewPane.Changed) -> None:
        event.stop()
        self._show_about()

    def _show_about(self) -> None:
        """Say which document this is, where in it, and how many places were found."""
        pane = self.pane
        last = min(round(pane.scroll_y) + pane.size.height, pane.pages.count)
        words = f"The {pane.template} document, line {last} of {pane.pages.count}"
        query = self.query_one("#find", LineInput).value
        if query.strip() and pane.found:
            words += f" · “{query}”: {pane.at + 1} of {len(pane.found)}"
        elif query.strip():
            words += f" · “{query}” is nowhere"
        self.query_one("#about", Static).update(plain_line(words, max(self.size.width - 2, 20)))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.pane.find(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_find_next()

    def action_find(self) -> None:
        box = self.query_one("#find", LineInput)
        if not box.display:
            self.pane.begin_search()
        box.display = True
        box.focus()

    def action_find_next(self) -> None:
        self._go(1)

    def action_find_previous(self) -> None:
        self._go(-1)

    def _go(self, by: int) -> None:
        if self.pane.found:
            self.pane.go_match(by)
        else:
            self.action_find()

    def action_heading_next(self) -> None:
        self.pane.go_heading(1)

    def action_heading_previous(self) -> None:
        self.pane.go_heading(-1)

    def action_template(self) -> None:
        """Read the other document."""
        self.pane.template = "compact" if self.pane.template == "full" else "full"

    async def action_back(self) -> None:
        """Close the search and forget its words, or else back."""
        box = self.query_one("#find", LineInput)
        if box.display:
            box.value = ""
            box.display = False
            self.pane.focus()
        else:
            await super().action_back()
