"""Random changes of the sections `problem` and `logical`."""

from __future__ import annotations

import contextlib
import random

from app.document.operations import AddRow, Operation, RemoveRow, Set, SetCell
from app.document.values import row_addresses
from app.problems import DbcharterError
from app.session import Session
from tests.pairing.rooms import BANK, GRAIN, PAINS

GOALS = "problem.goals"


def something(rng: random.Random, session: Session) -> Operation:
    """A change of the sections that the guests of these tests have."""
    rows = row_addresses(BANK.questions[GRAIN], session.answers.rows(GRAIN))
    match rng.randrange(6) if rows else rng.randrange(3):
        case 0:
            return Set(question=PAINS, value="pain " * rng.randrange(1, 900))
        case 1:
            return Set(question=GOALS, value=[f"goal {rng.randrange(9)}" for _ in range(rng.randrange(4))])
        case 2 | 3:
            return AddRow(question=GRAIN, row={"entity": f"table {rng.randrange(12)}"})
        case 4:
            return SetCell(question=GRAIN, row=rng.choice(rows), column="grain", value=f"{rng.random()}")
    return RemoveRow(question=GRAIN, row=rng.choice(rows))


def say(rng: random.Random, session: Session) -> None:
    """Change something, or take back what was said last."""
    with contextlib.suppress(DbcharterError):
        if rng.random() < 0.1:
            session.undo()
        else:
            session.apply(something(rng, session), group=rng.choice(["", "a"]))
