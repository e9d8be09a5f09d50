"""A bar while a large text of DDL is read in the background; the reading can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from app.problems import DbcharterError
from screens.leaving import Dialog
from screens.plain import plain

LARGE = 200_000
"""From this many characters on, a bar is shown."""
_REFRESH = 0.1
_WIDTH = 40

Read = TypeVar("Read")
Progress = Callable[[int, int], None]


class StoppedError(Exception):
    """The author does not want to wait any longer."""


class ReadingDialog(Dialog[Read | None], Generic[Read]):
    """Runs `read` in a thread and returns what it gives; None when it was stopped.

    `read` is given a function to tell its progress to, which raises StoppedError in it once the author
    has pressed Escape.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "stop", "Stop")]
    DEFAULT_CSS = """
    ReadingDialog Static { height: auto; width: 1fr; }
    """

    class Done(Message):
        """The thread has ended; `error` says what went wrong."""

        def __init__(self, found: object, error: str = "") -> None:
            super().__init__()
            self.found = found
            self.error = error

    def __init__(self, title: str, read: Callable[[Progress], Read]) -> None:
        super().__init__()
        self.error = ""
        self._title, self._read = title, read
        self._done, self._total = 0, 1
        self._stop = threading.Event()

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            box.border_subtitle = "escape stops"
            yield Static(id="bar", markup=False)

    def on_mount(self) -> None:
        self.show_progress()
        self.set_interval(_REFRESH, self.show_progress)
        self.run_worker(self._work, thread=True)

    def show_progress(self) -> None:
        """Show how far the reading is."""
        share = self._done / max(self._total, 1)
        filled = round(share * _WIDTH)
        words = "finding rows" if self._done >= self._total else "reading"
        line = f"[{'#' * filled}{'.' * (_WIDTH - filled)}] {share:4.0%}  {words}"
        self.query_one("#bar", Static).update(plain(line))

    def _work(self) -> None:
        try:
            found = self._read(self._tell)
        except StoppedError:
            return
        except DbcharterError as error:
            self._end(None, str(error))
            return
        self._end(found)

    def _tell(self, done: int, total: int) -> None:
        """Called in the thread."""
        if self._stop.is_set():
            raise StoppedError
        self._done, self._total = done, total

    def _end(self, found: Read | None, error: str = "") -> None:
        if not get_current_worker().is_cancelled and not self._stop.is_set():
            self.post_message(self.Done(found, error))

    def on_reading_dialog_done(self, event: Done) -> None:
        event.stop()
        self.error = event.error
        self.dismiss(event.found)  # type: ignore[arg-type] # what the thread returned is of the kind

    def action_stop(self) -> None:
        self._stop.set()
        self.dismiss(None)
