"""Who is at work here."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from app.document.machine import USER_VARIABLE, introduce, person, proposed_person
from app.document.places import STATE_VARIABLE
from app.document.who import MAX_NAME, git_name, remember_name, remembered_name


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody was here before: a login, and a git that knows a name in one folder only."""
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "none"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv(USER_VARIABLE, raising=False)
    monkeypatch.setattr("getpass.getuser", lambda: "acosta")
    return tmp_path / "state"


def repository(folder: Path, name: str) -> Path:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "config", "user.name", name], check=True)
    return folder


def test_nobody_was_named_so_the_login_is_at_work(tmp_path: Path) -> None:
    assert person() == "acosta"
    assert proposed_person(tmp_path) == "acosta"


def test_git_has_a_better_proposal_than_the_login_but_nobody_has_agreed_to_it(tmp_path: Path) -> None:
    folder = repository(tmp_path / "project", "Ana Costa")
    assert proposed_person(folder) == "Ana Costa"
    assert person() == "acosta"


def test_who_was_named_before_is_at_work_in_every_folder(tmp_path: Path) -> None:
    folder = repository(tmp_path / "project", "Somebody Else")
    assert introduce("Ana Costa")
    assert person() == "Ana Costa"
    assert proposed_person(folder) == "Ana Costa"


def test_the_environment_goes_before_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    introduce("Ana Costa")
    monkeypatch.setenv(USER_VARIABLE, "Ben")
    assert person() == proposed_person(tmp_path) == "Ben"


def test_who_is_known_already_is_not_written_down(state: Path) -> None:
    assert introduce("acosta")
    assert not state.exists()


def test_going_back_to_the_login_is_remembered_too() -> None:
    introduce("Ana Costa")
    introduce("acosta")
    assert person() == "acosta"


@pytest.mark.parametrize("text", ["\x1b[31mAna\nCosta\u202e", "  [31mAna \t Costa "])
def test_a_hostile_name_is_one_line_without_orders_to_a_terminal(text: str) -> None:
    remember_name(text)
    assert remembered_name() == "[31mAna Costa"


def test_a_hostile_name_of_git_is_cleaned_as_well(tmp_path: Path) -> None:
    assert git_name(repository(tmp_path / "project", "Ana\x1b[2J\x07 " + "x" * 999)) == f"Ana[2J {'x' * 193}"


def test_a_very_long_name_is_cut() -> None:
    remember_name("x" * 5000)
    assert remembered_name() == "x" * MAX_NAME


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x07"])
def test_a_damaged_note_counts_for_nothing(content: bytes, state: Path) -> None:
    state.mkdir()
    (state / "person.txt").write_bytes(content)
    assert person() == "acosta"


def test_bytes_that_are_no_text_do_no_harm(state: Path) -> None:
    state.mkdir()
    (state / "person.txt").write_bytes(b"Ana \xff\xfe" + b"x" * 100_000)
    assert person().startswith("Ana ")
    assert len(person()) == MAX_NAME


def test_where_nothing_can_be_written_one_is_told(state: Path) -> None:
    state.write_text("a file where the folder should be")
    assert not introduce("Ana Costa")
    assert person() == "acosta"


def test_without_git_nothing_is_proposed_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = repository(tmp_path / "project", "Ana Costa")
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert git_name(folder) == ""
    assert git_name(tmp_path / "nowhere") == ""


def test_a_git_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, timeout: float, **__: object) -> None:
        raise subprocess.TimeoutExpired("git", timeout)

    monkeypatch.setattr("subprocess.run", hang)
    assert git_name(tmp_path) == ""


def test_links_that_lead_to_each_other_keep_no_name(state: Path) -> None:
    state.mkdir(exist_ok=True)
    (state / "person.txt").symlink_to(state / "other")
    (state / "other").symlink_to(state / "person.txt")
    assert not remember_name("Ana")
