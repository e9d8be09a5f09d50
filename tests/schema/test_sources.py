"""Files that answers refer to: found, read once, and read again when they change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.document.answers import Answers
from app.schema.files import stamp_of
from app.schema.sources import DDL_FILES, EXISTING_FILES, NO_SOURCES, SourceFiles, references


def write(path: Path, text: str, age: int = 0) -> None:
    """Write a file whose time is `age` seconds after the epoch, so that no test depends on the clock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (age, age))


def test_the_paths_of_both_questions_count_once_each() -> None:
    answers = (
        Answers().with_value(DDL_FILES, ("a.sql", "b", " ", 3)).with_value(EXISTING_FILES, ("b", "c.sql"))
    )
    assert references(answers) == ("a.sql", "b", "c.sql")
    assert references(Answers().with_value(DDL_FILES, "a.sql")) == ()


def test_nothing_is_read_again_while_nothing_changes(tmp_path: Path) -> None:
    write(tmp_path / "a.sql", "SELECT 1;")
    files = SourceFiles(tmp_path)
    found = files.read(["a.sql"])
    assert found["a.sql"].text == "SELECT 1;\n"
    assert files.read(["a.sql"]) is found
    assert not files.have_changed()
    assert files.read([]) == NO_SOURCES


@pytest.mark.parametrize("change", ["text", "time", "gone", "folder"])
def test_a_change_is_seen_and_leaves_the_other_files_alone(tmp_path: Path, change: str) -> None:
    write(tmp_path / "a.sql", "SELECT 1;")
    write(tmp_path / "m" / "1.sql", "SELECT 2;")
    files = SourceFiles(tmp_path)
    before = files.read(["a.sql", "m"])
    match change:
        case "text":
            write(tmp_path / "m" / "1.sql", "SELECT 22;")
        case "time":
            write(tmp_path / "m" / "1.sql", "SELECT 3;", age=5)
        case "gone":
            (tmp_path / "m" / "1.sql").unlink()
        case "folder":
            write(tmp_path / "m" / "2.sql", "SELECT 4;")
    assert files.have_changed()
    after = files.read(["a.sql", "m"])
    assert not files.have_changed()
    assert after["m"].text != before["m"].text
    assert after["a.sql"] is before["a.sql"]


def test_a_missing_file_is_a_problem_until_it_is_there(tmp_path: Path) -> None:
    files = SourceFiles(tmp_path)
    (problem,) = files.read(["a.sql"])["a.sql"].problems
    assert "no such file" in problem.message
    write(tmp_path / "a.sql", "SELECT 1;")
    assert not files.read(["a.sql"])["a.sql"].problems


@pytest.mark.parametrize("reference", ["../b.sql", "/etc", "~", "out", "a\0b"])
def test_nothing_outside_is_looked_at(tmp_path: Path, reference: str) -> None:
    """Not even for its time: a link to the root would have every disk walked."""
    inside = tmp_path / "in"
    inside.mkdir()
    write(tmp_path / "b.sql", "SELECT 1;")
    (inside / "out").symlink_to("/")
    assert stamp_of(reference, inside) is None
