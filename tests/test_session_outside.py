"""Changes from outside: what somebody else wrote to the file, or took back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.bank.load import default_bank
from app.document.answers import Answers
from app.document.codec import decode
from app.document.files import Disk
from app.document.history import describe
from app.document.operations import Set
from app.problems import DocumentError, OperationError
from app.session import Session

BANK = default_bank()
TITLE = "control.title"
OWNER = "control.owner"


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


def outside(path: Path, old: str, new: str) -> None:
    """Somebody else edits the file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_somebody_else_wrote_is_taken_in_while_open(path: Path, session: Session) -> None:
    assert not session.check_outside()
    outside(path, '"T0"', '"T9" # by hand')
    assert session.check_outside()
    assert not session.check_outside()
    assert told(session) == "T9"
    assert session.saved
    assert describe(session.history[-1]) == f"changed outside: {TITLE}"


def test_both_sides_are_kept_when_they_are_about_different_things(path: Path, session: Session) -> None:
    session.apply(Set(question="control.owner", value="Ana"))
    outside(path, '"T0"', '"T9" # by hand')
    session.save()
    assert (told(session), session.answers.values["control.owner"]) == ("T9", "Ana")
    assert '"T9" # by hand' in path.read_text()
    assert in_file(path).values["control.owner"] == "Ana"


def test_a_save_never_overwrites_what_somebody_else_said_about_the_same_thing(
    path: Path, session: Session
) -> None:
    session.apply(title("mine"))
    outside(path, "T0", "theirs")
    session.save()
    (conflict,) = in_file(path).conflicts
    assert (conflict.ours, conflict.theirs) == ("mine", "theirs")


def test_what_somebody_else_wrote_between_sessions_is_merged_with_what_was_not_saved(path: Path) -> None:
    with Session.open(BANK, path) as session:
        session.apply(Set(question="control.owner", value="Ana"))
    outside(path, "T0", "T9")
    for _ in range(2):  # the merge itself is in the journal: it is there after another crash
        with Session.open(BANK, path) as session:
            assert (told(session), session.answers.values["control.owner"]) == ("T9", "Ana")
            assert not session.saved
    assert session.recovered == ("kept in a merge: control.owner",)


def test_a_merge_begins_with_the_file_that_was_saved_last(path: Path) -> None:
    """What was said and saved before is the common ground, so changing it outside is no conflict."""
    with Session.open(BANK, path) as session:
        for text in ("T1", "T2", "T3"):
            session.apply(title(text))
            session.save()
        session.apply(Set(question="control.owner", value="Ana"))
    outside(path, "T3", "T9")
    with Session.open(BANK, path) as session:
        assert (told(session), session.answers.values["control.owner"]) == ("T9", "Ana")
        assert session.answers.conflicts == ()


