from __future__ import annotations

import json
import math
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pairing.values import packed, unpacked

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=10),
    st.dates(),
    st.datetimes(),
    st.times(),
)
names = st.one_of(st.text(max_size=5), st.sampled_from(["$date", "$table", "$", "$float"]))
values = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3))
)


@given(values)
def test_every_value_of_an_answer_comes_through_json_as_it_was(value: Any) -> None:
    back = unpacked(json.loads(json.dumps(packed(value), allow_nan=False)))
    assert back == value
    assert type(back) is type(value)


def test_a_number_that_is_none_comes_through() -> None:
    assert math.isnan(unpacked(packed(math.nan)))


@pytest.mark.parametrize(
    "data",
    [
        {"$date": "yesterday"},
        {"$date": "2026-01-01", "more": 1},
        {"$date": 5},
        {"$unknown": "x"},
        {"$table": [1]},
        {"$float": "1" * 100},
    ],
)
def test_what_was_not_packed_is_no_value(data: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpacked([data])


def test_what_no_answer_holds_cannot_be_packed() -> None:
    with pytest.raises(TypeError):
        packed({1, 2})
    assert packed((date(2026, 1, 2), time(3), datetime(2026, 1, 2, 3))) == [
        {"$date": "2026-01-02"},
        {"$time": "03:00:00"},
        {"$datetime": "2026-01-02T03:00:00"},
    ]
