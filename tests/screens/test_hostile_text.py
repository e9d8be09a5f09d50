"""Answers that hold markup, escape sequences and letters that upset terminals, on every screen."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual.screen import Screen

from app.bank.model import Bank, Question
from app.document.answers import Conflict
from app.document.codec import encode, new_document
from app.document.machine import Machine
from app.document.operations import AddRow, Operation, Set, SetNote, SetProfile, SetState
from app.session import Session
from screens.application import DbcharterApp
from tests.e2e.terminal import Terminal
from tests.screens.driving import go, idle, interview
from tests.screens.scenes import as_text

MARKUP = "[b]bold[/b] [/b] [@click=app.quit]press[/] [PII] [$error]"
BIDI = "\u202eright to left\u202c \u2066x\u2069 שלום مرحبا"
WIDE = "漢字 e\u0301\u0301\u0301 \u200b\u200d👩\u200d👩\u200d👧 ｆｕｌｌ"
ESCAPES = "\x1b]0;HACK\x07\x1b[31mHACK\x1b[2J\x9b31m\x9d0;HACK\x9c\x1bP1$tHACK\x1b\\\x07\x08\r\x00"
LINE = f"{MARKUP} {BIDI} {WIDE} {ESCAPES}"
NEXT, ESCAPE, OPENED = "\x1b[18~", "\x1b", ("\x0c", "\x12", "\x0f", "\x10", "\x1bOQ", "\x1bOP", "\x1b[20~")
"""The next question; overview, preview, jump, palette, example, help, mark."""
PLACES = ("overview", "preview", "history", "conflicts", "export", "profile")
OWN_SEQUENCES = re.compile(
    rb"\x1b\[[0-9;]*[mHG]"  # colours, places and columns
    rb"|\x1b\[\?[0-9;]*(?:[hl]|\$p)"  # modes of the terminal, set, reset, asked for
    rb"|\x1b\[(?:>[0-9]*|<)u"  # the keyboard protocol
    rb"|\x1b\]22;[a-z-]*\x07"  # the shape of the mouse pointer
    rb"|[\r\n]"
)
"""What Textual and `screens.columns` send."""
FOREIGN = "\x1b\x9b\x9d\x07\x08\x00\u202e\u2066"
"""Characters that no line of the screen may hold."""


def hostile(question: Question) -> Iterator[Operation]:
    """The answer to a question of any kind, made of hostile text."""
    match question.kind:
        case "table" | "records":
            for number in range(2):
                yield AddRow(question="", row={c.id: f"{number} {LINE}" for c in question.columns})
        case "sentence":
            yield Set(question="", value={slot.id: LINE for slot in question.slots})
        case "list" | "choices":
            yield Set(question="", value=[LINE, f"{LINE} again"])
        case "prose" | "code":
            yield Set(question="", value=f"{LINE}\n# {LINE}\n```\n| {LINE} |\n<script>{LINE}</script>")
        case _:
            yield Set(question="", value=LINE)


def hostile_operations(bank: Bank) -> Iterator[Operation]:
    yield SetProfile(change_types=("add_table", "regulated_data"), risk="critical")
    for name, question in bank.questions.items():
        for operation in hostile(question):
            yield replace(operation, question=name)
        yield SetNote(question=name, note=LINE)
    yield SetState(question="problem.goals", state="deferred", owner=LINE, until="2026-04-01", note=LINE)


def written(bank: Bank, folder: Path) -> Path:
    """A document whose every text is hostile, its history, and conflicts as well."""
    path = folder / "hostile.toml"
    machine = Machine(person=lambda: LINE)
    with Session.create(bank, path, [], machine=machine) as session:
        for operation in hostile_operations(bank):
            session.apply(operation)
        session.save()
        answers = session.answers
    conflict = Conflict("problem.pain_points", base=LINE, ours=f"{LINE} ours", theirs=f"{LINE} theirs")
    text = encode(bank, new_document(bank, "hostile", answers), replace(answers, conflicts=(conflict,))).text
    path.write_text(text, encoding="utf-8")
    return path


def look(app: DbcharterApp, width: int) -> str:
    """The screen, once it is certain that nothing on it would reach the terminal as a command."""
    text = as_text(app)
    assert not set(FOREIGN) & set(text)
    assert max(map(cell_len, text.splitlines())) <= width
    return text


def of_every_kind(bank: Bank) -> list[str]:
    found: dict[str, str] = {}
    for name, question in bank.questions.items():
        found.setdefault(question.kind, name)
    return list(found.values())


@pytest.fixture
def app(bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DbcharterApp:
    """With the hostile document, whose texts are once more as hostile as if nobody had cleaned them."""
    path = written(bank, tmp_path)
    application = DbcharterApp(bank, path)
    opened = application._interview

    def interview_of(session: Session) -> Screen[Any]:
        screen = opened(session)
        values = {name: soiled(value) for name, value in session.answers.values.items()}
        monkeypatch.setattr(session, "_answers", replace(session.answers, values=MappingProxyType(values)))
        return screen

    monkeypatch.setattr(application, "_interview", interview_of)
    return application


def soiled(value: Any) -> Any:
    """A value with what cleaning took out of it."""
    if isinstance(value, str):
        return value + ESCAPES + BIDI
    if isinstance(value, tuple):
        return tuple(map(soiled, value))
    if isinstance(value, Mapping):
        return MappingProxyType({name: soiled(inner) for name, inner in value.items()})
    return value


@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=str)
async def test_every_kind_of_question_shows_it_as_it_stands(
    bank: Bank, app: DbcharterApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size, notifications=True) as pilot:
        await idle(pilot, app)
        for name in of_every_kind(bank):
            await go(pilot, app, name)
            assert "bold" in look(app, size[0]), name
            if bank.questions[name].has_rows:
                await pilot.press("f3")
                await idle(pilot, app)
                assert "[@click=app.quit]" in look(app, size[0]), name
                await pilot.press("escape", "enter", "x", "escape")
                await idle(pilot, app)
                look(app, size[0])
        for keys in (("f2",), ("f4",), ("f4",), ("f9",), ("f1",), ("ctrl+o", *"[/b]"), ("ctrl+p", *"[/b]")):
            await pilot.press(*keys)
            await idle(pilot, app)
            look(app, size[0])
            await pilot.press("escape")
            await idle(pilot, app)
        app.tell(LINE)
        await idle(pilot, app)
        assert MARKUP[:10] in look(app, size[0])
        assert app.session is not None


@pytest.mark.parametrize("place", PLACES)
async def test_every_place_shows_it_as_it_stands(app: DbcharterApp, place: str) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.pain_points")
        await app.screen.run_action(f"open_place('{place}')")
        await idle(pilot, app)
        for key in ("", "pagedown", "down", "end"):
            if key:
                await pilot.press(key)
                await idle(pilot, app)
            text = look(app, 100)
        if place not in ("profile", "export"):
            assert "[b]bold[/b]" in text or "[@click" in text or "[/b]" in text
        await pilot.press("escape")
        await idle(pilot, app)
        interview(app)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_no_foreign_escape_reaches_the_terminal(
    bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal([written(bank, tmp_path).name], tmp_path, size=(140, 40))
    terminal.wait_for(r"\d+/\d+ answered")
    terminal.press(*[NEXT] * 4, *(key for place in OPENED for key in (place, ESCAPE)))
    terminal.wait_for("bold")
    terminal.type("\x11")
    assert terminal.finish() == 0
    assert "HACK" not in terminal.screen.title
    assert b"\x1b[31mHACK" not in terminal.raw
    rest = OWN_SEQUENCES.sub(b"", terminal.raw).decode()
    assert not set(rest) & {chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))}
    assert not set(rest) & set(FOREIGN)
