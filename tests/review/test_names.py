"""Names of people as files and ids: one person is one file, whatever script the name is in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.problems import DocumentError
from app.review.model import Thread
from app.review.names import MAX_SLUG, is_same_person, person_file, review_folder, slug_of
from app.review.reading import read_records
from app.review.writing import append


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ana Costa", "ana-costa"),
        ("  ANA  costa (Payments, EU)", "ana-costa"),
        ("Tomasz Zieliński", "tomasz-zieliński"),
        ("Яна", "яна"),
        ("../../etc/passwd", "etc-passwd"),
        (".git", "git"),
        ("?!", ""),
    ],
)
def test_a_name_has_one_slug(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@given(st.text())
def test_a_slug_is_a_plain_file_name_and_its_own_slug(name: str) -> None:
    slug = slug_of(name)
    assert len(slug) <= MAX_SLUG
    assert not set(slug) & set("/\\.: \n\x00")
    assert slug_of(slug) == slug


def test_nobody_is_not_the_same_person_as_nobody() -> None:
    assert is_same_person("Ana Costa", "ana-costa")
    assert not is_same_person("?", "!")


def test_a_file_stays_in_the_folder_of_its_document(tmp_path: Path) -> None:
    folder = review_folder(tmp_path / "payments.toml")
    assert person_file(folder, "../../ana").parent == folder
    with pytest.raises(DocumentError):
        person_file(folder, "..")


def test_what_a_person_with_any_letters_says_is_read_again(tmp_path: Path) -> None:
    for name in ("Zoë Ångström", "Яна Петрова", "山田"):
        append(tmp_path / "x.review", name, Thread, {"question": "control.owner", "text": "x"})
    found = read_records(tmp_path / "x.review")
    assert found.problems == ()
    assert len(found.records) == 3
