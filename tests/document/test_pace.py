"""When a screen saves."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.document.pace import LAST_RETRY, LONGEST, retry_at, save_at

times = st.floats(0, 1e6)


@given(times, st.floats(0, 1000))
def test_the_file_follows_within_a_second_of_the_last_key(first: float, typed: float) -> None:
    assert save_at(first, first + typed) < first + typed + 1


@given(times, st.floats(0, 1000))
def test_typing_without_a_rest_does_not_put_a_save_off_for_ever(first: float, typed: float) -> None:
    assert save_at(first, first + typed) <= first + LONGEST


def test_keys_in_quick_succession_are_saved_once() -> None:
    keys = [0.0, 0.2, 0.4, 0.6]
    assert all(save_at(keys[0], key) > following for key, following in pairwise(keys))


def test_a_save_that_keeps_failing_is_tried_ever_more_rarely() -> None:
    waits = [retry_at(100.0, failures) - 100.0 for failures in range(1, 2000)]
    assert waits == sorted(waits)
    assert waits[0] == 1.0
    assert waits[-1] == LAST_RETRY
