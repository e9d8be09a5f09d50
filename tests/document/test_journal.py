"""The journal file: what is kept, for how long, and what happens to one that cannot be read."""

from __future__ import annotations

import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from app.document import journal as module
from app.document.history import Step
from app.document.journal import Checkpoint, Journal, JournalError, open_journal, read_journal
from app.document.keeper import Keeper, open_journal_of
from app.document.places import STATE_VARIABLE, journal_path, writable_journal_path


def step(seq: int, change: str = "") -> Step:
    return Step(seq, "2026-01-02T03:04:05.000Z", "Ada", "edit", "{}", change)


def opened(path: Path) -> Journal:
    journal, notice = open_journal(path)
    assert notice == ""
    return journal


def test_steps_and_checkpoints_are_there_after_closing(tmp_path: Path) -> None:
    journal = opened(tmp_path / "x.journal")
    journal.settle("aa", 0, "text")
    journal.record(step(1, "é '''"))
    journal.announce("bb", 1)
    journal.close()
    again = opened(tmp_path / "x.journal")
    assert again.steps() == [step(1, "é '''")]
    assert again.checkpoints() == [
        Checkpoint("settled", "aa", 0, "text"),
        Checkpoint("announced", "bb", 1, ""),
    ]
    again.close()


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    """WAL with synchronous=FULL is the combination that survives a power cut."""
    journal = opened(tmp_path / "x.journal")
    connection = journal._connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    journal.close()


def test_what_failed_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = opened(tmp_path / "x.journal")
    journal.settle("aa", 0, "text")

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(module, "_insert", fail)
    with pytest.raises(JournalError, match="disk I/O error"):
        journal.settle("bb", 1, "other", [step(2)])
    monkeypatch.undo()
    assert journal.checkpoints() == [Checkpoint("settled", "aa", 0, "text")]
    journal.record(step(1))
    assert journal.steps() == [step(1)]
    journal.close()


def test_the_oldest_steps_are_dropped_and_no_unsaved_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.document.keeper.HISTORY", 3)
    kept = keeper(tmp_path / "x.toml")
    for seq in range(1, 11):
        kept.record(step(seq))
    assert len(kept.steps) == 10
    kept.settle("aa", "text", 6)
    assert [found.seq for found in kept.steps] == [4, 5, 6, 7, 8, 9, 10]
    kept.close()
    again = keeper(tmp_path / "x.toml")
    assert again.steps == kept.steps
    again.close()


def test_large_steps_are_dropped_sooner_and_never_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.document.keeper.HISTORY_SIZE", 2_500)
    kept = keeper(tmp_path / "x.toml")
    for seq in range(1, 6):
        kept.record(step(seq, "x" * 1_000))
    kept.settle("aa", "text", 4)
    assert [found.seq for found in kept.steps] == [3, 4, 5]
    kept.record(step(6, "x" * 9_000))
    kept.settle("bb", "text")
    assert [found.seq for found in kept.steps] == [6]
    kept.close()


