"""A document is migrated with what only its journal has."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import date
from pathlib import Path

import pytest
import tomli

from app.bank.load import load_bank
from app.bank.model import Bank
from app.cli.migrate import migrate_file
from app.document.codec import decode
from app.document.journal import Journal, JournalError
from app.document.lock import DocumentLock
from app.document.machine import lock_document
from app.document.operations import (
    AddRow,
    Operation,
    Resolve,
    Set,
    SetCell,
    SetNote,
    SetProfile,
    SetSlot,
    SetState,
    Waive,
)
from app.problems import DocumentError
from app.session import Session

FOLDER = Path(__file__).with_name("migrations") / "bank"
NEW = load_bank(FOLDER)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """The bank as it was in 1.1.0."""
    folder = tmp_path_factory.mktemp("old") / "bank"
    shutil.copytree(FOLDER, folder)
    bank, parcel = folder / "bank.toml", folder / "parcel.toml"
    bank.write_text(bank.read_text().split("[[moved]]")[0].replace("1.2.0", "1.1.0"))
    text = parcel.read_text().replace('since = "1.2.0"\n', "").replace('"depot"', '"hub"')
    text = text.replace(
        '{ id = "address", title = "Address" },',
        '{ id = "place", title = "Place" }, { id = "crate", title = "Crate" },',
    )
    text = text.replace('"who"', '"whom"').replace("{who}", "{whom}")
    parcel.write_text(text)
    return load_bank(folder)


@pytest.fixture
def path(old: Bank, tmp_path: Path) -> Path:
    path = tmp_path / "trip.toml"
    said: list[Operation] = [
        Set(question="parcel.hub", value="Harbour"),
        AddRow(question="parcel.stops", row={"name": "bakery", "place": "Mill Lane 4"}),
    ]
    Session.create(old, path, said).close()
    path.write_text(path.read_text().replace('"Harbour"', '"Harbour" # the old one'))
    return path


UNSAVED: list[Operation] = [
    Set(question="parcel.hub", value="Station"),
    AddRow(question="parcel.stops", row={"name": "school", "place": "Hill 1", "crate": "C4"}),
    SetCell(question="parcel.stops", row="bakery", column="place", value="Mill Lane 5"),
    SetSlot(question="parcel.summary", slot="whom", value="the baker"),
    SetNote(question="parcel.hub", note="ask again"),
    SetState(question="parcel.crates", state="deferred", owner="Ana", until=date(2027, 1, 1)),
    SetProfile(change_types=["add_depot"], risk="low"),
    Waive(code="A1", target="parcel.hub", reason="known", owner="Ana"),
]


def say(old: Bank, path: Path, *operations: Operation, save: bool = False) -> None:
    with Session.open(old, path) as session:
        assert session.read_only_reason == ""
        for operation in operations:
            session.apply(operation)
        if save:
            session.save()


def check_unsaved(path: Path) -> None:
    with Session.open(NEW, path) as session:
        said = session.answers
        assert session.saved
        assert session.recovered == ()
        assert session.notices == ()
    assert decode(NEW, path.read_text()).answers == said
    assert said.values["parcel.depot"] == "Station"
    assert said.rows("parcel.stops") == (
        {"name": "bakery", "address": "Mill Lane 5"},
        {"name": "school", "address": "Hill 1"},
    )
    assert said.rows("parcel.crates") == ({"name": "school", "label": "C4"},)
    assert said.values["parcel.summary"] == {"who": "the baker"}
    assert said.notes == {"parcel.depot": "ask again"}
    assert said.states["parcel.crates"].owner == "Ana"
    assert said.profile.risk == "low"
    assert said.profile.change_types == ("add_depot",)
    assert [waiver.target for waiver in said.waivers] == ["parcel.depot"]


def test_what_only_the_journal_has_is_migrated_with_the_file(old: Bank, path: Path) -> None:
    say(old, path, *UNSAVED)
    assert migrate_file(NEW, path, dry_run=False, yes=True) == 0
    check_unsaved(path)


def test_until_then_the_document_is_open_to_read_only(old: Bank, path: Path) -> None:
    say(old, path, *UNSAVED)
    before = path.read_text()
    with Session.open(NEW, path) as session:
        assert "questions that have moved" in session.read_only_reason
        assert "dbcharter migrate takes them along" in session.read_only_reason
        with pytest.raises(DocumentError, match="have moved"):
            session.apply(Set(question="parcel.depot", value="other"))
    assert path.read_text() == before
    migrate_file(NEW, path, dry_run=False, yes=True)
    check_unsaved(path)


def test_the_difference_is_shown_with_it(old: Bank, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say(old, path, *UNSAVED)
    before = path.read_text()
    assert migrate_file(NEW, path, dry_run=True, yes=False) == 0
    assert '+depot = "Station"' in capsys.readouterr().out
    assert path.read_text() == before
    migrate_file(NEW, path, dry_run=False, yes=True)
    check_unsaved(path)


def test_the_original_is_the_file_as_it_was(old: Bank, path: Path) -> None:
    say(old, path, *UNSAVED)
    before = path.read_text()
    migrate_file(NEW, path, dry_run=False, yes=True)
    assert (path.parent / ".dbcharter/trip.original-1.toml").read_text() == before


def test_what_the_file_holds_unread_among_such_entries_stays(old: Bank, path: Path) -> None:
    unread = """
