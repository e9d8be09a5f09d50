"""The key file: which key does what, and what is said about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.bank.model import Bank
from app.document.operations import Set
from screens.actions import ACTIONS
from screens.actions.registry import at_once
from screens.application import DbcharterApp
from screens.dialogs.suggest import SuggestDialog
from screens.keys import is_key, read_keys
from screens.widgets.key_line import KeyLine
from tests.screens.driving import answer, go, idle, interview
from tests.screens.sample import TODAY, write_reviewed
from tests.screens.scenes import KEN


def test_wrong_lines_of_the_key_file_are_named_and_the_others_count(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text('nxet = "f5"\nundo = 3\nredo = "ctrl + y"\nsave = "f20"\n')
    keys, wrong = read_keys(file)
    assert keys == {"save": "f20"}
    assert "'next'" in wrong[0]
    assert [("undo" in wrong[1]), ("redo" in wrong[2]), len(wrong)] == [True, True, 3]


KEY_FILES = {
    'quit = "ctrl+o"\nundo = "ctrl+n"': (
        {"quit": "ctrl+o", "undo": "ctrl+n", "next_due": "", "jump": "", "next_waiting": "n"}
        | {"go_to_changed": "", "open_question": "o", "start_open": ""},
        [
            ("ctrl+o", "quit", "jump", "start_open", "go_to_changed", "open_question"),
            ("ctrl+n", "undo", "next_due", "next_waiting"),
        ],
    ),
    'jump = "ctrl+n"\nnext_due = "ctrl+o"': ({"jump": "ctrl+n", "next_due": "ctrl+o"}, []),
    'grid_form = "f4"': ({"grid_form": "f4", "pane": ""}, [("f4", "grid_form", "pane")]),
    'grid_add = "ctrl+t,insert"\nitem_up = "insert"': (
        {"grid_add": "ctrl+t,insert", "item_up": "insert", "seat": ""},
        [("ctrl+t", "grid_add", "seat")],
    ),
    'next = "f12"\nsave = "f12"': (
        {"next": "f12", "waive": "", "comment_here": ""},
        [("f12", "next", "save"), ("f12", "next", "waive", "comment_here")],
    ),
    'mark = "f3"': ({"mark": "f3", "grid_form": ""}, [("f3", "mark", "grid_form")]),
    'save = "banana"': ({}, [("save", "'banana'")]),
    'save = "ctrl+banana"': ({}, [("save", "'ctrl+banana'")]),
    'save = "control+x"': ({}, [("save", "'control+x'")]),
    'save = "ctrl+p"': ({}, [("save", "ctrl+p")]),
    'undo = "ctrl+i"': ({}, [("undo", "ctrl+i", "Tab", "terminal")]),
    'undo = "shift+tab"': ({}, [("undo", "shift+tab", "write")]),
    'theme = "enter"\nundo = "f5,x"': ({}, [("theme", "enter", "write"), ("undo", "x", "write")]),
    'theme = "space"\nnext = "slash"': ({}, [("theme", "space", "write"), ("next", "slash", "write")]),
    'save = "alt+slash"\nfind = "F"': ({"save": "alt+slash", "find": "F"}, []),
}


@pytest.mark.parametrize("text", KEY_FILES)
def test_a_key_has_one_meaning_in_each_place_and_the_key_file_comes_first(text: str, tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(text)
    expected, words = KEY_FILES[text]
    keys, told = read_keys(file)
    assert keys == expected
    assert sorted(words) == sorted(
        next((named for named in words if all(word in re.split(r"[ ,:]+", line) for word in named)), (line,))
        for line in told
    )


async def test_a_key_that_was_given_away_does_one_thing_and_is_shown_once(
    app: DbcharterApp, home: Path
) -> None:
    home.mkdir(parents=True)
    (home / "keys.toml").write_text('undo = "ctrl+n"\ntheme = "ctrl+o"\nmark = "f3"\n')
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await idle(pilot, app)
        told = [notice.message for notice in app._notifications]
        assert any("ctrl+n is undo, no longer next_due" in message for message in told)
        line = str(app.screen.query_one(KeyLine).render())
        assert "jump" not in line
        assert "next due" not in line
        theme, here = app.theme, interview(app).question_id
        app.apply(Set(question="control.owner", value="Ana"))
        await pilot.press("ctrl+n", "ctrl+o")
        await idle(pilot, app)
        assert answer(app, "control.owner") != "Ana"
        assert app.theme != theme
        assert interview(app).question_id == here


async def test_an_action_of_the_palette_gets_a_key_from_the_key_file(app: DbcharterApp, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "keys.toml").write_text('theme = "f3"\n')
    async with app.run_test() as pilot:
        await idle(pilot, app)
        theme = app.theme
        await pilot.press("f3")
        assert app.theme != theme


async def test_a_key_of_the_author_leaves_the_reviewer_theirs(bank: Bank, home: Path, tmp_path: Path) -> None:
    """Textual takes a key from all the actions that share it when one of them is moved."""
    home.mkdir(parents=True)
    (home / "keys.toml").write_text('mark = "f3"\n')
    app = DbcharterApp(bank, write_reviewed(bank, tmp_path), today=lambda: TODAY, seat=KEN)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        await pilot.press("end", *" x")
        await idle(pilot, app)
        await pilot.press("f9")
        await idle(pilot, app)
        assert isinstance(app.screen, SuggestDialog)


def test_the_usual_keys_are_keys_and_mean_one_thing_in_each_place() -> None:
    for number, action in enumerate(ACTIONS):
        keys = set(filter(None, action.keys.split(",")))
        assert all(map(is_key, keys)), action.id
        for other in ACTIONS[:number]:
            same = keys & set(filter(None, other.keys.split(",")))
            assert not (same and at_once(action, other)), (same, action.id, other.id)
