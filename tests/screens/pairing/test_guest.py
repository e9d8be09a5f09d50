"""A guest's screen: waiting, reading, writing with the baton, a lost connection, the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from app.bank.model import Bank
from app.document.operations import Set
from app.pairing.host import Host
from app.pairing.notices import BatonAsked, Notice
from app.problems import OperationError
from app.review.model import Thread
from screens.interview.screen import InterviewScreen
from screens.pairing.dialog import GuestDialog
from screens.pairing.guest_app import GuestApp
from screens.pairing.waiting import WaitingScreen
from screens.review.screen import ReviewScreen
from tests.screens.driving import interview
from tests.screens.pairing.driving import idle_at, line_of, new_host, told, until, visiting
from tests.screens.scenes import as_text


def of(host: Host, question: str) -> object:
    return host.session.answers.values.get(question)


async def with_baton(pilot: object, app: GuestApp, host: Host, section: str = "problem") -> None:
    """Go to a question of a section, with its baton."""
    interview(app).go_to(f"{section}.pain_points")
    await idle_at(pilot, app)  # type: ignore[arg-type]  # a pilot of any application
    host.grant_baton("Ada", section)
    await until(pilot, lambda: not app.reviewing)  # type: ignore[arg-type]  # a pilot of any application
    await idle_at(pilot, app)  # type: ignore[arg-type]  # a pilot of any application


def state_of(app: GuestApp) -> str:
    assert isinstance(app.screen, WaitingScreen)
    return str(app.screen.query_one("#state", Static).render())


async def test_a_guest_sees_nothing_of_the_document_before_the_author_admits(bank: Bank, path: Path) -> None:
    async with new_host(bank, path) as host:
        app = GuestApp(bank, host.code, "Ada", "security")
        async with app.run_test() as pilot:
            await until(pilot, lambda: bool(host.waiting))
            await until(pilot, lambda: "waiting to be admitted" in state_of(app))
            assert "Seat holds" not in as_text(app)
            assert app.session is None
            host.admit("Ada")
            await until(pilot, lambda: isinstance(app.screen, InterviewScreen) and app.company is not None)
            await until(pilot, lambda: "Seat holds" in as_text(app))
            assert "◉ guest of Mika · connected" in line_of(app)
            await pilot.press("ctrl+q")
    host.session.close()


async def test_a_guest_who_is_refused_reads_why(bank: Bank, path: Path) -> None:
    async with new_host(bank, path) as host:
        app = GuestApp(bank, host.code, "Ada")
        async with app.run_test() as pilot:
            await until(pilot, lambda: bool(host.waiting))
            host.remove("Ada")
            await until(pilot, lambda: "did not admit" in state_of(app))
            await pilot.press("escape")
        assert app.return_code == 1
    host.session.close()


async def test_an_old_code_leads_nowhere_and_says_so(bank: Bank, path: Path) -> None:
    async with new_host(bank, path) as host:
        code = host.code
        host.renew_invitation()
        app = GuestApp(bank, code, "Ada")
        async with app.run_test() as pilot:
            await until(pilot, lambda: state_of(app).startswith("■"))
            assert "join code" in state_of(app)
    host.session.close()


async def test_nothing_is_written_where_the_guest_is(
    bank: Bank, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = tmp_path / "guest"
    desk.mkdir()
    monkeypatch.chdir(desk)
    async with visiting(bank, path) as (app, pilot, host):
        await with_baton(pilot, app, host)
        await pilot.press(*"Two")
        await until(pilot, lambda: of(host, "problem.pain_points") == "Two")
        monkeypatch.setenv("DBCHARTER_STATE_DIR", str(desk / "state"))
        await pilot.press("ctrl+q")
    assert list(desk.rglob("*")) == []


async def test_a_copy_is_written_when_it_was_asked_for(bank: Bank, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    async with visiting(bank, path, keep=copy) as (app, pilot, host):
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running or app._exit)
        assert copy.read_text(encoding="utf-8") == host.session.text


async def test_a_guest_writes_only_with_the_baton(bank: Bank, path: Path) -> None:
    async with visiting(bank, path) as (app, pilot, host):
        interview(app).go_to("problem.pain_points")
        await idle_at(pilot, app)
        await pilot.press(*"no")
        await interview(app).settle()
        assert of(host, "problem.pain_points") is None
        await with_baton(pilot, app, host)
        assert "✎ you may write here" in line_of(app)
        await pilot.press(*"Two tills")
        await until(pilot, lambda: of(host, "problem.pain_points") == "Two tills")
        assert host.session.history[-1].who == "Ada"
        host.take_baton("problem")
        await until(pilot, lambda: app.reviewing)
        await idle_at(pilot, app)
        assert "⇧F4 asks to write" in line_of(app)
        await pilot.press(*"no")
        await interview(app).settle()
        await idle_at(pilot, app)
        assert of(host, "problem.pain_points") == "Two tills"


async def test_who_writes_over_a_guest_is_named_and_undo_brings_the_words_back(
    bank: Bank, path: Path
) -> None:
    async with visiting(bank, path) as (app, pilot, host):
        await with_baton(pilot, app, host)
        await pilot.press(*"two tills")
        await until(pilot, lambda: of(host, "problem.pain_points") == "two tills")
        await until(pilot, lambda: app.guest is not None and app.guest.session.saved)
        host.session.apply(Set(question="problem.pain_points", value="one"))
        host.session.apply(Set(question="problem.pain_points", value="one seat"))
        await until(pilot, lambda: "wrote over" in told(app))
        assert " wrote over what you said in 1.1 Known pain points; ctrl+z brings it back" in told(app)
        await until(pilot, lambda: "one seat" in as_text(app))
        await pilot.press("ctrl+z")
        await until(pilot, lambda: of(host, "problem.pain_points") == "two tills")
        assert host.session.history[-1].who == "Ada"
        await until(pilot, lambda: app.guest is not None and app.guest.session.saved)
        await pilot.press("ctrl+z")
        await until(pilot, lambda: of(host, "problem.pain_points") == "one seat")


async def test_the_baton_of_one_section_does_not_open_another(bank: Bank, path: Path) -> None:
    async with visiting(bank, path) as (app, pilot, host):
        await with_baton(pilot, app, host)
        interview(app).go_to("control.title")
        await idle_at(pilot, app)
        await pilot.press(*"no")
        await interview(app).settle()
        await idle_at(pilot, app)
        assert of(host, "control.title") == "Seat holds"
        assert app.session is not None
        assert app.session.answers.values["control.title"] == "Seat holds"


async def test_one_key_asks_for_the_baton_and_gives_it_back(bank: Bank, path: Path) -> None:
    async with visiting(bank, path) as (app, pilot, host):
        asked: list[Notice] = []
        host.subscribe(asked.append)
        await pilot.press("f16")
        await until(pilot, lambda: any(isinstance(n, BatonAsked) and n.section == "control" for n in asked))
        host.grant_baton("Ada", "control")
        await until(pilot, lambda: not app.reviewing)
        await pilot.press("f16")
        await until(pilot, lambda: host.holder("control") == "")


async def test_what_the_author_changes_appears(bank: Bank, path: Path) -> None:
    async with visiting(bank, path) as (app, pilot, host):
        interview(app).go_to("problem.pain_points")
        await idle_at(pilot, app)
        host.session.apply(Set(question="problem.pain_points", value="Two tills sell one seat"))
        await until(pilot, lambda: "Two tills sell one seat" in as_text(app))


async def test_a_guest_follows_the_author(bank: Bank, path: Path) -> None:
    async with visiting(bank, path) as (app, pilot, host):
        await pilot.press("f14")
        assert "following Mika" in line_of(app)
        host.here("logical", "logical.grain")
        await until(pilot, lambda: app.place[0] == "logical.grain")
        assert [p.question for p in host.people] == ["logical.grain"] * 2 or app.following == "mika"
        await pilot.press("f14")
        host.here("control", "control.title")
        await until(pilot, lambda: "Mika at 0" in line_of(app))
        assert interview(app).question_id == "logical.grain"


async def test_a_guest_who_reviews_is_seen_at_the_section_that_is_read(bank: Bank, path: Path) -> None:
    async with visiting(bank, path) as (app, pilot, host):
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(app.screen, ReviewScreen) and app.screen.reading is not None)
        assert isinstance(app.screen, ReviewScreen)
        app.screen.read_section("logical")
        await until(pilot, lambda: host.people[1].section == "logical")
        assert host.people[1].doing == "reviewing"
        await pilot.press("escape")
        await until(pilot, lambda: not host.people[1].doing)
        assert host.people[1].question == interview(app).question_id


async def test_what_a_guest_says_is_in_the_file_of_the_guest(bank: Bank, path: Path) -> None:
    async with visiting(bank, path) as (app, pilot, host):
        assert app.sitting is not None
        app.sitting.say(Thread, {"question": "control.title", "text": "Whose seats?"})
        await until(pilot, lambda: any(t.text == "Whose seats?" for t in host.desk.records.of(Thread)))
        assert {t.person for t in host.desk.records.of(Thread)} == {"ada"}


async def test_a_lost_connection_is_said_and_what_was_typed_is_sent_after_it(
    bank: Bank, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.pairing.connecting.FIRST_PAUSE", 0.6)
    async with visiting(bank, path) as (app, pilot, host):
        await with_baton(pilot, app, host)
        assert app.guest is not None
        assert app.guest._connection is not None
        app.guest._connection.transport.abort()
        await until(pilot, lambda: "connection lost" in line_of(app))
        await pilot.press(*"Two tills")
        await interview(app).settle()
        await until(pilot, lambda: "unsent" in line_of(app) or "connected" in line_of(app))
        await until(pilot, lambda: of(host, "problem.pain_points") == "Two tills")
        await until(pilot, lambda: "connected" in line_of(app))


async def test_words_that_the_host_refuses_are_kept_and_shown(
    bank: Bank, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visiting(bank, path) as (app, pilot, host):
        await with_baton(pilot, app, host)

        def refuse(*_: object, **__: object) -> None:
            raise OperationError("the section is closed")

        monkeypatch.setattr(host.session, "apply", refuse)
        app.apply(Set(question="problem.pain_points", value="Two tills"))
        await until(pilot, lambda: "the section is closed" in told(app))
        await pilot.press("f13")
        assert isinstance(app.screen, GuestDialog)
        about = str(app.screen.query_one("#about", Static).render())
        assert "the section is closed" in about
        assert "Two tills" in about
        await pilot.press("escape", "ctrl+q")
        await until(pilot, lambda: bool(app.last_words))
        assert any("Two tills" in word for word in app.last_words)


async def test_a_note_in_an_open_dialog_reaches_the_host_when_the_guest_leaves(
    bank: Bank, path: Path
) -> None:
    async with visiting(bank, path) as (app, pilot, host):
        await with_baton(pilot, app, host)
        await pilot.press("f9", "tab", *"ask", "ctrl+q")
        await until(pilot, lambda: bool(host.session.answers.notes))
        assert list(host.session.answers.notes.values()) == ["ask"]
        assert app.last_words == []


@pytest.mark.parametrize("end", ["ended", "removed"])
async def test_at_the_end_the_screen_stays_and_says_why(bank: Bank, path: Path, end: str) -> None:
    async with visiting(bank, path) as (app, pilot, host):
        if end == "ended":
            await host.end()
        else:
            host.remove("Ada")
        await until(pilot, lambda: "■" in line_of(app))
        assert end in line_of(app)
        assert "Seat holds" in as_text(app)
        await pilot.press("f13")
        assert "nothing is kept here" in str(app.screen.query_one("#about", Static).render())
        await pilot.press("escape", "f7")
        await idle_at(pilot, app)
        assert interview(app).question_id != "control.title"
        await pilot.press("ctrl+q")
    assert app.return_code == 0
