"""History: what was said when, and going back to there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.widgets import OptionList

from app.bank.model import Bank
from app.document.history import turns
from app.document.operations import AddRow, Set, SetNote
from app.session import Session
from screens.application import DbcharterApp
from screens.history.screen import HistoryScreen
from screens.history.steps import details, rows
from screens.interview.screen import InterviewScreen
from tests.screens.driving import Driver, answer, idle, interview, open_place, shown

MakeApp = Callable[[Path | None], DbcharterApp]


async def opened(pilot: Driver, app: DbcharterApp) -> HistoryScreen:
    await open_place(pilot, app, "history")
    screen = app.screen
    assert isinstance(screen, HistoryScreen)
    return screen


def say(app: DbcharterApp, *values: str) -> None:
    for value in values:
        app.apply(Set(question="control.owner", value=value))


def listed(screen: HistoryScreen) -> list[str]:
    options = screen.query_one("#steps", OptionList)
    return [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]


async def test_steps_are_listed_with_who_and_when_and_what(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        assert app.session is not None
        app.session.apply(Set(question="control.owner", value="Ana"), who="Bo [/b]")
        screen = await opened(pilot, app)
        newest = listed(screen)[0]
        assert "▶ now" in newest
        assert "Bo [/b]" in newest
        assert "Owner" in newest
        assert app.session.history[-1].at[:4] in newest
        assert "+ Ana" in shown(app, "details")


async def test_enter_goes_back_to_a_step_and_forth_again(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await idle(pilot, app)
        say(app, "one", "two", "three")
        screen = await opened(pilot, app)
        await pilot.press("down", "down", "enter")
        await idle(pilot, app)
        assert answer(app, "control.owner") == "one"
        three = next(n for n, row in enumerate(screen.rows) if row.turns == 2)
        assert "undone" in listed(screen)[three]
        screen.query_one("#steps", OptionList).highlighted = three
        await pilot.press("enter")
        await idle(pilot, app)
        assert answer(app, "control.owner") == "three"


async def test_the_beginning_can_be_gone_back_to(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        say(app, "one", "two")
        await opened(pilot, app)
        await pilot.press("end", "enter")
        await idle(pilot, app)
        assert answer(app, "control.owner") is None


async def test_what_was_left_behind_is_only_to_be_read(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await idle(pilot, app)
        say(app, "one", "two")
        assert app.session is not None
        app.session.undo()
        say(app, "three")
        screen = await opened(pilot, app)
        left = next(n for n, row in enumerate(screen.rows) if row.turns is None)
        assert "left behind" in listed(screen)[left]
        screen.query_one("#steps", OptionList).highlighted = left
        await pilot.pause()
        assert "+ two" in shown(app, "details")
        await pilot.press("enter")
        await idle(pilot, app)
        assert answer(app, "control.owner") == "three"
        assert any("not gone back to" in notice.message for notice in app._notifications)


async def test_the_question_of_a_step_is_opened(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        say(app, "one")
        await opened(pilot, app)
        await pilot.press("ctrl+o")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
        assert interview(app).form.question_id == "control.owner"


async def test_history_of_a_document_opened_to_be_read_changes_nothing(
    make_app: MakeApp, bank: Bank, path: Path
) -> None:
    with Session.open(bank, path) as writer:
        writer.apply(Set(question="control.owner", value="Ana"))
        app = make_app(path)
        async with app.run_test(size=(100, 30), notifications=True) as pilot:
            await idle(pilot, app)
            await opened(pilot, app)
            await pilot.press("end", "enter", "ctrl+o")
            await idle(pilot, app)
        assert writer.answers.values["control.owner"] == "Ana"


def test_what_is_said_as_one_is_one_row(bank: Bank, path: Path) -> None:
    with Session.open(bank, path) as session:
        session.apply(Set(question="control.owner", value="Ana"))
        for entity in ("hold", "seat", "sale"):
            session.apply(AddRow(question="logical.grain", row={"entity": entity, "grain": "one"}), "paste")
        found = rows(session)
        assert [len(row.steps) for row in found[:2]] == [3, 1]
        text = details(bank, found[0], {}).plain
        assert all(f"+ • {entity}" in text for entity in ("hold", "seat", "sale"))


def test_details_show_hostile_text_as_it_stands(bank: Bank, path: Path) -> None:
    with Session.open(bank, path) as session:
        session.apply(SetNote(question="control.owner", note="[@click=app.bell]x[/b]\x1b[31m"))
        text = details(bank, rows(session)[0], {}).plain
    assert "[@click=app.bell]x[/b]" in text
    assert "\x1b" not in text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["say", "say", "say", "type", "note", "undo", "redo"]), max_size=14))
def test_turning_leads_to_what_was_said_after_the_step(
    bank: Bank, tmp_path_factory: object, doing: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("turns")  # type: ignore[attr-defined]  # pytest's, whose type is private
    with Session.create(bank, folder / "x.toml") as session:
        after = []
        for number, what in enumerate(doing):
            if what in ("undo", "redo"):
                try:
                    session.undo() if what == "undo" else session.redo()
                except Exception:
                    continue
            elif what == "note":
                session.apply(SetNote(question="control.owner", note=f"n{number}"))
            else:
                session.apply(
                    Set(question="control.owner", value=f"v{number}"), "typing" if what == "type" else ""
                )
            kept = {len(session.history): session.answers}
            after = [entry for entry in after if entry[0] < len(session.history)] + list(kept.items())
        now = len(session.history)
        for length, answers in after:
            ways = turns(session.history)
            way = ways[length - 1]
            if way is None:
                continue
            for _ in range(abs(way)):
                session.undo() if way < 0 else session.redo()
            assert session.answers.values == answers.values
            assert session.answers.notes == answers.notes
        assert turns(session.history[:now])[-1:] in ([0], [])
