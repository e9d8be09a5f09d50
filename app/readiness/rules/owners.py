"""Completeness rule about who does it, and by when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from app.bank.model import Bank
from app.document.answers import State, Value
from app.interview.applicability import QuestionState, Survey
from app.readiness.facts.owners import OWNED, generic, several
from app.readiness.facts.tables import addressed, cell, text
from app.readiness.registry import Yield, at, rule

_CLOSED = 3
"""The rank of an approved document, in which a past deadline is history."""


@rule(
    "CP05",
    "owner-or-deadline",
    "A",
    sections=("0", "11.3", "17.2", "20"),
    checklist=("CHK19",),
    what="The document, an open question, a risk or a migration step has no single owner, or a deadline is "
    "missing or past.",
    why="What two people own, nobody does. A date that has passed was not kept, or the document was not.",
    fix="Name one person (and the team in parentheses) and a day that is still ahead.",
    wrong_when='Two people own it on purpose: name the one who is asked first. "Ana and Jon" is not found, '
    "since such words may be one department; full names are. In an approved document a past deadline is "
    "history and not looked at.",
    fires="""
[[open_questions.questions]]
question = "May a loan be renewed while somebody else waits for the book?"
owner = "the backend team"
deadline = 2027-03-01
""",
    silent=(
        """
[[open_questions.questions]]
question = "May a loan be renewed while somebody else waits for the book?"
owner = "Dr. Ilse Brandt, head of lending and returns"
deadline = 2027-03-01

[[failure.risks]]
risk = "two branches count one copy"
likelihood = 2
impact = 3
score = 6
owner = "lending platform, M. Okafor"
deadline = 2027-02-01
""",
        """
[control]
status = "approved"
owner = "Ines Ferreira (Reservations team)"

[[open_questions.questions]]
question = "Which branches lend audio books?"
owner = "Catalog on-call"
deadline = 2025-03-01
""",
    ),
)
def owner_or_deadline(
    bank: Bank,
    survey: Survey,
    states: Mapping[str, State],
    today: date,
    heading_status: int,
    control_owner: Value | None,
    open_questions_questions: Value | None,
    failure_risks: Value | None,
    migration_steps: Value | None,
) -> Iterator[Yield]:
    if owner := text(control_owner):
        yield from _owner("control.owner", "", "", owner)
    tables = {
        "open_questions.questions": open_questions_questions,
        "failure.risks": failure_risks,
        "migration.steps": migration_steps,
    }
    for question_id, value in tables.items():
        owner_column, deadline_column = OWNED[question_id]
        for address, row in addressed(bank, question_id, value):
            yield from _owner(question_id, address, owner_column, cell(row, owner_column))
            if deadline_column:
                deadline = row.get(deadline_column)
                yield from _deadline(question_id, address, deadline_column, deadline, today, heading_status)
    for question_id, state in states.items():
        view = survey.questions.get(question_id)
        if view and view.state == QuestionState.DEFERRED and heading_status < _CLOSED:
            yield from _deferred(question_id, state, today)


def _owner(question_id: str, row: str, column: str, owner: str) -> Iterator[Yield]:
    if not owner:
        yield at(question_id, "nobody owns this", row=row, column=column, fix="name one person")
    elif generic(owner):
        yield at(
            question_id, f"{owner!r} is nobody in particular", row=row, column=column, fix="name one person"
        )
    elif several(owner):
        message = f"{owner!r} names more than one owner"
        yield at(question_id, message, row=row, column=column, fix="name the one who is asked first")


def _deadline(
    question_id: str, row: str, column: str, deadline: object, today: date, status: int
) -> Iterator[Yield]:
    if deadline is None or deadline == "":
        yield at(question_id, "it has no deadline", row=row, column=column, fix="name the day")
    elif isinstance(deadline, date) and _past(deadline, today) and status < _CLOSED:
        message = f"the deadline {deadline} has passed"
        yield at(question_id, message, row=row, column=column, fix="settle it, or name a new day")


def _past(day: date, today: date) -> bool:
    return not isinstance(day, datetime) and day < today


def _deferred(question_id: str, state: State, today: date) -> Iterator[Yield]:
    yield from _owner(question_id, "", "", state.owner)
    if state.until is not None and state.until < today:
        message = f"it was deferred until {state.until}, which has passed"
        yield at(question_id, message, fix="answer it, or name a new day")
