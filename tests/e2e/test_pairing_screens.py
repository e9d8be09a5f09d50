"""Two people on one document in two real terminals, by keys alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.operations import Set, SetProfile
from app.session import Session
from tests.e2e.terminal import Terminal
from tests.e2e.together import (
    BATON,
    ESCAPE,
    PAIRING,
    QUIT,
    REVIEW,
    admit,
    code_on,
    comment,
    go,
    guest_of,
    hand_over,
    host_of,
    leave,
    wire_to,
)
from tests.pairing.proxy import PROXY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")


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


def test_a_guest_joins_comments_and_writes_and_the_author_sees_it(
    path: Path, tmp_path: Path, terminals: list[Terminal]
) -> None:
    host, code = host_of(path)
    terminals.append(host)
    guest = guest_of(code, tmp_path / "guest", "--role", "security")
    terminals.append(guest)
    guest.wait_for("waiting to be admitted")
    admit(host)
    guest.wait_for("◉ guest of Mika · connected")
    assert "Seat holds" in guest.wait_for("▶ ")

    comment(guest, "Whose seats?")
    host.wait_for("1 wait")
    host.type(REVIEW)
    host.wait_for("Ada: Whose seats")
    leave(host)
    host.wait_for("Ada (is here|at 0)")

    go([guest], "pain points", "Known pain points")
    host.wait_for("Ada at 1")
    guest.type(BATON)
    hand_over(host, "1 Problem")
    guest.wait_for("you may write here")
    go([host], "pain points", "Known pain points")
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


@pytest.mark.skipif(sys.platform != "linux", reason="needs another address of this machine")
def test_what_is_said_while_the_connection_is_lost_arrives_when_it_is_back(
    path: Path, tmp_path: Path, terminals: list[Terminal]
) -> None:
    host, code = host_of(path, "--name", PROXY)
    terminals.append(host)
    with wire_to(code) as wire:
        guest = guest_of(code, tmp_path / "guest")
        terminals.append(guest)
        admit(host)
        go([host, guest], "pain points", "Known pain points")
        guest.wait_for("◉ guest of Mika · connected")

        wire("break_down")
        guest.wait_for("◌ guest of Mika · connection lost")
        comment(guest, "Since when?")
        guest.wait_for("connection lost, 1 unsent")
        comment(guest, "At which tills?")
        guest.wait_for("connection lost, 2 unsent")
        host.press(*"Two tills sell one seat")
        guest.type(PAIRING)
        guest.wait_for("The connection is lost; it is tried again")
        leave(guest)
        assert "Two tills" not in guest.text()

        wire("mend")
        guest.wait_for("◉ guest of Mika · connected")
        guest.wait_for("Two tills sell one seat")
        host.wait_for("2 wait")
    host.type(QUIT)
    assert host.finish() == 0
    said = (path.parent / "holds.review" / "ada.toml").read_text(encoding="utf-8")
    assert said.count("Since when?") == said.count("At which tills?") == 1
    assert said.index("Since when?") < said.index("At which tills?")


def test_off_this_machine_the_code_pins_the_certificate(
    path: Path, tmp_path: Path, terminals: list[Terminal]
) -> None:
    host, code = host_of(path, "--bind", "0.0.0.0", "--name", "127.0.0.1")
    terminals.append(host)
    rest, pin = code.rsplit(".", 1)
    assert code.startswith("pairs://")

    stranger = guest_of("", tmp_path / "guest", name="Eve")
    terminals.append(stranger)
    stranger.wait_for("Join code:")
    stranger.line(f"{rest}.{'B' if pin[0] == 'A' else 'A'}{pin[1:]}")
    refused = stranger.wait_for("■ .*not the host of the join code")
    assert "somebody may be in between" in refused
    stranger.type(ESCAPE)
    assert stranger.finish() == 1
    assert "Eve" not in host.text()

    guest = guest_of("", tmp_path / "guest")
    terminals.append(guest)
    guest.wait_for("Join code:")
    guest.line(code)
    admit(host)
    guest.wait_for("◉ guest of Mika · connected")
    comment(guest, "Whose seats?")
    host.wait_for("1 wait")


def test_a_dumb_terminal_gets_lines(path: Path, terminals: list[Terminal]) -> None:
    host = Terminal(["pair", "host", path.name], path.parent, environment={"TERM": "dumb"})
    terminals.append(host)
    host.wait_for("pair join")
    host.line("end")
    assert host.finish() == 0
    assert b"\x1b[?1049h" not in host.raw
