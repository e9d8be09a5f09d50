"""The answer that says how far a document has come."""

from __future__ import annotations

from app.document.answers import Answers

STATUS = "control.status"
APPROVED = "approved"


def becomes_approved(before: Answers, after: Answers) -> bool:
    """Whether the answers `after` say that the document is approved, and those `before` do not."""
    return after.values.get(STATUS) == APPROVED != before.values.get(STATUS)
