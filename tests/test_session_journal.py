"""A session and its journal: undo, recovery, two writers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.bank.load import default_bank
from app.bank.model import Bank
from app.document.answers import Answers
from app.document.changes import difference
from app.document.codec import decode
from app.document.history import Step, describe
from app.document.keeper import open_journal_of
from app.document.machine import USER_VARIABLE, Machine, person
from app.document.operations import AddRow, Clear, Operation, Set, SetCell, SetProfile
from app.document.places import journal_path
from app.problems import DocumentError, OperationError
from app.session import Session
from tests.document.simulated import Fuse, Journals, SimulatedDisk, SimulatedJournal, machine, small_bank

BANK = default_bank()
GRAIN = "logical.grain"
TITLE = "control.title"


def title(text: str) -> Set:
    return Set(question=TITLE, value=text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "holds.toml"
    Session.create(BANK, path, [title("T0")]).close()
    return path


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    with Session.open(BANK, path) as session:
        yield session


def told(session: Session) -> object:
    return session.answers.values.get(TITLE)


def in_file(path: Path) -> Answers:
    return decode(BANK, path.read_text(encoding="utf-8")).answers


# recovery


def test_what_was_not_saved_is_there_again_and_named(path: Path) -> None:
    with Session.open(BANK, path) as session:
        session.apply(title("T1"))
        session.apply(AddRow(question=GRAIN, row={"entity": "hold"}))
    with Session.open(BANK, path) as session:
        assert told(session) == "T1"
        assert session.recovered == (f"set {TITLE}", f"added a row to {GRAIN}")
        assert session.save_state == "unsaved"
        session.save()
    with Session.open(BANK, path) as session:
        assert session.recovered == ()
        assert session.saved
    assert in_file(path).values[TITLE] == "T1"


def test_an_undo_that_was_not_saved_is_there_again(path: Path) -> None:
    with Session.open(BANK, path) as session:
        session.apply(title("T1"))
        session.save()
        session.undo()
    with Session.open(BANK, path) as session:
        assert told(session) == "T0"
        assert session.recovered == (f"undo: set {TITLE}",)


def test_a_step_about_a_question_that_the_bank_lacks_is_told_and_not_taken(path: Path) -> None:
    with Session.open(BANK, path) as session:
        session.apply(title("T1"))
        session.apply(Set(question="problem.goals", value=["fast"]))
    smaller = Bank(BANK.file, tuple(section for section in BANK.sections if section.id != "problem"))
    with Session.open(smaller, path) as session:
        assert told(session) == "T1"
        assert "problem.goals" in session.notices[0]


def test_a_damaged_journal_is_told_and_the_document_opens(path: Path) -> None:
    journal_path(path).write_bytes(b"damaged")
    with Session.open(BANK, path) as session:
        assert told(session) == "T0"
        assert "holds.journal.broken-1" in session.notices[0]
        session.apply(title("T1"))
        assert session.save_state == "unsaved"


def test_a_journal_with_a_step_that_cannot_be_read_is_kept_and_told(path: Path) -> None:
    with Session.open(BANK, path) as session:
        session.apply(title("T1"))
    journal, _ = open_journal_of(path, afresh=False)
    journal.record(Step(9, "at", "who", "edit", "{}", "not = toml = at all"))
    journal.close()
    with Session.open(BANK, path) as session:
        assert told(session) == "T0"
        assert any("holds.journal.old-1" in notice for notice in session.notices)


def test_the_journal_of_a_deleted_document_is_not_taken_for_a_new_one(path: Path) -> None:
    with Session.open(BANK, path) as session:
        session.apply(title("of the old one"))
    path.unlink()
    with Session.create(BANK, path) as session:
        assert told(session) is None
        assert "holds.journal.old-1" in session.notices[0]


def test_a_file_that_cannot_be_understood_leaves_journal_and_lock_alone(path: Path) -> None:
    with Session.open(BANK, path) as session:
        session.apply(title("T1"))
    good = path.read_text()
    path.write_text("<<<<<<< ours\n")
    with pytest.raises(DocumentError):
        Session.open(BANK, path)
    assert path.read_text() == "<<<<<<< ours\n"
    path.write_text(good)
    with Session.open(BANK, path) as session:
        assert told(session) == "T1"


# undo and redo


def test_undo_and_redo_work_across_restarts(path: Path) -> None:
    for text in ("T1", "T2"):
        with Session.open(BANK, path) as session:
            session.apply(title(text))
            session.save()
    seen = []
    for turn in ("undo", "undo", "redo"):
        with Session.open(BANK, path) as session:
            assert getattr(session, turn)() == f"set {TITLE}"
            session.save()
            seen.append(told(session))
    assert seen == ["T1", "T0", "T1"]
    assert in_file(path).values[TITLE] == "T1"


def test_typing_is_one_step_also_across_saves(session: Session) -> None:
    for end in range(1, 6):
        session.apply(title("hello"[:end]), group="field")
        if end == 3:
            session.save()
    assert session.undo() == f"set {TITLE}"
    assert told(session) == "T0"
    session.redo()
    assert told(session) == "hello"


def test_keys_typed_between_two_saves_are_one_entry_of_the_history(session: Session) -> None:
    for end in range(1, 400):
        session.apply(title("x" * end), group="field")
    assert [describe(step) for step in session.history] == ["started the document", f"set {TITLE}"]


def test_another_group_is_another_step(session: Session) -> None:
    session.apply(title("a"), group="first")
    session.apply(title("b"), group="second")
    session.apply(title("c"))
    session.apply(title("d"))
    seen = []
    for _ in range(4):
        session.undo()
        seen.append(told(session))
    assert seen == ["c", "b", "a", "T0"]


def test_several_rows_of_one_group_are_undone_as_one(session: Session) -> None:
    for name in "abc":
        session.apply(AddRow(question=GRAIN, row={"entity": name}), group="paste")
    session.undo()
    assert session.answers.rows(GRAIN) == ()
    session.redo()
    assert [row["entity"] for row in session.answers.rows(GRAIN)] == ["a", "b", "c"]


def test_a_new_change_ends_what_can_be_done_again_and_stays_in_the_history(session: Session) -> None:
    session.apply(title("T1"))
    session.undo()
    session.apply(title("T2"))
    with pytest.raises(OperationError, match="nothing to redo"):
        session.redo()
    assert [step.kind for step in session.history] == ["created", "edit", "undo", "edit"]


def test_there_may_be_nothing_to_undo(session: Session) -> None:
    with pytest.raises(OperationError, match="nothing to undo"):
        session.undo()


def test_a_change_that_changes_nothing_is_no_step(session: Session) -> None:
    session.apply(title("T0"))
    session.apply(Clear(question="control.owner"))
    assert session.saved
    assert len(session.history) == 1


def test_an_operation_that_does_not_fit_is_no_step(session: Session) -> None:
    with pytest.raises(OperationError):
        session.apply(SetProfile(risk="enormous"))
    assert len(session.history) == 1


def test_subscribers_hear_of_undo_redo_and_outside_without_an_operation(path: Path, session: Session) -> None:
    heard: list[Operation | None] = []
    session.subscribe(lambda _session, operation: heard.append(operation))
    session.apply(title("T1"))
    session.undo()
    session.redo()
    session.save()
    path.write_text(path.read_text().replace("T1", "T2"))
    session.check_outside()
    assert heard == [title("T1"), None, None, None]


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return small_bank(tmp_path_factory.mktemp("bank"))


@given(st.lists(st.sampled_from(["edit", "row", "type", "undo", "redo", "save", "reopen"]), max_size=40))
@settings(deadline=None, max_examples=80)
def test_undo_and_redo_go_through_the_list_of_states(little: Bank, actions: list[str]) -> None:
    """Against a model that keeps every state, whatever is saved or reopened in between."""
    disk, fuse = SimulatedDisk(Fuse()), Fuse()
    path, journals = Path("/simulated/x.toml"), Journals(SimulatedJournal(fuse))
    disk.put(path, b'format = 1\n[bank]\nid = "small"\nversion = "1.0.0"\n')

    def start() -> Session:
        return Session.open(little, path, machine=machine(disk, journals))

    session = start()
    states, at, typing = [session.answers], 0, False
    for number, action in enumerate(actions):
        match action:
            case "undo" | "redo" as turn:
                target = at - 1 if turn == "undo" else at + 1
                if 0 <= target < len(states):
                    getattr(session, turn)()
                    at = target
                else:
                    with pytest.raises(OperationError):
                        getattr(session, turn)()
                    continue
                typing = False
            case "save":
                session.save()
            case "reopen":
                session = start()
            case _:
                operation: Operation = Set(question="parcel.note", value=f"n{number}")
                if action == "row":
                    operation = AddRow(question="parcel.sizes", row={"name": f"n{number}"})
                session.apply(operation, group="typing" if action == "type" else "")
                del states[at + 1 :]
                if action == "type" and typing:
                    states[at] = session.answers
                else:
                    states.append(session.answers)
                    at += 1
                typing = action == "type"
        assert not difference(session.answers, states[at])
    journals.present.drop()


# two writers, and who


def test_a_second_session_is_read_only_and_says_who_writes(path: Path, session: Session) -> None:
    second = Session.open(BANK, path)
    assert f"process {os.getpid()}, since" in second.read_only_reason
    for action in (lambda: second.apply(title("T1")), second.undo):
        with pytest.raises(DocumentError, match="read-only: it is open for writing elsewhere"):
            action()
    session.close()
    with Session.open(BANK, path) as third:
        assert third.read_only_reason == ""


def test_a_session_that_reads_takes_no_lock_and_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('format = 1\n[bank]\nid = "database-design"\nversion = "1.0.0"\n')
    Session.open(BANK, path, write=False)
    assert [found.name for found in tmp_path.iterdir()] == ["x.toml"]


def test_a_session_that_nobody_holds_any_more_lets_go_of_the_lock(path: Path) -> None:
    Session.open(BANK, path).apply(title("T1"))
    with Session.open(BANK, path) as session:
        assert session.read_only_reason == ""


def test_a_closed_session_writes_nothing(path: Path) -> None:
    session = Session.open(BANK, path)
    session.close()
    session.close()
    with pytest.raises(DocumentError, match="it is closed"):
        session.apply(title("T1"))


def test_the_history_says_who_and_when(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER_VARIABLE, "Ana Costa\x1b[31m")
    clock = replace(Machine(), now=lambda: "2026-01-02T03:04:05.000Z")
    with Session.open(BANK, path, machine=clock) as session:
        session.apply(title("T1"))
        session.apply(title("T2"), who="Ben, a guest")
    found = [(step.who, step.at) for step in session.history[1:]]
    assert found == [
        ("Ana Costa[31m", "2026-01-02T03:04:05.000Z"),
        ("Ben, a guest", "2026-01-02T03:04:05.000Z"),
    ]


def test_without_a_name_for_the_login_somebody_is_still_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(USER_VARIABLE, raising=False)

    def nobody() -> str:
        raise OSError("no such user")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert person() == "unknown"


@pytest.mark.parametrize("value", ["\ud800 lone", float("nan"), ["a", {"b": 1}], "\x00"])
def test_odd_values_reach_the_journal(path: Path, value: Any) -> None:
    with Session.open(BANK, path) as session:
        session.apply(Set(question=TITLE, value=value))
        said = session.answers
        assert session.save_state == "unsaved"
    with Session.open(BANK, path) as session:
        assert not difference(said, session.answers)


def test_a_changed_key_while_typing_keeps_rows_apart(session: Session) -> None:
    session.apply(AddRow(question=GRAIN, row={"entity": "a"}))
    for old, new in (("a", "ab"), ("ab", "abc")):
        session.apply(SetCell(question=GRAIN, row=old, column="entity", value=new), group="cell")
    session.undo()
    assert [row["entity"] for row in session.answers.rows(GRAIN)] == ["a"]
