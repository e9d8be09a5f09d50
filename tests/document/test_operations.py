"""Every operation: what it does, what it refuses, and that it changes nothing else."""

from __future__ import annotations

import re
from datetime import date
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from app.document.answers import Answers, Profile, State, Value, Waiver, same, thaw
from app.document.operations import (
    AddRow,
    Clear,
    MoveRow,
    Operation,
    RemoveRow,
    Set,
    SetCell,
    SetNote,
    SetProfile,
    SetSlot,
    SetState,
    Unwaive,
    Waive,
    apply,
    operation_adapter,
)
from app.problems import OperationError
from tests.document.strategies import BANK, operations

GRAIN = "logical.grain"
SLOTS = [slot.id for slot in BANK.questions["problem.situation"].slots]


def after(*given_operations: Operation, answers: Answers | None = None) -> Answers:
    answers = answers or Answers()
    for operation in given_operations:
        answers = apply(BANK, answers, operation)
    return answers


def with_rows(*names: str) -> Answers:
    return after(*(AddRow(question=GRAIN, row={"entity": name}) for name in names))


def names(answers: Answers) -> list[Value]:
    return [row["entity"] for row in answers.rows(GRAIN)]


def refusal(operation: Operation, answers: Answers | None = None) -> OperationError:
    with pytest.raises(OperationError) as caught:
        apply(BANK, answers or Answers(), operation)
    return caught.value


def test_set_replaces_an_answer_and_clear_removes_it() -> None:
    answers = after(Set(question="control.title", value="a"), Set(question="control.title", value="b"))
    assert answers.values == {"control.title": "b"}
    assert after(Clear(question="control.title"), answers=answers).values == {}


def test_set_freezes_and_normalises_what_it_is_given() -> None:
    value = {"x": ["a\r\nb\x07", {"\x1by": "c\rd"}], "none": None}
    answers = after(Set(question="control.title", value=value))
    assert same(answers.values["control.title"], MappingProxyType({"x": ("a\nb", {"y": "c\nd"})}))


def test_set_stores_a_value_that_does_not_fit() -> None:
    assert after(Set(question="problem.goals", value=5)).values["problem.goals"] == 5


def test_set_takes_a_text_for_a_date_or_a_list_of_one_where_that_is_certain() -> None:
    answers = after(
        Set(question="control.created", value="2026-02-28"),
        Set(question="control.last_updated", value="2026-02-30"),
        Set(question="problem.goals", value="one"),
    )
    assert dict(answers.values) == {
        "control.created": date(2026, 2, 28),
        "control.last_updated": "2026-02-30",
        "problem.goals": ("one",),
    }


def test_rows_put_their_cells_into_the_order_of_the_columns_and_keep_unknown_ones_last() -> None:
    answers = after(Set(question=GRAIN, value=[{"zz": 1, "grain": "g", "entity": "e"}]))
    assert [list(row) for row in answers.rows(GRAIN)] == [["entity", "grain", "zz"]]


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**5000, [10**30], None, object()], ids=type)
def test_what_no_answer_file_can_hold_is_refused(value: object) -> None:
    assert refusal(Set(question="control.title", value=value)).message


def test_nesting_has_a_limit() -> None:
    value: object = "x"
    for _ in range(9):
        value = [value]
    assert "nested deeper than 8" in refusal(Set(question="control.title", value=value)).message


def test_slots_are_filled_one_by_one_in_the_order_of_the_sentence() -> None:
    second, first = SLOTS[1], SLOTS[0]
    answers = after(
        SetSlot(question="problem.situation", slot=second, value=" b "),
        SetSlot(question="problem.situation", slot=first, value="a"),
    )
    assert same(answers.values["problem.situation"], MappingProxyType({first: "a", second: "b"}))
    answers = after(SetSlot(question="problem.situation", slot=first, value="  "), answers=answers)
    assert same(answers.values["problem.situation"], MappingProxyType({second: "b"}))
    answers = after(SetSlot(question="problem.situation", slot=second, value=""), answers=answers)
    assert "problem.situation" not in answers.values


