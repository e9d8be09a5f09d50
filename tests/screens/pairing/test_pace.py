"""How often something is shown that happens very often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from screens.pairing.pace import Pace


class Clock:
    """Timers that end when a test says so."""

    def __init__(self) -> None:
        self.timers: list[Callable[[], None]] = []

    def set_timer(self, _: float, over: Callable[[], None]) -> object:
        self.timers.append(over)
        return over

    def tick(self) -> None:
        self.timers.pop(0)()


def test_the_first_is_done_at_once_the_others_once_after_it_and_none_is_left_out() -> None:
    clock, done = Clock(), [0]
    asked = 0

    def do() -> None:
        done.append(asked)

    pace = Pace(cast("Any", clock), 0.05, do)
    for asked in range(1, 6):  # noqa: B007 - `do` looks at it
        pace.ask()
    assert done == [0, 1]
    clock.tick()
    assert done == [0, 1, 5]
    clock.tick()
    assert done == [0, 1, 5]
    assert clock.timers == []
    asked = 6
    pace.ask()
    assert done == [0, 1, 5, 6]
