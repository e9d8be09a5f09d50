"""What the system says when a program is to end, by a signal where the platform has those."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 5.0
"""Seconds until a program ends whose terminal was closed. To write to it may take forever."""


@contextmanager
def ends_when_told(leave: Callable[[], object]) -> Iterator[None]:
    """Have `leave` called, once and in a thread, when the system says so; what is ignored stays so."""
    names = ("SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    numbers = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]

    def told(number: int, _frame: object) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        closed = number == getattr(signal, "SIGHUP", None)
        threading.Thread(target=_end, args=(leave, closed), daemon=True).start()

    for number in numbers:
        signal.signal(number, told)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def _end(leave: Callable[[], object], closed: bool) -> None:
    try:
        leave()
    finally:
        if closed:
            time.sleep(PATIENCE)
            os._exit(1)
