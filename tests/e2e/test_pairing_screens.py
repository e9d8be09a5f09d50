"""Two people on one document in two real terminals, by keys alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.operations import Set, SetProfile
from app.session import Session
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")

ESCAPE, QUIT, JUMP, ENTER, SAY = "\x1b", "\x11", "\x0f", "\r", "\x13"
PAIRING, BATON, COMMENT, INBOX = "\x1b[1;2P", "\x1b[1;2S", "\x1b[24~", "\x1b[21~"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DBCHARTER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    (tmp_path / "desk").mkdir()
    (tmp_path / "guest").mkdir()
    path = tmp_path / "desk" / "holds.toml"
    profile = SetProfile(change_types=("add_table",), risk="high")
    said = {"control.title": "Seat holds", "control.status": "draft"}
    with Session.create(
        default_bank(), path, [profile, *(Set(question=q, value=v) for q, v in said.items())]
    ):
        return path


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    """Terminals that are closed at the end, whatever happened."""
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        if terminal.child.isalive():
            terminal.kill()


def code_on(text: str) -> str:
    """The join code that the author's dialog shows."""
    found = re.search(r'dbcharter pair join \\\n"(pair://[^"]+)"', text)
    assert found is not None, text
    return found[1]


def leave(terminal: Terminal) -> None:
    """Back to the interview; a key right behind Escape would be taken for another one."""
    terminal.type(ESCAPE)
    terminal.wait_for(r"\^n next due")


def test_a_guest_joins_comments_and_writes_and_the_author_sees_it(
    path: Path, tmp_path: Path, terminals: list[Terminal]
) -> None:
    host = Terminal(["pair", "host", path.name, "--as", "Mika"], path.parent)
    terminals.append(host)
    code = code_on(host.wait_for(r"pair://[^\"]+\""))
    leave(host)

    elsewhere = {"DBCHARTER_STATE_DIR": str(tmp_path / "guest-state")}
    guest = Terminal(
        ["pair", "join", code, "--as", "Ada", "--role", "security"], tmp_path / "guest", environment=elsewhere
    )
    terminals.append(guest)
    guest.wait_for("waiting to be admitted")
    host.wait_for("◌ Ada waits to be admitted")
    host.type(PAIRING)
    host.wait_for("a admit")
    host.type("a")
    host.wait_for("Ada is admitted")
    leave(host)
    guest.wait_for("◉ guest of Mika · connected")
    assert "Seat holds" in guest.wait_for("▶ ")

    guest.type(COMMENT)
    guest.wait_for("What to say")
    guest.press(*"Whose seats?")
    guest.type(SAY)
    host.wait_for("1 wait")
    host.type(INBOX)
    host.wait_for("Ada: Whose seats")
    leave(host)
    host.wait_for("Ada (is here|at 0)")

    guest.press(JUMP, "pain points", ENTER)
    guest.wait_for("▶ Known pain points")
    host.wait_for("Ada at 1")
    guest.type(BATON)
    host.wait_for("Ada asks to write in 1 Problem")
    host.type(PAIRING)
    host.wait_for("b may write")
    host.type("b")
    host.wait_for("Ada may write in 1 Problem")
    leave(host)
    guest.wait_for("you may write here")
    host.press(JUMP, "pain points", ENTER)
    host.wait_for("▶ Known pain points")
    guest.press(*"Two tills sell one seat")
    host.wait_for("Two tills sell one seat")

    host.type(QUIT)
    assert host.finish() == 0
    guest.wait_for("■ guest of Mika")
    assert "Two tills sell one seat" in guest.text()
    guest.type(QUIT)
    assert guest.finish() == 0
    assert "Two tills sell one seat" in path.read_text(encoding="utf-8")
    assert "Whose seats?" in (path.parent / "holds.review" / "ada.toml").read_text(encoding="utf-8")
    assert list((tmp_path / "guest").rglob("*")) == []


def test_a_guest_who_is_not_wanted_reads_that_and_leaves(
    path: Path, tmp_path: Path, terminals: list[Terminal]
) -> None:
    host = Terminal(["pair", "host", path.name], path.parent)
    terminals.append(host)
    code = code_on(host.wait_for(r"pair://[^\"]+\""))
    guest = Terminal(["pair", "join", code, "--as", "Ada"], tmp_path / "guest")
    terminals.append(guest)
    host.wait_for("Ada · waits to be admitted")
    host.type("x")
    host.wait_for("x once more")
    host.type("x")
    guest.wait_for("■ .*did not admit")
    guest.type(ESCAPE)
    assert guest.finish() == 1
    host.type(QUIT)
    assert host.finish() == 0


def test_a_dumb_terminal_gets_lines(path: Path, terminals: list[Terminal]) -> None:
    host = Terminal(["pair", "host", path.name], path.parent, environment={"TERM": "dumb"})
    terminals.append(host)
    host.wait_for("pair join")
    host.line("end")
    assert host.finish() == 0
    assert b"\x1b[?1049h" not in host.raw
