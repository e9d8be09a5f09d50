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
    assert len(memo._rows) == len(memo._results) < 400
