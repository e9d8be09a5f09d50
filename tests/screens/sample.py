"""A half-finished document that is the same every time: seats held while buyers pay."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.bank.model import Bank
from app.document.machine import Machine
from app.document.operations import AddRow, Operation, Set, SetNote, SetProfile, SetState
from app.session import Session

NAME = "seat-holds.toml"
TODAY = date(2026, 3, 2)
_BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

_CREATED: tuple[Operation, ...] = (
    SetProfile(
        change_types=("add_table", "change_lifecycle"),
        risk="high",
        traits=("existing_data", "publishes_events", "lifecycle"),
    ),
    Set(question="control.title", value="Seat holds that expire"),
    Set(question="control.status", value="draft"),
    Set(question="control.owner", value="Ana Costa (Box Office)"),
    Set(question="control.created", value=date(2026, 2, 27)),
)
_SAID: tuple[Operation, ...] = (
    Set(question="control.reviewers", value=["database: Ken Mori", "SRE: Lea Brandt"]),
    Set(
        question="problem.situation",
        value={
            "domain": "seats of a concert that nobody has paid for yet",
            "current_stores": "ticketing.seat, with a flag and no time limit",
            "works_for": "selling one seat at the counter",
        },
    ),
    Set(
        question="problem.pain_points",
        value="On 14 February 4,100 seats of one concert stayed marked for buyers who had left.\n"
        "The box office frees them by hand, about 300 a day, with a query nobody reviewed.",
    ),
    Set(
        question="problem.goals",
        value=["No seat is sold twice", "An unpaid hold frees its seat within ten minutes"],
    ),
    SetState(
        question="problem.non_goals",
        state="deferred",
        owner="Lea Brandt",
        until=date(2026, 3, 20),
    ),
    SetNote(question="problem.goals", note="Ken: say which concerts are exempt"),
    AddRow(
        question="logical.grain",
        row={
            "entity": "seat_hold",
            "grain": "one attempt of one buyer to keep one seat for at most ten minutes",
            "example": "hold 8812: seat 14F on Friday, until 19:42",
        },
    ),
    AddRow(question="logical.grain", row={"entity": "hold_release"}),
    AddRow(
        question="logical.grain",
        row={"entity": "seat", "grain": "one place that can be sold for one concert", "example": "14F"},
    ),
    Set(question="physical.engine", value="postgresql"),
    Set(
        question="physical.ddl",
        value="CREATE TABLE seat_hold (\n"
        "    hold_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n"
        "    seat_id    bigint NOT NULL REFERENCES seat (seat_id),\n"
        "    buyer_id   bigint NOT NULL,\n"
        "    state      text   NOT NULL CHECK (state IN ('held', 'paid', 'expired')),\n"
        "    expires_at timestamptz NOT NULL\n"
        ");\n"
        "CREATE UNIQUE INDEX one_open_hold ON seat_hold (seat_id) WHERE state = 'held';\n",
    ),
)


def fixed_machine() -> Machine:
    """A machine on which Ana works and a minute passes from step to step."""
    minutes = itertools.count()

    def now() -> str:
        at = _BEGIN + timedelta(minutes=next(minutes))
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    return Machine(person=lambda: "Ana Costa", now=now)


def write_sample(bank: Bank, folder: Path) -> Path:
    """Write the document and its journal into `folder`."""
    path = folder / NAME
    with Session.create(bank, path, _CREATED, machine=fixed_machine()) as session:
        for operation in _SAID:
            session.apply(operation)
        session.save()
    return path


def write_conflicts(bank: Bank, folder: Path) -> Path:
    """As `write_sample`, after somebody else had changed the same places in the file."""
    path = write_sample(bank, folder)
    with Session.open(bank, path, machine=fixed_machine()) as session:
        session.apply(Set(question="control.owner", value="Ana Costa (Ticketing)"))
        session.apply(Set(question="problem.pain_points", value="4,100 seats stayed marked on 14 February."))
        text = path.read_text(encoding="utf-8")
        text = text.replace("Ana Costa (Box Office)", "Ken Mori (Box Office)")
        path.write_text(text.replace("about 300 a day", "about 280 a day"), encoding="utf-8")
        session.save()
    return path
