"""Saves the open document by itself, in a thread, some time after the last change."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual.timer import Timer

from app.problems import DbcharterError
from app.session import Session
from screens.background import begin
from screens.messages import SaveStateChanged

if TYPE_CHECKING:
    from screens.documents import DocumentApp

SAVE_AFTER = 0.7
"""Seconds after the last change until the answer file is written."""
RETRY_AFTER = 5.0
"""Seconds until a save that failed is tried again."""


class Saver:
    """Writes one file at a time; why that failed stands in the status line, and it is tried again.

    `waiting` says whether a save is to come.
    """

    def __init__(self, app: DocumentApp) -> None:
        self._app = app
        self._timer: Timer | None = None
        self._busy = False
        self._again = False

    @property
    def waiting(self) -> bool:
        return self._timer is not None

    def soon(self, after: float | None = None) -> None:
        """Save in `after` seconds, or in as many as after a change, and not before."""
        self.stop()
        session = self._app.session
        if session is not None and not session.read_only_reason:
            self._timer = self._app.set_timer(SAVE_AFTER if after is None else after, self.now)
            self._app.broadcast(SaveStateChanged())

    def stop(self) -> None:
        """Forget the save that was to come; one that is under way goes on."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def now(self) -> None:
        """Save, at once or as soon as the save that is under way is through."""
        self.stop()
        session = self._app.session
        if self._busy:
            self._again = True
        elif session is not None:
            self._busy = True
            begin(self._app, partial(self._save, session), group="save")

    async def _save(self, session: Session) -> None:
        try:
            saved = False
            while not saved:
                save = session.begin_save()
                await asyncio.to_thread(save.run)
                open_before = len(session.answers.conflicts)
                saved = session.end_save(save)
                if not saved:
                    self._app.tell_taken_in(session, open_before)
        except DbcharterError:
            if session is self._app.session:
                self.soon(RETRY_AFTER)
        finally:
            self._busy = False
            self._app.broadcast(SaveStateChanged())
        if self._again:
            self._again = False
            self.now()
