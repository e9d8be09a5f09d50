"""Accepting a finding on purpose, from the interview."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import OptionList

from app.bank.model import Bank
from app.document.answers import Waiver
from app.document.operations import AddRow, Set
from app.readiness.model import Finding, Severity, Target
from app.session import Session
from screens.application import DbcharterApp
from screens.dialogs.waive import WaiveDialog
from screens.dialogs.which_finding import WhichFindingDialog
from screens.interview.findings import findings_to_waive, waiver_of
from screens.widgets.fields.base import Field
from screens.widgets.side_pane import SidePane
from tests.screens.conftest import TODAY
from tests.screens.driving import Driver, evaluate, go, idle, interview, keys_of, shown

REASON = tuple(keys_of("Few rows"))
VAGUE = ["Holds are released quickly", "The box office scales"]
QUESTION = "problem.goals"


@pytest.fixture
def vague(path: Path, bank: Bank) -> Path:
    """The document with goals that nobody can measure."""
    with Session.open(bank, path) as session:
        session.apply(Set(question=QUESTION, value=VAGUE))
        session.save()
    return path


@pytest.fixture
def app(make_app: Callable[[Path | None], DbcharterApp], vague: Path) -> DbcharterApp:
    return make_app(vague)


def waivers(app: DbcharterApp) -> tuple[Waiver, ...]:
    assert app.session is not None
    return app.session.answers.waivers


async def open_dialog(pilot: Driver, app: DbcharterApp) -> WaiveDialog:
    """Of several findings at the question, about the first that is offered."""
    await pilot.press("f12")
    await idle(pilot, app)
    if isinstance(app.screen, WhichFindingDialog):
        await pilot.press("enter")
        await idle(pilot, app)
    dialog = app.screen
    assert isinstance(dialog, WaiveDialog)
    return dialog


def code_here(app: DbcharterApp) -> str:
    """The code of the first finding that is offered to be waived."""
    assert app.session is not None
    found = app.session.evaluate(TODAY).findings_at(QUESTION)
    return findings_to_waive(app.session, found, Target(QUESTION, line=1))[0].code


async def test_a_finding_is_waived_with_reason_owner_and_day(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, QUESTION)
        code = code_here(app)
        dialog = await open_dialog(pilot, app)
        assert code in shown(app, "finding")
        await pilot.press(*keys_of("Agreed with sales\n\n2026-06-30\n"))
        await idle(pilot, app)
        assert app.screen is not dialog
        assert waivers(app) == (Waiver(code, QUESTION, "Agreed with sales", "Ana Costa", date(2026, 6, 30)),)
        await evaluate(pilot, app)
        assert f"waived {code}" in shown(app, "under")
        assert f"⚠ {code}" not in shown(app, "under")
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert waivers(app) == ()


@pytest.mark.parametrize(
    ("typed", "said", "focused"),
    [
        (("enter", "ctrl+s"), "needs a reason", "reason"),
        (("x", "ctrl+s"), "say it in a sentence", "reason"),
        (("n", "/", "a", "ctrl+s"), "say it in a sentence", "reason"),
        ((*keys_of("INC-42"), "ctrl+s"), "say it in a sentence", "reason"),
        ((*keys_of("2026-03-02"), "ctrl+s"), "say it in a sentence", "reason"),
        ((*REASON, "tab", *["backspace"] * 9, "ctrl+s"), "needs an owner", "owner"),
        ((*REASON, "tab", *["backspace"] * 9, *"the", "space", *"team", "ctrl+s"), "needs an owner", "owner"),
        ((*REASON, "tab", "tab", *"soon", "enter"), "2026-03-31", "expires"),
        ((*REASON, "tab", "tab", *"2026-03-01", "enter"), "2026-03-01 is over", "expires"),
    ],
)
async def test_what_is_missing_or_wrong_is_said_and_nothing_is_waived(
    app: DbcharterApp, typed: tuple[str, ...], said: str, focused: str
) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, QUESTION)
        dialog = await open_dialog(pilot, app)
        await pilot.press(*typed)
        await idle(pilot, app)
        assert app.screen is dialog
        assert said in shown(app, "wrong")
        assert app.screen.query_one(f"#{focused}").has_focus
        assert waivers(app) == ()
        await pilot.press("escape")
        await idle(pilot, app)
        assert waivers(app) == ()


async def test_a_waiver_is_changed_and_taken_back_in_the_same_dialog(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, QUESTION)
        assert app.session is not None
        count = len({finding.code for finding in app.session.evaluate(TODAY).findings_at(QUESTION)})
        for _ in range(count):
            await open_dialog(pilot, app)
            await pilot.press(*keys_of("Agreed once\n\n\n"))
            await idle(pilot, app)
        assert len(waivers(app)) == count
        dialog = await open_dialog(pilot, app)
        assert dialog.waiver is not None
        code = dialog.waiver.code
        await pilot.press("end", *keys_of(" twice"), "ctrl+s")
        await idle(pilot, app)
        assert {w.code: w.reason for w in waivers(app)}[code] == "Agreed once twice"
        await open_dialog(pilot, app)
        await pilot.press("shift+tab", "down", "enter")
        await idle(pilot, app)
        assert len(waivers(app)) == count - 1
        assert code not in [w.code for w in waivers(app)]


async def test_the_finding_under_the_cursor_in_the_pane_is_meant(app: DbcharterApp) -> None:
    async with app.run_test(size=(160, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, QUESTION)
        await evaluate(pilot, app)
        pane = app.screen.query_one(SidePane)
        pane.turn_to("checklist")
        lines = pane.query_one("#pane-list", OptionList)
        lines.focus()
        at, wanted = [(at, line.finding) for at, line in enumerate(pane._lines) if line.finding][-1]
        lines.highlighted = at
        await idle(pilot, app)
        dialog = await open_dialog(pilot, app)
        assert dialog.finding == wanted


async def test_a_waived_finding_is_dim_in_the_pane_and_says_so(app: DbcharterApp) -> None:
    async with app.run_test(size=(160, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, QUESTION)
        code = code_here(app)
        await open_dialog(pilot, app)
        await pilot.press(*keys_of("Agreed once\n\n\n"))
        await idle(pilot, app)
        await evaluate(pilot, app)
        pane = app.screen.query_one(SidePane)
        pane.turn_to("checklist")
        lines = pane.query_one("#pane-list", OptionList)
        texts = [str(lines.get_option_at_index(n).prompt) for n in range(lines.option_count)]
        assert any(text.startswith(f"– waived {code}") for text in texts)


async def test_without_findings_nothing_opens(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.title")
        below = app.screen
        await pilot.press("f12")
        await idle(pilot, app)
        assert app.screen is below


async def test_the_next_finding_is_a_cell_of_a_grid(
    make_app: Callable[[Path | None], DbcharterApp], path: Path, bank: Bank
) -> None:
    row = {"entity": "release", "grain": "n/a", "example": "14F"}
    with Session.open(bank, path) as session:
        session.apply(AddRow(question="logical.grain", row={**row, "entity": "hold", "grain": "one hold"}))
        session.apply(AddRow(question="logical.grain", row=row))
        session.save()
        found = [
            f for f in session.evaluate(TODAY).findings_at("logical.grain") if f.target.row and not f.waived
        ]
    assert found
    app = make_app(path)
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.title")
        await evaluate(pilot, app)
        for _ in range(80):
            await pilot.press("f8")
            await idle(pilot, app)
            if interview(app).question_id == "logical.grain":
                break
        field = interview(app).form.field
        assert isinstance(field, Field)
        assert field.current_row == found[0].target.row


def _finding(row: str = "", *, code: str = "VG01", waived: bool = False) -> Finding:
    return Finding(code, "name", Severity.WARNING, Target("logical.grain", row, "grain"), "m", waived=waived)


def test_open_findings_of_the_row_with_the_cursor_come_first(bank: Bank, path: Path) -> None:
    done, other, here = _finding("a", waived=True), _finding("b"), _finding("c")
    missing = replace(_finding("c", code="CP01"), gap=True)
    with Session.open(bank, path) as session:
        for entity in "abc":
            session.apply(AddRow(question="logical.grain", row={"entity": entity}))
        found = findings_to_waive(session, [done, missing, other, here], Target("logical.grain", "c"))
        assert found == [here, missing, other, done]
        found = findings_to_waive(session, [done, other], Target("logical.grain", "a"))
        assert found == [other, done]


def test_the_waiver_of_a_finding_may_cover_more_than_its_place() -> None:
    section = Waiver("VG01", "logical", "r", "o")
    place = Waiver("VG01", "logical.grain[a].grain", "r", "o")
    over = Waiver("VG01", "logical.grain[a].grain", "r", "o", date(2026, 3, 1))
    assert waiver_of([section], _finding("a"), TODAY) is section
    assert waiver_of([section, place], _finding("a"), TODAY) is place
    assert waiver_of([section, over], _finding("a"), TODAY) is section
    assert waiver_of([section], _finding("a", code="VG02"), TODAY) is None
