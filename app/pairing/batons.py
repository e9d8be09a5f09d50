"""Which guest may change which section for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic

from app.pairing.wire import Baton


class Batons:
    """At most one holder for each section; a baton whose time is over is held by nobody."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._held: dict[str, tuple[str, float]] = {}

    def grant(self, section: str, slug: str, seconds: float) -> None:
        self._held[section] = (slug, self._clock() + seconds)

    def take(self, section: str) -> bool:
        """Take a baton back; False when nobody had it."""
        was_held = bool(self.holder(section))
        self._held.pop(section, None)
        return was_held

    def holder(self, section: str) -> str:
        """The slug of who has the baton, or ""."""
        slug, until = self._held.get(section, ("", 0.0))
        return slug if until > self._clock() else ""

    def has_all(self, slug: str, sections: Iterable[str]) -> bool:
        """Whether somebody has the batons of these sections, and there is at least one."""
        wanted = list(sections)
        return bool(slug and wanted) and all(self.holder(section) == slug for section in wanted)

    def of(self, slug: str) -> list[str]:
        """The sections whose batons somebody has."""
        return [section for section in self._held if self.holder(section) == slug]

    def all(self) -> list[Baton]:
        """The batons that are held, with the seconds that are left."""
        now = self._clock()
        return [
            Baton(section=section, slug=slug, seconds=until - now)
            for section, (slug, until) in self._held.items()
            if until > now
        ]

    def drop_expired(self) -> list[str]:
        """Forget the batons whose time is over; returns their sections."""
        over = [section for section in self._held if not self.holder(section)]
        for section in over:
            del self._held[section]
        return over

    def next_end(self) -> float | None:
        """Seconds until the next baton's time is over."""
        ends = [until for _, until in self._held.values()]
        return max(0.0, min(ends) - self._clock()) if ends else None

    def drop_all(self) -> list[str]:
        """Forget all batons; returns their sections."""
        sections, self._held = list(self._held), {}
        return sections
