"""Waiting until a widget has seen the keys that were sent to it."""

from __future__ import annotations

import asyncio
import contextlib

from textual.widget import Widget

LONGEST = 0.5
"""Seconds after which it is given up; a widget that does not answer by then is going away."""


async def settled(widget: Widget | None) -> None:
    """Return when `widget` has handled all messages that it has been sent so far.

    Keys reach a widget through its queue, an action that leaves it does not: without this wait the
    last keys of a fast typist would be missing from the answer. Not to be called by the widget itself.
    """
    if widget is None or not widget.is_running:
        return
    done = asyncio.Event()
    if widget.call_later(done.set):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), LONGEST)
