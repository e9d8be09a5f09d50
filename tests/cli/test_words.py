"""A number of a list that is shown, or a name: at every prompt that takes one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.cli import setup, talk
from app.cli.conflicts import resolve_conflict
from app.cli.interview import Interview
from app.cli.words import numbered
from app.document.operations import SetProfile
from app.problems import OperationError
from app.session import Session
from tests.cli.scripted import STOP, Scripted

BANK = default_bank()
NAMES = ("low", "high")
STATUS = "control.status"

NO_NUMBERS = pytest.mark.parametrize(
    "typed", ["²", "1²", "①", "9" * 5000], ids=["raised", "one raised", "circled", "long"]
)
"""What looks like a number and is none of a list."""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session.create(BANK, tmp_path / "holds.toml", [SetProfile(change_types=("add_table",))]) as session:
        yield session


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("1", "low"), (" 2 ", "high"), ("02", "high"), ("٢", "high"), ("0", "0"), ("3", "3"), ("-1", "-1"),
     ("", ""), (" High", " High")],
)  # fmt: skip
def test_a_number_means_the_name_and_anything_else_itself(typed: str, meant: str) -> None:
    assert numbered(typed, NAMES) == meant


@NO_NUMBERS
def test_what_is_no_number_of_the_list_stays_as_it_is(typed: str) -> None:
    assert numbered(typed, NAMES) == typed
    assert setup.named(typed, NAMES) == typed.casefold()


@NO_NUMBERS
def test_an_option_is_asked_for_again(
    session: Session, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    Interview(session, Scripted(typed, "1")).run([STATUS])
    assert session.answers.values[STATUS] == "draft"
    assert typed in capsys.readouterr().out


@NO_NUMBERS
def test_a_reason_is_asked_for_again(
    session: Session, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    Interview(session, Scripted("na", typed, "1", "No need", STOP)).run(["control.owner"])
    assert "control.owner" in session.answers.states
    assert f"{typed!r} is none of them" in capsys.readouterr().out


@NO_NUMBERS
def test_a_document_is_asked_for_again(
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
) -> None:
    session.save()
    session.close()
    monkeypatch.chdir(session.path.parent)
    prompter = Scripted(typed, "1", STOP)
    monkeypatch.setattr(talk, "choose_prompter", lambda: prompter)
    talk.talk(BANK, None)
    assert f"{typed!r} is none of them" in capsys.readouterr().out
    assert len(prompter.asked) > 2


@NO_NUMBERS
def test_a_conflict_is_not_found(session: Session, typed: str) -> None:
    with pytest.raises(OperationError, match=f"no open conflict '{typed}'"):
        resolve_conflict(session, typed, "ours", None)
