"""Journals that cannot be opened when a document is, and folders in which none can be begun."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.bank.model import Bank
from app.document.journal import open_journal
from app.document.machine import lock_document
from app.document.places import STATE_VARIABLE, journal_path
from app.problems import DocumentError
from app.session import Session
from tests.document.failing import (
    NOTE,
    Broken,
    Denied,
    Failing,
    in_file,
    no_journal_opens,
    on,
    say,
    told,
    unsaved,
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


def test_a_journal_that_cannot_be_opened_is_not_passed_over(bank: Bank, path: Path) -> None:
    """It may hold what the file does not: nothing can be said until it is readable, and nothing is lost."""
    unsaved(bank, path, "said")
    with no_journal_opens():
        for _ in range(2):
            with Session.open(bank, path) as session:
                assert session.read_only_reason == "its journal cannot be used: disk I/O error"
                with pytest.raises(DocumentError, match="disk I/O error"):
                    say(session, "other")
        with pytest.raises(DocumentError, match="is already there"):
            Session.create(bank, path)
    with Session.open(bank, path) as session:
        assert told(session) == "said"
        assert session.notices == ()
    assert sorted(found.name for found in journal_path(path).parent.glob("*.old-*")) == []


def test_a_new_document_does_not_put_away_a_journal_that_cannot_be_opened(bank: Bank, path: Path) -> None:
    unsaved(bank, path, "of the one that was deleted")
    path.unlink()
    told = pytest.raises(DocumentError, match="an earlier one cannot be opened: disk I/O error")
    with no_journal_opens(), told:
        Session.create(bank, path)
    assert not path.exists()
    with Session.create(bank, path) as session:
        assert "parcel.journal.old-1" in session.notices[0]


def test_a_journal_is_begun_later_when_it_could_not_be_at_first(bank: Bank, tmp_path: Path) -> None:
    """Until then what is said is in memory, and the state says so."""
    path = tmp_path / "parcel.toml"
    path.write_text('format = 1\n[bank]\nid = "small"\nversion = "1.0.0"\n')
    files = Broken(errno.ENOSPC, {"write_temporary"})
    with Session.open(bank, path, machine=replace(on(files), lock=lock_document)) as session:
        say(session, "one")
        assert session.save_state == "not saved: no journal can be kept: No space left on device"
        files.broken = set()
        say(session, "two")
        assert session.save_state == "unsaved"
    with Session.open(bank, path) as session:
        assert told(session) == "two"
        assert session.notices == ()
        session.undo()
        assert told(session) == "one"


def test_half_a_journal_that_this_session_made_is_no_earlier_one(bank: Bank, tmp_path: Path) -> None:
    path = tmp_path / "parcel.toml"
    path.write_text('format = 1\n[bank]\nid = "small"\nversion = "1.0.0"\n')
    with Session.open(bank, path) as session:
        session._keeper.close()
        journal_path(path).unlink()
        open_journal(journal_path(path))[0].close()
        say(session, "one")
        assert session.save_state == "unsaved"
        assert session.notices == ()


def test_a_folder_that_became_read_only_strands_nothing(
    bank: Bank, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A journal beside the document stays the one that is used, so that its words are found again."""
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    unsaved(bank, path, "one")
    with Session.open(bank, path, machine=on(Denied(path.parent))) as session:
        assert told(session) == "one"
        say(session, "two")
        with pytest.raises(DocumentError, match="Permission denied"):
            session.save()
    assert not (tmp_path / "state" / "journals").exists()
    with Session.open(bank, path) as session:
        assert told(session) == "two"
        session.save()
    assert in_file(bank, path) == "two"


def test_a_journal_that_had_to_be_begun_elsewhere_is_found_again(
    bank: Bank, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the one that had disappeared is there again; and nobody else writes meanwhile."""
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    gone = tmp_path / "gone"
    with Session.open(bank, path) as session:
        say(session, "one")
        path.parent.rename(gone)
        say(session, "two")
        assert session.save_state == "unsaved"
        gone.rename(path.parent)
        second = Session.open(bank, path)
        assert "it is open for writing elsewhere" in second.read_only_reason
    with Session.open(bank, path) as session:
        assert told(session) == "two"
        assert session.undo() == f"set {NOTE}"
        assert told(session) == "one"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no owner here")
def test_the_journal_of_somebody_else_is_left_to_them(
    bank: Bank, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    unsaved(bank, path, "theirs")
    owner = journal_path(path).stat().st_uid
    theirs = journal_path(path)
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    monkeypatch.setattr("os.access", lambda found, _: Path(found).is_relative_to(tmp_path / "state"))
    with Session.open(bank, path, machine=on(Denied(path.parent))) as session:
        assert session.read_only_reason == ""
        assert told(session) is None
        say(session, "mine")
    assert journal_path(path).is_relative_to(tmp_path / "state")
    with Session.open(bank, path) as session:
        assert told(session) == "mine"
    assert theirs.exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES])
def test_no_failure_while_opening_loses_an_edit(
    bank: Bank, path: Path, tmp_path: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each operation of an opening fails in turn, those of a place for the journal included.

    The document is open then, or open read-only with the reason; what was said before is not passed over.
    """
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    failed: list[str] = []
    for number in range(50):
        files = Failing(code)
        for left in (number, -1):
            files.left = left
            refused = ""
            try:
                session = Session.open(bank, path, machine=on(files))
                refused = session.read_only_reason
            except DocumentError as error:
                refused = error.message
            if refused:
                assert os.strerror(code) in refused
                continue
            with session:
                assert told(session) == (None if number == 0 else f"edit {number - 1}")
                say(session, f"edit {number}")
                assert session.save_state in ("unsaved", f"not saved: {session._keeper.problem}")
                files.left = -1
                if session.save_state != "unsaved" or number % 3 == 0:
                    session.save()
            break
        with Session.open(bank, path) as session:
            assert told(session) == f"edit {number}"
            session.save()
        for found in [*path.parent.glob(".dbcharter/*.journal*"), *tmp_path.glob("state/journals/*/*")]:
            found.unlink()
        if not files.failed:
            break
        failed.append(files.failed)
    assert {"read_bytes", "stat", "make_folder", "exists", "write_temporary", "unlink"} <= set(failed)


@pytest.mark.parametrize("seed", range(20))
def test_journals_that_now_and_then_cannot_be_opened_lose_nothing(bank: Bank, path: Path, seed: int) -> None:
    """What was in the journal is there again, whatever was tried while it could not be opened."""
    rng = random.Random(seed)
    acknowledged: object = None
    for number in range(8):
        if rng.random() < 0.5:
            refused = pytest.raises(DocumentError, match="cannot be used")
            with no_journal_opens(), Session.open(bank, path) as session, refused:
                say(session, f"refused {number}")
            continue
        with Session.open(bank, path) as session:
            assert told(session) == acknowledged
            say(session, f"edit {number}")
            acknowledged = told(session)
            if rng.random() < 0.3:
                session.save()


def test_who_only_reads_sees_what_the_journal_has_and_changes_nothing(bank: Bank, path: Path) -> None:
    saved = path.read_text(encoding="utf-8")
    with Session.open(bank, path) as writer:
        say(writer, "said and not saved")
        with Session.open(bank, path, write=False) as reader:
            assert told(reader) == "said and not saved"
            assert len(reader.recovered) == 1
            assert reader.read_only_reason
    assert path.read_text(encoding="utf-8") == saved
    path.write_text(f"{saved}\n# by hand\n", encoding="utf-8")
    with Session.open(bank, path, write=False) as reader:
        assert told(reader) is None
        assert reader.recovered == ()
