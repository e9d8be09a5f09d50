"""What a person means by a text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.bank.model import Column, Enumeration, Option
from app.document.answers import Value
from app.document.typed import parse_text

CLOSED = Enumeration(
    id="size", options=(Option(id="small", title="Rather small"), Option(id="large", title="Large"))
)
OPEN = replace(CLOSED, open=True)
SCORE = Enumeration(id="score", options=(Option(id="1", title="One"), Option(id="2", title="Two")))


def column(kind: str) -> Column:
    return Column(id="c", title="C", kind=kind)


@pytest.mark.parametrize(
    ("kind", "options", "text", "value"),
    [
        ("flag", None, " Yes ", True),
        ("flag", None, "n", False),
        ("number", None, "-12", -12),
        ("number", None, "1_000", 1000),
        ("number", None, "1,234,567", 1234567),
        ("number", None, "1,234.5", 1234.5),
        ("number", None, "0.5", 0.5),
        ("number", None, "9223372036854775807", 2**63 - 1),
        ("number", SCORE, "2", 2),
        ("date", None, " 2026-03-31", date(2026, 3, 31)),
        ("choice", CLOSED, "RATHER small", "small"),
        ("choice", OPEN, "huge", "huge"),
        ("choice", None, "anything", "anything"),
        ("choices", CLOSED, "small, Large", ("small", "large")),
        ("choices", CLOSED, "small\n\nlarge\n", ("small", "large")),
        ("list", None, "a, b\n\n c ", ("a, b", "c")),
        ("text", None, " a\nb ", "a b"),
        ("prose", None, " a\nb \n", "a\nb"),
        ("code", None, "  SELECT\n  1\n\n", "  SELECT\n  1"),
    ],
)
def test_a_text_means_a_value_of_its_kind(
    kind: str, options: Enumeration | None, text: str, value: Value
) -> None:
    meant = parse_text(column(kind), options, text)
    assert (meant, type(meant)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "options", "text", "message"),
    [
        ("flag", None, "maybe", "neither yes nor no"),
        ("number", None, "many", "is not a number"),
        ("number", None, "1,5", "'1,5' is not a number; decimals have a point, as 1.5"),
        ("number", None, "12,34", "is not a number"),
        ("number", None, "nan", "is not a number"),
        ("number", None, "inf", "is not a number"),
        ("number", None, "-Infinity", "is not a number"),
        ("number", None, "1e999", "is too large"),
        ("number", None, "9" * 5000, f"'{'9' * 39}…' is too large"),
        ("number", None, "9223372036854775808", "is too large"),
        ("number", SCORE, "3", "is not one of 1, 2"),
        ("number", SCORE, "-3", "'-3' is not one of 1, 2"),
        ("date", None, "31.3.2026", "'31.3.2026' is not a date; write it as 2026-03-31"),
        ("date", None, "2026-2-3", "'2026-2-3' is not a date; write it as 2026-02-03"),
        ("date", None, "2026/12/31", "'2026/12/31' is not a date; write it as 2026-12-31"),
        ("date", None, "2026-02-31", "'2026-02-31' is not a date: there is no such day"),
        ("date", None, "0000-01-01", "there is no such day"),
        ("choice", CLOSED, "smal", "did you mean 'small'?"),
        ("choices", CLOSED, "small, huge", "'huge' is not one of small, large"),
    ],
)
def test_a_text_that_means_nothing_is_refused_with_what_to_type(
    kind: str, options: Enumeration | None, text: str, message: str
) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_text(column(kind), options, text)
    assert message in str(caught.value)


@given(st.sampled_from(["flag", "number", "date"]), st.text(max_size=100))
def test_a_text_that_means_nothing_is_told_in_a_short_line(kind: str, text: str) -> None:
    told = ""
    try:
        parse_text(column(kind), SCORE if kind == "number" else None, text)
    except ValueError as error:
        told = str(error)
    assert len(told) < 600
    assert "\n" not in told
