"""One table of the DDL and the tables around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from screens.leaving import Dialog
from screens.plain import plain, plain_line


class NeighboursDialog(Dialog[None]):
    """Shows the lines of `app.schema.neighbourhood`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,enter,ctrl+b", "close", "Close"),
    ]
    DEFAULT_CSS = """
    NeighboursDialog .dialog { width: 100; }
    NeighboursDialog Static { height: auto; width: 1fr; }
    """

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__()
        self.lines = tuple(lines)

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog") as box:
            box.border_title = plain_line(self.lines[0], 60)
            box.border_subtitle = "escape closes"
            yield Static(plain("\n".join(self.lines[1:]).strip("\n")), id="neighbours", markup=False)

    def action_close(self) -> None:
        self.dismiss(None)