def test_an_unknown_slot_is_refused_with_the_nearest_one() -> None:
    error = refusal(SetSlot(question="problem.situation", slot=SLOTS[0] + "x", value="a"))
    assert error.hint == f"did you mean {SLOTS[0]!r}?"


def test_a_slot_does_not_replace_an_answer_that_is_not_slots() -> None:
    answers = after(Set(question="problem.situation", value="a whole text"))
    operation = SetSlot(question="problem.situation", slot=SLOTS[0], value="a")
    assert "not slots" in refusal(operation, answers).message


def test_rows_are_added_at_the_end_or_before_another() -> None:
    answers = after(AddRow(question=GRAIN, row={"entity": "n"}, before="b"), answers=with_rows("a", "b"))
    assert names(answers) == ["a", "n", "b"]
    assert names(after(AddRow(question=GRAIN, row={"entity": "z"}), answers=answers)) == ["a", "n", "b", "z"]


def test_a_cell_is_set_and_removed_and_the_other_rows_are_the_same_objects() -> None:
    answers = with_rows("a", "b")
    changed = after(SetCell(question=GRAIN, row="B", column="grain", value="one\r\n"), answers=answers)
    assert dict(changed.rows(GRAIN)[1]) == {"entity": "b", "grain": "one\n"}
    assert changed.rows(GRAIN)[0] is answers.rows(GRAIN)[0]
    changed = after(SetCell(question=GRAIN, row="b", column="grain", value=None), answers=changed)
    assert same(changed.rows(GRAIN)[1], answers.rows(GRAIN)[1])


def test_setting_a_cell_leaves_cells_alone_that_only_a_file_can_hold() -> None:
    deep: Value = "x"
    for _ in range(20):
        deep = (deep,)
    row = MappingProxyType({"entity": "a", "odd": deep})
    answers = Answers().with_value(GRAIN, (row,))
    changed = after(SetCell(question=GRAIN, row="a", column="grain", value="g"), answers=answers)
    assert changed.rows(GRAIN)[0]["odd"] is deep


def test_an_unknown_column_can_be_removed_but_not_made() -> None:
    answers = after(AddRow(question=GRAIN, row={"entity": "a", "odd": 1}))
    changed = after(SetCell(question=GRAIN, row="a", column="odd", value=None), answers=answers)
    assert dict(changed.rows(GRAIN)[0]) == {"entity": "a"}
    error = refusal(SetCell(question=GRAIN, row="a", column="grian", value="x"), answers)
    assert "no column 'grian'" in error.message
    assert error.hint == "did you mean 'grain'?"


def test_the_last_row_that_goes_takes_the_answer_with_it() -> None:
    answers = after(RemoveRow(question=GRAIN, row="a"), answers=with_rows("a", "b"))
    assert names(answers) == ["b"]
    assert GRAIN not in after(RemoveRow(question=GRAIN, row="b"), answers=answers).values


@pytest.mark.parametrize(
    ("row", "before", "expected"),
    [("a", None, "bca"), ("c", "a", "cab"), ("a", "c", "bac"), ("b", "b", "abc"), ("c", None, "abc")],
)
def test_a_row_moves_before_another_or_to_the_end(row: str, before: str | None, expected: str) -> None:
    moved = after(MoveRow(question=GRAIN, row=row, before=before), answers=with_rows("a", "b", "c"))
    assert names(moved) == list(expected)


@pytest.mark.parametrize(
    "operation",
    [
        RemoveRow(question=GRAIN, row="entty"),
        MoveRow(question=GRAIN, row="entty"),
        MoveRow(question=GRAIN, row="entity", before="entty"),
        SetCell(question=GRAIN, row="entty", column="grain", value="x"),
        AddRow(question=GRAIN, row={}, before="entty"),
    ],
)
def test_an_unknown_row_is_refused_with_the_nearest_one(operation: Operation) -> None:
    error = refusal(operation, with_rows("entity"))
    assert "no row 'entty'" in error.message
    assert error.hint == "did you mean 'entity'?"


