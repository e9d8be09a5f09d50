"""The evaluation of a session, where the session has one."""

from __future__ import annotations

from datetime import date
from typing import cast

from app.readiness.model import Evaluation
from app.session import Session


def evaluation_of(session: Session, today: date) -> Evaluation | None:
    """What the rules say on the day `today`, or None from a session that does not evaluate."""
    evaluate = getattr(session, "evaluate", None)
    return None if evaluate is None else cast(Evaluation, evaluate(today))