def test_a_journal_of_large_steps_does_not_grow_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the DDL of a document is replaced again and again; each text is saved as it comes."""
    monkeypatch.setattr("app.document.keeper.HISTORY_SIZE", 200_000)
    monkeypatch.setattr("app.document.keeper.SETTLE_SIZE", 50_000)
    kept = keeper(tmp_path / "x.toml")
    kept.settle("0", "text")
    for seq in range(1, 101):
        kept.record(step(seq, "x" * 20_000))
        kept.announce(f"{seq}", kept.last)
        kept.saved(f"{seq}", lambda: "text")
    assert 5 < len(kept.steps) < 15
    kept.close()
    assert journal_path(tmp_path / "x.toml").stat().st_size < 500_000


@pytest.mark.parametrize(
    "content",
    [b"not a database", b"", b"SQLite format 3\x00" + bytes(200), b"\xff" * 5000],
    ids=["text", "empty", "header only", "noise"],
)
def test_a_file_that_is_no_journal_is_put_aside_and_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.journal"
    path.write_bytes(content)
    journal, notice = open_journal(path)
    journal.record(step(1))
    journal.close()
    assert [kept.seq for kept in read_journal(path).steps] == [1]
    if content:  # an empty file is an empty database
        assert "x.journal.broken-1" in notice
        assert (tmp_path / "x.journal.broken-1").read_bytes() == content


def test_a_damaged_page_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    journal = opened(path)
    for seq in range(1, 60):
        journal.record(step(seq, "x" * 2000))
    journal.close()
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4096] = b"\xa5" * 4096
    path.write_bytes(data)
    journal, notice = open_journal(path)
    journal.close()
    assert "broken-1" in notice
    assert (tmp_path / "x.journal.broken-1").exists()


def test_the_database_of_another_program_is_put_aside_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE steps (theirs)")
    connection.commit()
    connection.close()
    open_journal(path)[0].close()
    kept = sqlite3.connect(tmp_path / "x.journal.broken-1")
    assert kept.execute(
        "SELECT count(*) FROM pragma_table_info('steps') WHERE name = 'theirs'"
    ).fetchone() == (1,)
    kept.close()


def test_names_of_journals_that_were_put_aside_are_never_used_again(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / "x.journal").write_bytes(b"broken %d" % number)
        open_journal(tmp_path / "x.journal")[0].close()
        (tmp_path / "x.journal").unlink()
    assert (tmp_path / "x.journal.broken-1").read_bytes() == b"broken 1"
    assert (tmp_path / "x.journal.broken-2").read_bytes() == b"broken 2"


def test_a_save_that_is_confirmed_ends_what_was_announced(tmp_path: Path) -> None:
    journal = opened(tmp_path / "x.journal")
    journal.settle("aa", 0, "text")
    for sha256, seq in (("bb", 1), ("cc", 2), ("aa", 3)):
        journal.announce(sha256, seq)
    journal.confirm("cc", 2)
    assert journal.checkpoints() == [Checkpoint("settled", "aa", 0, "text"), Checkpoint("saved", "cc", 2, "")]
    journal.confirm("aa", 4)
    assert journal.checkpoints() == [Checkpoint("settled", "aa", 0, "text"), Checkpoint("saved", "aa", 4, "")]
    journal.close()


def test_a_journal_of_the_format_before_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    journal = opened(path)
    journal.settle("aa", 0, "text")
    journal.record(step(1))
    journal._connection.executescript(
        """CREATE TABLE one (
            sha256 TEXT PRIMARY KEY, state TEXT NOT NULL, seq INTEGER NOT NULL, text TEXT NOT NULL);
        INSERT INTO one SELECT * FROM checkpoint;
        DROP TABLE checkpoint;
        ALTER TABLE one RENAME TO checkpoint;
        PRAGMA user_version = 1;"""
    )
    journal.close()
    again = opened(path)
    again.announce("aa", 1)
    assert again.steps() == [step(1)]
    assert [(mark.sha256, mark.seq) for mark in again.checkpoints()] == [("aa", 0), ("aa", 1)]
    again.close()


def test_reading_goes_on_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "x.journal"
    writer = opened(path)
    writer.record(step(1))
    assert read_journal(path).steps == [step(1)]
    writer.record(step(2))
    assert read_journal(path).steps == [step(1), step(2)]
    writer.close()
    assert read_journal(tmp_path / "none.journal").steps == []


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "killed"])
def test_a_journal_beside_which_nothing_can_be_written_is_read_nevertheless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    """SQLite wants to write beside what it reads, and cannot in a folder that is read-only."""
    path = tmp_path / "x.journal"
    writer = opened(path)
    writer.record(step(1))
    if closed:
        writer.close()
    connect = sqlite3.connect

    def refuse(database: str, **options: Any) -> sqlite3.Connection:
        if str(path) in database:
            raise sqlite3.OperationalError("attempt to write a readonly database")
        return connect(database, **options)

    monkeypatch.setattr("sqlite3.connect", refuse)
    assert read_journal(path).steps == [step(1)]
    monkeypatch.undo()
    writer.close()


def test_a_journal_that_cannot_be_read_in_any_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.journal").mkdir()
    with pytest.raises(JournalError):
        read_journal(tmp_path / "x.journal")


def keeper(document: Path) -> Keeper:
    document.touch()
    kept = Keeper(document, open_journal_of)
    kept.start()
    return kept


def test_a_journal_that_is_deleted_meanwhile_is_begun_anew_with_everything(tmp_path: Path) -> None:
    document = tmp_path / "x.toml"
    kept = keeper(document)
    kept.settle("aa", "text")
    kept.record(step(1))
    path = journal_path(document)
    for file in path.parent.glob("x.journal*"):
        file.unlink()
    kept.record(step(2))
    assert kept.problem == ""
    kept.close()
    again = keeper(document)
    assert again.steps == [step(1), step(2)]
    assert again.checkpoints == [Checkpoint("settled", "aa", 0, "text")]
    again.close()


class Sick(Journal):
    """Fails as long as it is told to."""

    sick = False

    def record(self, step: Step) -> None:
        if Sick.sick:
            raise JournalError("database or disk is full")
        super().record(step)


def test_what_could_not_be_written_is_written_later_in_order(tmp_path: Path) -> None:
    document = tmp_path / "x.toml"
    document.touch()

    def opener(document: Path, *, afresh: bool) -> tuple[Journal, str]:
        assert not afresh
        return Sick(module.connect(str(document.with_suffix(".db")))), ""

    kept = Keeper(document, opener)
    kept.start()
    Sick.sick = True
    kept.record(step(1))
    kept.settle("aa", "text")
    kept.record(step(2))
    assert kept.problem == "database or disk is full"
    Sick.sick = False
    kept.record(step(3))
    assert kept.problem == ""
    kept.close()
    journal = Journal(module.connect(str(tmp_path / "x.db")))
    assert [found.seq for found in journal.steps()] == [1, 2, 3]
    assert journal.checkpoints() == [Checkpoint("settled", "aa", 1, "text")]
    journal.close()


def test_a_step_takes_the_place_of_one_with_its_number(tmp_path: Path) -> None:
    kept = keeper(tmp_path / "x.toml")
    kept.record(step(1, "t"))
    kept.record(replace(step(1), change="ty"))
    kept.close()
    again = keeper(tmp_path / "x.toml")
    assert [found.change for found in again.steps] == ["ty"]
    again.close()


def test_the_journal_is_beside_the_document_and_git_passes_it_over(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    keeper(tmp_path / "x.toml").close()
    assert (tmp_path / ".dbcharter" / "x.journal").exists()
    shown = subprocess.run(
        ["git", "-C", tmp_path, "status", "--porcelain"], capture_output=True, text=True, check=True
    )
    assert shown.stdout == "?? x.toml\n"


def test_where_the_folder_cannot_be_written_the_journal_is_in_the_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / ".dbcharter").write_text("a file where the folder would be")
    first, other = (writable_journal_path(folder / name) for name in ("x.toml", "y.toml"))
    assert first.is_relative_to(tmp_path / "state" / "journals")
    assert first.parent != other.parent
    first.touch()
    (folder / ".dbcharter").unlink()
    assert journal_path(folder / "x.toml") == first
    assert journal_path(folder / "y.toml") == folder / ".dbcharter" / "y.journal"


def test_a_document_in_a_folder_that_is_not_there_makes_no_folder(tmp_path: Path) -> None:
    path = writable_journal_path(tmp_path / "gone" / "x.toml")
    assert not (tmp_path / "gone").exists()
    assert not path.is_relative_to(tmp_path / "gone")


def test_two_ways_to_one_document_share_a_journal(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x.toml").touch()
    (tmp_path / "link.toml").symlink_to(tmp_path / "real" / "x.toml")
    assert journal_path(tmp_path / "link.toml") == journal_path(tmp_path / "real" / "x.toml")
