"""The appendix gives the verdicts of an evaluation, and says nothing of a document without one."""

from __future__ import annotations

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
        assert f"| {item.title} | {item.state.value.replace('_', ' ')} |" in review
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
