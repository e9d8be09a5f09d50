"""Drafts: marked in the file, earning nothing, and taken for answers when a person touches them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.document.answers import Answers, Conflict, Row, same
from app.document.changes import difference, from_text, redo, to_text, undo
from app.document.codec import decode, encode, new_document
from app.document.dangling import dangling_references
from app.document.drafts import count_drafts, only_drafts, without_drafts
from app.document.merge import merge
from app.document.operations import (
    Accept,
    AddRow,
    ImportRows,
    MoveRow,
    Operation,
    RemoveRow,
    Resolve,
    SetCell,
    apply,
    operation_adapter,
)
from app.document.schema import json_schema
from app.document.values import MisfitMemo
from app.interview.applicability import QuestionState, survey
from app.problems import OperationError
from app.readiness.engine import Engine
from app.render.document import render
from app.session import Session

BANK = default_bank()
GRAIN = "logical.grain"
TODAY = date(2026, 11, 24)


def draft(entity: str, **cells: Any) -> dict[str, Any]:
    return {"entity": entity, **cells, "draft": True}


def said(*operations: Operation, since: Answers | None = None) -> Answers:
    answers = since or Answers()
    for operation in operations:
        answers = apply(BANK, answers, operation)
    return answers


def with_drafts(*entities: str) -> Answers:
    return said(ImportRows(rows={GRAIN: [draft(entity) for entity in entities]}))


def rows(answers: Answers) -> list[Row]:
    return [dict(row) for row in answers.rows(GRAIN)]


def test_a_draft_lacks_one_thing_that_somebody_accepts_it() -> None:
    (misfit,) = MisfitMemo(BANK).misfits(GRAIN, with_drafts("hold").values[GRAIN])
    assert (misfit.message, misfit.missing, misfit.row, misfit.column) == (
        "draft: accept or change it",
        True,
        0,
        "",
    )


@pytest.mark.parametrize("mark", [False, 1, "true"])
def test_a_mark_that_is_not_true_is_a_column_nobody_asked_for(mark: object) -> None:
    answers = said(AddRow(question=GRAIN, row={"entity": "hold", "grain": "one hold", "draft": mark}))
    (misfit,) = MisfitMemo(BANK).misfits(GRAIN, answers.values[GRAIN])
    assert (misfit.message, misfit.hint) == ("the table has no column 'draft'", "a draft says true")


def test_a_question_of_nothing_but_drafts_is_unanswered_and_one_with_some_is_partial() -> None:
    answers = with_drafts("hold", "seat")
    before = survey(BANK, Answers()).progress()
    assert survey(BANK, answers).questions[GRAIN].state == QuestionState.UNANSWERED
    assert survey(BANK, answers).progress() == before
    touched = said(SetCell(question=GRAIN, row="hold", column="grain", value="one hold"), since=answers)
    assert survey(BANK, touched).questions[GRAIN].state == QuestionState.PARTIAL
    assert survey(BANK, said(Accept(question=GRAIN), since=touched)).progress() == before


def test_rules_do_not_read_drafts_and_readiness_does_not_rise() -> None:
    engine = Engine(BANK, strict=True)
    cells = {"entity": "hold", "grain": "TBD"}
    with_draft = engine.evaluate(said(AddRow(question=GRAIN, row={**cells, "draft": True})), TODAY)
    as_answer = engine.evaluate(said(AddRow(question=GRAIN, row=cells)), TODAY)
    empty = engine.evaluate(Answers(), TODAY)
    assert with_draft.readiness == empty.readiness
    assert [f.message for f in with_draft.findings] == [f.message for f in empty.findings]
    assert [f.message for f in as_answer.findings] != [f.message for f in empty.findings]


def test_what_is_missing_is_told_of_the_right_row_beside_drafts() -> None:
    answers = said(AddRow(question=GRAIN, row={"entity": "seat"}), since=with_drafts("hold"))
    found = Engine(BANK, strict=True).evaluate(answers, TODAY).findings
    (message,) = [f.message for f in found if f.target.question == GRAIN and f.code == "CP01"]
    assert "hold: draft: accept or change it; seat: Grain" in message


def test_touching_any_cell_takes_the_mark_away_and_moving_the_row_does_not() -> None:
    answers = with_drafts("hold", "seat")
    moved = said(MoveRow(question=GRAIN, row="hold"), since=answers)
    assert count_drafts(moved.values[GRAIN]) == 2
    set_again = said(SetCell(question=GRAIN, row="hold", column="entity", value="hold"), since=answers)
    assert rows(set_again) == [{"entity": "hold"}, draft("seat")]
    cleared = said(SetCell(question=GRAIN, row="hold", column="example", value=None), since=answers)
    assert rows(cleared)[0] == {"entity": "hold"}


@pytest.mark.parametrize("value", [True, False, None, "x"])
def test_the_mark_itself_can_only_be_taken_away_by_hand(value: object) -> None:
    operation = SetCell(question=GRAIN, row="hold", column="draft", value=value)
    assert rows(said(operation, since=with_drafts("hold"))) == [{"entity": "hold"}]
    with pytest.raises(OperationError):
        said(operation, since=said(AddRow(question=GRAIN, row={"entity": "hold"})))


def test_accept_takes_one_or_all_and_leaves_the_rest_as_it_is() -> None:
    answers = said(AddRow(question=GRAIN, row={"entity": "sale"}), since=with_drafts("hold", "seat"))
    one = said(Accept(question=GRAIN, row="Seat"), since=answers)
    assert rows(one) == [draft("hold"), {"entity": "seat"}, {"entity": "sale"}]
    everything = said(Accept(question=GRAIN), since=answers)
    assert rows(everything) == [{"entity": "hold"}, {"entity": "seat"}, {"entity": "sale"}]
    assert said(Accept(question=GRAIN), since=everything) is everything
    assert said(Accept(question=GRAIN, row="sale"), since=answers) is answers


@pytest.mark.parametrize(("question", "row"), [(GRAIN, "nobody"), ("control.owner", None), ("a.b", None)])
def test_accept_refuses_what_is_not_there(question: str, row: str | None) -> None:
    with pytest.raises(OperationError):
        said(Accept(question=question, row=row), since=with_drafts("hold"))


def test_an_import_adds_to_several_tables_behind_what_is_there() -> None:
    answers = said(AddRow(question=GRAIN, row={"entity": "sale", "grain": "one sale"}))
    added = {GRAIN: [draft("hold")], "logical.keys": [draft("hold", primary_identity="hold_id")]}
    answers = said(ImportRows(rows=added), since=answers)
    assert rows(answers) == [{"entity": "sale", "grain": "one sale"}, draft("hold")]
    assert answers.rows("logical.keys")[0]["primary_identity"] == "hold_id"


@pytest.mark.parametrize("operation", [Accept(question=GRAIN), ImportRows(rows={GRAIN: [draft("hold")]})])
def test_the_operations_are_data(operation: Operation) -> None:
    assert operation_adapter().validate_json(msgspec.json.encode(operation)) == operation


def test_the_rendered_document_leaves_drafts_out_and_counts_them() -> None:
    answers = said(AddRow(question=GRAIN, row={"entity": "sale", "grain": "one sale"}))
    answers = said(ImportRows(rows={GRAIN: [draft("seathold"), draft("seatmap")]}), since=answers)
    for text in (render(BANK, answers, "full"), render(BANK, answers, "compact")):
        assert "seathold" not in text
        assert "6.1 Entity Grain: 2 rows" in text[text.index("### Drafts") :]
    assert "one sale" in render(BANK, answers, "full")


def test_references_to_a_draft_hold_and_those_of_a_draft_are_not_looked_at() -> None:
    answers = with_drafts("hold")
    known = said(AddRow(question="logical.keys", row={"entity": "hold"}), since=answers)
    assert not list(dangling_references(BANK, known))
    unknown = {"entity": "nobody"}
    as_draft = said(ImportRows(rows={"logical.keys": [{**unknown, "draft": True}]}), since=answers)
    assert not list(dangling_references(BANK, as_draft))
    assert list(dangling_references(BANK, said(Accept(question="logical.keys"), since=as_draft)))


def test_a_merge_keeps_the_mark_only_where_both_sides_have_it() -> None:
    base = with_drafts("hold")
    touched = said(SetCell(question=GRAIN, row="hold", column="grain", value="one hold"), since=base)
    exampled = said(ImportRows(rows={"logical.keys": [draft("hold")]}), since=base)
    assert merge(BANK, base, exampled, base).answers.rows(GRAIN) == base.rows(GRAIN)
    for ours, theirs in ((touched, exampled), (exampled, touched)):
        merged = merge(BANK, base, ours, theirs)
        assert rows(merged.answers) == [{"entity": "hold", "grain": "one hold"}]
        assert not merged.conflicts


def test_a_row_that_both_sides_added_is_no_draft_when_one_of_them_wrote_it() -> None:
    mine = said(AddRow(question=GRAIN, row={"entity": "hold", "grain": "one hold"}))
    for ours, theirs in ((mine, with_drafts("hold")), (with_drafts("hold"), mine)):
        merged = merge(BANK, Answers(), ours, theirs)
        assert rows(merged.answers) == [{"entity": "hold", "grain": "one hold"}]
        assert not merged.conflicts
    both = merge(BANK, Answers(), with_drafts("hold"), with_drafts("hold", "seat"))
    assert rows(both.answers) == [draft("hold"), draft("seat")]


def test_resolving_a_conflict_in_a_draft_touches_it() -> None:
    conflict = Conflict(GRAIN, "hold", "grain", ours="one hold", theirs="one try")
    answers = Answers(values=with_drafts("hold").values, conflicts=(conflict,))
    operation = Resolve(question=GRAIN, row="hold", column="grain", take="theirs")
    assert rows(said(operation, since=answers)) == [{"entity": "hold", "grain": "one try"}]


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.integers(0, 5))
def test_accepting_survives_the_file_and_is_undone_exactly(marks: list[bool], which: int) -> None:
    names = [f"entity_{n}" for n in range(len(marks))]
    cells = [draft(name) if mark else {"entity": name} for name, mark in zip(names, marks, strict=True)]
    before = said(ImportRows(rows={GRAIN: cells}))
    after = said(Accept(question=GRAIN, row=names[which % len(names)]), since=before)
    document = encode(BANK, new_document(BANK, "x", Answers()), before)
    again = decode(BANK, encode(BANK, document, after).text, "x.toml")
    assert not again.problems
    assert same(again.answers.values, after.values)
    found = from_text(to_text(difference(before, after)))
    assert same(redo(before, found).values, after.values)
    assert same(undo(after, found).values, before.values)


def test_the_journal_undoes_an_import_and_an_acceptance_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    with Session.create(BANK, path) as session:
        session.apply(ImportRows(rows={GRAIN: [draft("hold")], "logical.keys": [draft("hold")]}))
        session.apply(Accept(question=GRAIN, row="hold"))
    with Session.open(BANK, path) as session:
        assert session.recovered == ("imported 2 rows of 2 tables", "accepted logical.grain[hold]")
        assert session.undo() == "accepted logical.grain[hold]"
        assert rows(session.answers) == [draft("hold")]
        session.undo()
        assert not session.answers.values


def test_the_json_schema_knows_the_mark() -> None:
    schema = json_schema(BANK)
    row = schema["properties"]["logical"]
    for name in ("properties", "grain", "items"):
        row = schema["$defs"][row["$ref"].rsplit("/", 1)[-1]] if "$ref" in row else row
        row = row[name]
    row = schema["$defs"][row["$ref"].rsplit("/", 1)[-1]]
    assert row["properties"]["draft"]["const"] is True


def test_removing_a_draft_removes_it() -> None:
    answers = said(RemoveRow(question=GRAIN, row="hold"), since=with_drafts("hold", "seat"))
    assert rows(answers) == [draft("seat")]


def test_an_answer_without_drafts_stays_the_same_object() -> None:
    value = said(AddRow(question=GRAIN, row={"entity": "sale"})).values[GRAIN]
    assert without_drafts(value) is value
    assert not only_drafts(value)
    assert without_drafts(with_drafts("hold").values[GRAIN]) == ()