def test_row_operations_need_a_list_of_rows() -> None:
    assert "has no rows" in refusal(AddRow(question="control.title", row={})).message
    answers = after(Set(question=GRAIN, value="text"))
    assert "not a list of rows" in refusal(AddRow(question=GRAIN, row={}), answers).message


@pytest.mark.parametrize(
    "operation",
    [
        Set(question="logical.grian", value=1),
        SetSlot(question="logical.grian", slot="x", value="y"),
        Clear(question="logical.grian"),
        AddRow(question="logical.grian", row={}),
        SetCell(question="logical.grian", row="a", column="b", value=1),
        RemoveRow(question="logical.grian", row="a"),
        MoveRow(question="logical.grian", row="a"),
        SetState(question="logical.grian"),
        SetNote(question="logical.grian", note="x"),
    ],
    ids=lambda operation: operation.op,
)
def test_an_unknown_question_is_refused_with_the_nearest_one(operation: Operation) -> None:
    error = refusal(operation)
    assert "there is no question 'logical.grian'" in error.message
    assert error.hint == "did you mean 'logical.grain'?"


def test_a_state_is_said_and_taken_back() -> None:
    answers = after(
        SetState(question=GRAIN, state="not_applicable", reason="unchanged", note=" as is\x07 "),
        SetState(
            question="logical.keys",
            state="deferred",
            reason="unchanged",
            owner=" Ada ",
            until=date(2026, 1, 2),
        ),
    )
    assert dict(answers.states) == {
        GRAIN: State("not_applicable", reason="unchanged", note="as is"),
        "logical.keys": State("deferred", owner="Ada", until=date(2026, 1, 2)),
    }
    assert list(after(SetState(question=GRAIN), answers=answers).states) == ["logical.keys"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"state": "not_applicable", "reason": "unchangd", "note": "x"}, "did you mean 'unchanged'?"),
        ({"state": "not_applicable", "note": "x"}, "the reason must be one of"),
        ({"state": "not_applicable", "reason": "unchanged"}, "say in a sentence"),
        ({"state": "not_applicable", "reason": "unchanged", "note": " \x07\n"}, "say in a sentence"),
        ({"state": "deferred", "owner": "Ada"}, "needs an owner and a date"),
        ({"state": "deferred", "until": date(2026, 1, 1)}, "needs an owner and a date"),
        ({"state": "deferred", "owner": "\x00 ", "until": date(2026, 1, 1)}, "needs an owner and a date"),
    ],
)
def test_a_state_that_does_not_say_enough_is_refused(said: dict[str, Any], message: str) -> None:
    assert message in str(refusal(SetState(question=GRAIN, **said)))


def test_a_note_is_kept_and_an_empty_one_removes_it() -> None:
    answers = after(SetNote(question=GRAIN, note=" ask Bo\r\n"))
    assert dict(answers.notes) == {GRAIN: "ask Bo"}
    assert dict(after(SetNote(question=GRAIN, note="  "), answers=answers).notes) == {}


def test_a_waiver_replaces_the_one_for_the_same_finding_and_is_taken_back() -> None:
    said = {"code": "A1", "target": "t", "owner": "o"}
    answers = after(Waive(**said, reason="old"), Waive(**said, reason=" new\x07", expires=date(2026, 1, 2)))
    assert answers.waivers == (Waiver("A1", "t", "new", "o", date(2026, 1, 2)),)
    assert after(Unwaive(code="A1", target="other"), answers=answers).waivers == answers.waivers
    assert after(Unwaive(code="A1\x07", target="t"), answers=answers).waivers == ()


@pytest.mark.parametrize("missing", ["code", "target", "reason", "owner"])
def test_a_waiver_says_what_why_and_who(missing: str) -> None:
    said = {"code": "A1", "target": "t", "reason": "r", "owner": "o"} | {missing: " \x07"}
    assert "a waiver needs" in refusal(Waive(**said)).message


def test_the_profile_changes_only_in_what_is_given() -> None:
    answers = after(
        SetProfile(change_types=("add_table", "add_table"), risk="high", template="compact"),
        SetProfile(traits=("replicas",)),
    )
    assert answers.profile == Profile(("add_table",), "high", ("replicas",), "compact")
    assert after(SetProfile(risk="", traits=()), answers=answers).profile == Profile(
        ("add_table",), "", (), "compact"
    )


