"""Results that stay the same objects as long as what they are made of does."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

_T = TypeVar("_T")
_Key = tuple[tuple[int, ...], Hashable]


class Memo:
    """Remembers what was made of immutable objects, told apart by identity.

    What was not asked for between two calls of `turn` is forgotten.
    """

    def __init__(self) -> None:
        # The objects are kept beside the result, so that no other object can have their ids meanwhile.
        self._now: dict[_Key, tuple[tuple[object, ...], Any]] = {}
        self._before: dict[_Key, tuple[tuple[object, ...], Any]] = {}

    def turn(self) -> None:
        """Begin anew: keep what is asked for from here on, forget the rest at the next turn."""
        self._before, self._now = self._now, {}

    def once(self, objects: tuple[object, ...], beside: Hashable, make: Callable[[], _T]) -> _T:
        """What `make` gives, or gave for the same `objects`; `beside` is what else that depends on."""
        key = tuple(map(id, objects)), beside
        known = self._now.get(key) or self._before.get(key)
        if known is None:
            known = objects, make()
        self._now[key] = known
        result: _T = known[1]
        return result
