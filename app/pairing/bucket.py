"""A token bucket: how much somebody may do at once, and how much in the long run."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic


class Bucket:
    """Holds at most `burst` tokens and gets `rate` of them a second."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._level, self._at = burst, clock()

    def take(self) -> float:
        """Take one token, on credit if need be; returns the seconds after which that is paid."""
        now = self._clock()
        self._level = min(self._burst, self._level + (now - self._at) * self._rate) - 1
        self._at = now
        return max(0.0, -self._level / self._rate)
