"""Where in an excerpt a question, a row or quoted words stand."""

from __future__ import annotations

from app.review.anchors import Spot
from screens.review.excerpts import Excerpt
from screens.typesetting.finding import matches


def line_of(excerpt: Excerpt, question: str, spot: Spot) -> int | None:
    """The line of a row in its question, or of the question; None where it does not stand."""
    place = excerpt.places.get(question)
    if place is None:
        return None
    start, end = place
    if spot.row:
        found = matches(excerpt.texts()[start:end], spot.row)
        if found:
            return start + found[0].line
    return start


def spans_of(excerpt: Excerpt, question: str, spot: Spot, quote: str) -> list[tuple[int, int, int]]:
    """Line, first and last column of quoted words in their question; those of its row, where it has one.

    Words that a table breaks over lines beside other cells are not found: then the row is shown.
    """
    place = excerpt.places.get(question)
    if place is None:
        return []
    start, end = place
    first = line_of(excerpt, question, spot) or start
    found = matches(excerpt.texts()[start:end], quote)
    behind = [match for match in found if start + match.line >= first]
    chosen = behind[:1] if spot.row else found[:1]
    return [(start + line, begin, last) for match in chosen for line, begin, last in match.spans]
