"""What the host has yet to send to one guest: bounded, so that a guest who stalls costs nothing more."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator


class Outbox:
    """Messages in order. Once more waits than fits, it `is_full` and takes nothing any more."""

    def __init__(self, most_frames: int, most_bytes: int) -> None:
        self._most_frames, self._most_bytes = most_frames, most_bytes
        self._waiting: deque[str] = deque()
        self._bytes = 0
        self._snapshot: Iterator[str] | None = None
        self._something = asyncio.Event()
        self.is_full = False

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, message: str) -> bool:
        """Add a message; False when the guest is too far behind."""
        too_many = len(self._waiting) >= self._most_frames
        too_large = bool(self._waiting) and self._bytes + len(message) > self._most_bytes
        self.is_full = self.is_full or too_many or too_large
        if self.is_full:
            self.clear()
        else:
            self._waiting.append(message)
            self._bytes += len(message)
            self._something.set()
        return not self.is_full

    def start_over(self, messages: Iterator[str]) -> None:
        """Drop what waits, since a snapshot says it all, and send these first; they are made one by one."""
        self.clear()
        self._snapshot = messages
        self._something.set()

    def clear(self) -> None:
        self._waiting.clear()
        self._bytes = 0
        self._snapshot = None

    async def next(self) -> str:
        """Wait for the next message."""
        while True:
            if self._snapshot is not None:
                message = next(self._snapshot, None)
                if message is not None:
                    return message
                self._snapshot = None
            if self._waiting:
                message = self._waiting.popleft()
                self._bytes -= len(message)
                return message
            self._something.clear()
            await self._something.wait()
