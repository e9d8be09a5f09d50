"""Whatever is said in whatever order, guests end with the answers that the host has."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.document.answers import Answers
from app.document.changes import Change as AnswerChange
from app.document.changes import difference, to_text
from app.document.history import Step, as_json
from app.document.operations import AddRow, Operation, Set, SetCell, apply
from app.pairing.ledger import Entry, Ledger, applied
from app.pairing.wire import Change, WireError
from app.problems import OperationError
from tests.document.strategies import operations
from tests.pairing.rooms import BANK, GRAIN, PAINS, same_answers

SCRIPT = st.lists(st.sampled_from(["say", "say", "deliver", "hear", "hear", "author", "lose"]), max_size=14)


def entry(number: int, operation: Operation) -> Entry:
    return Entry(Change(id=number, epoch="", operation={"op": operation.op}), operation=operation)


class Side:
    """A guest: the ledger, what it sent and what it has yet to hear."""

    def __init__(self, answers: Answers) -> None:
        self.ledger = Ledger(BANK, answers)
        self.sent: list[Entry] = []
        self.heard = 0
        self.number = 0

    def say(self, operation: Operation) -> None:
        self.number += 1
        said = entry(self.number, operation)
        said.step = Step(self.number, "", "", "edit", "{}", "")
        try:
            self.ledger.add(said)
        except OperationError:
            return
        self.sent.append(said)


class Middle:
    """The host, and the events that it has numbered."""

    def __init__(self) -> None:
        self.answers = Answers()
        self.events: list[tuple[Side | None, int, str | None]] = []

    def do(self, operation: Operation, side: Side | None = None, number: int = 0) -> None:
        try:
            after = apply(BANK, self.answers, operation)
        except OperationError:
            self.events.append((side, number, None))
            return
        found = difference(self.answers, after)
        self.answers = after
        self.events.append((side, number, to_text(found) if found else None))

    def deliver(self, side: Side) -> None:
        if side.sent:
            said = side.sent.pop(0)
            assert said.operation is not None
            self.do(said.operation, side, said.id)

    def tell(self, side: Side) -> None:
        if side.heard < len(self.events):
            whose, number, change = self.events[side.heard]
            side.heard += 1
            if change is not None:
                side.ledger.take(change, number if whose is side else 0)
            elif whose is side:
                side.ledger.drop(number)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_two_guests_and_an_author_converge_whatever_the_order(data: Any) -> None:
    host = Middle()
    sides = [Side(Answers()), Side(Answers())]
    for action in data.draw(SCRIPT):
        side = data.draw(st.sampled_from(sides))
        match action:
            case "say":
                side.say(data.draw(operations(side.ledger.shown)))
            case "author":
                host.do(data.draw(operations(host.answers)))
            case "deliver":
                host.deliver(side)
            case "hear":
                host.tell(side)
            case "lose":
                side.ledger.reconnected(0)
    for side in sides:
        while side.sent:
            host.deliver(side)
    for side in sides:
        while side.heard < len(host.events):
            host.tell(side)
        assert not side.ledger.entries
        assert same_answers(side.ledger.confirmed, host.answers)
        assert side.ledger.shown is side.ledger.confirmed


def test_what_the_host_did_just_so_keeps_the_objects_that_are_shown() -> None:
    """Otherwise every key would have everything computed again."""
    ledger = Ledger(BANK, Answers())
    ledger.add(entry(1, Set(question=PAINS, value="slow")))
    ledger.add(entry(2, Set(question=PAINS, value="slower")))
    shown = ledger.shown
    ledger.take(to_text(difference(Answers(), apply(BANK, Answers(), Set(question=PAINS, value="slow")))), 1)
    assert ledger.shown is shown
    assert len(ledger.entries) == 1


def test_an_entry_that_the_host_had_is_not_shown_twice_after_a_snapshot() -> None:
    ledger = Ledger(BANK, Answers())
    said = entry(1, AddRow(question=GRAIN, row={"entity": "hold"}))
    said.step = Step(1, "", "", "edit", "{}", "")
    ledger.add(said)
    ledger.start_over(ledger.shown, seen=1)
    assert len(ledger.shown.rows(GRAIN)) == 1
    assert ledger.entries == [said]
    ledger.start_over(Answers(), seen=0)
    assert len(ledger.shown.rows(GRAIN)) == 1


def test_an_entry_whose_row_is_gone_waits_for_the_host_and_is_not_shown() -> None:
    start = apply(BANK, Answers(), AddRow(question=GRAIN, row={"entity": "hold"}))
    ledger = Ledger(BANK, start)
    said = entry(1, SetCell(question=GRAIN, row="hold", column="grain", value="one"))
    said.step = Step(1, "", "", "edit", "{}", "")
    ledger.add(said)
    ledger.take(to_text(difference(start, Answers())))
    assert not ledger.shown.rows(GRAIN)
    assert ledger.entries == [said]


def test_typing_on_after_the_host_had_the_last_key_is_said_under_another_number() -> None:
    """Otherwise the host would take it for what it has done already, and drop it."""
    ledger = Ledger(BANK, Answers())
    key = Set(question=PAINS, value="slo")
    said = entry(1, key)
    said.step = Step(1, "", "", "edit", as_json(key), "", "field")
    ledger.add(said)
    assert ledger.amend(Set(question=PAINS, value="slow"), "field") is said
    assert ledger.next(4) is said.frame
    assert ledger.amend(Set(question=PAINS, value="slow"), "field") is None
    ledger.reconnected(seen=1)
    assert ledger.amend(Set(question=PAINS, value="slow"), "field") is None
    ledger.reconnected(seen=0)
    assert ledger.amend(Set(question=PAINS, value="slow"), "field") is said


@pytest.mark.parametrize(
    "text",
    [
        "not = [toml",
        "[[change]]\n",
        '[[change]]\npart = "sudo"\nquestion = "a.b"\nnew = 1\n',
        '[[change]]\npart = "profile"\nquestion = ""\nnew = { admin = true }\n',
        '[[change]]\npart = "state"\nquestion = "a.b"\nnew = 5\n',
        to_text([AnswerChange("value", PAINS, "x", "y", 0, 1, "not the digest")]),
    ],
)
def test_a_change_that_does_not_lead_on_is_an_error_and_changes_nothing(text: str) -> None:
    ledger = Ledger(BANK, Answers())
    with pytest.raises(WireError):
        ledger.take(text)
    assert ledger.confirmed == Answers()


def test_control_characters_of_a_host_do_not_get_into_the_answers() -> None:
    text = '[[change]]\npart = "value"\nquestion = "problem.pain_points"\nnew = "a\\u001b[2Jb"\n'
    assert applied(Answers(), text).values[PAINS] == "a[2Jb"
