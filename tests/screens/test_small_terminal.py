"""The smallest terminal, 60 columns and 20 lines: what is worked on is in sight, and the way to help."""

from __future__ import annotations

import pytest

from app.document.operations import Set
from app.readiness.model import ItemState
from screens.application import DbcharterApp
from screens.widgets.grid_table import GridTable
from tests.screens.driving import evaluate, go, idle, open_place
from tests.screens.scenes import SMALL, TINY, WIDE, as_text

QUERIES = [{"id": f"Q-{number:03}", "description": "seats of a hold"} for number in range(1, 7)]


def bottom(app: DbcharterApp) -> str:
    """The last line of the screen that holds something."""
    return as_text(app).rstrip("\n").split("\n")[-1]


@pytest.mark.parametrize("pane", [["f4"], ["f4", "f4"]], ids=["checklist", "preview"])
@pytest.mark.parametrize("row", [0, 3, 6])
async def test_the_pane_leaves_the_row_with_the_cursor_in_sight(
    app: DbcharterApp, pane: list[str], row: int
) -> None:
    async with app.run_test(size=TINY) as pilot:
        await idle(pilot, app)
        app.apply(Set(question="workload.queries", value=QUERIES))
        await go(pilot, app, "workload.queries")
        await pilot.press(*["down"] * row)
        assert app.screen.query_one(GridTable).cursor_row == row
        for key in pane:
            await pilot.press(key)
            await idle(pilot, app)
        assert ([*(query["id"] for query in QUERIES), "new row"][row]) in as_text(app)


async def test_a_table_is_in_sight_when_it_is_opened_beside_the_pane(app: DbcharterApp) -> None:
    async with app.run_test(size=TINY) as pilot:
        await idle(pilot, app)
        app.apply(Set(question="workload.queries", value=QUERIES))
        await pilot.press("f4")
        await idle(pilot, app)
        await go(pilot, app, "workload.queries")
        assert "Q-001" in as_text(app)


@pytest.mark.parametrize("question", ["workload.queries", "physical.ddl", "problem.situation"])
async def test_help_is_in_the_line_of_keys_however_narrow_the_screen(
    app: DbcharterApp, question: str
) -> None:
    async with app.run_test(size=TINY) as pilot:
        await idle(pilot, app)
        await go(pilot, app, question)
        assert bottom(app).endswith("f1 help")
        assert len(bottom(app)) <= TINY[0]
        await pilot.resize_terminal(130, 40)
        await pilot.pause()
        assert "f4 pane  f1 help" in bottom(app)
        await open_place(pilot, app, "preview")
        await pilot.resize_terminal(*TINY)
        await pilot.pause()
        assert bottom(app).endswith("f1 help")


@pytest.mark.parametrize("size", [TINY, SMALL, WIDE])
async def test_readiness_is_told_with_how_many_items_are_met(
    app: DbcharterApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await idle(pilot, app)
        await evaluate(pilot, app)
        assert app.session is not None
        evaluation = app.session.evaluate(app.today())
        counts = evaluation.counts()
        asked = len(evaluation.checklist) - counts[ItemState.NOT_APPLICABLE]
        line = as_text(app).split("\n")[0]
        assert "ready " in line
        assert f" {counts[ItemState.MET]}/{asked}" in line
        assert line.endswith("saved")


async def test_the_line_above_names_the_question_whatever_the_form_is_scrolled_to(app: DbcharterApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.pain_points")
        assert as_text(app).split("\n")[1].endswith("1.1 Current Situation · 4 of 10 › Known pain points")
        await go(pilot, app, "authority.rebuildable_data")
        assert as_text(app).split("\n")[1].startswith("3.1 Source of Truth · ")


async def test_the_cell_that_is_edited_leaves_the_one_beside_it_in_sight(app: DbcharterApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await idle(pilot, app)
        app.apply(Set(question="workload.queries", value=[{**QUERIES[0], "description": "seats"}]))
        await go(pilot, app, "workload.queries")
        table = app.screen.query_one(GridTable)
        assert table.cell_region(0, 0).width < 14
        await pilot.press("enter")
        await idle(pilot, app)
        assert "Q-001" in as_text(app)
        assert " seats" in as_text(app)
