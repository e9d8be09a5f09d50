"""Waiting for what Textual does later: keys on their way to a widget, places of widgets that changed."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from textual.screen import Screen
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


def lay_out(screen: Screen[Any]) -> None:
    """Have the places of the widgets worked out now, if a dialog lies over `screen`.

    A dialog paints what is below it by the places that were worked out last, and Textual fails at
    painting a widget that is gone by then.
    """
    if not screen.is_active:
        screen._refresh_layout()
