"""People's text becomes text, whatever it holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screens.plain import plain, plain_line

HOSTILE = st.text() | st.text(alphabet="[]/@=bclik \x1b\x9b\u202e\n\t漢é\\")


@given(HOSTILE)
def test_nothing_is_markup_and_no_control_character_is_left(text: str) -> None:
    shown = plain(text)
    assert shown.spans == []
    assert not set(shown.plain) & set("\x1b\x9b\x07\u202e\u2066")
    printable = "".join(c for c in text if c.isprintable() and c.isascii())
    assert "".join(c for c in shown.plain if c.isprintable() and c.isascii()) == printable


@given(HOSTILE, st.integers(min_value=1, max_value=40))
def test_a_line_is_one_line_and_no_wider_than_asked(text: str, limit: int) -> None:
    line = plain_line(text, limit)
    assert "\n" not in line.plain
    assert line.cell_len <= limit
