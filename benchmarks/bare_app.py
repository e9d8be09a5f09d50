"""The least that Textual can show: a header, an input and a footer. To compare with."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, Input


class BareApp(App[None]):
    """Begins with its cursor in the input."""

    def compose(self) -> ComposeResult:
        yield Header()
        yield Input(placeholder="nothing typed")
        yield Footer()


if __name__ == "__main__":
    BareApp().run()
