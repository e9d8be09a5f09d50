"""Keys that are typed faster than the program goes on: they wait for what they are meant for."""

from __future__ import annotations

from collections import deque

from textual import events
from textual.timer import Timer

from screens.crash import CarefulApp
from screens.widgets.inputs import LineInput

LONGEST = 2.0
"""Seconds after which keys are handed out in any case, for nothing would take them otherwise."""


class AheadApp(CarefulApp):
    """An application that holds keys and pastes back after an Enter that leads elsewhere.

    Such an Enter is one in a `LineInput` that `holds`. Where it leads may not be there yet, and Textual would
    hand out what follows to what has the focus until then. Once the line is released, all of it is handed
    out in its order.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waits_for: LineInput | None = None
        self._ahead: deque[events.Key | events.Paste] = deque()
        self._at_the_latest: Timer | None = None

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if self._waits_for is not None:
                self._ahead.append(event)
                return
            line, is_enter = self.focused, isinstance(event, events.Key) and event.key == "enter"
            if is_enter and isinstance(line, LineInput) and line.holds:
                self._waits_for = line
                self._at_the_latest = self.set_timer(LONGEST, line.release)
        await super().on_event(event)

    async def on_line_input_released(self, event: LineInput.Released) -> None:
        """Hand out what waits for this line, up to another Enter of this sort."""
        event.stop()
        if event.line is not self._waits_for:
            return
        self._waits_for = None
        if self._at_the_latest is not None:
            self._at_the_latest.stop()
        while self._ahead and self._waits_for is None:
            await self.on_event(self._ahead.popleft())
