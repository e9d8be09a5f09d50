"""A long text in parts: joined they are the text, and an edit leaves the others the same objects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readiness import parts
from app.readiness.parts import Parts

LINES = st.lists(st.sampled_from(["", "a", "bb", "a longer line of words", "-- x"]), max_size=40).map(
    "\n".join
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), LINES), max_size=6)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LEAST", 12)


@given(LINES, EDITS)
def test_after_any_edits_the_parts_are_the_text_and_end_where_lines_end(
    text: str, edits: list[tuple[float, int, str]]
) -> None:
    cut = Parts()
    for where, gone, new in [(0.0, 0, ""), *edits]:
        at = int(where * len(text))
        text = text[:at] + new + text[at + gone :]
        found = cut.of(text)
        assert "".join(found) == text
        assert all(part.endswith("\n") for part in found[:-1])
        assert all(found)


@pytest.mark.parametrize("edited", ["line 20", "line 0\n", "line 39"])
def test_parts_that_an_edit_does_not_touch_are_the_same_objects(edited: str) -> None:
    cut = Parts()
    text = "\n".join(f"line {number}" for number in range(40))
    before = cut.of(text)
    after = cut.of(text.replace(edited, f"{edited} or so"))
    kept = {id(part) for part in before} & {id(part) for part in after}
    assert len(before) > 10
    assert len(kept) >= len(before) - 2
