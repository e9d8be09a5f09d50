"""The final review on its screen and in the pane: every item, what to do next, why readiness fell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import OptionList

from app.bank.load import default_bank
from app.document.operations import Clear
from app.document.store import read_document
from app.readiness.engine import Engine
from app.readiness.model import Evaluation
from app.readiness.reports.verdicts import groups
from screens.application import DbcharterApp
from screens.checklist.lines import Fall, Line, fall_of, item_lines, pane_lines, review_lines
from screens.checklist.screen import ChecklistScreen
from screens.interview.screen import InterviewScreen
from tests.screens.conftest import TODAY
from tests.screens.driving import Driver, evaluate, go, idle, interview, open_place

MakeApp = Callable[[Path | None], DbcharterApp]
BANK = default_bank()


def evaluation(path: Path, *cleared: str) -> Evaluation:
    answers = read_document(BANK, path).answers
    for question in cleared:
        answers = answers.with_value(question, None)
    return Engine(BANK, strict=True).evaluate(answers, TODAY)


def texts(lines: list[Line]) -> list[str]:
    return [line.text.plain for line in lines]


async def opened(pilot: Driver, app: DbcharterApp) -> ChecklistScreen:
    await idle(pilot, app)
    await open_place(pilot, app, "checklist")
    screen = app.screen
    assert isinstance(screen, ChecklistScreen)
    return screen


async def test_the_screen_lists_every_item_smell_cross_check_and_failure_path(app: DbcharterApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app)
        listed = "\n".join(texts(screen.lines))
        assert app.session is not None
        for group in groups(app.session.evaluate(TODAY)):
            assert f"{group.title}: {group.summary()}" in listed
            for item in group.items:
                assert f"{item.title}  {group.state(item)}" in listed


async def test_enter_goes_to_what_an_item_lacks(app: DbcharterApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app)
        options = screen.query_one("#review", OptionList)
        at = next(
            at for at, line in enumerate(screen.lines) if line.text.plain.strip() == "1.2 Goals is open"
        )
        options.highlighted = at
        await pilot.press("enter")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
        assert app.screen.question_id == "problem.goals"


async def test_a_key_goes_from_one_item_that_is_not_met_to_the_next(app: DbcharterApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app)
        options = screen.query_one("#review", OptionList)
        waiting = [at for at, text in enumerate(texts(screen.lines)) if text.startswith(("✗", "◐", "?"))]
        assert len(waiting) > 2
        options.highlighted = waiting[0]
        await pilot.press("f8")
        assert options.highlighted == waiting[1]
        options.highlighted = waiting[-1]
        await pilot.press("f8")
        assert options.highlighted == waiting[0]


async def test_the_pane_opens_the_whole_review(app: DbcharterApp) -> None:
    async with app.run_test(size=(160, 40)) as pilot:
        await go(pilot, app, "problem.goals")
        await evaluate(pilot, app)
        pane = interview(app).pane
        pane.turn_to("checklist")
        options = pane.query_one("#pane-list", OptionList)
        options.focus()
        options.highlighted = next(
            at for at, text in enumerate(texts(pane._lines)) if "whole final review" in text
        )
        await pilot.press("enter")
        await idle(pilot, app)
        assert isinstance(app.screen, ChecklistScreen)


async def test_a_fall_of_the_readiness_is_explained_where_it_happened(
    make_app: MakeApp, good_path: Path
) -> None:
    app = make_app(good_path)
    async with app.run_test(size=(160, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        await evaluate(pilot, app)
        pane = interview(app).pane
        pane.turn_to("checklist")
        assert pane.fall is None
        app.apply(Clear(question="problem.goals"))
        await evaluate(pilot, app)
        listed = "\n".join(texts(pane._lines))
        assert "▼ Readiness fell from " in listed
        assert "1.2 Goals is unanswered" in listed
        assert not any("fell" in n.message for n in app._notifications)
        await go(pilot, app, "problem.non_goals")
        await evaluate(pilot, app)
        assert "fell" not in "\n".join(texts(pane._lines))


async def test_without_the_list_a_fall_is_said_in_the_corner_once(make_app: MakeApp, good_path: Path) -> None:
    app = make_app(good_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        await evaluate(pilot, app)
        app.apply(Clear(question="problem.goals"))
        for _ in range(2):
            await evaluate(pilot, app)
        told = [notice.message for notice in app._notifications if "Readiness fell" in notice.message]
        assert len(told) == 1
        assert "Goals (1.2) is due and not answered" in told[0]


def test_no_fall_is_told_of_readiness_that_rises_or_stays(good_path: Path) -> None:
    whole, less = evaluation(good_path), evaluation(good_path, "problem.goals")
    assert fall_of(less, whole) is None
    assert fall_of(whole, whole) is None
    assert fall_of(None, whole) is None
    fall = fall_of(whole, less)
    assert fall is not None
    assert (fall.before, fall.after) == (whole.readiness, less.readiness)


def test_more_reasons_than_there_is_room_for_are_counted() -> None:
    fall = Fall(0.9, 0.5, tuple(f"reason {n}" for n in range(5)))
    assert fall.words(BANK, 2) == (
        "Readiness fell from 90.0 % to 50.0 %",
        "reason 0",
        "reason 1",
        "and 3 more",
    )


def test_the_steps_are_listed_with_their_gain_and_lead_there(good_path: Path) -> None:
    found = evaluation(good_path, "invariants.drift_queries")
    for lines in (pane_lines(BANK, found, "", None, {}), review_lines(BANK, found, None, {})):
        step = next(line for line in lines if "▲" in line.text.plain)
        assert step.text.plain.startswith("▲ up to +")
        assert step.target is not None
        assert step.target.question == "invariants.drift_queries"


@pytest.mark.parametrize(("shown", "count"), [(1, 2), (None, 3)])
def test_what_is_not_shown_of_an_item_is_counted(path: Path, shown: int | None, count: int) -> None:
    found = evaluation(path)
    checklist = groups(found)[0]
    item = next(item for item in checklist.items if len(item.missing) + len(item.findings) == 3)
    lines = list(item_lines(BANK, checklist, item, {}, shown))
    assert len(lines) == 1 + (count if shown is None else shown + 1)
    assert lines[-1].text.plain.strip().startswith("and ") is (shown is not None)
