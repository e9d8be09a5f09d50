"""A session: open, look, apply, save; what is said is in memory until it is in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.operations import AddRow, Operation, Set, SetProfile
from app.problems import DocumentError, OperationError
from app.session import Session

BANK = default_bank()
TITLE = Set(question="control.title", value="Seat holds")
Open = Callable[[Path], Session]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "holds.toml"


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens sessions, and closes them after the test."""
    sessions: list[Session] = []

    def open_one(path: Path) -> Session:
        sessions.append(Session.open(BANK, path))
        return sessions[-1]

    yield open_one
    for session in sessions:
        session.close()


def create(path: Path, *operations: Operation) -> None:
    with Session.create(BANK, path, operations):
        pass


def test_a_new_document_is_on_disk_with_what_was_said_first(path: Path, opened: Open) -> None:
    with Session.create(BANK, path, [TITLE, SetProfile(risk="low")]) as session:
        assert session.saved
    answers = opened(path).answers
    assert answers.values["control.title"] == "Seat holds"
    assert answers.profile.risk == "low"


def test_a_document_that_is_there_is_not_started_again(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(DocumentError) as caught:
        Session.create(BANK, path)
    assert "is already there" in caught.value.message
    assert "dbcharter ask" in caught.value.hint
    assert path.read_text() == "mine"


def test_an_answer_file_ends_in_toml(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"ends in \.toml"):
        Session.create(BANK, tmp_path / "holds.md")
    assert list(tmp_path.iterdir()) == []


def test_a_document_whose_first_answers_do_not_fit_is_not_started(path: Path) -> None:
    with pytest.raises(OperationError):
        Session.create(BANK, path, [Set(question="control.titel", value="x")])
    assert not path.exists()


def test_a_file_that_cannot_be_read_opens_no_session(path: Path) -> None:
    with pytest.raises(DocumentError, match="no such file"):
        Session.open(BANK, path)
    path.write_text("[half")
    with pytest.raises(DocumentError, match=r"holds\.toml:1: not TOML"):
        Session.open(BANK, path)
    assert path.read_text() == "[half"


def test_what_is_said_is_in_the_file_once_saved(path: Path, opened: Open) -> None:
    create(path)
    session = opened(path)
    before = path.read_text()
    session.apply(TITLE)
    assert not session.saved
    assert path.read_text() == before
    session.save()
    assert session.saved
    assert 'title = "Seat holds"' in path.read_text()


def test_saving_what_is_saved_does_not_write(path: Path, opened: Open) -> None:
    create(path)
    session = opened(path)
    before = path.stat()
    session.save()
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_saving_brings_back_a_file_that_is_gone(path: Path, opened: Open) -> None:
    create(path, TITLE)
    session = opened(path)
    path.unlink()
    session.save()
    assert 'title = "Seat holds"' in path.read_text()


def test_an_operation_that_does_not_fit_changes_and_tells_nothing(path: Path, opened: Open) -> None:
    create(path)
    session = opened(path)
    told: list[Operation | None] = []
    session.subscribe(lambda _, operation: told.append(operation))
    before = session.answers
    with pytest.raises(OperationError):
        session.apply(Set(question="control.titel", value="x"))
    assert session.answers is before
    assert session.saved
    assert told == []


def test_subscribers_are_told_after_each_operation_until_they_stop(path: Path, opened: Open) -> None:
    create(path)
    session = opened(path)
    told: list[str] = []

    def once(_: Session, operation: Operation | None) -> None:
        told.append("once")
        stop()

    stop = session.subscribe(once)
    session.subscribe(lambda s, _: told.append(str(s.answers.values["control.title"])))
    session.apply(TITLE)
    session.apply(Set(question="control.title", value="Holds"))
    assert told == ["once", "Seat holds", "Holds"]
    stop()


def test_a_newer_file_opens_read_only(path: Path, opened: Open) -> None:
    path.write_text("format = 2\n")
    session = opened(path)
    assert "format 2" in session.read_only_reason
    with pytest.raises(DocumentError, match="open read-only"):
        session.apply(TITLE)
    session.save()
    assert path.read_text() == "format = 2\n"


def test_the_survey_is_of_the_present_answers(path: Path, opened: Open) -> None:
    create(path)
    session = opened(path)
    first = session.survey()
    assert session.survey() is first
    session.apply(TITLE)
    assert session.survey() is not first


def test_problems_are_of_the_file_and_of_the_present_answers(path: Path, opened: Open) -> None:
    path.write_text('format = 1\n[bank]\nid = "database-design"\n[control]\nmine = 1\ntitle = 2\n')
    session = opened(path)
    assert [(p.file, p.line, p.where) for p in session.problems] == [
        ("holds.toml", 5, "control.mine"),
        ("holds.toml", 6, "control.title"),
    ]
    session.apply(TITLE)
    session.apply(AddRow(question="logical.grain", row={"entity": 3}))
    assert [p.where for p in session.problems] == ["control.mine", "logical.grain[3].entity"]


def test_a_file_written_anew_is_announced_and_its_original_kept(path: Path, opened: Open) -> None:
    path.write_text("problem.goals = ['a']\n")
    session = opened(path)
    assert any("writes the file anew" in problem.message for problem in session.problems)
    session.apply(TITLE)
    session.save()
    assert (path.parent / ".dbcharter" / "holds.original-1.toml").read_text() == "problem.goals = ['a']\n"
