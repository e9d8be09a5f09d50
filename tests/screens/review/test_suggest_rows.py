"""A reviewer suggests rows from the grid with the keys that write them; the author takes each as one step."""

from __future__ import annotations

from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Static

from app.review.model import Decide, Suggestion
from screens.application import DbcharterApp
from screens.dialogs.keeping import KeepingDialog
from screens.dialogs.row_form import RowForm
from screens.dialogs.suggest_row import SuggestRowDialog
from tests.screens.driving import Driver, go, idle, keys_of
from tests.screens.review.conftest import MakeSeated
from tests.screens.review.reviewing import KEN, go_to, open_inbox, open_review, said, session_of
from tests.screens.scenes import as_text

GRAIN = "logical.grain"
SIZES = [(80, 24), (120, 40)]


def rows(app: DbcharterApp) -> dict[str, dict[str, Any]]:
    return {str(row["entity"]): dict(row) for row in session_of(app).answers.rows(GRAIN)}


async def press(pilot: Driver, app: DbcharterApp, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await idle(pilot, app)


async def shown(pilot: Driver, app: DbcharterApp, kind: type[Screen[Any]]) -> None:
    """Wait until a dialog is there and takes keys."""
    for _ in range(200):
        if isinstance(app.screen, kind) and app.focused is not None:
            return
        await idle(pilot, app)
    raise AssertionError(as_text(app))


async def suggest(pilot: Driver, app: DbcharterApp) -> Suggestion:
    """F9 and what there is to confirm; the suggestion that came of it."""
    before = len(said(app, Suggestion))
    await press(pilot, app, "f9")
    await shown(pilot, app, KeepingDialog)
    await press(pilot, app, "ctrl+s")
    found = said(app, Suggestion)
    assert len(found) == before + 1, as_text(app)
    assert app.sitting is not None
    return found[-1]


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_row_edited_as_a_form_is_suggested_as_one_change_and_accepted_as_one_step(
    seated: MakeSeated, size: tuple[int, int]
) -> None:
    app = seated(KEN)
    async with app.run_test(size=size) as pilot:
        await idle(pilot, app)
        await go(pilot, app, GRAIN)
        before = rows(app)
        await press(pilot, app, "f3")
        await shown(pilot, app, RowForm)
        await press(pilot, app, "tab", "!", "tab", "?", "escape")
        assert rows(app) == before
        name = next(iter(before))
        suggestion = await suggest(pilot, app)
        assert (suggestion.change, suggestion.row, suggestion.column) == ("change", name, None)
        assert len(suggestion.new) == 2
        assert app.sitting is not None
        assert not app.sitting.held()
        await press(pilot, app, "ctrl+t", "ctrl+t")
        screen = await open_inbox(pilot, app)
        at = next(at for at, item in enumerate(screen.rows) if item and item.key.endswith(suggestion.id))
        screen._options.highlighted = at
        await idle(pilot, app)
        text = str(screen.query_one("#text", Static).visual)
        grain = before[name]["grain"]
        assert f"other cells\n  Grain\n  - {grain}\n  + {grain}!\n" in text
        await press(pilot, app, "a")
        assert rows(app)[name] == {**before[name], **suggestion.new}
        assert [record.decision for record in said(app, Decide)] == ["accept"]
        assert session_of(app).history[-1].who == "Ken Mori"
        await press(pilot, app, "ctrl+z")
        assert rows(app) == before


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_row_that_is_taken_away_is_suggested_to_go_away(
    seated: MakeSeated, size: tuple[int, int]
) -> None:
    app = seated(KEN)
    async with app.run_test(size=size) as pilot:
        await idle(pilot, app)
        await go(pilot, app, GRAIN)
        before = rows(app)
        await press(pilot, app, "down", "ctrl+k", "f9")
        assert "Suggest to remove" in as_text(app)
        await press(pilot, app, *keys_of("Twice"), "ctrl+s")
        suggestion = said(app, Suggestion)[-1]
        assert (suggestion.change, suggestion.row, suggestion.text) == ("remove", list(before)[1], "Twice")
        assert rows(app) == before


async def test_a_copy_is_suggested_under_another_key_only(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=(80, 24)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, GRAIN)
        before = rows(app)
        name = next(iter(before))
        await press(pilot, app, "ctrl+d", "f9", "ctrl+s")
        assert isinstance(app.screen, SuggestRowDialog)
        assert f"there is a row '{name}' already" in " ".join(as_text(app).split())
        await press(pilot, app, *keys_of(" 2"), "ctrl+s")
        suggestion = said(app, Suggestion)[-1]
        assert (suggestion.change, suggestion.row) == ("add", f"{name} 2")
        assert suggestion.new == {**before[name], "entity": f"{name} 2"}
        assert suggestion.before == list(before)[1]
        assert rows(app) == before


async def test_a_row_typed_into_the_empty_line_is_suggested_with_all_its_cells(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, GRAIN)
        count = len(rows(app))
        for _ in range(count):
            await press(pilot, app, "down")
        await press(pilot, app, *keys_of("refund"), "enter", *keys_of("one refund"), "enter", "escape")
        suggestion = await suggest(pilot, app)
        assert (suggestion.change, suggestion.new) == ("add", {"entity": "refund", "grain": "one refund"})
        assert len(rows(app)) == count


async def test_rows_are_suggested_from_the_reviewers_screen_as_well(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        await press(pilot, app, "s", *keys_of("grain a row more"), "enter", *keys_of("refund"), "ctrl+s")
        await press(pilot, app, "s", *keys_of("grain seat_hold goes away"), "enter", "ctrl+s")
        await press(
            pilot, app, "s", *keys_of("grain seat_hold several"), "enter", "tab", *keys_of("!"), "ctrl+s"
        )
        new = said(app, Suggestion)[-3:]
        assert [(s.change, s.row) for s in new] == [
            ("add", "refund"),
            ("remove", "seat_hold"),
            ("change", "seat_hold"),
        ]
        assert list(new[2].new) == ["grain"]
