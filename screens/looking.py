"""What the screens that look at a whole document have in common."""

from __future__ import annotations

from screens.base import DocumentScreen
from screens.messages import DocumentChanged, ReviewChanged, SaveStateChanged
from screens.widgets.status_line import StatusLine


class LookingScreen(DocumentScreen):
    """Keeps the status line up to date; a subclass shows the document in `look`."""

    def look(self) -> None:
        """Show the document as it stands; called once in the beginning and after every change."""

    def begin(self) -> None:
        """What is to be done once, after the first look."""

    def on_mount(self) -> None:
        self._look()
        self.begin()

    def on_document_changed(self, event: DocumentChanged) -> None:
        del event
        self._look()

    def on_save_state_changed(self, event: SaveStateChanged) -> None:
        del event
        self.query_one(StatusLine).show()

    def on_review_changed(self, event: ReviewChanged) -> None:
        del event
        self._look()

    def _look(self) -> None:
        self.query_one(StatusLine).show(self.session.evaluate(self.dbcharter.today()))
        self.look()

    @property
    def asked(self) -> str:
        """The question that the interview below is at, or ""."""
        below = (getattr(screen, "question_id", "") for screen in reversed(self.app.screen_stack))
        return next((question for question in below if question), "")
