"""Desks: what one person says there reaches everybody else's, under the right name."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.document.files import Disk
from app.problems import DocumentError
from app.review import desk as desk_module
from app.review.desk import Desk, FolderDesk
from app.review.model import Records, Reply, Thread
from app.review.names import review_folder

QUESTION = {"question": "control.owner", "text": "Who is that?"}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return tmp_path / "payments.toml"


def said(desk: Desk) -> list[tuple[str, str]]:
    """Who said what, by the names of the people."""
    return [
        (desk.records.name_of(record.person), getattr(record, "text", "")) for record in desk.records.records
    ]


def test_what_is_said_is_in_the_records_at_once_and_listeners_are_told(document: Path) -> None:
    desk = FolderDesk(document, "Ada Obi", "security")
    told: list[int] = []
    desk.subscribe(lambda: told.append(len(desk.records.records)))
    desk.say(Thread, QUESTION)
    assert said(desk) == [("Ada Obi", "Who is that?")]
    assert told == [1]
    assert [reviewer.role for reviewer in desk.records.reviewers] == ["security"]


def test_what_is_said_at_another_desk_is_there_after_a_look_outside(document: Path) -> None:
    ours, theirs = FolderDesk(document, "mika"), FolderDesk(document, "Ada")
    assert not ours.check_outside()
    theirs.say(Thread, QUESTION)
    assert not ours.records.records
    told: list[str] = []
    ours.subscribe(lambda: told.append("told"))
    assert ours.check_outside()
    assert said(ours) == [("Ada", "Who is that?")]
    assert told == ["told"]
    assert not ours.check_outside()


def test_a_file_that_goes_away_takes_its_records_along(document: Path) -> None:
    desk = FolderDesk(document, "Ada")
    desk.say(Thread, QUESTION)
    (review_folder(document) / "ada.toml").unlink()
    assert desk.check_outside()
    assert not desk.records.records


def test_files_are_read_again_only_when_one_changed(document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = FolderDesk(document, "Ada")
    desk.say(Thread, QUESTION)
    records = desk.records

    def fail(folder: Path) -> Records:
        raise AssertionError(f"{folder} was read")

    monkeypatch.setattr(desk_module, "read_records", fail)
    assert not desk.check_outside()
    assert desk.records is records


def test_who_sits_down_speaks_under_a_name_of_their_own(document: Path) -> None:
    desk = FolderDesk(document, "Ada", "security")
    desk.say(Thread, QUESTION)
    told: list[str] = []
    stop = desk.subscribe(lambda: told.append(f"{desk.person} {desk.role}"))
    desk.sit("mika")
    desk.sit("mika")
    stop()
    desk.say(Reply, {"thread": "ada-1", "text": "I am."})
    assert said(desk) == [("Ada", "Who is that?"), ("mika", "I am.")]
    assert told == ["mika "]
    assert {path.name for path in review_folder(document).iterdir()} == {"ada.toml", "mika.toml"}


def test_what_cannot_be_said_changes_nothing_and_tells_nobody(document: Path) -> None:
    desk = FolderDesk(document, "Ada")
    told: list[str] = []
    desk.subscribe(lambda: told.append("told"))
    with pytest.raises(DocumentError):
        desk.say(Thread, {"question": "control.owner", "text": " "})
    assert not told
    assert not desk.records.records


def test_a_full_disk_is_an_error_and_nothing_is_said(document: Path) -> None:
    class Full(Disk):
        def write_temporary(self, target: Path, data: bytes) -> Path:
            del target, data
            raise OSError(28, "No space left on device")

    desk = FolderDesk(document, "Ada", files=Full())
    with pytest.raises(DocumentError, match="No space"):
        desk.say(Thread, QUESTION)
    assert not desk.records.records


def test_a_desk_can_be_had_without_any_folder_or_permission(document: Path) -> None:
    review_folder(document).write_text("not a folder")
    desk = FolderDesk(document, "Ada")
    assert not desk.records.records
    assert desk.records.problems
    assert not desk.check_outside()
