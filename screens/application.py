"""The application: which screen is shown, the theme, the keys, and the actions that work everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from msgspec.structs import replace
from rich.console import RenderableType
from textual import events
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.command import Provider
from textual.driver import Driver
from textual.screen import Screen
from textual.widget import Widget

from app.bank.model import Bank
from app.document.operations import Operation
from app.document.text import normalise, plural
from app.problems import DbcharterError
from app.session import Session
from screens.actions import available, bindings
from screens.background import begin, give_way
from screens.columns import placed
from screens.documents import DocumentApp
from screens.keys import key_file, keymap, read_keys
from screens.leaving import Dialog, Leavable
from screens.messages import GoTo
from screens.pasting import take_pastes_whole
from screens.places import make_place
from screens.plain import plain_line
from screens.review.sitting import Seat
from screens.settings import read_settings, write_settings
from screens.themes import THEMES

LOOK_OUTSIDE_EVERY = 2.0
"""Seconds between looks at the file for changes by somebody else."""


def _palette() -> type[Provider]:
    from screens.palette import PaletteProvider

    return PaletteProvider


def _places() -> type[Provider]:
    from screens.palette import PlaceProvider

    return PlaceProvider


def _is_there(path: Path) -> bool:
    """Whether there is a file; not one of a name that the system refuses, as the setup will say."""
    try:
        return path.exists()
    except OSError:
        return False


class DbcharterApp(DocumentApp):
    """The full-screen interview over one bank; `path` is opened at once, or else the start screen.

    `seat` is who sits down first, and `place` what is opened over the interview.
    """

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

    def __init__(
        self,
        bank: Bank,
        path: Path | None = None,
        today: Callable[[], date] = date.today,
        *,
        seat: Seat | None = None,
        place: str = "",
    ) -> None:
        super().__init__(bank, today, seat)
        self.settings = read_settings()
        self._first = path
        self._first_place = place
        self._opened_in_vain: Session | None = None
        for theme in THEMES:
            self.register_theme(theme)
        names = [theme.name for theme in THEMES]
        self.theme = self.settings.theme if self.settings.theme in names else names[0]

    def get_driver_class(self) -> type[Driver]:
        driver = super().get_driver_class()
        take_pastes_whole()
        return driver

    async def on_event(self, event: events.Event) -> None:
        """Clean what is pasted before any widget gets it, and say what was taken out."""
        if isinstance(event, events.Paste) and not event.is_forwarded:
            text, removed = normalise(event.text)
            self.tell_removed(removed, "pasted")
            event = events.Paste(text)
        await super().on_event(event)

    def on_mount(self) -> None:
        give_way()
        self.keys, wrong = read_keys(key_file())
        self.set_keymap(keymap(self.keys))
        for message in wrong:
            self.tell(message, "warning")
        self.theme_changed_signal.subscribe(self, lambda theme: self.remember_settings(theme=theme.name))
        self.set_interval(LOOK_OUTSIDE_EVERY, self.look_outside)
        self.push_screen(self._first_screen())
        if self.session is not None:
            self._welcome(self.session)
            if self._first_place:
                self.push_screen(make_place(self._first_place, self.session))

    def _first_screen(self) -> Screen[Any]:
        """The interview of the document asked for, its setup when it is not there, or the start screen."""
        if self._first is not None and not _is_there(self._first):
            from screens.setup.screen import SetupScreen

            return SetupScreen(self.bank, self._first)
        if self._first is not None:
            try:
                return self._interview(Session.open(self.bank, self._first))
            except DbcharterError as error:
                self.tell(str(error), "error")
        from screens.start.screen import StartScreen

        return StartScreen()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, placed(renderable))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:  # noqa: ARG002 - none of Textual's
        return ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        works = available(action, parameters, self.session, reviewing=self.reviewing)
        return works and super().check_action(action, parameters)

    # who else is here

    def company_line(self) -> Widget | None:
        """A line for every screen about who else works on the document; None where nobody can."""
        return None

    def who_is_in(self, section: str) -> str:  # noqa: ARG002 - nobody else is anywhere
        """Some characters about who else is in a section, or ""."""
        return ""

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
        if not self.close_document():
            session.close()
            return
        self.show_screen(self._interview(session))
        self._welcome(session)

    def _interview(self, session: Session) -> Screen[Any]:
        from screens.interview.screen import InterviewScreen

        return InterviewScreen(session, self.take_session(session))

    def _welcome(self, session: Session) -> None:
        """Say what happened when the document was opened."""
        for notice in session.notices:
            self.tell(notice, "warning")
        if session.recovered:
            count = plural(len(session.recovered), "change")
            names = ", ".join(dict.fromkeys(session.recovered))
            self.tell(f"Brought back {count} that had not been saved: {plain_line(names, 200)}")
        if session.answers.conflicts:
            self.tell(
                f"{plural(len(session.answers.conflicts), 'conflict')} open; ctrl+p, Resolve conflicts",
                "warning",
            )
        if not session.saved:
            self.saver.soon()

    def look_outside(self) -> None:
        from screens.interview.screen import InterviewScreen

        super().look_outside()
        session = self.session
        if session is None or session is self._opened_in_vain or not isinstance(self.screen, InterviewScreen):
            return
        if session.may_write_now():
            self._opened_in_vain = session
            if self.open_document(session.path):
                self.tell("The other writer has left: what you say here is written now")

    def begin_document(self, path: Path, operations: Sequence[Operation]) -> bool:
        """Write a new answer file and interview about it; returns False, having said why not."""
        try:
            session = Session.create(self.bank, path, operations)
        except DbcharterError as error:
            self.tell(str(error), "error")
            return False
        self.show_session(session)
        return True

    def on_go_to(self, event: GoTo) -> None:
        from screens.interview.screen import InterviewScreen

        while len(self.screen_stack) > 2 and not isinstance(self.screen, InterviewScreen):
            self.pop_screen()
        if isinstance(self.screen, InterviewScreen):
            self.screen.go(event)

    # actions

    def action_close_document(self) -> None:
        self.flush()
        if self.close_document():
            self.show_start()

    async def leave_screens(self) -> None:
        """Have all screens keep what was written in them, those on top first."""
        for screen in self._leavable():
            await screen.leave()

    def keep_words(self) -> None:
        for dialog in self.screen_stack:
            if isinstance(dialog, Dialog):
                dialog.keep_words()
        self.flush()

    def _leavable(self) -> list[Leavable]:
        return [screen for screen in reversed(self.screen_stack) if isinstance(screen, Leavable)]

    async def action_quit(self) -> None:
        await self.leave_screens()
        unsaid = [line for screen in self._leavable() for line in screen.unsaid()]
        if self.close_document():
            self.last_words += unsaid
            await self.take_leave()
            self.exit(0, return_code=1 if self.unsaved else 0)

    async def take_leave(self) -> None:
        """Tell others that the program ends, with the document let go of already."""

    def end(self) -> None:
        """Leave as the system says, which says it once. Any thread may call this."""
        self.call_later(begin, self, self._end, "end")

    async def _end(self) -> None:
        await self.action_quit()
        if self.session is not None:  # it would be asked again
            await self.action_quit()

    def action_command_palette(self) -> None:
        """Open the palette, except over a dialog: it offers ways away from what is written there."""
        if not isinstance(self.screen, Dialog):
            super().action_command_palette()

    def action_help(self) -> None:
        from screens.dialogs.help import HelpDialog

        if isinstance(self.screen, HelpDialog):
            self.screen.dismiss(None)
        else:
            self.push_screen(
                HelpDialog(self.screen, self.focused, self.session, self.keys, reviewing=self.reviewing)
            )

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
