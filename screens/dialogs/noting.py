"""A dialog about a question, whose words become a note beside it when they are not kept before the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from app.document.operations import SetNote
from app.session import Session
from screens.leaving import Dialog, Result
from screens.plain import plain

if TYPE_CHECKING:
    from screens.application import DbcharterApp


class Noting(Dialog[Result]):
    """`note_left` is the note that the question `about` gets when the program is left meanwhile."""

    session: Session
    _refused = ""

    @property
    def about(self) -> str:
        """The id of the question."""
        raise NotImplementedError

    def note_left(self) -> str:
        """The note as it is, or with what was written here."""
        raise NotImplementedError

    def keep_words(self) -> None:
        note = self.note_left()
        before = self.session.answers.notes.get(self.about, "")
        said = SetNote(question=self.about, note=note)
        is_kept = note == before or cast("DbcharterApp", self.app).apply(said)
        self._refused = "" if is_kept else note

    def unsaid(self) -> list[str]:
        return [plain(f"no note was kept at {self.about}: {self._refused}").plain] if self._refused else []
