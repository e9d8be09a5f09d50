"""Text is normalised where it enters, and what is removed has a name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.text import clean, name_of, normalise, one_line

anything = st.text(st.characters(codec=None), max_size=30)


@pytest.mark.parametrize("text", ["", "plain", "tab\tand\nnewline", "é 日本 🦉 \u200d\u00a0"])
def test_ordinary_text_stays(text: str) -> None:
    assert normalise(text) == (text, [])


def test_line_ends_become_newlines() -> None:
    assert normalise("a\r\nb\rc\n\rd") == ("a\nb\nc\n\nd", [])


@pytest.mark.parametrize(
    "character",
    [*map(chr, (0, 7, 0x0B, 0x1B, 0x7F, 0x85, 0x9B, 0x200E, 0x202E, 0x2028, 0x2066, 0xD800, 0xDFFF))],
)
def test_characters_that_act_on_a_terminal_or_hide_text_are_removed_and_named(character: str) -> None:
    assert normalise(f"a{character}b{character}") == ("ab", [name_of(character)])


def test_removed_characters_are_named_once_and_in_order() -> None:
    assert normalise("\x1b\u202e\x1b")[1] == ["U+001B control character", "U+202E RIGHT-TO-LEFT OVERRIDE"]


@given(anything)
def test_clean_text_is_clean(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in cleaned)


@given(anything, st.integers(1, 40))
def test_one_line_is_one_line_and_short(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1


def test_a_cut_line_says_so() -> None:
    assert one_line(" two\n words ", 20) == "two words"
    assert one_line("two words", 6) == "two w…"
