"""What was worked out last time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any


class Memo:
    """Remembers results until they have not been asked for during a whole round."""

    def __init__(self) -> None:
        self._now: dict[Hashable, Any] = {}
        self._before: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` returned when `key` was asked for first."""
        if key not in self._now:
            self._now[key] = self._before[key] if key in self._before else make()
        return self._now[key]

    def next_round(self) -> None:
        """Forget what was not asked for since the last call."""
        self._before, self._now = self._now, {}
