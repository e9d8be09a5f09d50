"""States of a review for tests."""

from __future__ import annotations

from datetime import date
from functools import cache

from app.document.answers import Answers
from app.readiness.engine import Engine
from app.review.digests import KeptDigests
from app.review.model import Records
from app.review.state import ReviewState

from .people import BANK

TODAY = date(2026, 11, 24)


@cache
def engine() -> Engine:
    return Engine(BANK)


def state_of(answers: Answers, records: Records) -> ReviewState:
    evaluation = engine().evaluate(answers, TODAY)
    return ReviewState(BANK, answers, records, evaluation, KeptDigests(BANK).of(answers))
