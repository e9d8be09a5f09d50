"""Anchors are ASCII, unique, and do not change when other rows do."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.document.answers import Answers, freeze
from app.render.anchors import RowAnchors, section_anchor, slug, unique

from .reading import hostile_line

GRAIN = "logical.grain"


def anchors(*entities: str) -> list[str]:
    answers = Answers().with_value(GRAIN, freeze([{"entity": entity} for entity in entities]))
    return RowAnchors(default_bank(), answers, frozenset({GRAIN})).of(GRAIN)


def test_a_section_number_is_its_anchor() -> None:
    assert section_anchor("6.1") == "section-6-1"
    assert section_anchor("20") == "section-20"


@given(st.text())
def test_a_slug_is_never_empty_and_only_of_safe_characters(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(text))
    assert len(slug(text)) <= 60


def test_a_slug_is_readable_where_the_text_is() -> None:
    assert slug("Café — Réservation №7!") == "cafe-reservation-no7"
    assert slug("資料") == slug("資料") != slug("料資")


@given(st.lists(hostile_line, max_size=8))
def test_rows_with_a_key_have_anchors_that_are_unique(entities: list[str]) -> None:
    given_anchors = [anchor for anchor in anchors(*entities) if anchor]
    assert len(given_anchors) == sum(bool("".join(entity.split()).strip("/")) for entity in entities)
    assert len(set(given_anchors)) == len(given_anchors)


def test_another_row_does_not_change_an_anchor() -> None:
    assert anchors("seat hold", "ticket") == ["logical-grain--seat-hold", "logical-grain--ticket"]
    assert anchors("venue", "ticket")[1] == "logical-grain--ticket"


def test_names_that_are_taken_are_counted() -> None:
    taken: set[str] = set()
    assert [unique("a", taken) for _ in range(3)] == ["a", "a-2", "a-3"]
    assert anchors("a b", "a-b", "a-b-2") == [
        "logical-grain--a-b",
        "logical-grain--a-b-2",
        "logical-grain--a-b-2-2",
    ]