def test_the_text_of_the_file_is_kept_anew_now_and_then(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that neither the history nor the time to replay it grows without end."""
    monkeypatch.setattr("app.document.keeper.SETTLE_AFTER", 3)
    monkeypatch.setattr("app.document.keeper.HISTORY", 4)
    with Session.open(BANK, path) as session:
        for number in range(20):
            session.apply(title(f"N{number}"))
            session.save()
        assert len(session.history) <= 4 + 3
    with Session.open(BANK, path) as session:
        assert len(session.history) <= 4 + 3
        assert session.undo() == f"set {TITLE}"
        assert told(session) == "N18"


def test_undo_leaves_what_somebody_else_changed_since_and_goes_on_before_it(path: Path) -> None:
    with Session.open(BANK, path) as session:
        session.apply(Set(question=OWNER, value="Ana"))
        session.apply(title("T1"))
        session.save()
    outside(path, "T1", "T9")
    with Session.open(BANK, path) as session:
        assert session.undo().startswith(f"set {TITLE}: left as it is ({TITLE} has been changed since")
        assert (told(session), session.answers.values[OWNER]) == ("T9", "Ana")
        assert session.undo() == f"set {OWNER}"
        assert session.answers.values == {TITLE: "T9"}
        with pytest.raises(OperationError, match="nothing to undo"):
            session.undo()
        assert session.redo() == f"set {OWNER}"
        assert session.redo() == f"set {TITLE}"
        assert session.answers.values == {TITLE: "T9", OWNER: "Ana"}


def test_the_history_has_what_somebody_else_removed(path: Path, session: Session) -> None:
    session.apply(Set(question=OWNER, value="Ana"))
    session.save()
    path.write_text('format = 1\n\n[bank]\nid = "database-design"\nversion = "1.0.0"\n')
    session.check_outside()
    assert session.answers.values == {}
    old = {change.question: change.old for change in session.history[-1].changes}
    assert old == {TITLE: "T0", OWNER: "Ana"}


# a file that was emptied


@pytest.mark.parametrize("content", [b"", b"\n \n", bytes(4096)], ids=["empty", "blank", "zeros"])
def test_a_file_that_was_emptied_is_written_again(path: Path, content: bytes) -> None:
    """Whatever emptied it, no answer counts as removed."""
    with Session.open(BANK, path) as session:
        session.apply(title("T1"))
        session.save()
        session.apply(Set(question=OWNER, value="Ana"))
    text = path.read_text()
    path.write_bytes(content)
    with Session.open(BANK, path) as session:
        assert session.answers.values == {TITLE: "T1", OWNER: "Ana"}
        assert session.recovered == (f"set {OWNER}",)
        assert session.notices == ("holds.toml was empty; what it held was kept in the journal",)
        assert session.save_state == "not saved: the file was emptied; saving writes it again"
        session.save()
        assert session.save_state == "saved"
        session.undo()
        session.save()
    assert path.read_text() == text


@pytest.mark.parametrize("said", [True, False], ids=["with an edit", "without one"])
def test_a_file_that_is_emptied_while_open_is_written_again(path: Path, session: Session, said: bool) -> None:
    text = path.read_text()
    heard: list[object] = []
    session.subscribe(lambda _, operation: heard.append(operation))
    path.write_bytes(b"")
    assert not session.check_outside()
    assert not session.check_outside()
    assert heard == [None]
    assert told(session) == "T0"
    assert session.save_state == "not saved: the file was emptied; saving writes it again"
    if said:
        session.apply(title("T1"))
    session.save()
    assert path.read_text() == (text.replace("T0", "T1") if said else text)
    assert session.save_state == "saved"


def test_an_edit_is_saved_over_a_file_that_was_emptied_before_anybody_looked(
    path: Path, session: Session
) -> None:
    session.apply(title("T1"))
    path.write_bytes(b"")
    session.save()
    assert in_file(path).values == {TITLE: "T1"}


def test_an_empty_file_without_a_history_is_no_document(tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.touch()
    with Session.open(BANK, path) as session:
        assert "neither a format nor a bank nor an answer" in session.read_only_reason
        with pytest.raises(DocumentError, match="neither a format nor a bank nor an answer"):
            session.apply(title("T1"))
    assert path.read_bytes() == b""


def test_what_is_no_answer_file_any_more_is_neither_taken_in_nor_overwritten(
    path: Path, session: Session
) -> None:
    path.write_text("# only a remark\n")
    session.apply(title("T1"))
    for look in (session.check_outside, session.save):
        with pytest.raises(DocumentError, match="neither a format nor a bank nor an answer"):
            look()
    assert path.read_text() == "# only a remark\n"
    assert told(session) == "T1"


def test_undo_leaves_what_somebody_else_changed_elsewhere(path: Path, session: Session) -> None:
    session.apply(Set(question="control.owner", value="Ana"))
    session.save()
    outside(path, "T0", "T9")
    session.check_outside()
    session.undo()
    assert told(session) == "T9"
    assert "control.owner" not in session.answers.values


def test_a_file_that_somebody_broke_is_neither_taken_in_nor_overwritten(path: Path, session: Session) -> None:
    session.apply(title("mine"))
    good = path.read_text()
    path.write_text("half = ")
    for look in (session.check_outside, session.save):
        with pytest.raises(DocumentError, match="not TOML"):
            look()
    assert path.read_text() == "half = "
    assert session.save_state.startswith("not saved: holds.toml:1: not TOML")
    path.write_text(good)
    session.save()
    assert session.save_state == "saved"
    assert in_file(path).values[TITLE] == "mine"


def test_a_file_that_was_deleted_is_written_again(path: Path, session: Session) -> None:
    path.unlink()
    assert not session.check_outside()
    session.save()
    assert in_file(path).values[TITLE] == "T0"


def test_a_reader_sees_what_is_written_meanwhile(path: Path, session: Session) -> None:
    reader = Session.open(BANK, path, write=False)
    session.apply(title("T1"))
    session.save()
    assert reader.check_outside()
    assert told(reader) == "T1"
    assert reader.saved


def test_the_unread_and_the_comments_of_the_other_side_stay(path: Path, session: Session) -> None:
    session.apply(title("mine"))
    path.write_text(path.read_text() + '\n# a remark\n[strange]\nthing = "kept"\n')
    session.save()
    assert '# a remark\n[strange]\nthing = "kept"\n' in path.read_text()
    assert in_file(path).values[TITLE] == "mine"


# what somebody took back


def test_what_was_saved_and_is_gone_from_the_file_was_taken_back(path: Path) -> None:
    """As `git checkout` does: the file is what it was before, and that is what counts."""
    before = path.read_text()
    with Session.open(BANK, path) as session:
        session.apply(title("T1"))
        session.save()
    path.write_text(before)
    with Session.open(BANK, path) as session:
        assert told(session) == "T0"
        assert session.recovered == ()
        session.apply(Set(question=OWNER, value="Ben"))
        session.save()
    assert in_file(path).values[TITLE] == "T0"
    assert in_file(path).values[OWNER] == "Ben"


def test_what_was_never_saved_stays_when_the_rest_is_taken_back(path: Path) -> None:
    before = path.read_text()
    with Session.open(BANK, path) as session:
        session.apply(title("T1"))
        session.save()
        session.apply(Set(question=OWNER, value="Ana"))
    path.write_text(before)
    with Session.open(BANK, path) as session:
        assert (told(session), session.answers.values[OWNER]) == ("T0", "Ana")
        assert session.answers.conflicts == ()
        assert session.recovered == (f"set {OWNER}",)


def test_a_file_that_is_taken_back_while_open_is_not_written_over(path: Path, session: Session) -> None:
    before = path.read_text()
    session.apply(title("T1"))
    session.save()
    path.write_text(before)
    assert session.check_outside()
    assert told(session) == "T0"
    session.apply(title("T2"))
    session.save()
    path.write_text(before)
    session.apply(Set(question=OWNER, value="Ana"))
    session.save()
    assert in_file(path).values == {TITLE: "T0", OWNER: "Ana"}


def test_going_back_and_forth_between_two_states_of_the_file_is_followed_each_time(path: Path) -> None:
    """As when branches are switched."""
    texts = [path.read_text()]
    with Session.open(BANK, path) as session:
        session.apply(title("T1"))
        session.save()
    texts.append(path.read_text())
    for number in (0, 1, 0, 1, 0):
        path.write_text(texts[number])
        with Session.open(BANK, path) as session:
            assert told(session) == f"T{number}"
            assert session.saved
            assert session.recovered == ()


@pytest.mark.parametrize("between", [True, False], ids=["saved between", "saved once"])
def test_undoing_back_to_the_text_that_is_kept_recovers_nothing(path: Path, between: bool) -> None:
    with Session.open(BANK, path) as session:
        session.apply(title("T1"))
        if between:
            session.save()
        session.undo()
        session.save()
    for _ in range(2):
        with Session.open(BANK, path) as session:
            assert told(session) == "T0"
            assert session.recovered == ()
            assert session.saved


def test_a_file_that_was_only_touched_is_read_once(session: Session, path: Path) -> None:
    reads = []
    inner = session._machine.files.read_bytes

    class Counting(Disk):
        def read_bytes(self, path: Path, limit: int = -1) -> bytes:
            reads.append(path)
            return inner(path, limit)

    session._machine = replace(session._machine, files=Counting())
    os.utime(path, (1, 1))
    assert [session.check_outside() for _ in range(3)] == [False] * 3
    assert reads == [path]