@pytest.mark.parametrize(
    ("operation", "near"),
    [
        (SetProfile(change_types=("add_tabel",)), "add_table"),
        (SetProfile(risk="hihg"), "high"),
        (SetProfile(traits=("replica",)), "replicas"),
    ],
)
def test_an_unknown_part_of_the_profile_is_refused_with_the_nearest_one(
    operation: Operation, near: str
) -> None:
    assert refusal(operation).hint == f"did you mean {near!r}?"


def test_what_the_file_says_of_the_profile_can_be_kept_though_the_bank_does_not_know_it() -> None:
    answers = Answers(Profile(change_types=("from_a_newer_bank",)))
    changed = after(SetProfile(change_types=("from_a_newer_bank", "add_table")), answers=answers)
    assert changed.profile.change_types == ("from_a_newer_bank", "add_table")


@pytest.mark.parametrize(
    "raw",
    [
        {"op": "set", "question": "control.title", "value": 1, "extra": 1},
        {"op": "clear", "question": "control.title", "value": 1},
        {"op": "profile", "status": "x"},
        {"op": "status", "question": GRAIN, "state": "later"},
        {"op": "row_add", "question": GRAIN, "row": [1]},
        {"op": "unknown"},
        {"question": "control.title"},
        [],
    ],
)
def test_what_is_not_exactly_an_operation_is_refused(raw: object) -> None:
    with pytest.raises(ValidationError):
        operation_adapter().validate_python(raw)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_operations_leave_the_old_answers_as_they_were(data: st.DataObject) -> None:
    answers = Answers()
    for _ in range(4):
        before = (answers, thaw(answers.values), dict(answers.states), dict(answers.notes))
        answers = apply(BANK, answers, data.draw(operations(answers)))
        old = before[0]
        assert (old, thaw(old.values), dict(old.states), dict(old.notes)) == before


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_an_operation_that_went_through_json_does_the_same(data: st.DataObject) -> None:
    """Dates alone lose their type in JSON, and get it back where a date belongs.

    Infinities, which JSON does not have, are left aside.
    """
    answers = Answers()
    for _ in range(3):
        operation = data.draw(operations(answers))
        assume(not re.search(r"\b(inf|nan)\b", repr(operation)))
        again = operation_adapter().validate_json(msgspec.json.encode(operation))
        direct, through = apply(BANK, answers, operation), apply(BANK, answers, again)
        assert same(_dates_as_texts(through.values), _dates_as_texts(direct.values))
        assert (through.profile, through.states) == (direct.profile, direct.states)
        assert (through.notes, through.waivers) == (direct.notes, direct.waivers)
        answers = direct


def _dates_as_texts(plain: object) -> object:
    if isinstance(plain, date):
        return plain.isoformat()
    if isinstance(plain, dict | MappingProxyType):
        return {key: _dates_as_texts(inner) for key, inner in plain.items()}
    if isinstance(plain, list | tuple):
        return tuple(map(_dates_as_texts, plain))
    return plain


@pytest.mark.parametrize(
    "operation",
    [
        Set(question="control.created", value=date(2026, 3, 1)),
        AddRow(question="open_questions.questions", row={"question": "x", "deadline": date(2026, 3, 1)}),
        SetState(question=GRAIN, state="deferred", owner="Ada", until=date(2026, 3, 1)),
        Waive(code="A1", target="t", reason="r", owner="o", expires=date(2026, 3, 1)),
    ],
    ids=lambda operation: operation.op,
)
def test_dates_come_back_from_json_as_dates(operation: Operation) -> None:
    again = operation_adapter().validate_json(msgspec.json.encode(operation))
    assert apply(BANK, Answers(), again) == apply(BANK, Answers(), operation)


def test_a_value_taken_from_answers_can_go_into_an_operation_and_through_json() -> None:
    answers = with_rows("a")
    operation = Set(question=GRAIN, value=answers.values[GRAIN])
    again = operation_adapter().validate_json(msgspec.json.encode(operation))
    assert after(again) == answers
