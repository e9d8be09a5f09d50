"""The real program in a real terminal, by keys alone."""

from __future__ import annotations

import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.bank.model import Question
from app.document.codec import decode
from app.document.journal import read_steps
from app.document.operations import Set, SetProfile
from app.interview.applicability import survey
from app.session import Session
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")

BANK = default_bank()
TAB, ENTER, NEXT_UNANSWERED = "\t", "\r", "\x1b[15~"
NEXT_DUE, JUMP, PALETTE, QUIT, CLEAR = "\x0e", "\x0f", "\x10", "\x11", "\x15"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DBCHARTER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


@pytest.fixture
def path(folder: Path) -> Path:
    path = folder / "holds.toml"
    profile = SetProfile(change_types=("add_table",), risk="high")
    said = {"control.title": "Seat holds", "control.status": "draft"}
    with Session.create(BANK, path, [profile, *(Set(question=q, value=v) for q, v in said.items())]):
        return path


def open_at(terminal: Terminal) -> str:
    """The question that is open, by the line that says where one is."""
    where = r"^(?:.*› )?(\d+(?:\.\d+)?) .* · (\d+) of \d+(?: › .*)?$"
    found = re.findall(where, terminal.text(), re.MULTILINE)
    number, position = found[0]
    return BANK.questions_in(number)[int(position) - 1]


def entries(question: Question) -> Iterator[str]:
    """The keys that answer a question, one after the other."""
    match question.kind:
        case "choice" | "choices":
            yield " "
        case "date":
            yield "2026-11-24"
        case "number":
            yield "3"
        case "sentence":
            for slot in question.slots:
                yield from (f"the {slot.id.replace('_', ' ')}", TAB)
        case "list":
            yield from (f"one of {question.title}", ENTER, f"another of {question.title}")
        case "code":
            yield "create table loan_renewal (id bigint primary key);"
        case "table" | "records":
            yield from row_entries(question)
        case _:
            yield f"what there is to say about {question.title}"


def row_entries(question: Question) -> Iterator[str]:
    """The keys for one row: a proposed one where there are some."""
    columns = sorted(question.columns, key=lambda column: column.id not in question.key_columns)
    if question.starters:
        yield ENTER
        columns = [column for column in columns if column.id != question.starters]
    for column in columns:
        options = BANK.options_of(column)
        if column.required and options is not None:
            yield options.options[0].title
        elif column.required:
            yield "yes" if column.kind == "flag" else f"the {column.id}"
        yield TAB


def test_a_compact_document_from_nothing_by_keys_alone(folder: Path) -> None:
    """Called after its title, said by who said so at the beginning, and summed up at the end."""
    terminal = Terminal([], folder)
    terminal.wait_for("New document")
    terminal.type(ENTER)
    terminal.wait_for("What is the change called")
    terminal.press("Renewals of loans", TAB, CLEAR, "Ana Costa", TAB, TAB, TAB, " ", TAB, " ")
    terminal.wait_for("New document +renewals-of-loans.toml")
    terminal.wait_for("About [0-9]+ questions")
    terminal.type(NEXT_DUE)
    terminal.wait_for("renewals-of-loans.toml +✎ Author Ana Costa .*saved")
    asked: list[str] = []
    while "No other required" not in terminal.wait_for(r"· \d+ of \d+(?: › .*)?$"):
        question = open_at(terminal)
        before = terminal.text()
        assert question not in asked, before
        asked.append(question)
        terminal.press(*entries(BANK.questions[question]))
        terminal.type(NEXT_UNANSWERED)
        while open_at(terminal) == question and "No other required" not in terminal.text():
            assert terminal._read(), terminal.text()
    assert len(asked) > 10
    assert asked[0] == "problem.situation"
    assert asked[-1] == "control.decision_summary"
    terminal.type(PALETTE)
    terminal.wait_for("Search for commands")
    terminal.type("export")
    terminal.wait_for("Write the design document")
    terminal.type(ENTER)
    terminal.wait_for(r"renewals-of-loans\.md")
    terminal.type(ENTER)
    terminal.wait_for("written|wrote|Written|Wrote")
    terminal.type(QUIT)
    assert terminal.finish() == 0
    answers = decode(BANK, (folder / "renewals-of-loans.toml").read_text(encoding="utf-8")).answers
    assert [view.id for view in survey(BANK, answers).required if view.open] == []
    assert answers.values["control.owner"] == "Ana Costa"
    assert {step.who for step in read_steps(next(folder.rglob("*.journal")))} == {"Ana Costa"}
    text = (folder / "renewals-of-loans.md").read_text(encoding="utf-8")
    assert text.startswith("# Database Change Design — Renewals of loans")
    assert text.count("\n## ") >= 11
    assert "the canonical state" in text


def test_killed_while_typing_and_all_that_was_shown_as_kept_is_there(path: Path) -> None:
    """What has reached the journal, well before the file is written, comes back."""
    terminal = Terminal([path.name], path.parent)
    terminal.wait_for("▶ Owner")
    sentence = "Ana Costa of the box office, who also answers the telephone"
    for character in sentence:
        terminal.type(character)
    terminal.wait_for("who also answers the telephone")
    journal = next(path.parent.rglob("*.journal"))
    deadline = time.monotonic() + 10
    while not any("the telephone" in step.operation for step in read_steps(journal)):
        assert time.monotonic() < deadline
        terminal._read(0.01)
    terminal.type(" at night")
    terminal.kill()
    again = Terminal([path.name], path.parent)
    again.wait_for("answered")
    again.press(JUMP, "0 owner", ENTER)
    again.wait_for(f"▶ Owner(.*\n)+.*{sentence}")
    again.type(QUIT)
    assert again.finish() == 0
    assert sentence in path.read_text(encoding="utf-8")


