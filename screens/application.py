"""The application: opens documents, applies what fields post, saves by itself, keeps the theme."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from app.bank.model import Bank
from app.document.machine import now
from app.document.operations import Operation
from app.document.recent import Recent, recent_documents, remember
from app.problems import DbcharterError
from app.session import Session
from screens.actions import available, bindings
from screens.base import DocumentScreen
from screens.crash import CarefulApp
from screens.keys import key_file, read_keys
from screens.messages import AnswerChanged, DocumentChanged, GoTo, SaveStateChanged
from screens.plain import plain
from screens.settings import read_settings, write_settings
from screens.themes import THEMES

SAVE_AFTER = 0.7
"""Seconds after the last change until the answer file is written."""
RETRY_AFTER = 5.0
"""Seconds until a save that failed is tried again."""
REMEMBER_AFTER = 1.0
"""Seconds until the list of recent documents says where the author is."""
LOOK_OUTSIDE_EVERY = 2.0
"""Seconds between looks at the file for changes by somebody else."""


def _palette() -> type[Provider]:
    from screens.palette import PaletteProvider

    return PaletteProvider


def _places() -> type[Provider]:
    from screens.palette import PlaceProvider

    return PlaceProvider


class DbcharterApp(CarefulApp):
    """The full-screen interview over one bank; `path` is opened at once, or else the start screen."""

    CSS_PATH: ClassVar[Any] = [
        "base.tcss",
        "start/start.tcss",
        "setup/setup.tcss",
        "interview/interview.tcss",
    ]
    TITLE = "dbcharter"
    BINDINGS: ClassVar[list[BindingType]] = bindings("everywhere")
    COMMANDS: ClassVar[set[Any]] = {_palette, _places}
    ENABLE_COMMAND_PALETTE = True
    NOTIFICATION_TIMEOUT = 6
    ESCAPE_TO_MINIMIZE = False

    def __init__(self, bank: Bank, path: Path | None = None, today: Callable[[], date] = date.today) -> None:
        super().__init__()
        self.bank = bank
        self.today = today
        self.session: Session | None = None
        self.settings = read_settings()
        self._first = path
        self.keys: dict[str, str] = {}
        self._by: Widget | None = None
        self._save_timer: Timer | None = None
        self._place = ""
        self._place_timer: Timer | None = None
        for theme in THEMES:
            self.register_theme(theme)
        names = [theme.name for theme in THEMES]
        self.theme = self.settings.theme if self.settings.theme in names else names[0]

    def on_mount(self) -> None:
        self.keys, wrong = read_keys(key_file())
        self.set_keymap(self.keys)
        for message in wrong:
            self.tell(message, "warning")
        self.theme_changed_signal.subscribe(self, lambda theme: self.remember_settings(theme=theme.name))
        self.set_interval(LOOK_OUTSIDE_EVERY, self.look_outside)
        self.push_screen(self._first_screen())
        if self.session is not None:
            self._welcome(self.session)

    def _first_screen(self) -> Screen[Any]:
        """The interview of the document asked for, its setup when it is not there, or the start screen."""
        if self._first is not None and not self._first.exists():
            from screens.setup.screen import SetupScreen

            return SetupScreen(self.bank, self._first)
        if self._first is not None:
            try:
                return self._interview(Session.open(self.bank, self._first))
            except DbcharterError as error:
                self.tell(str(error), "error")
        from screens.start.screen import StartScreen

        return StartScreen()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:  # noqa: ARG002 - none of Textual's
        return ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return available(action, parameters, self.session) and super().check_action(action, parameters)

    def tell(self, text: str, severity: str = "information", seconds: float | None = None) -> None:
        """A notice in the corner; `text` may hold people's words."""
        known: Any = severity if severity in ("information", "warning", "error") else "information"
        self.notify(plain(text).plain, severity=known, timeout=seconds, markup=False)

    # documents

    def show_start(self) -> None:
        from screens.start.screen import StartScreen

        self.show_screen(StartScreen())

    def open_document(self, path: Path) -> bool:
        """Open an answer file in the interview; returns False, having said why, when it cannot be."""
        try:
            session = Session.open(self.bank, path)
        except DbcharterError as error:
            self.tell(str(error), "error")
            return False
        self.show_session(session)
        return True

    def show_session(self, session: Session) -> None:
        """Go on with an open session, at the question where its document was left."""
        self.close_document()
        self.show_screen(self._interview(session))
        self._welcome(session)

    def _interview(self, session: Session) -> Screen[Any]:
        from screens.interview.screen import InterviewScreen

        self.session = session
        session.subscribe(self._session_changed)
        left = {entry.path: entry.question for entry in recent_documents()}
        return InterviewScreen(session, left.get(str(session.path.absolute()), ""))

    def _welcome(self, session: Session) -> None:
        """Say what happened when the document was opened."""
        for notice in session.notices:
            self.tell(notice, "warning")
        if session.recovered:
            self.tell(f"Brought back what had not been saved: {len(session.recovered)} changes")
        if session.answers.conflicts:
            self.tell(
                f"{len(session.answers.conflicts)} conflicts are open; ctrl+p, Resolve conflicts", "warning"
            )
        if not session.saved:
            self._save_soon()

    def begin_document(self, path: Path, operations: Sequence[Operation]) -> bool:
        """Write a new answer file and interview about it; returns False, having said why not."""
        try:
            session = Session.create(self.bank, path, operations)
        except DbcharterError as error:
            self.tell(str(error), "error")
            return False
        self.show_session(session)
        return True

    def close_document(self) -> None:
        """Save what is left to save and let go of the document; nothing is asked."""
        self._write_place()
        session, self.session = self.session, None
        if session is None:
            return
        self._stop_saving()
        if not session.read_only_reason:
            try:
                session.save()
            except DbcharterError as error:
                self.tell(f"{error}; it is in the journal and comes back when the file is opened", "error")
        session.close()

    def show_screen(self, screen: Screen[Any]) -> None:
        """Show `screen` in place of all that is there."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(screen)

    def remember_place(self, question: str) -> None:
        """Note in the list of recent documents where the author is, soon and when the document is closed."""
        self._place = question
        if self._place_timer is None:
            self._place_timer = self.set_timer(REMEMBER_AFTER, self._write_place)

    def _write_place(self) -> None:
        if self._place_timer is not None:
            self._place_timer.stop()
            self._place_timer = None
        if self.session is not None and self._place:
            progress = self.session.survey().progress()
            path = str(self.session.path.absolute())
            remember(Recent(path, self._place, progress.done, progress.required, now()))
            self._place = ""

    # changes

    def apply(self, operation: Operation, group: str = "", by: Widget | None = None) -> bool:
        """Apply one operation to the open document; returns False, having said why, when it is refused."""
        if self.session is None:
            return False
        self._by = by
        try:
            self.session.apply(operation, group)
        except DbcharterError as error:
            self.tell(str(error), "error")
            return False
        finally:
            self._by = None
        return True

    def _session_changed(self, session: Session, operation: Operation | None) -> None:
        if session is self.session:
            self.broadcast(DocumentChanged(operation, self._by))
            self._save_soon()

    def broadcast(self, message: DocumentChanged | SaveStateChanged) -> None:
        """Send a message to every screen, also the hidden ones, so that none is stale when it comes back."""
        for screen in self.screen_stack:
            screen.post_message(replace(message))

    def on_answer_changed(self, event: AnswerChanged) -> None:
        self.apply(event.operation, event.group, event.by)

    def on_go_to(self, event: GoTo) -> None:
        from screens.interview.screen import InterviewScreen

        while len(self.screen_stack) > 2 and not isinstance(self.screen, InterviewScreen):
            self.pop_screen()
        if isinstance(self.screen, InterviewScreen):
            self.screen.go_to(event.question, event.row, event.column)

    def flush(self) -> None:
        """Have the screens post what was typed last."""
        for screen in self.screen_stack:
            if isinstance(screen, DocumentScreen):
                screen.flush()

    def look_outside(self) -> None:
        """Take in what somebody else wrote to the file."""
        if self.session is None:
            return
        self.flush()
        try:
            if self.session.check_outside():
                self.tell("The file was changed outside; what it says is taken in")
        except DbcharterError as error:
            self.tell(str(error), "error")

    # saving

    def _save_soon(self, after: float | None = None) -> None:
        self._stop_saving()
        if self.session is not None and not self.session.read_only_reason:
            self._save_timer = self.set_timer(SAVE_AFTER if after is None else after, self.save)
            self.broadcast(SaveStateChanged())

    def _stop_saving(self) -> None:
        if self._save_timer is not None:
            self._save_timer.stop()
            self._save_timer = None

    def save(self) -> None:
        """Write the answer file; when that fails, say so in the status line and try again later."""
        self._save_timer = None
        if self.session is None:
            return
        try:
            self.session.save()
        except DbcharterError:
            self._save_soon(RETRY_AFTER)
        self.broadcast(SaveStateChanged())

    # actions

    def action_close_document(self) -> None:
        self.flush()
        self.close_document()
        self.show_start()

    async def action_quit(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, DocumentScreen):
                await screen.settle()
        self.close_document()
        self.exit(0)

    def action_help(self) -> None:
        from screens.dialogs.help import HelpDialog

        if isinstance(self.screen, HelpDialog):
            self.screen.dismiss(None)
        else:
            self.push_screen(HelpDialog(self.screen, self.focused, self.session, self.keys))

    def action_theme(self) -> None:
        """Turn to the next theme."""
        names = [theme.name for theme in THEMES]
        self.theme = names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0]

    def action_suspend(self) -> None:
        self.flush()
        self.action_suspend_process()

    def remember_settings(self, **changed: str) -> None:
        self.settings = replace(self.settings, **changed)
        write_settings(self.settings)
