"""F8: every place where something was found, one after the other, with what was found in sight."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.bank.model import Bank
from app.document.operations import AddRow, Set, Waive
from app.readiness.model import Target
from app.session import Session
from screens.application import DbcharterApp
from screens.dialogs.waive import WaiveDialog
from screens.dialogs.which_finding import WhichFindingDialog
from screens.interview.findings import finding_places, next_place
from screens.messages import GoTo
from screens.palette import places as palette_places
from screens.widgets.side_pane import SidePane
from tests.screens.conftest import TODAY
from tests.screens.driving import Driver, evaluate, go, idle, interview, shown
from tests.screens.scenes import SMALL, as_text

DDL = """\
CREATE TABLE grower (
    grower_id bigint PRIMARY KEY,
    grower_code text NOT NULL
);
CREATE TABLE delivery (
    delivery_id bigint PRIMARY KEY,
    grower_id bigint NOT NULL REFERENCES grower (grower_id),
    press_id bigint,
    delivery_state text,
    delivered timestamp
);
CREATE TABLE crate (crate_id bigint PRIMARY KEY);
CREATE TABLE bottle (bottle_id bigint PRIMARY KEY);
CREATE TABLE label (label_id bigint PRIMARY KEY);
CREATE TABLE press (press_id int);
"""
STORE = {"data": "reservation", "owner": "box office", "derived_stores": ["board cache"]}
INVARIANTS = ("one open hold per seat", "no seat is sold twice")


@pytest.fixture
def wrong(path: Path, bank: Bank) -> Path:
    """The document with findings on lines of DDL, in rows and on a whole answer."""
    with Session.open(bank, path) as session:
        session.apply(Set(question="physical.engine", value="postgresql"))
        session.apply(Set(question="physical.ddl", value=DDL))
        session.apply(Set(question="problem.goals", value=["It is fast", "Holds end within 10 min", "Easy"]))
        session.apply(AddRow(question="authority.source_of_truth", row=STORE))
        for invariant in INVARIANTS:
            session.apply(AddRow(question="logical.invariants", row={"invariant": invariant}))
        session.save()
    return path


@pytest.fixture
def app(make_app: Callable[[Path | None], DbcharterApp], wrong: Path) -> DbcharterApp:
    return make_app(wrong)


def open_here(app: DbcharterApp, question: str) -> list[Target]:
    assert app.session is not None
    return [f.target for f in app.session.evaluate(TODAY).findings_at(question) if not f.waived]


async def begin(pilot: Driver, app: DbcharterApp, question: str) -> None:
    await idle(pilot, app)
    await go(pilot, app, question)
    await evaluate(pilot, app)


async def f8(pilot: Driver, app: DbcharterApp) -> Target:
    """Press F8; returns where the cursor is then."""
    await pilot.press("f8")
    await idle(pilot, app)
    await pilot.pause()
    return interview(app).form.here


def words(app: DbcharterApp) -> str:
    """What is on the screen, without line ends."""
    return " ".join(as_text(app).replace("│", " ").split())


async def test_every_line_of_sql_is_visited_with_its_finding_in_sight(app: DbcharterApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, app, "physical.ddl")
        assert app.session is not None
        wanted = sorted({target.line for target in open_here(app, "physical.ddl") if target.line})
        assert len(wanted) > 4
        assert wanted[-1] > 14
        seen = []
        while (here := await f8(pilot, app)).question == "physical.ddl":
            seen.append(here.line)
            found = app.session.evaluate(TODAY).findings_at("physical.ddl")
            messages = [" ".join(f.message.split()) for f in found if f.target.line == here.line]
            assert all(message in words(app) for message in messages)
            assert f" {here.line}  {DDL.splitlines()[here.line - 1].rstrip()}" in as_text(app)
        assert sorted(set(seen) - {1}) == sorted(set(wanted) - {1})
        assert seen == sorted(seen)


async def test_every_row_is_visited_with_its_finding_in_sight(app: DbcharterApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, app, "logical.invariants")
        seen: list[str] = []
        while (here := await f8(pilot, app)).question == "logical.invariants":
            seen.append(here.row)
            if len(seen) > 20:
                break
        assert list(dict.fromkeys(seen)) == list(INVARIANTS)
        assert len(seen) <= 20


async def test_every_item_of_a_list_is_visited_and_its_finding_comes_first(app: DbcharterApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, app, "problem.goals")
        lines = sorted({target.line for target in open_here(app, "problem.goals") if target.line})
        assert lines == [1, 3]
        seen = []
        while (here := await f8(pilot, app)).question == "problem.goals":
            seen.append(here.line)
            if here.line == 3:
                assert "'Easy'" in shown(app, "under").splitlines()[0]
        assert seen[-1] == 3


async def test_from_a_cursor_that_was_moved_it_goes_on_from_there(app: DbcharterApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, app, "physical.ddl")
        await pilot.press(*["down"] * 8)
        await idle(pilot, app)
        assert interview(app).form.here.line == 9
        after = min(t.line for t in open_here(app, "physical.ddl") if t.line > 9)
        assert (await f8(pilot, app)).line == after


async def test_after_the_last_place_comes_the_first(bank: Bank, wrong: Path) -> None:
    with Session.open(bank, wrong) as session:
        places = finding_places(session, session.evaluate(TODAY))
        assert len(places) == len(set(places))
        at, visited = places[-1], []
        for _ in places:
            at = next_place(session, places, at)
            visited.append(at)
        assert visited == places
        targets = {f.target for f in session.evaluate(TODAY).findings}
        assert {(t.question, t.row) for t in targets} <= {(p.question, p.row) for p in places}


async def test_what_only_a_rule_says_of_a_copy_stands_in_the_grid(app: DbcharterApp) -> None:
    """A rule that mostly says what is missing may say something that nothing else does."""
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, app, "authority.source_of_truth")
        interview(app).go(
            GoTo.to_finding(Target("authority.source_of_truth", "reservation", "derived_stores"))
        )
        await idle(pilot, app)
        assert "'board cache' is a copy" in shown(app, "about-cell")


def test_what_marks_and_misfits_say_is_not_said_again(bank: Bank, wrong: Path) -> None:
    with Session.open(bank, wrong) as session:
        found = [f for f in session.evaluate(TODAY).findings if f.code == "CP01"]
        said = {f.target.question for f in found if f.gap}
        assert "control.owner" in said  # not answered
        assert "authority.source_of_truth" in said  # incomplete
        assert [f.message for f in found if not f.gap] == [
            "'board cache' is a copy, but the profile does not say that there are derived stores"
        ]


async def test_any_of_several_findings_can_be_waived_and_that_be_taken_back(app: DbcharterApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, app, "physical.ddl")
        await pilot.press("f12")
        await idle(pilot, app)
        asked = app.screen
        assert isinstance(asked, WhichFindingDialog)
        wanted = asked.findings[2]
        await pilot.press("down", "down", "enter")
        await idle(pilot, app)
        assert isinstance(app.screen, WaiveDialog)
        assert app.screen.finding == wanted
        await pilot.press(*"few", "space", *"rows", "enter", "enter", "enter")
        await idle(pilot, app)
        assert app.session is not None
        assert [w.code for w in app.session.answers.waivers] == [wanted.code]
        await pilot.press("f12")
        await idle(pilot, app)
        asked = app.screen
        assert isinstance(asked, WhichFindingDialog)
        at = next(n for n, f in enumerate(asked.findings) if f.waived)
        assert any(not f.waived for f in asked.findings)
        await pilot.press(*["down"] * at, "enter")
        await idle(pilot, app)
        await pilot.press("shift+tab", "down", "enter")
        await idle(pilot, app)
        assert app.session.answers.waivers == ()


async def test_findings_of_the_line_with_the_cursor_are_offered_first(app: DbcharterApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, app, "physical.ddl")
        line = [await f8(pilot, app) for _ in range(3)][-1].line
        await pilot.press("f12")
        await idle(pilot, app)
        assert isinstance(app.screen, WhichFindingDialog)
        assert app.screen.findings[0].target.line == line


async def test_the_page_follows_the_cursor_in_a_long_text(app: DbcharterApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, app, "physical.ddl")
        for line in DDL.splitlines()[1:]:
            await pilot.press("down")
            await idle(pilot, app)
            assert line in as_text(app)
        app.apply(Set(question="problem.pain_points", value="\n".join(f"point {n}" for n in range(30))))
        await go(pilot, app, "problem.pain_points")
        for number in range(1, 30):
            await pilot.press("down")
            await idle(pilot, app)
            assert f"point {number}" in as_text(app)


async def test_notices_of_what_was_done_do_not_cover_the_next_question(app: DbcharterApp) -> None:
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await begin(pilot, app, "physical.ddl")
        app.tell("Two rows pasted")
        app.tell("Not saved", "warning")
        await pilot.pause()
        await pilot.press("f7")
        await idle(pilot, app)
        assert [notice.message for notice in app._notifications] == ["Not saved"]


def test_waived_findings_are_in_the_palette(bank: Bank, wrong: Path) -> None:
    with Session.open(bank, wrong) as session:
        session.apply(Waive(code="SQ04", target="physical.ddl", reason="few rows", owner="Ana"))
        found = [p for p in palette_places(session, session.evaluate(TODAY)) if p.number == "SQ04"]
        assert [(p.glyph, p.text.split()[0]) for p in found] == [("–", "waived")]
        assert found[0].to.line == 7


async def test_the_palette_does_not_open_over_a_dialog(app: DbcharterApp) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await begin(pilot, app, "physical.ddl")
        await pilot.press("f12")
        await idle(pilot, app)
        dialog = app.screen
        await pilot.press("ctrl+p")
        await idle(pilot, app)
        assert app.screen is dialog


async def test_a_finding_in_the_pane_leads_to_its_line(app: DbcharterApp) -> None:
    async with app.run_test(size=(160, 40)) as pilot:
        await begin(pilot, app, "control.owner")
        pane = app.screen.query_one(SidePane)
        pane.post_message(GoTo.to_finding(Target("physical.ddl", line=9)))
        await idle(pilot, app)
        assert interview(app).form.here == Target("physical.ddl", line=9)
