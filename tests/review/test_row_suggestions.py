"""Suggestions about rows are bound to the row's key and all that it says, and taken as one step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.answers import Answers, freeze
from app.document.operations import AddRow, MoveRow, Operation, RemoveRow, Set, SetCell, apply
from app.problems import OperationError
from app.review.model import Decide, Suggestion
from app.review.names import review_folder
from app.review.reading import read_records
from app.review.row_suggestions import RowChange, SetCells, cell_changes, gist
from app.review.saying import suggestion_words
from app.review.suggestions import Fate, acceptance, proposals
from app.review.writing import append
from app.session import Session

from .people import BANK, Room, answers_with, sample

GRAIN = "logical.grain"
TRANSACTIONS = "transactions.boundaries"
ADD = AddRow(question=GRAIN, row={"entity": "refund", "grain": "one refund of one hold"}, before="hold")
CHANGE = SetCells(question=GRAIN, row="hold", cells={"entity": "seat_hold", "grain": "one buyer's hold"})
REMOVE = RemoveRow(question=GRAIN, row="hold")


def suggested(change: RowChange, answers: Answers | None = None, room: Room | None = None) -> Suggestion:
    words = suggestion_words(BANK, answers or sample(), change, "why")
    return (room or Room()).say("bo", Suggestion, **words)


def after(*operations: Operation) -> Answers:
    return answers_with(*operations, start=sample())


def taken(answers: Answers, suggestion: Suggestion) -> Answers:
    for operation in acceptance(BANK, answers, suggestion):
        answers = apply(BANK, answers, operation)
    return answers


def rows(answers: Answers) -> list[dict[str, Any]]:
    return [dict(row) for row in answers.rows(GRAIN)]


SEAT, HOLD = rows(sample())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (ADD, [SEAT, ADD.row, HOLD]),
        (AddRow(question=GRAIN, row=ADD.row), [SEAT, HOLD, ADD.row]),
        (CHANGE, [SEAT, CHANGE.cells]),
        (
            SetCells(question=GRAIN, row="hold", cells={"grain": None, "entity": "hold"}),
            [SEAT, {"entity": "hold"}],
        ),
        (REMOVE, [SEAT]),
    ],
    ids=["a row more", "at the end", "cells and the key", "a cell goes away", "a row less"],
)
def test_accepting_does_to_the_row_what_was_suggested_and_to_no_other(
    change: RowChange, expected: list[dict[str, Any]]
) -> None:
    assert rows(taken(sample(), suggested(change))) == expected


def test_a_row_that_is_added_stands_at_the_end_when_the_row_below_it_is_gone() -> None:
    answers = after(RemoveRow(question=GRAIN, row="hold"))
    assert rows(taken(answers, suggested(ADD))) == [SEAT, ADD.row]


def test_cells_of_a_row_with_several_keys_are_all_set() -> None:
    name = next(name for name, question in BANK.questions.items() if len(question.key_columns) > 1)
    first, second = BANK.questions[name].key_columns[:2]
    answers = answers_with(AddRow(question=name, row={first: "a", second: "b"}), start=sample())
    cells = {first: "c", second: "d"}
    found = taken(answers, suggested(SetCells(question=name, row="a/b", cells=cells), answers))
    assert [dict(row) for row in found.rows(name)] == [cells]


OUTDATED: dict[str, tuple[RowChange, Answers, str]] = {
    "the key is there": (
        ADD,
        after(AddRow(question=GRAIN, row={"entity": "refund"})),
        "a row 'refund' already",
    ),
    "the row is there": (ADD, after(ADD), "such a row already"),
    "the row is gone": (CHANGE, after(REMOVE), "the row 'hold' is gone"),
    "a cell that it would change": (
        CHANGE,
        after(SetCell(question=GRAIN, row="hold", column="grain", value="x")),
        "the row has changed since; Grain says 'x'",
    ),
    "another cell": (
        CHANGE,
        after(SetCell(question=GRAIN, row="hold", column="example", value="x")),
        "the row has changed since",
    ),
    "called something else": (
        REMOVE,
        after(SetCell(question=GRAIN, row="hold", column="entity", value="x")),
        "the row 'hold' is gone",
    ),
    "said already": (
        SetCells(question=GRAIN, row="hold", cells={"grain": "x", "example": "y"}),
        after(
            SetCell(question=GRAIN, row="hold", column="grain", value="x"),
            SetCell(question=GRAIN, row="hold", column="example", value="y"),
        ),
        "the row says this already",
    ),
    "removed what says more by now": (
        REMOVE,
        after(SetCell(question=GRAIN, row="hold", column="example", value="x")),
        "the row has changed since",
    ),
}


@pytest.mark.parametrize("name", OUTDATED)
def test_a_suggestion_for_another_row_is_outdated_says_why_and_is_refused(name: str) -> None:
    change, answers, why = OUTDATED[name]
    room = Room()
    suggestion = suggested(change, room=room)
    (proposal,) = proposals(BANK, answers, room.records)
    assert (proposal.fate, why in proposal.why) == (Fate.OUTDATED, True), proposal.why
    with pytest.raises(OperationError, match="outdated"):
        acceptance(BANK, answers, suggestion)


@pytest.mark.parametrize("change", [ADD, CHANGE, REMOVE], ids=["add", "change", "remove"])
def test_other_rows_their_order_and_that_of_cells_leave_a_suggestion_open(change: RowChange) -> None:
    room = Room()
    suggested(change, room=room)
    answers = after(
        SetCell(question=GRAIN, row="seat", column="grain", value="a chair"),
        MoveRow(question=GRAIN, row="hold", before="seat"),
        AddRow(question=GRAIN, row={"entity": "buyer"}),
    )
    turned = [dict(reversed(row.items())) for row in answers.rows(GRAIN)]
    for known in (answers, answers.with_value(GRAIN, freeze(turned))):
        (proposal,) = proposals(BANK, known, room.records)
        assert proposal.fate == Fate.OPEN, proposal.why


WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=9).map(
    str.strip
)
CELLS = st.dictionaries(st.sampled_from(["grain", "example", "not_included"]), WORDS, max_size=3)


@given(CELLS, CELLS, st.sampled_from([CHANGE, REMOVE]))
def test_a_suggestion_is_open_exactly_while_its_row_says_what_it_said(
    before: dict[str, str], now: dict[str, str], change: RowChange
) -> None:
    def said(cells: dict[str, str]) -> Answers:
        return answers_with(Set(question=GRAIN, value=[{"entity": "hold", **cells}]), start=sample())

    room = Room()
    suggested(change, said(before), room)
    (proposal,) = proposals(BANK, said(now), room.records)
    same = {k: v for k, v in before.items() if v} == {k: v for k, v in now.items() if v}
    assert (proposal.fate == Fate.OPEN) == same


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (AddRow(question=GRAIN, row={"entity": "hold", "grain": "x"}), "there is a row 'hold' already"),
        (AddRow(question=GRAIN, row={"entity": " ", "draft": True}), "says nothing"),
        (AddRow(question=GRAIN, row={"entity": "x", "grane": "y"}), "has no column 'grane'"),
        (SetCells(question=GRAIN, row="hold", cells={"grane": "y"}), "has no column 'grane'"),
        (
            SetCells(question=GRAIN, row="hold", cells={"grain": HOLD["grain"], "example": None}),
            "says this already",
        ),
        (SetCells(question=GRAIN, row="nobody", cells={"grain": "x"}), "has no row 'nobody'"),
        (RemoveRow(question=GRAIN, row="nobody"), "has no row 'nobody'"),
        (RemoveRow(question="control.title", row="x"), "has no rows"),
        (AddRow(question="control.reviewers", row={"a": "b"}), "has no rows"),
        (AddRow(question="invariants.matrix", row={"id": "I", "enforcement": "hope"}), "does not fit"),
    ],
)
def test_what_could_not_be_accepted_is_not_suggested(change: RowChange, why: str) -> None:
    with pytest.raises(OperationError, match=why):
        suggestion_words(BANK, sample(), change)


HOSTILE: dict[str, dict[str, Any]] = {
    "no row": {"change": "change", "new": "x", "row": "hold"},
    "cells that are tables": {"change": "change", "new": {"grain": {"a": [{}]}}, "row": "hold"},
    "a draft": {"change": "add", "new": {"entity": "x", "draft": True}},
    "a question without rows": {"change": "add", "new": {"a": "b"}, "question": "control.title"},
    "a list": {"change": "add", "new": [1]},
    "nothing": {"change": "add", "new": {}},
    "no address": {"change": "remove", "new": {}},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_record_is_shown_and_changes_nothing(name: str) -> None:
    room = Room()
    words = {"question": GRAIN, "old_digest": "0" * 64, "old_cells": {"x": "y"}, **HOSTILE[name]}
    suggestion = room.say("eve", Suggestion, **words)
    assert len(proposals(BANK, sample(), room.records)) == 1
    assert isinstance(gist(BANK, suggestion), str)
    assert isinstance(cell_changes(BANK, suggestion), tuple)
    with pytest.raises(OperationError):
        acceptance(BANK, sample(), suggestion)


def test_old_and_new_of_each_cell_are_kept_for_people() -> None:
    change = SetCells(question=GRAIN, row="hold", cells={"grain": None, "example": "14F"})
    found = [(c.title, c.old, c.new) for c in cell_changes(BANK, suggested(change))]
    assert found == [("Grain", HOLD["grain"], ""), ("Example Row", "", "14F")]
    assert [c.old for c in cell_changes(BANK, suggested(REMOVE))] == ["hold", HOLD["grain"]]
    assert gist(BANK, suggested(change)) == "Grain: nothing; Example Row: 14F"
    assert gist(BANK, suggested(ADD)) == "a row more: refund; one refund of one hold"


def test_a_suggestion_through_a_file_can_be_accepted_and_undone_as_one_step(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    with Session.create(BANK, path, [Set(question=GRAIN, value=[SEAT, HOLD])]) as session:
        for change in (ADD, CHANGE, REMOVE):
            words = suggestion_words(BANK, session.answers, change)
            append(review_folder(path), "Bo", Suggestion, words)
        records = read_records(review_folder(path))
        assert records.problems == ()
        for suggestion in records.of(Suggestion):
            before = session.answers
            for operation in acceptance(BANK, before, suggestion):
                session.apply(operation, group=suggestion.id, who="Bo")
            assert session.answers != before
            assert session.history[-1].who == "Bo"
            session.undo()
            assert session.answers == before


def test_a_record_of_an_earlier_version_means_what_it_meant() -> None:
    """It has none of the fields about rows."""
    plain = SetCell(question=GRAIN, row="hold", column="grain", value="x")
    words = suggestion_words(BANK, sample(), plain)
    assert not {"change", "old_cells", "before"} & set(words)
    (operation,) = acceptance(BANK, sample(), Room().say("bo", Suggestion, **words))
    assert operation == plain


def test_a_decision_about_a_row_holds_like_any_other() -> None:
    room = Room()
    suggestion = suggested(CHANGE, room=room)
    room.say("ines", Decide, suggestion=suggestion.id, decision="reject", text="No.")
    (proposal,) = proposals(BANK, after(REMOVE), room.records)
    assert proposal.fate == Fate.REJECTED
