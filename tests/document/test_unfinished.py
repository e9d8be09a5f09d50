"""Words for a mark that was not said to its end."""

from __future__ import annotations

from app.document.unfinished import with_words


def test_words_are_a_line_more_of_the_note() -> None:
    assert with_words("", "deferred", ["Bo"]) == "deferred: Bo"
    assert with_words("ask", "deferred", ["Bo", "2026-04-01"]) == "ask\ndeferred: Bo, 2026-04-01"


def test_words_that_are_there_are_not_added_again() -> None:
    once = with_words("ask", "deferred", ["Bo"])
    assert with_words(once, "deferred", ["Bo"]) == once
    assert with_words(once, "deferred", ["B"]) == f"{once}\ndeferred: B"
