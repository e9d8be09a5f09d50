"""The lines of a grid, the widths of its columns, and a row that is being edited."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.bank.model import Bank, Column, Enumeration, Option
from app.document.answers import Answers, Value, freeze
from app.document.operations import AddRow, MoveRow, Operation, RemoveRow, Set, SetCell, apply
from app.document.values import misfits
from app.interview.applicability import offered_options
from screens.widgets.grid_cells import box_text, cell_value, line_text, shown_text
from screens.widgets.grid_model import GridModel, Line, widths
from screens.widgets.grid_place import Place

GRAIN = "logical.grain"
BANK = default_bank()
SIZES = Enumeration(id="size", options=(Option(id="s", title="Small"), Option(id="xl", title="Very large")))


def document(*rows: dict[str, object]) -> Answers:
    return apply(BANK, Answers(), Set(question=GRAIN, value=list(rows)))


def lines_of(model: GridModel, answers: Answers, draft: int | None = None) -> list[Line]:
    value = answers.values.get(model.question_id)
    found = () if value is None else tuple(misfits(BANK, model.question_id, value))
    return model.lines(answers, found, draft)


def test_rows_that_did_not_change_are_the_same_lines() -> None:
    model = GridModel(BANK, GRAIN)
    before = document({"entity": "hold", "grain": "one hold"}, {"entity": "seat", "grain": "one seat"})
    old = lines_of(model, before)
    after = apply(
        BANK, before, SetCell(question=GRAIN, row="hold", column="grain", value="one hold of a seat")
    )
    new = lines_of(model, after)
    assert new[1] is old[1]
    assert new[0].cells[1] == "one hold of a seat"


def test_cells_that_are_missing_or_wrong_are_marked_and_a_second_row_of_one_name_too() -> None:
    model = GridModel(BANK, GRAIN)
    (first, second) = lines_of(model, document({"entity": "hold", "grain": 3}, {"entity": "hold"}))
    assert first.marks == ("wrong", "wrong", "")
    assert second.marks == ("wrong", "missing", "")


def test_options_that_no_row_has_are_proposed_and_then_any_other_row() -> None:
    model = GridModel(BANK, "recovery.objectives")
    options = offered_options(BANK, "recovery_scope", Answers())
    before = model.proposals(Answers())
    assert [line.starter.get("scope") for line in before] == [o.id for o in options] + [None]
    answers = apply(BANK, Answers(), AddRow(question="recovery.objectives", row=dict(before[0].starter)))
    after = model.proposals(answers)
    assert [line.starter.get("scope") for line in after] == [o.id for o in options[1:]] + [None]
    assert after[0] is before[1]


def test_the_key_column_comes_first() -> None:
    model = GridModel(BANK, "physical.indexes")
    assert [column.id for column in model.columns][:2] == ["index", "query"]


@given(
    st.lists(st.lists(st.text(max_size=90), min_size=3, max_size=3), max_size=5),
    st.integers(min_value=10, max_value=300),
)
def test_columns_fill_the_table_or_stay_readable(texts: list[list[str]], available: int) -> None:
    columns = tuple(Column(id=name, title=name) for name in ("alpha", "beta", "gamma"))
    lines = [Line({}, tuple(cells), ("", "", "")) for cells in texts]
    found = widths(columns, lines, available)
    assert sum(found) == available or (sum(found) > available and max(found) <= 22)
    assert min(found) >= 4


# a row while it is edited


def place(model: GridModel, answers: Answers, at: int) -> Place:
    lines = [*lines_of(model, answers), *model.proposals(answers)]
    return Place(model, answers, lines[at], at)


def put(answers: Answers, where: Place, column: str, value: Value | None) -> Answers:
    operation = where.put(answers, column, value)
    assert operation is not None
    after = apply(BANK, answers, operation)
    where.was_put(after)
    return after


def test_a_key_can_be_typed_letter_by_letter() -> None:
    answers = document({"entity": "a", "grain": "x"}, {"entity": "ab", "grain": "y"})
    where = place(GridModel(BANK, GRAIN), answers, 0)
    for text in ("ab", "abc", "a"):
        answers = put(answers, where, "entity", text)
    assert [row["entity"] for row in answers.rows(GRAIN)] == ["a", "ab"]
    assert answers.rows(GRAIN)[0]["grain"] == "x"


def test_a_proposed_row_comes_to_be_with_its_first_cell_and_not_before() -> None:
    answers = document({"entity": "hold"})
    where = place(GridModel(BANK, GRAIN), answers, 1)
    assert where.put(answers, "entity", None) is None
    answers = put(answers, where, "grain", "one")
    answers = put(answers, where, "entity", "seat")
    assert answers.rows(GRAIN)[1:] == ({"entity": "seat", "grain": "one"},)


def test_a_row_between_others_comes_to_be_where_its_line_was() -> None:
    answers = document({"entity": "a"}, {"entity": "b"})
    model = GridModel(BANK, GRAIN)
    line = lines_of(model, answers, draft=1)[1]
    where = Place(model, answers, line, 0)
    answers = put(answers, where, "entity", "new")
    assert [row["entity"] for row in answers.rows(GRAIN)] == ["a", "new", "b"]
    removal = where.remove(answers)
    assert removal == RemoveRow(question=GRAIN, row="new")


@pytest.mark.parametrize(
    "elsewhere",
    [
        MoveRow(question=GRAIN, row="a"),
        RemoveRow(question=GRAIN, row="b"),
        AddRow(question=GRAIN, row={"entity": "z"}, before="a"),
        SetCell(question=GRAIN, row="a", column="grain", value="said elsewhere"),
    ],
)
def test_a_row_stays_found_when_others_change_the_table(elsewhere: Operation) -> None:
    answers = document({"entity": "a"}, {"entity": "b"})
    where = place(GridModel(BANK, GRAIN), answers, 0)
    answers = put(apply(BANK, answers, elsewhere), where, "example", "mine")
    assert [row.get("example") for row in answers.rows(GRAIN) if row["entity"] == "a"] == ["mine"]


def test_a_row_stays_found_when_one_of_the_same_name_changes_places_with_it() -> None:
    answers = document({"entity": "a", "grain": "first"}, {"entity": "a", "grain": "second"})
    where = place(GridModel(BANK, GRAIN), answers, 1)
    answers = apply(BANK, answers, MoveRow(question=GRAIN, row="a#2", before="a"))
    answers = put(answers, where, "example", "mine")
    assert [row.get("example") for row in answers.rows(GRAIN) if row["grain"] == "second"] == ["mine"]


def test_what_is_said_about_a_row_that_was_removed_meanwhile_is_kept_in_a_new_one() -> None:
    answers = document({"entity": "a"}, {"entity": "b"})
    where = place(GridModel(BANK, GRAIN), answers, 0)
    answers = apply(BANK, answers, RemoveRow(question=GRAIN, row="a"))
    answers = put(answers, where, "example", "mine")
    answers = put(answers, where, "example", "mine too")
    assert answers.rows(GRAIN) == ({"entity": "b"}, {"example": "mine too"})


# cells


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", " a ", "a"),
        ("number", "0", 0),
        ("number", "many", "many"),
        ("flag", "no", False),
        ("flag", "Yes", True),
        ("date", "today", date(2026, 3, 2)),
        ("date", "soon", "soon"),
        ("list", "a, b", ("a", "b")),
        ("list", "a, b\nc", ("a, b", "c")),
        ("list", ",", None),
        ("choice", "very large", "xl"),
        ("choice", "huge", "huge"),
        ("text", "  ", None),
    ],
)
def test_what_is_typed_into_a_cell_means_a_value(kind: str, text: str, value: Value | None) -> None:
    column = Column(id="c", title="C", kind=kind)
    options = SIZES if kind == "choice" else None
    assert cell_value(column, options, text, today=date(2026, 3, 2)) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [("list", ["a, b"]), ("prose", "a\nb"), ("list", [1]), ("text", {"a": 1}), ("code", "SELECT 1")],
)
def test_what_a_line_cannot_hold_is_not_offered_as_a_line(kind: str, value: object) -> None:
    column = Column(id="c", title="C", kind=kind)
    text = line_text(column, None, freeze(value))
    assert text is None or cell_value(column, None, text) == freeze(value) or kind == "text"
    if kind != "text":
        assert text is None


items = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=9).map(
    str.strip
)


@given(st.lists(items.filter(bool), min_size=1, max_size=4))
def test_a_list_is_the_same_after_being_edited_as_a_line_or_in_a_box(said: list[str]) -> None:
    column = Column(id="c", title="C", kind="list")
    value = tuple(said)
    line = line_text(column, None, value)
    assert line is None or cell_value(column, None, line) == value
    box = box_text(None, value)
    if len(value) > 1 or "," not in box:
        assert cell_value(column, None, box) == value


def test_options_are_shown_by_their_titles() -> None:
    assert shown_text(SIZES, "xl") == "Very large"
    assert shown_text(SIZES, ("s", "xl")) == "Small, Very large"
    assert shown_text(None, True) == "yes"
    assert shown_text(None, "a\n  b") == "a b"


def test_every_table_of_the_bank_has_a_grid(bank: Bank) -> None:
    for name, question in bank.questions.items():
        if question.has_rows:
            assert {column.id for column in GridModel(bank, name).columns} == set(question.column_by_id)
