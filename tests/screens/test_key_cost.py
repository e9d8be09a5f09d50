"""What a key costs: which work is not done for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.screen import Screen

from app.document.operations import Set
from screens.application import DbcharterApp
from screens.background import give_way
from screens.widgets.cell_editor import CellEditor
from screens.widgets.grid_table import GridTable
from screens.widgets.quiet import QuietText
from tests.screens.driving import Driver, go, idle, interview

ROWS = [{"entity": f"hold {number}", "grain": "one hold"} for number in range(60)]
DDL = "\n\n".join(f"CREATE TABLE hold_{number} (id bigint PRIMARY KEY);" for number in range(200))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], list[None]]:
    """Count the calls of a method from here on."""

    def count(owner: Any, name: str) -> list[None]:
        calls: list[None] = []
        whole = getattr(owner, name)

        def noted(*arguments: Any, **named: Any) -> Any:
            calls.append(None)
            return whole(*arguments, **named)

        monkeypatch.setattr(owner, name, noted)
        return calls

    return count


async def write(pilot: Driver, app: DbcharterApp, text: str) -> None:
    """Type each letter and have it applied and painted."""
    for letter in text:
        await pilot.press(letter)
        await interview(app).settle()
        await pilot.pause()


async def test_keys_in_a_cell_lay_nothing_out_as_long_as_the_text_fits(
    app: DbcharterApp, counted: Callable[[Any, str], list[None]]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        app.apply(Set(question="logical.grain", value=ROWS))
        await go(pilot, app, "logical.grain")
        await write(pilot, app, "xyz")
        layouts = counted(Screen, "_refresh_layout")
        await write(pilot, app, "bcdf")
        assert app.session is not None
        assert app.session.answers.rows("logical.grain")[0]["entity"] == "xyzbcdf"
        assert layouts == []


async def test_a_long_text_in_a_cell_has_the_screen_laid_out_a_few_times_only(
    app: DbcharterApp, counted: Callable[[Any, str], list[None]]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        app.apply(Set(question="logical.grain", value=ROWS))
        await go(pilot, app, "logical.grain")
        await write(pilot, app, "x")
        layouts = counted(Screen, "_refresh_layout")
        await write(pilot, app, "bcdfghjk" * 12)
        assert len(layouts) <= 8
        editor, table = app.screen.query_one(CellEditor), app.screen.query_one(GridTable)
        assert editor.region.right < table.region.right


async def test_only_the_cell_that_is_written_into_is_rendered_anew(app: DbcharterApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        app.apply(Set(question="logical.grain", value=ROWS))
        await go(pilot, app, "logical.grain")
        await write(pilot, app, "xy")
        table = app.screen.query_one(GridTable)
        before = {key: table._cell_render_cache[key] for key in table._cell_render_cache.keys()}  # noqa: SIM118 - it has no __iter__
        await write(pilot, app, "z")
        anew = [key for key, lines in before.items() if table._cell_render_cache.get(key) is not lines]
        assert {key[1].value for key in anew} == {"entity"}
        assert [cell.plain for cell in table.get_row_at(0)][:2] == ["xyz", "one hold"]


async def test_keys_in_sql_lay_nothing_out_but_for_the_scrollbar_of_a_long_line(
    app: DbcharterApp, counted: Callable[[Any, str], list[None]]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        app.apply(Set(question="physical.ddl", value=DDL))
        await go(pilot, app, "physical.ddl")
        await write(pilot, app, "--")
        layouts = counted(Screen, "_refresh_layout")
        await write(pilot, app, "bcdfghjklmnp")
        assert layouts == []
        await write(pilot, app, "bcdfghjklmnp" * 4)
        assert len(layouts) <= 2


class OneText(App[None]):
    """Shows one text, so that nothing else has anything laid out."""

    def compose(self) -> ComposeResult:
        yield QuietText(id="text")


async def test_a_text_of_the_same_height_is_shown_and_lays_nothing_out(
    counted: Callable[[Any, str], list[None]],
) -> None:
    async with OneText().run_test(size=(120, 40)) as pilot:
        text = pilot.app.query_one(QuietText)
        text.show_text(Text("one"))
        await pilot.pause()
        layouts = counted(Screen, "_refresh_layout")
        text.show_text(Text("another"))
        await pilot.pause()
        assert (layouts, text.size.height, str(text.render())) == ([], 1, "another")
        text.show_text(Text("two\nlines"))
        await pilot.pause()
        assert (len(layouts), text.size.height) == (1, 2)


def test_garbage_is_looked_for_in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, ...]] = []
    monkeypatch.setattr("gc.set_threshold", lambda *steps: asked.append(steps))
    monkeypatch.setattr("gc.get_freeze_count", lambda: 1)
    monkeypatch.setattr("sys.setswitchinterval", lambda _: None)
    give_way()
    assert [steps[0] <= 10_000 for steps in asked] == [True]