def test_the_terminal_grows_and_shrinks(path: Path) -> None:
    terminal = Terminal([path.name], path.parent, size=(120, 40))
    assert "1 Problem Statement" in terminal.wait_for("0 Document Control")
    terminal.type("typed before")
    terminal.wait_for("typed before")
    terminal.resize(60, 20)
    shown = terminal.wait_for(r"(?s)0 Document Control.* · \d+ of \d+.*typed before")
    assert "1 Problem Statement" not in shown
    terminal.type(" and after")
    terminal.wait_for("typed before and after")
    terminal.resize(200, 50)
    shown = terminal.wait_for("1 Problem Statement")
    assert "typed before and after" in shown
    assert max(map(len, shown.splitlines())) > 150
    terminal.type(QUIT)
    assert terminal.finish() == 0


def test_a_dumb_terminal_gets_the_plain_interview(path: Path) -> None:
    terminal = Terminal([path.name], path.parent, environment={"TERM": "dumb"})
    terminal.wait_for(r"plain interview.*line by line")
    terminal.wait_for(r"── 1 of \d+ ──")
    terminal.wait_for(r": *$")
    terminal.line("quit")
    assert terminal.finish() == 0
    assert b"\x1b[?1049h" not in terminal.raw


def test_without_colours_the_program_works_and_sends_none(path: Path) -> None:
    terminal = Terminal([path.name], path.parent, environment={"NO_COLOR": "1"})
    terminal.wait_for("answered")
    terminal.type("Ana")
    terminal.wait_for("Ana")
    terminal.type(QUIT)
    assert terminal.finish() == 0
    colours = {
        code
        for found in re.findall(rb"\x1b\[([0-9;]*)m", terminal.raw)
        for code in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", found)
    }
    assert all(red == green == blue for red, green, blue in colours)


def test_the_terminal_is_left_as_it_was(path: Path) -> None:
    terminal = Terminal([path.name], path.parent)
    terminal.wait_for("answered")
    terminal.type(QUIT)
    assert terminal.finish() == 0
    raw = terminal.raw
    for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h")):
        assert raw.rfind(off) > raw.rfind(on) >= 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_saves_and_leaves_the_terminal_as_it_was(path: Path, number: int) -> None:
    terminal = Terminal([path.name], path.parent)
    terminal.wait_for("▶ Owner")
    terminal.type("Ana Costa")
    terminal.wait_for("Ana Costa")
    terminal.child.kill(number)
    assert terminal.finish() == 0
    assert 'owner = "Ana Costa"' in path.read_text(encoding="utf-8")
    for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?1003h", b"\x1b[?1003l")):
        assert terminal.raw.rfind(off) > terminal.raw.rfind(on) >= 0


@pytest.mark.parametrize("nohup", [False, True])
def test_a_terminal_that_is_closed_ends_the_program_and_nothing_is_lost(path: Path, nohup: bool) -> None:
    terminal = Terminal([path.name], path.parent, nohup=nohup)
    terminal.wait_for("▶ Owner")
    terminal.type("Ana Costa")
    terminal.wait_for("Ana Costa")
    terminal.child.ptyproc.fileobj.close()
    deadline = time.monotonic() + 30
    while terminal.child.ptyproc.isalive():
        assert time.monotonic() < deadline
    assert 'owner = "Ana Costa"' in path.read_text(encoding="utf-8")


def test_a_paste_presses_no_key(path: Path) -> None:
    """One that would quit, one that would be cut up, and the key after them."""
    terminal = Terminal([path.name], path.parent)
    terminal.wait_for("▶ Owner")
    terminal.type("\x1b[200~Ana \x1b[0m\x11\x1b[201~")
    terminal.wait_for(r"Ana \[0m")
    terminal.type("\x1b[200~AAA \x1b[31mBBB \x07CCC\x1b[201~!")
    terminal.wait_for(r"Ana \[0mAAA \[31mBBB CCC!")
    terminal.wait_for("Taken out of what was")
    terminal.type(QUIT)
    assert terminal.finish() == 0
    assert 'owner = "Ana [0mAAA [31mBBB CCC!"' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("editor", "told"),
    [
        ("", "neither VISUAL nor EDITOR is set"),
        ('vim "', "EDITOR is not a command"),
        ("false", "false ended with 1"),
        ("no-such-editor", "no-such-editor: No such file"),
    ],
)
def test_an_editor_that_fails_leaves_a_program_that_goes_on(path: Path, editor: str, told: str) -> None:
    terminal = Terminal([path.name], path.parent, environment={"EDITOR": editor, "VISUAL": ""})
    terminal.wait_for("▶ Owner")
    terminal.press(JUMP, "1 current_workflow", ENTER)
    terminal.wait_for("▶ Current")
    terminal.type("\x07")
    terminal.wait_for(told)
    terminal.press("typed after it")
    terminal.wait_for("typed after it")
    terminal.type(QUIT)
    assert terminal.finish() == 0
    assert "typed after it" in path.read_text(encoding="utf-8")
