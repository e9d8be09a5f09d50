"""Random keys over a full document: no exception, and no answer is lost.

`DBCHARTER_MONKEY_KEYS` sets how many keys each run presses, `DBCHARTER_MONKEY_SEEDS` which runs there are.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import events
from textual.keys import _character_to_key

from app.bank.model import Bank
from app.document.answers import Answers
from app.problems import OperationError
from app.session import Session
from screens.actions import ACTIONS
from screens.application import DbcharterApp
from screens.interview.screen import InterviewScreen
from tests.screens.driving import idle

KEYS = int(os.environ.get("DBCHARTER_MONKEY_KEYS", "1000"))
SEEDS = [int(seed) for seed in os.environ.get("DBCHARTER_MONKEY_SEEDS", "1,2").split(",")]
EXAMPLE = Path(__file__).parents[2] / "examples" / "meter-readings.toml"
LEAVING = ("quit", "suspend", "edit_outside", "close_document")
ACTION_KEYS = [key for action in ACTIONS if action.id not in LEAVING for key in action.keys.split(",") if key]
MOVES = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab")
EDITS = ("enter", "enter", "backspace", "delete", "escape", "space", "ctrl+home", "ctrl+end")
LETTERS = "aeinorst 1[/]{|}'\"#漢é-"
PASTES = ("a,b\n1,2\n3,4\n", "| x | y |\n|---|---|\n| 1 | 2 |", "one line", "two\nlines", "\x1b[31m[/b]")
SIZES = ((80, 24), (60, 20), (120, 40))


def presses(rng: random.Random) -> Iterator[str]:
    """Keys as a person who has no idea sends them: some of one kind, then some of another."""
    while True:
        kind = rng.choices(("action", "move", "edit", "letters"), (3, 3, 2, 3))[0]
        for _ in range(rng.randint(1, 6)):
            match kind:
                case "action":
                    yield rng.choice(ACTION_KEYS)
                case "move":
                    yield rng.choice(MOVES)
                case "edit":
                    yield rng.choice(EDITS)
                case _:
                    yield rng.choice(LETTERS)


def event_of(key: str) -> events.Key:
    if len(key) == 1:
        return events.Key(_character_to_key(key), key)
    return events.Key(key, " " if key == "space" else None)


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Path(shutil.copy(EXAMPLE, folder))


@pytest.fixture(autouse=True)
def _it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The palette offers ways to leave, too."""
    for name in LEAVING:
        for owner in (DbcharterApp, InterviewScreen):
            monkeypatch.setattr(owner, f"action_{name}", lambda *_: None, raising=False)
    monkeypatch.setattr("screens.external_editor.edit_outside", lambda *said: f"{said[1]}\nedited")


def reopened(bank: Bank, path: Path, folder: Path) -> Answers:
    """What a later start finds if the program is gone at once, without a last save."""
    shutil.copytree(path.parent, folder)
    with Session.open(bank, folder / path.name) as session:
        return session.answers


def undo_all(session: Session) -> str:
    """Undo until that is refused; returns why."""
    try:
        while True:
            session.undo()
    except OperationError as error:
        return str(error)


@pytest.mark.parametrize("seed", SEEDS)
async def test_random_keys_neither_fail_nor_lose_an_answer(
    bank: Bank, example: Path, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    app = DbcharterApp(bank, example)
    keys = presses(rng)
    pressed = 0
    async with app.run_test(size=SIZES[0], notifications=True) as pilot:
        await idle(pilot, app)
        session = app.session
        assert session is not None
        before = session.answers
        while pressed < KEYS:
            burst = rng.randint(1, 20)
            pressed += burst
            for _ in range(burst):
                app.post_message(event_of(next(keys)))
            if rng.random() < 0.05:
                app.post_message(events.Paste(rng.choice(PASTES)))
            if rng.random() < 0.02:
                await pilot.resize_terminal(*rng.choice(SIZES))
            await pilot.pause()
        await idle(pilot, app)
        app.flush()
        await idle(pilot, app)
        assert app.session is session
        said = session.answers
        assert said != before
        assert reopened(bank, example, tmp_path / "later") == said
        assert "nothing to undo" in undo_all(session)
        assert session.answers == before
