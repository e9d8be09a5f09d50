"""What the system says when a program is to end: by a signal, or by a terminal that is not there any more."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 5.0
"""Seconds until a program ends whose terminal was closed. To write to it may take forever."""
_LOOK = 1.0
"""Seconds until it is noticed that nobody waits for the terminal to close any more."""


@contextmanager
def ends_when_told(leave: Callable[[], object]) -> Iterator[None]:
    """Have `leave` called, once and in a thread, when the system says so; what is ignored stays so.

    A terminal that is closed says so by a signal, which nohup and others have ignored; the program would then
    read the end of its input for ever. So the terminal is watched as well.
    """
    names = ("SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    numbers = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    first, over = threading.Lock(), threading.Event()

    def end(*, closed: bool) -> None:
        if first.acquire(blocking=False):
            threading.Thread(target=_end, args=(leave, closed), daemon=True).start()

    def told(number: int, _frame: object) -> None:
        end(closed=number == getattr(signal, "SIGHUP", None))

    def look() -> None:
        if _hung_up(over):
            end(closed=True)

    for number in numbers:
        signal.signal(number, told)
    if hasattr(select, "poll") and sys.stdin.isatty():
        threading.Thread(target=look, daemon=True).start()
    try:
        yield
    finally:
        over.set()
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def _hung_up(over: threading.Event) -> bool:
    """Wait until the terminal is closed; False when `over` came first, or it cannot be watched."""
    terminal = select.poll()
    terminal.register(sys.stdin.fileno(), 0)
    while not over.is_set():
        for _, said in terminal.poll(_LOOK * 1000):
            return bool(said & select.POLLHUP)
    return False


def _end(leave: Callable[[], object], closed: bool) -> None:
    try:
        leave()
    finally:
        if closed:
            time.sleep(PATIENCE)
            os._exit(1)
