"""What a step changed is enough to do it again and to take it back, exactly, through text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.document.answers import Answers, Conflict, Waiver, same
from app.document.changes import Change, difference, from_text, redo, to_text, undo
from app.document.operations import AddRow, RemoveRow, Set, SetCell, apply
from app.problems import OperationError
from tests.document.strategies import BANK, operations

GRAIN = "logical.grain"


def rows(*names: str) -> Answers:
    answers = Answers()
    for name in names:
        answers = apply(BANK, answers, AddRow(question=GRAIN, row={"entity": name, "grain": f"one {name}"}))
    return answers


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_every_operation_can_be_taken_back_and_done_again(data: st.DataObject) -> None:
    """For random operations of every kind; the text is what a journal keeps."""
    answers = Answers()
    passed: list[tuple[Answers, str]] = []
    for _ in range(data.draw(st.integers(1, 6))):
        after = apply(BANK, answers, data.draw(operations(answers)))
        passed.append((answers, to_text(difference(answers, after))))
        again = redo(answers, from_text(passed[-1][1]))
        assert not difference(again, after)
        answers = after
    for before, text in reversed(passed):
        answers = undo(answers, from_text(text))
        assert not difference(answers, before)


def test_of_a_large_table_only_the_changed_row_is_kept() -> None:
    before = rows(*map(str, range(200)))
    after = apply(BANK, before, SetCell(question=GRAIN, row="100", column="grain", value="another"))
    (change,) = difference(before, after)
    assert (change.at, change.size) == (100, 200)
    assert len(to_text([change])) < 400


@pytest.mark.parametrize(
    ("left", "right"), [(1, 1.0), (1, True), ("1", 1), ((), None), (("a",), ("a", "b")), ("", None)]
)
def test_values_that_differ_in_type_or_presence_only_come_back_as_they_were(left: Any, right: Any) -> None:
    before, after = (
        Answers() if value is None else Answers().with_value("control.title", value)
        for value in (left, right)
    )
    back = undo(after, from_text(to_text(difference(before, after))))
    assert same(back.values.get("control.title"), left)
    assert ("control.title" in back.values) == (left is not None)


def test_waivers_and_conflicts_are_kept_as_records() -> None:
    waiver = Waiver("A1", "x", "because", "Ana")
    conflict = Conflict(GRAIN, "hold", "grain", None, "ours", ("theirs",))
    after = Answers(waivers=(waiver,), conflicts=(conflict,))
    changes = from_text(to_text(difference(Answers(), after)))
    assert redo(Answers(), changes) == after
    assert undo(after, changes) == Answers()


def test_a_value_that_is_another_one_by_now_is_not_taken_back() -> None:
    before, mine, theirs = (Answers().with_value("control.title", text) for text in "abc")
    with pytest.raises(OperationError, match=r"control\.title has been changed since"):
        undo(theirs, difference(before, mine))


def test_a_row_is_taken_back_although_rows_came_in_above_it() -> None:
    before = rows("a", "b")
    mine = apply(BANK, before, SetCell(question=GRAIN, row="b", column="grain", value="mine"))
    now = apply(BANK, mine, AddRow(question=GRAIN, row={"entity": "new"}, before="a"))
    back = undo(now, difference(before, mine))
    assert [row.get("grain") for row in back.rows(GRAIN)] == [None, "one a", "one b"]


def test_a_row_that_is_another_one_by_now_is_not_taken_back() -> None:
    before = rows("a", "b")
    mine = apply(BANK, before, SetCell(question=GRAIN, row="b", column="grain", value="mine"))
    now = apply(BANK, mine, SetCell(question=GRAIN, row="b", column="grain", value="theirs"))
    with pytest.raises(OperationError):
        undo(now, difference(before, mine))


def test_a_removed_row_comes_back_although_the_table_has_grown() -> None:
    before = rows("a", "b")
    mine = apply(BANK, before, RemoveRow(question=GRAIN, row="b"))
    now = apply(BANK, mine, AddRow(question=GRAIN, row={"entity": "c"}))
    back = undo(now, difference(before, mine))
    assert sorted(str(row["entity"]) for row in back.rows(GRAIN)) == ["a", "b", "c"]


def test_a_removed_row_that_somebody_brought_back_does_not_come_twice() -> None:
    before = rows("a", "b")
    mine = apply(BANK, before, RemoveRow(question=GRAIN, row="b"))
    with pytest.raises(OperationError):
        undo(before, difference(before, mine))


@pytest.mark.parametrize(
    "text", ["[[change]]", "[[change]]\npart = 1\nquestion = 2\nx = 3", "change = 1", "]"]
)
def test_text_that_is_no_change_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what kind is the whole promise
        from_text(text)


def test_a_change_says_how_to_take_it_back() -> None:
    change = Change("value", GRAIN, ("a",), ("b", "c"), at=1, size=4)
    assert change.inverse == Change("value", GRAIN, ("b", "c"), ("a",), at=1, size=3)
    assert change.inverse.inverse == change


def test_setting_a_whole_table_keeps_only_what_differs() -> None:
    before = rows("a", "b", "c")
    value = [{"entity": "a", "grain": "one a"}, {"entity": "x"}, {"entity": "c", "grain": "one c"}]
    (change,) = difference(before, apply(BANK, before, Set(question=GRAIN, value=value)))
    assert change.at == 1
    assert change.old is not None
    assert len(change.old) == 1  # type: ignore[arg-type] # a run is a tuple