[profile]
risk = "terrible"
colour = "red"

[[waivers]]
code = "B2"

[[conflicts]]
question = "parcel.hub"
ours = "Harbour"
theirs = "Quay"

[[conflicts]]
question = "no.such"
"""
    path.write_text(path.read_text() + unread)
    choice = Resolve(question="parcel.hub", take="theirs")
    types = SetProfile(change_types=["add_depot"])
    say(old, path, choice, types, Waive(code="A1", target="parcel.hub", reason="known", owner="Ana"))
    migrate_file(NEW, path, dry_run=False, yes=True)
    document = decode(NEW, path.read_text())
    assert document.answers.values["parcel.depot"] == "Quay"
    assert document.answers.conflicts == ()
    assert [waiver.code for waiver in document.answers.waivers] == ["A1"]
    said = tomli.loads(path.read_text())
    assert said["profile"] == {"change_types": ["add_depot"], "risk": "terrible", "colour": "red"}
    assert {"code": "B2"} in said["waivers"]
    assert said["conflicts"] == [{"question": "no.such"}]


def test_what_was_saved_and_taken_back_stays_taken_back(old: Bank, path: Path) -> None:
    before = path.read_text()
    say(old, path, Set(question="parcel.hub", value="saved"), save=True)
    say(old, path, SetNote(question="parcel.hub", note="not saved"))
    path.write_text(before)
    migrate_file(NEW, path, dry_run=False, yes=True)
    with Session.open(NEW, path) as session:
        assert session.answers.values["parcel.depot"] == "Harbour"
        assert session.answers.notes == {"parcel.depot": "not saved"}
        assert session.answers.conflicts == ()
        assert session.recovered == ()


def test_what_somebody_else_wrote_meanwhile_is_merged(old: Bank, path: Path) -> None:
    say(old, path, SetNote(question="parcel.hub", note="mine"), Set(question="parcel.hub", value="mine"))
    path.write_text(path.read_text().replace("Harbour", "theirs").replace("Mill Lane 4", "Mill Lane 6"))
    migrate_file(NEW, path, dry_run=False, yes=True)
    said = decode(NEW, path.read_text()).answers
    assert said.notes == {"parcel.depot": "mine"}
    assert said.rows("parcel.stops") == ({"name": "bakery", "address": "Mill Lane 6"},)
    (conflict,) = said.conflicts
    assert (conflict.question, conflict.ours, conflict.theirs) == ("parcel.depot", "mine", "theirs")
    with Session.open(NEW, path) as session:
        assert session.recovered == ()


def test_undo_passes_over_what_was_said_before_the_migration(old: Bank, path: Path) -> None:
    say(old, path, Set(question="parcel.hub", value="Station"))
    migrate_file(NEW, path, dry_run=False, yes=True)
    with Session.open(NEW, path) as session:
        assert session.undo() == ("set parcel.hub: left as it is (this bank has no question 'parcel.hub')")
        assert session.answers.values["parcel.depot"] == "Station"


def test_a_journal_that_cannot_be_written_stops_it(
    old: Bank, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(old, path, *UNSAVED)
    before = path.read_text()
    monkeypatch.setattr("app.document.journal.connect", _fail)
    with pytest.raises(DocumentError, match="its journal cannot be written: disk I/O error"):
        migrate_file(NEW, path, dry_run=False, yes=True)
    assert path.read_text() == before


def test_a_full_disk_stops_it(old: Bank, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    say(old, path, *UNSAVED)
    before = path.read_text()

    def full(*_: object) -> None:
        raise JournalError("database or disk is full")

    monkeypatch.setattr(Journal, "announce", full)
    with pytest.raises(DocumentError, match="its journal cannot be written: database or disk is full"):
        migrate_file(NEW, path, dry_run=False, yes=True)
    assert path.read_text() == before


def test_what_was_said_since_the_difference_was_shown_stops_it(
    old: Bank, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_text()

    def late(file: Path) -> DocumentLock:
        say(old, path, *UNSAVED)
        return lock_document(file)

    monkeypatch.setattr("app.cli.migrate.lock_document", late)
    with pytest.raises(DocumentError, match="it has become another meanwhile"):
        migrate_file(NEW, path, dry_run=False, yes=True)
    assert path.read_text() == before


def test_what_somebody_else_writes_right_after_it_is_taken_in(old: Bank, path: Path) -> None:
    say(old, path, *UNSAVED)
    migrate_file(NEW, path, dry_run=False, yes=True)
    path.write_text(path.read_text().replace('"Station"', '"theirs"'))
    with Session.open(NEW, path) as session:
        assert session.answers.values["parcel.depot"] == "theirs"
        assert session.answers.conflicts == ()
        assert session.recovered == ()


def _fail(_: str) -> None:
    raise sqlite3.OperationalError("disk I/O error")
