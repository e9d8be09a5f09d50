"""The name that the file of a new document gets."""

from __future__ import annotations

import re
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.naming import MAX_STEM, answer_file, file_name

NOWHERE = Path("/there/is/no/such/folder")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Seat holds that expire", "seat-holds-that-expire.toml"),
        ("  Holds: v2 / refunds (EU) ", "holds-v2-refunds-eu.toml"),
        ("Größe der Plätze", "grosse-der-platze.toml"),
        ("Łódź, Ærø, Đakovo", "lodz-aero-dakovo.toml"),
        ("İstanbul'daki sıra", "istanbuldaki-sira.toml"),
        ("Don’t oversell", "dont-oversell.toml"),
        ("../../etc/passwd", "etc-passwd.toml"),
        ("a\x00b\x1b[31m\nc", "a-b-31m-c.toml"),
        ("座席の予約", "design.toml"),
        ("座席 hold 予約", "hold.toml"),
        ("Бронь мест 2", "design-2.toml"),
        ("2026", "design-2026.toml"),
        ("", "design.toml"),
        ("...", "design.toml"),
        ("CON", "design-con.toml"),
        ("com1", "design-com1.toml"),
        ("LPT9", "design-lpt9.toml"),
        ("prn", "design-prn.toml"),
        ("Aux", "design-aux.toml"),
        ("nul", "design-nul.toml"),
        ("Console", "console.toml"),
    ],
)
def test_a_file_is_called_after_the_title(title: str, name: str) -> None:
    assert file_name(title, NOWHERE) == name


def test_a_long_title_is_cut_between_words() -> None:
    name = file_name("Keep the holds of seats for buyers who pay later than ten minutes", NOWHERE)
    assert name == "keep-the-holds-of-seats-for-buyers-who-pay-later.toml"
    assert file_name("x" * 300, NOWHERE) == "x" * MAX_STEM + ".toml"


@pytest.mark.parametrize("taken", ["holds.toml", "Holds.TOML", "holds.md", "holds.review"])
def test_a_name_is_free_for_the_document_and_all_that_belongs_to_it(taken: str, tmp_path: Path) -> None:
    """Also where names differ in case only: a colleague's disk may not tell them apart."""
    (tmp_path / taken).touch()
    assert file_name("Holds", tmp_path) == "holds-2.toml"
    (tmp_path / "holds-2.toml").touch()
    assert file_name("Holds", tmp_path) == "holds-3.toml"


def test_a_file_that_only_has_the_same_stem_takes_no_name(tmp_path: Path) -> None:
    (tmp_path / "holds.sql").touch()
    assert file_name("Holds", tmp_path) == "holds.toml"


@given(st.text(max_size=400))
def test_any_title_makes_a_name_that_every_platform_takes(title: str) -> None:
    name = file_name(title, NOWHERE)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.toml", name)
    assert len(name) <= 64
    assert not PureWindowsPath(name).is_reserved()


def test_a_name_that_was_typed_gets_its_ending() -> None:
    assert answer_file("holds") == Path("holds.toml")
    assert answer_file("holds.toml") == Path("holds.toml")
    assert answer_file("~/holds") == Path.home() / "holds.toml"
    assert answer_file("~nobody-of-this-name/holds") == Path("~nobody-of-this-name/holds.toml")
