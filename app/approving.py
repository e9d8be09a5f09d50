"""The one answer that has to be true: a document says that it is approved only when it is.

Whatever changes answers for a person asks here first: screens, the plain interview, commands. `records`
are what reviewers said, by default that in the folder beside the answer file.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from app.document.answers import Answers
from app.document.operations import Operation, apply
from app.problems import OperationError
from app.review.status import STATUS, becomes_approved
from app.session import Session

if TYPE_CHECKING:
    from app.review.model import Records

SHOWN = 6
"""How many reasons a refusal gives."""


def must_be_true(
    session: Session, before: Answers, after: Answers, today: date, records: Records | None = None
) -> None:
    """Raise OperationError, with what is missing, when `after` would say that it is approved, and is not."""
    if not becomes_approved(before, after):
        return
    from app.readiness.engine import Engine
    from app.review.approval import status_refusal
    from app.review.names import review_folder
    from app.review.reading import read_records

    said = read_records(review_folder(session.path)) if records is None else records
    reasons = status_refusal(Engine(session.bank), before, after, said, today, session.sources())
    if reasons:
        more = [f"  and {len(reasons) - SHOWN} more"] if len(reasons) > SHOWN else []
        listed = "\n".join([*(f"  {reason}" for reason in reasons[:SHOWN]), *more])
        raise OperationError(f"it is not approved:\n{listed}", f"see: dbcharter review {session.path}")


def may_apply(session: Session, operation: Operation, today: date, records: Records | None = None) -> None:
    """As `must_be_true`, of the answers after an operation. Raises OperationError."""
    if getattr(operation, "question", "") == STATUS:
        after = apply(session.bank, session.answers, operation)
        must_be_true(session, session.answers, after, today, records)


def turn(
    session: Session,
    which: Literal["undo", "redo"],
    today: date,
    records: Records | None = None,
    times: int = 1,
) -> list[str]:
    """Undo or redo up to `times` steps; returns what they were, in words.

    Raises OperationError as the session does when no step can be taken; and when the document would say
    again in the end that it is approved, which it is not any more: it stays as it was then.
    """
    before, done = session.answers, list[str]()
    forth, back = (session.undo, session.redo) if which == "undo" else (session.redo, session.undo)
    for _ in range(times):
        try:
            done.append(forth())
        except OperationError:
            if not done:
                raise
            break
    try:
        must_be_true(session, before, session.answers, today, records)
    except OperationError:
        for _ in done:
            back()
        raise
    return done
