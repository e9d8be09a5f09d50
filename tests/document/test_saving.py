"""A save that is done while the author goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.bank.model import Bank
from app.document.codec import decode
from app.document.files import Disk
from app.document.machine import Machine
from app.document.operations import Set
from app.problems import DocumentError
from app.session import Session
from tests.document.simulated import small_bank

NOTE = "parcel.note"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return small_bank(tmp_path_factory.mktemp("bank"))


class SlowDisk(Disk):
    """Writes when it is told to, and fails if it is told so."""

    def __init__(self) -> None:
        self.writing = threading.Event()
        self.go_on = threading.Event()
        self.failure = ""

    def write_temporary(self, target: Path, data: bytes) -> Path:
        self.writing.set()
        assert self.go_on.wait(10)
        if self.failure:
            raise OSError(28, self.failure)
        return super().write_temporary(target, data)


@pytest.fixture
def disk() -> SlowDisk:
    return SlowDisk()


@pytest.fixture
def session(bank: Bank, tmp_path: Path, disk: SlowDisk) -> Iterator[Session]:
    path = tmp_path / "a.toml"
    Session.create(bank, path).close()
    with Session.open(bank, path, machine=replace(Machine(), files=disk)) as session:
        yield session
        disk.go_on.set()


def say(session: Session, text: str) -> None:
    session.apply(Set(question=NOTE, value=text), group="typing")


def in_file(session: Session) -> object:
    return decode(session.bank, session.path.read_text()).answers.values.get(NOTE)


def test_what_is_said_while_the_file_is_written_waits_for_the_next_save(
    session: Session, disk: SlowDisk
) -> None:
    say(session, "one")
    save = session.begin_save()
    thread = threading.Thread(target=save.run)
    thread.start()
    assert disk.writing.wait(10)
    say(session, "one and two")
    assert session.save_state == "unsaved"
    disk.go_on.set()
    thread.join()
    assert session.end_save(save)
    assert in_file(session) == "one"
    assert session.save_state == "unsaved"
    session.save()
    assert in_file(session) == "one and two"
    assert session.save_state == "saved"


def test_what_is_said_while_the_file_is_written_is_in_the_journal(
    session: Session, disk: SlowDisk, bank: Bank
) -> None:
    say(session, "one")
    save = session.begin_save()
    say(session, "one and two")
    disk.go_on.set()
    save.run()
    session.close()
    with Session.open(bank, session.path) as again:
        assert again.answers.values[NOTE] == "one and two"
        again.undo()
        assert NOTE not in again.answers.values


def test_closing_waits_for_the_file_to_be_written(session: Session, disk: SlowDisk) -> None:
    say(session, "one")
    thread = threading.Thread(target=session.begin_save().run)
    thread.start()
    assert disk.writing.wait(10)
    threading.Timer(0.05, disk.go_on.set).start()
    session.close()
    assert in_file(session) == "one"
    thread.join()


def test_a_save_that_fails_in_its_thread_says_why_and_keeps_what_was_said(
    session: Session, disk: SlowDisk
) -> None:
    disk.failure = "No space left on device"
    disk.go_on.set()
    say(session, "one")
    save = session.begin_save()
    save.run()
    with pytest.raises(DocumentError, match="No space left"):
        session.end_save(save)
    assert session.save_state == "not saved: No space left on device"
    assert session.answers.values[NOTE] == "one"
    disk.failure = ""
    session.save()
    assert session.save_state == "saved"
    assert in_file(session) == "one"


def test_a_save_takes_in_what_somebody_else_wrote_before_it_writes(session: Session, disk: SlowDisk) -> None:
    disk.go_on.set()
    say(session, "mine")
    session.path.write_text(session.path.read_text() + '\n[parcel]\ncrate = "theirs"\n')
    save = session.begin_save()
    save.run()
    assert not session.end_save(save)
    assert session.answers.values["parcel.crate"] == "theirs"
    session.save()
    assert in_file(session) == "mine"
    assert 'crate = "theirs"' in session.path.read_text()


def test_nothing_is_taken_in_from_outside_while_a_save_is_under_way(session: Session, disk: SlowDisk) -> None:
    say(session, "one")
    save = session.begin_save()
    session.path.write_text(session.path.read_text() + '\n[parcel]\ncrate = "theirs"\n')
    assert not session.check_outside()
    disk.go_on.set()
    save.run()
    assert not session.end_save(save)
    assert session.answers.values["parcel.crate"] == "theirs"


def test_a_save_that_was_ended_by_another_one_is_not_taken_in_twice(session: Session, disk: SlowDisk) -> None:
    disk.go_on.set()
    say(session, "one")
    save = session.begin_save()
    save.run()
    say(session, "two")
    session.save()
    assert session.end_save(save)
    assert session.save_state == "saved"
    assert in_file(session) == "two"
