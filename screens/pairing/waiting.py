"""What a guest sees until the author has decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from screens.leaving import LastingScreen
from screens.plain import plain
from screens.widgets.key_line import KeyLine

if TYPE_CHECKING:
    from screens.pairing.guest_app import GuestApp

_STATES = {
    "connecting": "◌ connecting to {host}",
    "waiting": "◌ waiting to be admitted by the author, who sees that {name} asks",
    "live": "◉ admitted",
    "lost": "◌ the connection is lost",
    "ended": "■ over",
}


class WaitingScreen(LastingScreen[None]):
    """Says how far the joining is; escape leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "app.quit", "Leave")]
    DEFAULT_CSS = """
    WaitingScreen { align: center middle; }
    WaitingScreen Vertical { width: 70; max-width: 95%; height: auto; }
    WaitingScreen Static { width: 1fr; height: auto; }
    WaitingScreen #state { margin: 1 0; text-style: bold; }
    """

    def compose(self) -> ComposeResult:
        app = cast("GuestApp", self.app)
        with Vertical():
            yield Static(plain(f"dbcharter · as {app.guest_name}"), markup=False)
            yield Static(id="state", markup=False)
            yield Static(
                plain("Nothing of the document is kept on this machine. Escape leaves."), markup=False
            )
        yield KeyLine()

    def on_mount(self) -> None:
        self.show("connecting")

    def show(self, state: str) -> None:
        """Say how far it is."""
        app = cast("GuestApp", self.app)
        host = f"{app.code.host}:{app.code.port}"
        self.say(_STATES.get(state, state).format(host=host, name=app.guest_name))

    def say(self, text: str, *, is_over: bool = False) -> None:
        self.query_one("#state", Static).update(plain(f"■ {text}" if is_over else text))
