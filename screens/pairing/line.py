"""The line below the status line while several people work on one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.events import Click, Resize

from screens.pairing.words import company_text
from screens.widgets.quiet import QuietLine

if TYPE_CHECKING:
    from screens.pairing.paired import PairedApp


class CompanyLine(QuietLine):
    """Who is here, who waits, and what a guest may do; a click opens the dialog."""

    DEFAULT_CSS = "CompanyLine { height: 1; width: 1fr; background: $surface; color: $foreground; }"

    def on_mount(self) -> None:
        self.show()

    def on_resize(self, event: Resize) -> None:
        del event
        self.show()

    def show(self) -> None:
        """Say how things stand."""
        app = cast("PairedApp", self.app)
        if app.company is not None and self.size.width:
            keys = {name: app.shown_key(name) for name in ("company", "baton")}
            self.show_text(
                company_text(app.bank, app.company, app.place[0], app.following, keys, self.size.width)
            )

    async def on_click(self, event: Click) -> None:
        event.stop()
        await self.run_action("app.company")
