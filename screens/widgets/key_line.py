"""The last line of every screen: a few keys and what they do."""

from __future__ import annotations

from rich.text import Text
from textual.events import Click
from textual.widget import Widget
from textual.widgets import Static

from screens.actions import ACTIONS, Action, scopes_of
from screens.actions.registry import shown_key


class KeyLine(Static):
    """Keys of what has the focus, of the screen, and of the application; a click presses them.

    One widget, painted anew when the focus moves: Textual's footer makes a widget for each key each time.
    """

    DEFAULT_CSS = "KeyLine { dock: bottom; height: 1; background: $panel; }"

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._places: list[tuple[int, str]] = []

    def on_mount(self) -> None:
        self.watch(self.screen, "focused", self._show)

    def refresh_keys(self) -> None:
        """Show what works by now, where something else than the focus decides that."""
        self._show(self.screen.focused)

    def on_resize(self) -> None:
        self.refresh_keys()

    def _show(self, focused: Widget | None) -> None:
        """Show the keys in their order; help, the last one, is there however narrow the screen is."""
        found = [(self._key(action), action.short) for action in self._actions(focused)]
        room = 1 + (self.size.width or self.screen.size.width)  # for the blank at the end, which may be cut
        while len(found) > 2 and sum(map(_columns, found)) > room:
            del found[-2]
        text, self._places = Text(no_wrap=True), []
        for key, short in found:
            text.append(f" {shown_key(key)}", style=f"bold {self.app.theme_variables['accent']}")
            text.append(f" {short} ")
            self._places.append((text.cell_len, key))
        self.update(text)

    def _key(self, action: Action) -> str:
        keys: dict[str, str] = getattr(self.app, "keys", {})
        return keys.get(action.id, action.keys).split(",")[0]

    def _actions(self, focused: Widget | None) -> list[Action]:
        session = getattr(self.screen, "session", None)
        reviewing = bool(getattr(self.app, "reviewing", False))
        shown = [a for a in ACTIONS if a.short and self._key(a) and a.works(session, reviewing=reviewing)]
        return [
            action for scope in scopes_of(self.screen, focused) for action in shown if action.scope == scope
        ]

    def on_click(self, event: Click) -> None:
        key = next((key for end, key in self._places if event.x < end), None)
        if key is not None:
            self.app.simulate_key(key)


def _columns(key: tuple[str, str]) -> int:
    """The columns that a key and its word take in the line."""
    return len(shown_key(key[0])) + len(key[1]) + 3
