"""Where data lives on, and whether a text speaks of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.answers import Value
from app.readiness.facts.copies import derived_stores, mentions
from app.readiness.facts.tables import name_key


@pytest.mark.parametrize(
    ("text", "store"),
    [
        ("the search forgets it in a minute", "OpenSearch index of guests"),
        ("Redis entries live for 10 minutes", "session cache"),
        ("loaded into BigQuery, deleted nightly", "the warehouse"),
        ("settlement drops the row", "settlement.reading_fact"),
        ("the read model is rebuilt", "read model"),
    ],
)
def test_a_text_speaks_of_a_store(text: str, store: str) -> None:
    assert mentions(text, store)


@pytest.mark.parametrize(
    ("text", "store"),
    [
        ("erase_guest empties the guest; backups expire", "guest search"),
        ("the index is rebuilt", "read model"),
        ("", "warehouse"),
    ],
)
def test_a_text_does_not_speak_of_a_store(text: str, store: str) -> None:
    assert not mentions(text, store)


def test_stores_are_those_of_3_1_and_13_2_without_denials() -> None:
    truth: Value = ({"data": "x", "derived_stores": ("search", "none", "no cache")},)
    stores: Value = ({"store": "warehouse", "deletion": "nightly"}, {"store": "feed", "deletion": "n/a"})
    assert list(derived_stores(truth, stores)) == [("warehouse", True), ("feed", False), ("search", False)]


@given(st.text(min_size=1), st.text(max_size=20))
def test_a_store_is_mentioned_where_its_whole_name_stands(store: str, around: str) -> None:
    if name_key(store):
        assert mentions(f"{around} {store} {around}", store)
