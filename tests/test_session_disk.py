"""Disks that are full or fail, folders that go away, journals that cannot be written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.bank.model import Bank
from app.document.history import Step
from app.document.journal import Journal, JournalError
from app.document.keeper import open_journal_of
from app.document.machine import Machine
from app.document.operations import Set
from app.document.places import STATE_VARIABLE, journal_path
from app.problems import DocumentError
from app.session import Session
from tests.document.failing import (
    NOTE,
    Failing,
    in_file,
    on,
    say,
    told,
)
from tests.document.simulated import small_bank


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return small_bank(tmp_path_factory.mktemp("bank"))


@pytest.fixture
def path(bank: Bank, tmp_path: Path) -> Path:
    path = tmp_path / "documents" / "parcel.toml"
    path.parent.mkdir()
    Session.create(bank, path).close()
    return path


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_no_failure_of_the_disk_loses_an_edit(bank: Bank, path: Path, code: int) -> None:
    """Each operation of a save fails in turn; the edit stays, the state says why, the next save recovers."""
    failed: list[str] = []
    for number in range(50):
        files = Failing(code)
        with Session.open(bank, path, machine=on(files)) as session:
            say(session, f"edit {number}")
            before = path.read_text()
            files.left = number
            refused = ""
            try:
                session.save()
            except DocumentError as error:
                refused = error.message
            if refused:
                assert os.strerror(code) in refused
                assert session.save_state.startswith("not saved: ")
                assert os.strerror(code) in session.save_state
                assert files.failed == "fsync_folder" or path.read_text() == before
            assert told(session) == f"edit {number}"
            if files.failed and number % 2:
                session.save()
                assert session.save_state == "saved"
        with Session.open(bank, path) as session:
            assert told(session) == f"edit {number}"
            session.save()
        assert in_file(bank, path) == f"edit {number}"
        assert sorted(found.name for found in path.parent.iterdir()) == [".dbcharter", "parcel.toml"]
        if not files.failed:
            break
        failed.append(files.failed)
    assert {"exists", "read_bytes", "write_temporary", "replace", "fsync_folder", "stat"} <= set(failed)


def test_a_folder_that_goes_away_and_comes_back(
    bank: Bank, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    gone = path.parent.with_name("gone")
    with Session.open(bank, path) as session:
        path.parent.rename(gone)
        say(session, "T1")
        assert session.save_state == "unsaved"
        with pytest.raises(DocumentError):
            session.save()
        assert session.save_state.startswith("not saved: ")
        gone.rename(path.parent)
        session.save()
        assert session.save_state == "saved"
    assert in_file(bank, path) == "T1"


class FullJournal(Journal):
    """Its disk is full while `full` is set."""

    full = False

    def record(self, step: Step) -> None:
        if FullJournal.full:
            raise JournalError("database or disk is full")
        super().record(step)


def test_a_journal_that_cannot_be_written_is_told_and_the_file_takes_its_place(
    bank: Bank, path: Path
) -> None:
    def opener(document: Path, *, afresh: bool) -> tuple[Journal, str]:
        journal, notice = open_journal_of(document, afresh=afresh)
        return FullJournal(journal._connection, journal_path(document)), notice

    with Session.open(bank, path, machine=replace(Machine(), open_journal=opener)) as session:
        FullJournal.full = True
        say(session, "T1")
        assert told(session) == "T1"
        assert session.save_state == "not saved: database or disk is full"
        session.save()
        assert session.save_state == "saved"
        FullJournal.full = False
        say(session, "T2")
        assert session.save_state == "unsaved"
    with Session.open(bank, path) as session:
        assert told(session) == "T2"
        session.undo()
        session.undo()
        assert told(session) is None


def test_a_real_journal_on_a_full_disk_is_told(bank: Bank, path: Path) -> None:
    journals: list[Journal] = []

    def opener(document: Path, *, afresh: bool) -> tuple[Journal, str]:
        journal, notice = open_journal_of(document, afresh=afresh)
        journals.append(journal)
        return journal, notice

    with Session.open(bank, path, machine=replace(Machine(), open_journal=opener)) as session:
        journals[0]._connection.execute("PRAGMA max_page_count = 1")
        session.apply(Set(question=NOTE, value="x" * 300_000))
        assert session.save_state == "not saved: database or disk is full"
        journals[0]._connection.execute("PRAGMA max_page_count = 1000000")
        say(session, "T1")
        assert session.save_state == "unsaved"
    with Session.open(bank, path) as session:
        assert session.recovered == (f"set {NOTE}", f"set {NOTE}")
