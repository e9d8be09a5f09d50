"""The events of a session that are kept for guests who come back."""

from __future__ import annotations

import secrets
from collections import deque


class EventLog:
    """Numbers events and keeps the newest ones. Another epoch begins where they no longer lead on."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._kept: deque[str] = deque()
        self._bytes = 0
        self.epoch = secrets.token_hex(8)
        self.last = 0

    def add(self, message: str) -> None:
        """Keep the message of the event numbered `last` + 1."""
        self.last += 1
        self._kept.append(message)
        self._bytes += len(message)
        while self._kept and (len(self._kept) > self._most or self._bytes > self._most_bytes):
            self._bytes -= len(self._kept.popleft())

    def begin_epoch(self) -> None:
        """Forget the events: who comes back gets a snapshot."""
        self._kept.clear()
        self._bytes = 0
        self.epoch = secrets.token_hex(8)

    def since(self, epoch: str, seq: int) -> list[str] | None:
        """The messages behind the event `seq` of `epoch`; None when they are not all there."""
        behind = self.last - seq
        if epoch != self.epoch or not 0 <= behind <= len(self._kept):
            return None
        return list(self._kept)[len(self._kept) - behind :]
