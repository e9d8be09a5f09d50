"""What a reviewer wrote is put together to what can be suggested, and nothing of it is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.document.operations import AddRow, MoveRow, Operation, RemoveRow, Set, SetCell, SetSlot
from app.review.row_suggestions import SetCells
from app.review.written import Written

GRAIN = "logical.grain"


def cell(column: str, value: str | None, row: str = "hold") -> SetCell:
    return SetCell(question=GRAIN, row=row, column=column, value=value)


def more(**cells: str) -> AddRow:
    return AddRow(question=GRAIN, row=cells, before="hold")


def test_one_cell_is_a_value_and_several_of_one_row_are_a_change_of_it() -> None:
    written = Written()
    assert written.take(cell("grain", "o"))
    assert not written.take(cell("grain", "one"))
    assert written.at(GRAIN) == (cell("grain", "one"),)
    assert not written.take(cell("example", "14F"))
    written.take(cell("grain", "one seat", "seat"))
    assert written.at() == (
        SetCells(question=GRAIN, row="hold", cells={"grain": "one", "example": "14F"}),
        cell("grain", "one seat", "seat"),
    )


def test_a_cell_that_goes_away_is_a_change_of_its_row() -> None:
    written = Written()
    written.take(cell("grain", None))
    assert written.at() == (SetCells(question=GRAIN, row="hold", cells={"grain": None}),)


def test_cells_of_a_new_row_come_together_and_a_second_row_is_another_one() -> None:
    written = Written()
    for n, text in enumerate(("r", "re", "refund")):
        assert written.take(more(entity=text), "1") == (n == 0)
    written.take(more(grain="one refund"), "2")
    assert written.at() == (more(entity="refund", grain="one refund"),)
    assert written.take(more(entity="buyer"), "3")
    assert written.at() == (more(entity="refund", grain="one refund"), more(entity="buyer"))


def test_what_was_written_last_comes_last_and_what_was_suggested_is_let_go() -> None:
    written = Written()
    title, slot = Set(question="control.title", value="x"), SetSlot(question="a.b", slot="c", value="d")
    for operation in (title, slot, RemoveRow(question=GRAIN, row="seat"), title):
        written.take(operation)
    assert written.at() == (slot, RemoveRow(question=GRAIN, row="seat"), title)
    written.let_go(title)
    written.let_go(cell("grain", "never"))
    assert written.at() == (slot, RemoveRow(question=GRAIN, row="seat"))


def test_what_cannot_be_suggested_is_not_kept() -> None:
    written = Written()
    assert written.take(MoveRow(question=GRAIN, row="seat"))
    assert written.at() == ()


OPERATIONS = st.one_of(
    st.builds(
        cell, st.sampled_from(["grain", "example"]), st.sampled_from("abc"), st.sampled_from(["hold", "seat"])
    ),
    st.builds(
        lambda name, text: more(**{name: text}), st.sampled_from(["entity", "grain"]), st.sampled_from("abc")
    ),
    st.builds(RemoveRow, question=st.just(GRAIN), row=st.sampled_from(["hold", "seat"])),
)


@given(st.lists(OPERATIONS, max_size=12))
def test_the_last_word_about_each_cell_is_there(operations: list[Operation]) -> None:
    """Each operation here is typed on its own, so no row that was begun takes another word for a cell."""
    written = Written()
    for n, operation in enumerate(operations):
        written.take(operation, str(n))
    found = written.at()
    cells = {(c.row, name): v for c in found if isinstance(c, SetCells) for name, v in c.cells.items()}
    cells |= {(c.row, c.column): c.value for c in found if isinstance(c, SetCell)}
    assert cells == {(o.row, o.column): o.value for o in operations if isinstance(o, SetCell)}
    said = [pair for o in operations if isinstance(o, AddRow) for pair in o.row.items()]
    assert set(said) == {pair for c in found if isinstance(c, AddRow) for pair in c.row.items()}
    assert {c.row for c in found if isinstance(c, RemoveRow)} == {
        o.row for o in operations if isinstance(o, RemoveRow)
    }
