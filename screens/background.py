"""Work in a thread, so that keys are never kept waiting."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Generic, TypeVar

from textual.dom import DOMNode

_T = TypeVar("_T")

GIVE_WAY_EVERY = 0.0005
"""Seconds after which a thread that computes lets a waiting key through; Python's own 5 ms can be felt."""


def give_way() -> None:
    """Have threads that compute give way to the one that handles keys, from here on."""
    sys.setswitchinterval(GIVE_WAY_EVERY)


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
            self._owner.run_worker(self._work(), group="newest")

    async def _work(self) -> None:
        try:
            while self._waiting is not None:
                job, self._waiting = self._waiting, None
                self._done(await asyncio.to_thread(job))
        finally:
            self.busy = False
