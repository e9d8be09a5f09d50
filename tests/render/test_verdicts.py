"""The appendix gives the verdicts of an evaluation, and says nothing of a document without one."""

from __future__ import annotations

import re

from app.bank.load import default_bank
from app.readiness.model import ItemState
from app.render.document import render
from tests.readiness.documents import TODAY, answers_of, engine

BANK = default_bank()
UNFINISHED = """
[profile]
change_types = ["add_table"]
risk = "low"

[[logical.grain]]
entity = "seat_hold"
grain = "one hold of one buyer on one seat"

[[logical.invariants]]
invariant = "a seat | is held once"

[[invariants.matrix]]
id = "INV-001"
invariant = "another one"
enforcement = "database_constraint"
"""


def test_a_document_that_was_not_evaluated_has_no_verdicts() -> None:
    assert "### Final Review" not in render(BANK, answers_of(UNFINISHED))


def test_every_item_is_listed_with_its_verdict_and_what_holds_it_back() -> None:
    answers = answers_of(UNFINISHED)
    evaluation = engine().evaluate(answers, TODAY)
    text = render(BANK, answers, evaluation=evaluation)
    review = text[text.index("### Final Review") :]
    for item in evaluation.checklist:
        assert re.search(
            rf"^\| {re.escape(item.title)} \| {item.state.value.replace('_', ' ')}(, \d+ %)? \|", review, re.M
        )
    held = next(item for item in evaluation.checklist if item.id == "CHK07")
    assert held.state == ItemState.PARTLY
    line = next(line for line in review.splitlines() if line.startswith(f"| {held.title} "))
    assert "XS03 logical.invariants" in line


def test_what_was_not_checked_is_said() -> None:
    answers = answers_of(
        '[profile]\nchange_types = ["add_table"]\n[physical]\nengine = "postgresql"\n'
        'ddl = "create table seat_hold (id bigint primary key, seat_id bigint references seat (id));"\n'
    )
    evaluation = engine().evaluate(answers, TODAY)
    assert evaluation.unchecked
    assert "Not checked:" in render(BANK, answers, evaluation=evaluation)


def test_smells_cross_checks_and_failure_paths_are_listed_with_their_state() -> None:
    answers = answers_of(UNFINISHED)
    evaluation = engine().evaluate(answers, TODAY)
    text = render(BANK, answers, evaluation=evaluation)
    review = text[text.index("### Final Review") :]
    for heading in ("Document smells", "Reviewer cross-checks", "Failure paths"):
        assert f"| {heading} | Verdict | Rests on | Missing, or held back by |" in review
    for item in (*evaluation.smells, *evaluation.cross_checks, *evaluation.failure_paths):
        assert f"| {item.title} | " in review


def test_a_deferred_answer_is_the_reason_of_an_item_that_is_partly_met() -> None:
    deferred = '{ state = "deferred", owner = "Ana Costa", until = 2027-01-04 }'
    answers = answers_of(f'{UNFINISHED}\n[status]\n"logical.invariants" = {deferred}\n')
    evaluation = engine().evaluate(answers, TODAY)
    text = render(BANK, answers, evaluation=evaluation)
    line = next(
        line for line in text.splitlines() if line.startswith("| critical invariants have enforcement |")
    )
    assert "6.5 deferred: Ana Costa" in line
    assert "2027-01-04" in line
