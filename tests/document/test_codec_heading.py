"""What a file says of itself decides whether it may be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.document.codec import decode
from app.document.store import write_document
from app.problems import DocumentError
from tests.document.strategies import BANK


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        ('format = 0\n[bank]\nid = "database-design"\n', "its format is no number from 1 to 1"),
        ("format = -3\n", "its format is no number from 1 to 1"),
        ('format = "x"\n[bank]\nid = "database-design"\n', "its format is no number from 1 to 1"),
        ("format = true\n", "its format is no number from 1 to 1"),
        ('format = 1\n[bank]\nid = "mine"\n', "the bank 'mine'; this bank is 'database-design'"),
        ("format = 1\n[bank]\nid = 1\n", "its bank has no name"),
        ("format = 1\nbank = 3\n", "its bank has no name"),
        ("", "neither a format nor a bank nor an answer"),
        ("# a remark\n", "neither a format nor a bank nor an answer"),
        ('[tool]\nname = "x"\n', "neither a format nor a bank nor an answer"),
        ('[bank]\nname = "of another program"\n', "neither a format nor a bank nor an answer"),
    ],
)
def test_what_is_no_answer_file_of_this_bank_says_so_and_is_not_written(
    heading: str, reason: str, tmp_path: Path
) -> None:
    document = decode(BANK, heading)
    assert reason in document.foreign
    path = tmp_path / "x.toml"
    path.write_text(heading)
    with pytest.raises(DocumentError, match="not written"):
        write_document(BANK, path, document, document.answers.with_value("control.title", "T"))
    assert path.read_text() == heading


@pytest.mark.parametrize("heading", ["format = 1\n", '[bank]\nid = "database-design"\n'])
def test_half_a_heading_is_enough_to_know_an_answer_file(heading: str) -> None:
    assert decode(BANK, heading).refusal == ""
