"""The command palette: actions, and every place one can go to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
from textual.command import CommandPalette, Hit

from app.bank.model import Bank
from app.document.operations import AddRow, Set
from app.document.values import row_addresses
from app.session import Session
from screens.application import DbcharterApp
from screens.messages import GoTo
from screens.overview.screen import OverviewScreen
from screens.palette import PLACES_SHOWN, PlaceProvider, places
from tests.screens.conftest import TODAY
from tests.screens.driving import Driver, idle, interview

MakeApp = Callable[[Path | None], DbcharterApp]


async def chosen(pilot: Driver, app: DbcharterApp, text: str) -> None:
    """Open the palette, type a text, and take the first thing it offers."""
    await pilot.press("ctrl+p")
    await pilot.pause()
    assert isinstance(app.screen, CommandPalette)
    await pilot.press(*("space" if character == " " else character for character in text))
    palette = app.screen
    until = monotonic() + 20
    while monotonic() < until and not palette.query_one("CommandList").option_count:  # type: ignore[attr-defined]  # the list of commands
        await idle(pilot, app)
    await idle(pilot, app)
    await pilot.press("enter")
    await idle(pilot, app)


async def hits(app: DbcharterApp, text: str) -> list[Hit]:
    provider = PlaceProvider(app.screen)
    return [hit async for hit in provider.search(text) if isinstance(hit, Hit)]


@pytest.mark.parametrize(
    ("text", "number"),
    [("goals", "1.2"), ("6.1", "6.1"), ("entity grain", "6.1"), ("problem statement sect", "1.1")],
)
async def test_a_number_or_words_lead_to_a_place(
    make_app: MakeApp, good_path: Path, text: str, number: str
) -> None:
    app = make_app(good_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        best = max(await hits(app, text), key=lambda hit: hit.score)
        best.command()
        await idle(pilot, app)
        assert app.bank.questions[interview(app).form.question_id].number == number


async def test_actions_run_from_the_palette(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await chosen(pilot, app, "overview")
        assert isinstance(app.screen, OverviewScreen)


async def test_a_row_is_gone_to_by_its_name_from_any_screen(make_app: MakeApp, good_path: Path) -> None:
    app = make_app(good_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await pilot.press("ctrl+l")
        await idle(pilot, app)
        await chosen(pilot, app, "Q-007 in 9.2")
        assert interview(app).form.question_id == "workload.queries"


async def test_rows_named_like_markup_are_shown_as_they_stand(app: DbcharterApp) -> None:
    name = "[@click=app.bell]x[/b]"
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        app.apply(AddRow(question="logical.grain", row={"entity": name, "grain": "one"}))
        found = await hits(app, "click=app")
        assert name in str(found[0].prompt)
        await chosen(pilot, app, "click=app.bell")
        assert interview(app).form.question_id == "logical.grain"


def test_every_section_question_row_and_finding_is_a_place(bank: Bank, path: Path) -> None:
    with Session.open(bank, path) as session:
        session.apply(AddRow(question="logical.grain", row={"entity": "hold", "grain": "one"}))
        session.apply(Set(question="problem.goals", value=["be better"]))
        evaluation = session.evaluate(TODAY)
        found = list(places(session, evaluation))
        addresses = row_addresses(bank.questions["logical.grain"], session.answers.rows("logical.grain"))
    goals = {place.to.question for place in found}
    assert goals == set(bank.questions)
    assert GoTo("logical.grain", addresses[0]) in [place.to for place in found]
    assert sum(place.glyph == "⚠" for place in found) == len(evaluation.findings) > 0
    sections = [place.number for place in found if place.glyph == "§"]
    assert sections == [str(section.number) for section in bank.sections if bank.questions_in(section.id)]


async def test_many_rows_are_cut_off(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        rows = [{"entity": f"warehouse_{number}", "grain": "one"} for number in range(300)]
        app.apply(Set(question="logical.grain", value=rows))
        assert len(await hits(app, "warehouse")) == PLACES_SHOWN


async def test_without_a_document_there_are_no_places(make_app: MakeApp) -> None:
    app = make_app(None)
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        assert await hits(app, "goals") == []
