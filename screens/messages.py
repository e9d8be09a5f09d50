"""Messages that several widgets and screens share. Others are nested in the widget that posts them."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message
from textual.widget import Widget

from app.document.operations import Operation
from app.readiness.model import Target


@dataclass
class AnswerChanged(Message):
    """The author said something. Bubbles up to the application, which applies it to the session.

    Operations of one `group` that follow each other are undone as one. `by` is the field that already
    shows the result and need not load it.
    """

    operation: Operation
    group: str = ""
    by: Widget | None = None


@dataclass
class DocumentChanged(Message):
    """The answers are different now. Sent by the application to the active screen.

    `operation` is None when it was an undo, a redo, or came from outside. `by` is the field from which
    the operation came.
    """

    operation: Operation | None
    by: Widget | None = None


@dataclass
class SaveStateChanged(Message):
    """The document has been saved, or could not be. Sent by the application to the active screen."""


@dataclass
class ReviewChanged(Message):
    """Somebody said something about the document, or another person sits at the terminal."""


@dataclass
class GoTo(Message):
    """Show a question in the interview, and in it a row (by address), a column or slot, or a line of a text.

    `explained`: have in sight what is said there to be wrong.
    """

    question: str
    row: str = ""
    column: str = ""
    line: int = 0
    explained: bool = False

    @classmethod
    def to_finding(cls, place: Target) -> GoTo:
        """Show where something was found, and what."""
        return cls(place.question, place.row, place.column, place.line, explained=True)
