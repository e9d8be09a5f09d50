"""What is said below SQL while it is typed, and the tables around the one of a row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.bank.model import Bank
from app.document.operations import AddRow, Set, Waive
from app.session import Session
from screens.application import DbcharterApp
from screens.dialogs.neighbours import NeighboursDialog
from screens.interview.screen import InterviewScreen
from screens.interview.texts import IN_CODE_SHOWN
from screens.widgets.inputs import TextBox
from tests.screens.driving import Driver, evaluate, go, idle, interview, shown

MakeApp = Callable[[Path | None], DbcharterApp]
DDL = """\
CREATE TABLE seat (seat_id bigint PRIMARY KEY, row_label text NOT NULL);
CREATE TABLE seat_hold (
    hold_id bigint PRIMARY KEY,
    seat_id bigint NOT NULL REFERENCES seat (seat_id),
    buyer_id bigint NOT NULL
);
"""


@pytest.fixture
def app(make_app: MakeApp, path: Path, bank: Bank) -> DbcharterApp:
    with Session.open(bank, path) as session:
        session.apply(Set(question="physical.engine", value="postgresql"))
        session.apply(Set(question="physical.ddl", value=DDL))
        session.apply(AddRow(question="logical.grain", row={"entity": "seat"}))
        session.apply(AddRow(question="logical.grain", row={"entity": "seat_hold"}))
        session.save()
    return make_app(path)


async def say_sql(pilot: Driver, app: DbcharterApp, text: str) -> None:
    """Replace the SQL by keys of an editor, and evaluate."""
    area = app.screen.query_one(TextBox)
    area.text = text
    await pilot.pause()
    interview(app).flush()
    await evaluate(pilot, app)


async def test_findings_stand_under_the_sql_with_their_lines(app: DbcharterApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "physical.ddl")
        await evaluate(pilot, app)
        assert "⚠ line 4: SQ04" in shown(app, "under")
        await say_sql(pilot, app, DDL + "CREATE INDEX hold_of_seat ON seat_hold (seat_id);\n")
        assert "SQ04" not in shown(app, "under")


async def test_a_statement_that_cannot_be_read_is_told_with_its_line(app: DbcharterApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "physical.ddl")
        await say_sql(pilot, app, "\n\nCREATE TABLE seat (seat_id bigint PRIMARY);\n")
        lines = shown(app, "under").splitlines()
        assert any(line.startswith("⚠ line 3: SQ12 info: this statement is not checked") for line in lines)


async def test_at_most_five_are_listed_from_the_first_line_on(app: DbcharterApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "physical.ddl")
        await say_sql(pilot, app, "CREATE TABEL seat (id int);\n" * 9)
        lines = [line for line in shown(app, "under").splitlines() if line.startswith("⚠")]
        assert len(lines) == IN_CODE_SHOWN
        in_lines = [line for line in lines if "⚠ line " in line]
        assert [line.split(":")[0] for line in in_lines] == [f"⚠ line {n + 1}" for n in range(len(in_lines))]
        assert " more; F4 shows the findings" in shown(app, "under")


async def test_typing_does_not_wait_for_the_rules(app: DbcharterApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key is applied without an evaluation; that comes once nobody types."""
    async with app.run_test(size=(120, 50)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "physical.ddl")
        assert app.session is not None
        monkeypatch.setattr("screens.interview.screen.EVALUATE_AFTER", 3600.0)
        interview(app)._evaluate_soon()
        evaluated: list[object] = []
        monkeypatch.setattr(app.session, "evaluation_job", evaluated.append)
        await pilot.press("x")
        interview(app).flush()
        await pilot.pause()
        assert evaluated == []
        assert str(app.session.answers.values["physical.ddl"]).startswith("x")


async def test_a_waived_finding_of_the_sql_is_told_as_waived(app: DbcharterApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "physical.ddl")
        app.apply(Waive(code="SQ04", target="physical.ddl", reason="Few rows", owner="Ana"))
        await evaluate(pilot, app)
        assert "– waived SQ04" in shown(app, "under")
        assert "line 4: SQ04" not in shown(app, "under")


async def neighbours(pilot: Driver, app: DbcharterApp) -> str:
    await pilot.press("ctrl+b")
    await idle(pilot, app)
    assert isinstance(app.screen, NeighboursDialog)
    return f"{app.screen.lines[0]}\n{shown(app, 'neighbours')}"


async def test_the_table_of_the_present_row_is_shown_with_its_neighbours(app: DbcharterApp) -> None:
    async with app.run_test(size=(120, 50)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "logical.grain")
        await pilot.press("down")
        text = await neighbours(pilot, app)
        assert text.startswith("seat_hold\n")
        assert "seat_id → seat (seat_id)" in text
        await pilot.press("escape")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
        await pilot.press("up")
        text = await neighbours(pilot, app)
        assert text.startswith("seat\n")
        assert "seat_hold (seat_id)" in text


async def test_elsewhere_it_is_the_first_table(app: DbcharterApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.title")
        assert (await neighbours(pilot, app)).startswith("seat\n")


async def test_without_ddl_no_neighbours_open(make_app: MakeApp, path: Path) -> None:
    app = make_app(path)
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await pilot.press("ctrl+b")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
