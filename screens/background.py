"""Work in a thread, so that keys are never kept waiting."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from textual.dom import DOMNode

_T = TypeVar("_T")

GIVE_WAY_EVERY = 0.0005
"""Seconds after which a thread that computes lets a waiting key through; Python's own 5 ms can be felt."""


COLLECT_AFTER = (5_000, 5, 100)
"""Objects made before Python looks for garbage among them, and how often before it looks at older ones. Every
look holds up all threads, for about a millisecond for each 5,000 objects."""


def give_way() -> None:
    """Have nothing hold up the thread that handles keys for long, from here on.

    Threads that compute give way to it, and garbage is looked for often and among few objects: those that
    are there by now, most of them modules, the bank and the document, are left alone.
    """
    sys.setswitchinterval(GIVE_WAY_EVERY)
    if not gc.get_freeze_count():
        gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def begin(owner: DOMNode, work: Callable[[], Coroutine[Any, Any, object]], group: str) -> None:
    """Have a worker do something. What is taken away before it begins leaves no coroutine behind."""
    wanted: Any = work  # what Textual says of functions fits none
    owner.run_worker(wanted, group=group)


class Newest(Generic[_T]):
    """Does jobs in a thread, one at a time; of those that wait only the newest is done.

    `done` is called with each result, in the thread of the application.
    """

    def __init__(self, owner: DOMNode, done: Callable[[_T], object]) -> None:
        self._owner = owner
        self._done = done
        self._waiting: Callable[[], _T] | None = None
        self.busy = False

    def ask(self, job: Callable[[], _T]) -> None:
        """Have a job done as soon as the one that is being done is through."""
        self._waiting = job
        if not self.busy:
            self.busy = True
            begin(self._owner, self._work, group="newest")

    async def _work(self) -> None:
        try:
            while self._waiting is not None:
                job, self._waiting = self._waiting, None
                self._done(await asyncio.to_thread(job))
        finally:
            self.busy = False
