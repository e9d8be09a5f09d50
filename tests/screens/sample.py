"""A half-finished document that is the same every time: seats held while buyers pay."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.bank.model import Bank
from app.document.machine import Machine
from app.document.operations import (
    AddRow,
    Operation,
    Set,
    SetCell,
    SetNote,
    SetProfile,
    SetState,
    Waive,
)
from app.review.anchors import Spot
from app.review.model import AnyRecord, Opinion, Reply, Suggestion, Thread, Verdict
from app.review.names import review_folder
from app.review.saying import suggestion_words, thread_words, verdict_words
from app.review.writing import append
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


def write_reviewed(bank: Bank, folder: Path) -> Path:
    """As `write_sample`, after Ken and Lea had said something, and Ana had changed an answer since."""
    path = write_sample(bank, folder)
    with Session.open(bank, path, machine=fixed_machine()) as session:
        talk = _Talk(session)
        grain = SetCell(
            question="logical.grain",
            row="seat_hold",
            column="grain",
            value="one attempt of one buyer to keep one seat of one concert",
        )
        talk.say("Ken Mori", "database", Verdict, verdict_words(bank, session.answers, "problem", "approve"))
        talk.say(
            "Ken Mori", "database", Suggestion, suggestion_words(bank, session.answers, grain, "Which seat?")
        )
        talk.say(
            "Ken Mori",
            "database",
            Verdict,
            verdict_words(bank, session.answers, "physical", "request_changes", text="No index on buyer_id."),
        )
        place = Spot("seat_hold", "example")
        words = thread_words(bank, session.answers, "logical.grain", place, "Which clock?", "until 19:42")
        thread = talk.say("Lea Brandt", "sre", Thread, words)
        talk.say("Ana Costa", "", Reply, {"thread": thread.id, "text": "That of the database."})
        words = thread_words(bank, session.answers, "problem.goals", Spot(), "From when?", "ten minutes")
        talk.say("Lea Brandt", "sre", Thread, words)
        talk.say("Lea Brandt", "sre", Opinion, {"subject": "risk", "rating": 4})
        goals = ["No seat is sold twice", "An unpaid hold frees its seat within 600 seconds"]
        session.apply(Set(question="problem.goals", value=goals))
        session.apply(
            Waive(code="VG01", target="problem.goals", reason="agreed with sales", owner="Ana Costa")
        )
        session.save()
    return path


class _Talk:
    """Writes records, a minute apart."""

    def __init__(self, session: Session) -> None:
        self._folder = review_folder(session.path)
        self._minutes = itertools.count(60)

    def say(self, person: str, role: str, model: type[AnyRecord], words: Mapping[str, object]) -> AnyRecord:
        return append(self._folder, person, model, words, role=role, now=self._now)

    def _now(self) -> str:
        at = _BEGIN + timedelta(minutes=next(self._minutes))
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


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
