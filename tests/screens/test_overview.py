"""Overview: every question on a line, filters, and going there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from textual.widgets import OptionList

from app.bank.model import Bank
from app.document.operations import Set, SetState
from app.session import Session
from screens.application import DbcharterApp
from screens.interview.screen import InterviewScreen
from screens.overview.lines import Overview, filter_line, overview, painted
from screens.overview.screen import FILTER_NAMES, OverviewScreen
from screens.widgets.inputs import LineInput
from tests.screens.conftest import TODAY
from tests.screens.driving import Driver, go, idle, interview, open_place, shown

MakeApp = Callable[[Path | None], DbcharterApp]


async def opened(pilot: Driver, app: DbcharterApp) -> OverviewScreen:
    await idle(pilot, app)
    await open_place(pilot, app, "overview")
    screen = app.screen
    assert isinstance(screen, OverviewScreen)
    return screen


def listed(screen: OverviewScreen) -> list[str]:
    options = screen.query_one("#lines", OptionList)
    return [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]


def look(session: Session) -> Overview:
    return overview(session, session.evaluate(TODAY))


async def test_every_section_and_question_has_a_line(app: DbcharterApp, bank: Bank) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app)
        while screen.chosen != "all":
            await pilot.press("f4")
        assert [line.question for line in screen.lines if line.question] == list(bank.questions)
        assert len({line.section.id for line in screen.lines if not line.question}) == len(
            {bank.section_of(name).id for name in bank.questions}
        )
        title = next(line for line in listed(screen) if "Seat holds" in line)
        assert "✓" in title
        assert "done" in title


async def test_the_cursor_begins_at_the_question_being_asked(app: DbcharterApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        await pilot.press("ctrl+l")
        await idle(pilot, app)
        screen = app.screen
        assert isinstance(screen, OverviewScreen)
        at = screen.query_one("#lines", OptionList).highlighted
        assert at is not None
        assert screen.lines[at].question == "problem.goals"


async def test_typing_filters_and_enter_goes_there(app: DbcharterApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press(*"goals")
        await pilot.pause()
        kept = [line.question for line in screen.lines if line.question]
        assert {"problem.goals", "problem.non_goals"} <= set(kept)
        await pilot.press("space", *"due")
        await pilot.pause()
        assert [line.question for line in screen.lines if line.question] == ["problem.goals"]
        await pilot.press("enter")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
        assert interview(app).form.question_id == "problem.goals"


async def test_words_that_nothing_has_are_said_and_do_no_harm(app: DbcharterApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press(*"[/b]", "down", "pagedown", "up", "pageup", "enter")
        await idle(pilot, app)
        assert listed(screen) == ["Nothing here."]
        await pilot.press("escape")
        await pilot.pause()
        assert screen.query_one(LineInput).value == ""
        assert len(listed(screen)) > 10
        await pilot.press("escape")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)


async def test_the_filters_turn_both_ways_and_say_how_many_they_keep(app: DbcharterApp) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("f4")
        await pilot.pause()
        assert screen.chosen == "due"
        count = len([line for line in screen.lines if line.question])
        assert f"due {count}" in shown(app, "filters")
        await pilot.press("f3", "f3")
        await pilot.pause()
        assert screen.chosen == FILTER_NAMES[-1]


async def test_a_click_chooses_a_filter_and_a_line(app: DbcharterApp) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await opened(pilot, app)
        at = shown(app, "filters").index("due")
        await pilot.click("#filters", offset=(at + 2, 0))
        await pilot.pause()
        assert screen.chosen == "due"
        await pilot.click("#lines", offset=(6, 1))
        await idle(pilot, app)
        assert interview(app).form.question_id == next(
            name for name, view in interview(app).session.survey().questions.items() if view.due and view.open
        )


async def test_undo_is_shown_at_once(app: DbcharterApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await idle(pilot, app)
        app.apply(Set(question="control.owner", value="Ana Example"))
        screen = await opened(pilot, app)
        assert any("Ana Example" in line for line in listed(screen))
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert not any("Ana Example" in line for line in listed(screen))


def test_filters_keep_what_they_are_called_after(bank: Bank, path: Path) -> None:
    with Session.open(bank, path) as session:
        day = date(2026, 5, 1)
        session.apply(SetState(question="problem.goals", state="deferred", owner="Ana", until=day))
        views = session.survey().questions
        asleep = next(n for n, view in views.items() if not view.applies and view.question.kind == "prose")
        session.apply(Set(question=asleep, value="by row"))
        found = look(session).filters
        assert found["deferred"] == {"problem.goals"}
        assert found["parked"] == {asleep}
        assert found["due"] < found["unanswered"] < found["asked"] < found["all"]
        assert found["new"] == frozenset()
        assert found["findings"] == {f.target.question for f in session.evaluate(TODAY).findings}


def test_questions_that_the_bank_got_later_are_new(
    bank: Bank, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Session.open(bank, path) as session:
        monkeypatch.setattr(session, "new_questions", lambda: frozenset({"problem.goals"}))
        kept = look(session).shown("new", "")
    assert [line.question for line in kept] == ["", "problem.goals"]


def test_tables_are_named_by_their_rows_and_options_by_their_titles(bank: Bank, good_path: Path) -> None:
    with Session.open(bank, good_path, write=False) as session:
        lines = {line.question: line for line in look(session).lines}
    assert lines["workload.queries"].answer.startswith("12 rows: Q-001, Q-002")
    assert lines["control.status"].answer == "In Review"


@pytest.mark.parametrize("width", [56, 76, 200])
@pytest.mark.parametrize("text", ["[b]x[/b]\x1b[31m", "字" * 300, "שלום " * 90, "a\nb\tc"])
def test_lines_fit_whatever_the_answer_is(bank: Bank, path: Path, text: str, width: int) -> None:
    with Session.open(bank, path) as session:
        session.apply(Set(question="control.owner", value=text))
        for line in look(session).lines:
            shown_line = painted(line, width, 14, {})
            assert shown_line.cell_len == width
            assert not any(character in shown_line.plain for character in "\x1b\n\t")


def test_findings_are_counted(bank: Bank, path: Path) -> None:
    with Session.open(bank, path) as session:
        found = session.evaluate(TODAY).findings
        whole = look(session)
        session.apply(Set(question="problem.goals", value=["It is fast", "It scales"]))
        more, said = look(session), len(session.evaluate(TODAY).findings)
    lines = whole.lines
    assert sum(line.findings for line in lines if line.question) == len(found) > 0
    assert sum(line.findings for line in lines if not line.question) == len(found)
    assert more.findings == said > len(more.filters["findings"])
    assert filter_line(more, "all", ["findings"], {}).plain == f" findings {said} "
