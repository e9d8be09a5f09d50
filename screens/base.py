"""What all screens about an open document have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from textual.binding import BindingType

from app.problems import DbcharterError
from app.session import Session
from screens.actions import Scope, available, bindings
from screens.leaving import LastingScreen
from screens.messages import ReviewChanged
from screens.naming import named
from screens.painting import BandCompositor
from screens.places import make_place
from screens.widgets.key_line import KeyLine
from screens.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from screens.application import DbcharterApp


class DocumentScreen(LastingScreen[None]):
    """A screen about an open document.

    Subclasses set `scope` and `BINDINGS = bindings(scope)`, compose with a `StatusLine` on top and a
    `KeyLine` below, and handle `DocumentChanged`. Undo, redo, save and the places come from here.
    """

    scope: ClassVar[Scope] = "document"
    BINDINGS: ClassVar[list[BindingType]] = bindings("document")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (140, "-very-wide")]  # noqa: RUF012 - as Textual declares it

    def __init__(self, session: Session, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._compositor = BandCompositor()
        self.session = session

    @property
    def dbcharter(self) -> DbcharterApp:
        """The application."""
        return cast("DbcharterApp", self.app)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        reviewing = self.dbcharter.reviewing
        works = available(action, parameters, self.session, reviewing=reviewing)
        return works and super().check_action(action, parameters)

    def on_mount(self) -> Any:  # None, or for subclasses something to wait for
        """Say who else works on the document, where somebody may."""
        line, status = self.dbcharter.company_line(), self.query(StatusLine)
        if line is not None and status:
            self.mount(line, after=status.first())

    def flush(self) -> None:
        """Have what was typed last applied; called before undo, save and leaving."""

    async def settle(self) -> None:
        """As `flush`, once the keys that were sent before have been handled."""
        self.flush()

    async def leave(self) -> None:
        await self.settle()

    async def action_open_place(self, name: str) -> None:
        await self.settle()
        self.app.push_screen(make_place(name, self.session))

    def on_review_changed(self, event: ReviewChanged) -> None:
        """Say who sits here, and how much waits, by now."""
        del event
        sitting = self.dbcharter.sitting
        if sitting is not None:
            sitting.count()
        for line in self.query(StatusLine):
            line.show()
        for keys in self.query(KeyLine):
            keys.refresh_keys()

    async def action_seat(self) -> None:
        """Have somebody chosen who sits down here."""
        from screens.review.seats import choose_seat

        await self.settle()
        choose_seat(self)

    async def action_review(self) -> None:
        """Open what a review is for who sits here."""
        await self.action_open_place("review" if self.dbcharter.reviewing else "inbox")

    async def action_undo(self) -> None:
        await self.settle()
        self._turn("undo")

    async def action_redo(self) -> None:
        await self.settle()
        self._turn("redo")

    def _turn(self, which: Literal["undo", "redo"]) -> None:
        try:
            (what,) = self.dbcharter.turn(which)
        except DbcharterError as error:
            self.dbcharter.tell(str(error), "warning")
        else:
            self.turned(which, what)

    def turned(self, which: str, what: str) -> None:
        """Say what was undone or done again."""
        self.dbcharter.tell(f"{which}: {named(self.session.bank, what)}", seconds=3)

    async def action_save(self) -> None:
        await self.settle()
        self.dbcharter.save()

    async def action_close_document(self) -> None:
        await self.settle()
        self.dbcharter.action_close_document()

    async def action_back(self) -> None:
        """Back to the screen below; the interview stays."""
        if len(self.app.screen_stack) > 2:
            self.dismiss(None)
