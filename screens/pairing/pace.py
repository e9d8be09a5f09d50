"""Calling something often enough to be seen and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App
    from textual.timer import Timer


class Pace:
    """Does something when it is asked for: at once, and then at most every `every` seconds."""

    def __init__(self, app: App[Any], every: float, do: Callable[[], None]) -> None:
        self._app, self._every, self._do = app, every, do
        self._timer: Timer | None = None
        self._is_asked = False

    def ask(self) -> None:
        """Do it now, or when the time since it was done last is over."""
        if self._timer is not None:
            self._is_asked = True
        else:
            self._begin()

    def _begin(self) -> None:
        self._is_asked = False
        self._timer = self._app.set_timer(self._every, self._over)
        self._do()

    def _over(self) -> None:
        self._timer = None
        if self._is_asked:
            self._begin()
