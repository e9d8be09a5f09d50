"""Numbers with units are read as their writers meant them, and no text makes the reader fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readiness.facts.quantities import durations, parse_duration, parse_quantity, quantities, sole_figure

DAY = 86_400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15 min", 900),
        ("4 h", 4 * 3600),
        ("4h35m", 4 * 3600 + 35 * 60),
        ("4 h 35 min plus WAL", 4 * 3600 + 35 * 60),
        ("at most 30 s", 30),
        ("P95 at most 400 ms", 0.4),
        ("30 d", 30 * DAY),
        ("36 months in the table; 10 years in the archive", 1095 * DAY),
        ("an hour", 3600),
        ("a two-week canary", 14 * DAY),
        ("P30D", 30 * DAY),
        ("PT15M", 900),
        ("0 on loss of the primary alone, 1 min on loss of the region", 0),
        ("0.5 h", 1800),
        ("0", 0),
        ("1.5 years", 1.5 * 365 * DAY),
    ],
)
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["best effort", "rebuildable", "as its reading", "for good", "58M rows", "", "Q-004", "v71"]
)
def test_a_text_without_a_duration_has_none(text: str) -> None:
    assert parse_duration(text) is None


def test_a_smaller_duration_that_follows_other_words_is_its_own() -> None:
    assert durations("15 min by promoting; 6 h by restore") == (900, 6 * 3600)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("2.4M", 2.4e6, "count"),
        ("412k", 412e3, "count"),
        ("1.53 billion versions", 1.53e9, "count"),
        ("58M rows a month", 58e6, "count"),
        ("1,930,000", 1_930_000, "count"),
        ("1 930 000 rows", 1_930_000, "count"),
        ("99 GB", 99e9, "byte"),
        ("0,5 TB", 0.5e12, "byte"),
        ("2 GiB", 2 * 2**30, "byte"),
        ("112 bytes", 112, "byte"),
        ("+3 % a month", 3, "percent"),
        ("about 9", 9, "count"),
        ("~3 rows", 3, "count"),
        ("1.000.000 rows", 1_000_000, "count"),
        ("1.234.567,5", 1_234_567.5, "count"),
        ("4 crore", 4e7, "count"),
        ("5 m", 300, "second"),
    ],
)
def test_a_number_is_read_with_its_unit(text: str, amount: float, unit: str) -> None:
    first = quantities(text)[0]
    assert (first.amount, first.unit) == (pytest.approx(amount), unit)
    assert parse_quantity(text) == pytest.approx(amount)


@pytest.mark.parametrize("text", ["Q-12", "v71", "ADR-004", "utf8mb4", "step two", "-"])
def test_digits_inside_a_name_are_no_quantity(text: str) -> None:
    assert parse_quantity(text) is None


@pytest.mark.parametrize(
    "text", ["about 4 million", "+3 % a month", "1.250M", "1.000.000", "250 MB", "0.500"]
)
def test_a_text_with_one_plain_figure_says_it(text: str) -> None:
    assert sole_figure(text) == quantities(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "0.5 to 1 million", "30k-50k", "~3–4M", "100.000", "5 hundred thousand", "1e6", "-3 %", "< 4M", "4M+",
        "at least 4M", "4M (June 2026)", "many",
    ],
)  # fmt: skip
def test_a_text_that_may_be_read_in_two_ways_says_no_figure(text: str) -> None:
    assert sole_figure(text) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing(text: str) -> None:
    for quantity in quantities(text):
        assert quantity.amount >= 0
    sole_figure(text)
    assert all(amount >= 0 for amount in durations(text))
    parse_duration(text)


@given(st.integers(1, 999), st.sampled_from(["h", "min", "d", "months", "years"]), st.text(alphabet="xyz ,;"))
def test_a_duration_is_found_among_other_words(amount: int, unit: str, words: str) -> None:
    alone = parse_duration(f"{amount} {unit}")
    assert alone is not None
    assert parse_duration(f"{words} {amount} {unit}") == pytest.approx(alone)
