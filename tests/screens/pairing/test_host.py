"""The author's screen while guests come, write and go."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from textual.widgets import Static

from app.bank.model import Bank
from app.document.operations import AddRow, Set
from app.pairing.codes import read_code
from app.pairing.guest import Guest
from app.review.model import Thread
from screens.interview.screen import InterviewScreen
from screens.pairing.dialog import HostDialog
from screens.pairing.host_app import HostApp
from screens.review.screen import ReviewScreen
from tests.screens.driving import answer, interview, keys_of
from tests.screens.pairing.driving import AUTHOR, hosting, idle_at, joined, line_of, new_host, told, until
from tests.screens.scenes import as_text


def code_on(app: HostApp) -> str:
    """The join code as a shell reads it from the dialog."""
    shown = str(app.screen.query_one("#code", Static).render()).replace("\\\n", "")
    found = re.fullmatch(r'dbcharter pair join "(.+)"', shown)
    assert found is not None, shown
    return found[1]


async def test_it_begins_with_how_to_join_over_the_interview(bank: Bank, path: Path) -> None:
    host = new_host(bank, path)
    app = HostApp(host)
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, HostDialog))
        assert read_code(code_on(app)) == host.code
        await pilot.press("escape")
        assert isinstance(app.screen, InterviewScreen)
        assert "◉ hosting · 1 here" in line_of(app)
        await pilot.press("f13")
        assert isinstance(app.screen, HostDialog)
        await pilot.press("ctrl+q")
    assert app.return_code == 0


async def test_a_long_code_is_shown_in_lines_that_a_shell_joins(
    bank: Bank, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hosting(bank, path) as (app, pilot, host):
        code = f"pairs://[2001:db8::1]:40123#{'a' * 43}.{'b' * 43}"
        monkeypatch.setattr(type(host), "code", property(lambda _: code))
        await pilot.press("f13")
        assert code_on(app) == code
        assert max(map(len, str(app.screen.query_one("#code", Static).render()).split("\n"))) < 80


async def test_a_knock_takes_no_key_and_one_key_leads_to_admitting(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (app, pilot, host):
        await pilot.press(*"Seat ")
        joining = asyncio.create_task(Guest.connect(bank, host.code, "Ada", "security"))
        await until(pilot, lambda: "Ada" in told(app))
        assert "◌ Ada waits to be admitted" in line_of(app)
        assert "1 waits" in line_of(app)
        await pilot.press(*"map a")
        await interview(app).settle()
        assert str(answer(app, interview(app).question_id)).endswith("Seat map a")
        assert host.waiting == [("Ada", "security")]
        await pilot.press("f13", "a")
        guest = await joining
        await pilot.press("escape")
        await until(pilot, lambda: "2 here" in line_of(app))
        await guest.close()
        await until(pilot, lambda: "1 here" in line_of(app))
        assert "Ada has left" in told(app)


async def test_who_is_refused_is_told_so(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (_app, pilot, host):
        joining = asyncio.create_task(Guest.connect(bank, host.code, "Ada"))
        await until(pilot, lambda: bool(host.waiting))
        await pilot.press("f13", "x")
        assert host.waiting
        await pilot.press("x")
        with pytest.raises(Exception, match="did not admit"):
            await joining
        assert not host.waiting


async def test_where_a_guest_is_stands_in_the_line_and_in_the_sections(bank: Bank, path: Path) -> None:
    async with hosting(bank, path, (120, 40)) as (app, pilot, host):
        guest = await joined(pilot, host)
        guest.here("problem", "problem.pain_points")
        await until(pilot, lambda: "Ada at 1" in line_of(app))
        assert re.search(r"1 Problem Stat\S*.*◉Ada", as_text(app))
        guest.here("control", interview(app).question_id)
        await until(pilot, lambda: "Ada is here" in line_of(app))
        await guest.close()


async def test_a_guest_with_the_baton_writes_and_the_author_sees_it(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (app, pilot, host):
        interview(app).go_to("problem.pain_points")
        await idle_at(pilot, app)
        guest = await joined(pilot, host)
        guest.ask_baton("problem")
        await until(pilot, lambda: "Ada asks to write in 1 Problem" in line_of(app))
        await pilot.press("f13", "b")
        await until(pilot, lambda: not guest.session.read_only_reason)
        await pilot.press("escape")
        assert "asks" not in line_of(app)
        guest.session.apply(Set(question="problem.pain_points", value="Two tills sell one seat"))
        await until(pilot, lambda: "Two tills sell one seat" in as_text(app))
        assert host.session.history[-1].who == "Ada"
        await pilot.press("f13", "t")
        await until(pilot, lambda: bool(guest.session.read_only_reason))
        await guest.close()


async def test_what_the_author_types_survives_what_a_guest_writes_elsewhere(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (app, pilot, host):
        interview(app).go_to("problem.pain_points")
        await idle_at(pilot, app)
        guest = await joined(pilot, host)
        host.grant_baton("Ada", "workload")
        await until(pilot, lambda: not guest.session.read_only_reason)
        said = "one seat is sold twice at two tills"
        for at, key in enumerate(keys_of(said)):
            await pilot.press(key)
            host.session.apply(Set(question="control.title", value=f"Title {at}"), who="Ada")
        await interview(app).settle()
        assert answer(app, "problem.pain_points") == said
        await guest.close()


async def test_who_writes_over_the_author_is_named_and_undo_brings_the_words_back(
    bank: Bank, path: Path
) -> None:
    async with hosting(bank, path) as (app, pilot, host):
        interview(app).go_to("problem.pain_points")
        await idle_at(pilot, app)
        guest = await joined(pilot, host)
        host.grant_baton("Ada", "problem")
        await until(pilot, lambda: not guest.session.read_only_reason)
        await pilot.press(*"two tills")
        await interview(app).settle()
        await until(pilot, lambda: guest.session.answers.values.get("problem.pain_points") == "two tills")
        guest.session.apply(Set(question="problem.pain_points", value="two tills, one seat"))
        await until(pilot, lambda: answer(app, "problem.pain_points") == "two tills, one seat")
        assert "wrote over" not in told(app)
        guest.session.apply(Set(question="problem.pain_points", value="one seat"))
        await until(pilot, lambda: "wrote over" in told(app))
        assert "Ada wrote over what you said in 1.1 Known pain points; ctrl+z brings it back" in told(app)
        await until(pilot, lambda: "one seat" in as_text(app))
        await pilot.press("ctrl+z")
        assert answer(app, "problem.pain_points") == "two tills, one seat"
        await guest.close()


async def test_a_cell_that_is_being_edited_stays_that_of_its_row(bank: Bank, good_path: Path) -> None:
    """A guest inserts a row above the one that the author is writing into."""
    async with hosting(bank, good_path) as (app, pilot, host):
        rows = host.session.answers.rows("logical.grain")
        entity = next(name for name, value in rows[2].items() if value == "reading")
        guest = await joined(pilot, host)
        host.grant_baton("Ada", "logical")
        await until(pilot, lambda: not guest.session.read_only_reason)
        interview(app).go_to("logical.grain", "reading", entity)
        await idle_at(pilot, app)
        await pilot.press("enter", *"_one")
        guest.session.apply(AddRow(question="logical.grain", row={entity: "new_above"}, before="utility"))
        await until(pilot, lambda: len(host.session.answers.rows("logical.grain")) == len(rows) + 1)
        await pilot.press(*"_two", "enter")
        await interview(app).settle()
        names = [row.get(entity) for row in host.session.answers.rows("logical.grain")]
        assert names[:4] == ["new_above", "utility", "meter_register", "reading_one_two"]
        await guest.close()


async def test_a_guest_is_removed_when_asked_twice(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (_app, pilot, host):
        guest = await joined(pilot, host)
        await pilot.press("f13", "x")
        assert guest.state == "live"
        await pilot.press("x")
        await until(pilot, lambda: guest.state == "ended")
        assert "removed" in guest.session_end
        await guest.close()


async def test_ending_the_session_leaves_the_document_open(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (app, pilot, host):
        guest = await joined(pilot, host)
        await pilot.press("f13", "e")
        assert guest.state == "live"
        await pilot.press("e")
        await until(pilot, lambda: guest.state == "ended")
        await pilot.press("escape")
        await until(pilot, lambda: "not hosting" in line_of(app))
        before = len(str(answer(app, interview(app).question_id) or ""))
        await pilot.press("y")
        await interview(app).settle()
        assert len(str(answer(app, interview(app).question_id))) == before + 1
        await guest.close()


async def test_leaving_ends_the_session_for_the_guests(bank: Bank, path: Path) -> None:
    host = new_host(bank, path)
    app = HostApp(host)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.company is not None)
        guest = await joined(pilot, host)
        await pilot.press("escape", "ctrl+q")
        await guest.wait_until_over()
    assert "author has left" in guest.session_end
    assert host.session.read_only_reason


async def test_following_a_guest_until_the_author_moves(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (app, pilot, host):
        guest = await joined(pilot, host)
        guest.here("problem", "problem.pain_points")
        await until(pilot, lambda: "Ada at 1" in line_of(app))
        await pilot.press("f14")
        await until(pilot, lambda: interview(app).question_id == "problem.pain_points")
        await idle_at(pilot, app)
        assert "following Ada" in line_of(app)
        guest.here("logical", "logical.grain")
        await until(pilot, lambda: app.place[0] == "logical.grain")
        assert app.following == "ada"
        await pilot.press("f6")
        await until(pilot, lambda: app.place[0] != "logical.grain")
        assert app.following == ""
        here = interview(app).question_id
        guest.here("control", "control.title")
        await until(pilot, lambda: any(p.question == "control.title" for p in host.people if not p.is_author))
        assert interview(app).question_id == here
        await guest.close()


async def test_who_reviews_is_said_to_and_followed_there_and_back(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (app, pilot, host):
        guest = await joined(pilot, host)
        guest.here("problem", doing="reviewing")
        await until(pilot, lambda: "Ada reviewing 1" in line_of(app))
        await pilot.press("f14")
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen) and app.screen.reading is not None)
        assert isinstance(app.screen, ReviewScreen)
        assert app.screen.reading == ("problem", "", "")
        guest.here("logical", doing="reviewing")
        await until(
            pilot, lambda: isinstance(app.screen, ReviewScreen) and app.screen.reading[0] == "logical"
        )
        app._look_where()
        assert app.following == "ada"
        assert host.people[0].doing == "reviewing"
        guest.here("physical", "physical.column_semantics")
        await until(pilot, lambda: app.place[0] == "physical.column_semantics")
        assert isinstance(app.screen, InterviewScreen)
        assert app.following == "ada"
        assert host.people[0].doing == ""
        await guest.close()


async def test_following_into_a_review_closes_nothing_that_is_being_written(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (app, pilot, host):
        guest = await joined(pilot, host)
        await pilot.press("f14")
        assert app.following == "ada"
        await pilot.press("ctrl+o")
        there = app.screen
        guest.here("problem", doing="reviewing")
        await until(pilot, lambda: any(p.doing for p in host.people))
        assert app.screen is there
        await pilot.press("escape")
        await guest.close()


async def test_writing_leaves_following(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (app, pilot, host):
        guest = await joined(pilot, host)
        guest.here("problem", "problem.pain_points")
        await until(pilot, lambda: "Ada at 1" in line_of(app))
        await pilot.press("f14")
        await until(pilot, lambda: app.place[0] == "problem.pain_points")
        await pilot.press("w")
        await interview(app).settle()
        assert app.following == ""
        await guest.close()


async def test_a_comment_of_a_guest_reaches_the_author_at_once(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (app, pilot, host):
        guest = await joined(pilot, host)
        guest.desk.say(Thread, {"question": "problem.pain_points", "text": "Which till?"})
        sitting = app.sitting
        assert sitting is not None
        await until(pilot, lambda: [said.text for said in sitting.desk.records.of(Thread)] == ["Which till?"])
        assert "Which till?" in (path.parent / "holds.review" / "ada.toml").read_text(encoding="utf-8")
        await guest.close()


async def test_the_author_is_named_as_the_command_line_says(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (app, _pilot, host):
        assert app.sitting is not None
        assert app.sitting.seat.person == host.people[0].name == AUTHOR


async def test_an_address_that_is_taken_is_said_and_the_document_stays_open(
    bank: Bank, path: Path, good_path: Path
) -> None:
    async with new_host(bank, path) as first:
        app = HostApp(new_host(bank, good_path, first.address[1]))
        async with app.run_test(notifications=True) as pilot:
            await until(pilot, lambda: "Not hosting" in told(app))
            assert isinstance(app.screen, InterviewScreen)
    first.session.close()


async def test_the_session_goes_on_while_what_was_said_can_be_kept_nowhere(
    bank: Bank, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked once more, the author leaves, and the guests are told."""
    async with hosting(bank, path) as (app, pilot, host):
        guest = await joined(pilot, host)
        with monkeypatch.context() as patch:
            patch.setattr(app, "_may_let_go", lambda: False)
            await app.action_quit()
            app.action_close_document()
            await asyncio.sleep(0)
            await idle_at(pilot, app)
            assert guest.session_end == ""
            assert "hosting" in line_of(app)
            assert not host._is_over
        await app.action_quit()
        await until(pilot, lambda: bool(guest.session_end))
        assert guest.session_end == "the author has left"
