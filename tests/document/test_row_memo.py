"""A memo of rows: the results of a fresh computation, computed once for each row object."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.document.answers import Value, freeze
from app.document.row_memo import RowMemo


def row(number: int) -> Value:
    return freeze({"number": number})


def number_of(given_row: Value) -> object:
    return given_row["number"]  # type: ignore[index,call-overload] # rows are mappings


def test_a_row_is_looked_at_once_however_it_moves() -> None:
    seen: list[Value] = []
    memo = RowMemo(lambda r: seen.append(r) or number_of(r))
    rows = [row(n) for n in range(3)]
    assert memo.at(rows) == [0, 1, 2]
    assert memo.at([rows[2], rows[0], rows[0]]) == [2, 0, 0]
    assert memo.at([*rows, row(3)]) == [0, 1, 2, 3]
    assert len(seen) == 4


@given(st.lists(st.lists(st.integers(0, 30), max_size=20), max_size=30), st.booleans())
def test_results_are_those_of_the_rows_whatever_came_before(turns: list[list[int]], fresh: bool) -> None:
    kept = [row(n) for n in range(31)]
    memo = RowMemo(number_of)
    for turn in turns:
        assert memo.at([row(n) if fresh else kept[n] for n in turn]) == turn


def test_rows_that_are_gone_are_forgotten_in_time() -> None:
    memo = RowMemo(number_of)
    for turn in range(100):
        memo.at([row(turn * 10 + n) for n in range(10)])
    kept, results = memo._known
    assert len(kept) == len(results) < 400


def test_rows_that_an_edit_left_behind_are_forgotten_in_time() -> None:
    """One row after another is changed in place, among many that stay."""
    memo = RowMemo(number_of)
    rows = [row(n) for n in range(50)]
    for turn in range(2_000):
        rows[turn % 50] = row(turn)
        assert memo.at(rows)[turn % 50] == turn
    kept, results = memo._known
    assert len(kept) == len(results) < 600


def test_what_is_done_to_a_result_or_to_the_rows_is_not_remembered() -> None:
    memo = RowMemo(number_of)
    rows = [row(1), row(2)]
    memo.at(rows).clear()
    assert memo.at(rows) == [1, 2]
    rows[1] = row(3)
    assert memo.at(rows) == [1, 3]


@given(st.lists(st.tuples(st.integers(0, 199), st.integers(0, 5)), max_size=60), st.integers(1, 60))
def test_edits_of_few_and_of_many_rows_give_what_the_rows_are(
    edits: list[tuple[int, int]], together: int
) -> None:
    memo = RowMemo(number_of)
    rows = [row(n) for n in range(200)]
    for start in range(0, len(edits), together):
        for place, number in edits[start : start + together]:
            rows[place] = row(number)
        assert memo.at(tuple(rows)) == [number_of(one) for one in rows]
