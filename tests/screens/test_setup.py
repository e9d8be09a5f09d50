"""Setup and start screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.widgets import Input

from app.bank.model import Bank
from app.document import unfinished
from app.document.answers import Answers, Profile
from app.document.machine import person
from app.document.who import remembered_name
from app.interview.applicability import survey
from app.interview.starting import outlook
from app.review.model import Thread
from screens.application import DbcharterApp
from screens.review.sitting import Seat
from screens.setup.form import Choices, changed
from screens.setup.screen import SetupScreen
from screens.start.screen import Known, StartScreen, ago, document_line
from screens.widgets.inputs import LineInput
from screens.widgets.picks import Picks
from screens.widgets.status_line import StatusLine
from tests.screens.conftest import TODAY
from tests.screens.driving import Driver, answer, idle, interview, keys_of, shown

MakeApp = Callable[[Path | None], DbcharterApp]


async def test_a_document_is_set_up_by_keys_alone(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(tmp_path / "loans.toml")
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        assert isinstance(app.screen, SetupScreen)
        await pilot.press(*"Loans", "enter", "enter", "enter", "enter")
        await pilot.press("down", "space", "tab", "down", "space")
        assert "questions" in shown(app, "outlook")
        await pilot.press("ctrl+n")
        await idle(pilot, app)
        interview(app)
        assert answer(app, "control.title") == "Loans"
        assert answer(app, "control.owner") == "Ana Costa"
        assert answer(app, "control.created") == TODAY
        assert app.session is not None
        assert app.session.answers.profile == Profile(("add_table",), "medium", (), "compact")
    assert (tmp_path / "loans.toml").exists()


async def test_the_setup_says_what_is_missing_and_goes_there(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(tmp_path / "loans.toml")
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await pilot.press(*"Loans", "ctrl+n")
        assert "the kind of change, the risk" in shown(app, "setup-wrong")
        assert app.focused is not None
        assert app.focused.id == "change_types"
        await pilot.press("escape")
        await idle(pilot, app)
    assert not (tmp_path / "loans.toml").exists()


async def test_what_was_missing_and_has_been_said_is_not_asked_for_any_more(
    make_app: MakeApp, tmp_path: Path
) -> None:
    app = make_app(tmp_path / "loans.toml")
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        assert shown(app, "setup-wrong") == ""
        await pilot.press("ctrl+n")
        assert "Still needed: a title, the kind of change, the risk" in shown(app, "setup-wrong")
        await pilot.press(*"Loans")
        assert "Still needed: the kind of change, the risk" in shown(app, "setup-wrong")
        for name, rest in (("change_types", " ⚠ Still needed: the risk"), ("risk", "")):
            app.screen.query_one(f"#{name}", Picks).focus()
            await pilot.press("space")
            assert shown(app, "setup-wrong") == rest
        app.screen.query_one("#title", LineInput).value = ""
        await idle(pilot, app)
        assert shown(app, "setup-wrong") == ""  # it was not refused again
    assert not (tmp_path / "loans.toml").exists()


async def test_a_trait_that_a_change_type_implies_is_shown_as_such(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(tmp_path / "loans.toml")
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        types = app.screen.query_one("#change_types", Picks)
        types.focus()
        types.highlighted = [pick.value for pick in types.picks].index("change_lifecycle")
        await pilot.press("space")
        fixed = [pick.value for pick in app.screen.query_one("#traits", Picks).picks if pick.fixed]
        assert fixed == ["lifecycle"]


def test_the_outlook_counts_what_the_survey_requires(bank: Bank) -> None:
    answers = Answers(profile=Profile(("add_column",), "low"))
    found, looked = outlook(bank, answers), survey(bank, answers)
    assert found.questions == len(looked.required)
    assert found.pages == (1, 2)
    assert len(found.sections) + len(found.not_required) == sum(
        bool(bank.questions_in(section.id)) for section in bank.sections
    )
    assert all(reason for _, reason in found.not_required)


def test_the_proposed_template_holds_until_one_is_chosen(bank: Bank) -> None:
    small = Choices(("add_column",), "low")
    assert small.chosen_template(bank) == "compact"
    assert changed(small, "risk", ["critical"]).chosen_template(bank) == "full"
    assert (
        changed(changed(small, "template", ["compact"]), "risk", ["critical"]).chosen_template(bank)
        == "compact"
    )


def test_times_are_said_in_words() -> None:
    now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    assert ago("2026-03-02T11:59:40Z", now) == "just now"
    assert ago("2026-03-02T11:59:00Z", now) == "1 minute ago"
    assert ago("2026-03-02T09:59:00Z", now) == "2 hours ago"
    assert ago("2026-02-20T12:00:00Z", now) == "10 days ago"
    assert ago("yesterday", now) == ""


def test_a_document_is_one_line_whatever_its_name(tmp_path: Path) -> None:
    line = document_line(Known(tmp_path / ("[b]漢" * 40 + "\x1b\n.toml"), 3, 9, "just now"), 76)
    assert line.cell_len <= 76
    assert "\n" not in line.plain
    assert "\x1b" not in line.plain
    assert line.plain.startswith("[b]漢")


# the name of the file


async def set_up(pilot: Driver, app: DbcharterApp) -> None:
    """From the start screen to the setup of a new document, in which change and risk are picked."""
    await idle(pilot, app)
    await pilot.press("ctrl+n")
    await idle(pilot, app)
    assert isinstance(app.screen, SetupScreen)
    for name in ("change_types", "risk"):
        app.screen.query_one(f"#{name}", Picks).focus()
        await pilot.press("space")
    app.screen.query_one("#title").focus()


def line(app: DbcharterApp, name: str) -> str:
    return app.screen.query_one(f"#{name}", LineInput).value


async def test_the_file_is_called_after_the_title(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seat-holds.toml").touch()
    app = make_app(None)
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        assert line(app, "file") == "design.toml"
        await pilot.press(*keys_of("Seat hold"))
        assert line(app, "file") == "seat-hold.toml"
        await pilot.press("s")
        assert line(app, "file") == "seat-holds-2.toml"
        assert "seat-holds-2.toml" in shown(app, "setup-title")
        await pilot.press("ctrl+n")
        await idle(pilot, app)
        assert answer(app, "control.title") == "Seat holds"
    assert (tmp_path / "seat-holds-2.toml").exists()
    assert (tmp_path / "seat-holds.toml").read_bytes() == b""


async def test_a_file_name_that_was_written_stays(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = make_app(None)
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        app.screen.query_one("#file", LineInput).value = "mine"
        await pilot.press(*"Loans", "ctrl+n")
        await idle(pilot, app)
        interview(app)
    assert (tmp_path / "mine.toml").exists()


async def test_a_file_that_was_asked_for_by_name_keeps_it(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(tmp_path / "loans.toml")
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await pilot.press(*"Renewals")
        assert line(app, "file") == str(tmp_path / "loans.toml")


async def test_a_file_that_is_there_is_never_written_over(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text("# mine")
    app = make_app(None)
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        app.screen.query_one("#file", LineInput).value = "mine.toml"
        await pilot.press(*"Loans", "ctrl+n")
        assert "mine.toml is already there" in shown(app, "setup-wrong")
        assert app.focused is not None
        assert app.focused.id == "file"
        await pilot.press("end", *["backspace"] * 5, "2")
        assert line(app, "file") == "mine2"
        assert shown(app, "setup-wrong") == ""
    assert (tmp_path / "mine.toml").read_text() == "# mine"


async def test_a_name_that_no_file_can_have_is_refused(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = make_app(None)
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        app.screen.query_one("#file", LineInput).value = "x" * 300
        await pilot.press(*"Loans", "ctrl+n")
        assert "File name too long; choose another name" in shown(app, "setup-wrong")
        assert app.focused is not None
        assert app.focused.id == "file"
        await pilot.press("end", "backspace")
        assert "File name too long; choose another name" in shown(app, "setup-wrong")


async def test_such_a_name_that_was_asked_for_is_refused_there_too(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(tmp_path / f"{'x' * 300}.toml")
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await pilot.press(*"Loans", "ctrl+n")
        assert "Still needed" in shown(app, "setup-wrong")


async def test_a_title_that_was_typed_just_before_the_start_names_the_file(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The word that it changed may still be on its way."""
    monkeypatch.chdir(tmp_path)
    app = make_app(None)
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        with app.screen.query_one("#title", LineInput).prevent(Input.Changed):
            app.screen.query_one("#title", LineInput).value = "Loans"
        await pilot.press("ctrl+n")
        await idle(pilot, app)
    assert (tmp_path / "loans.toml").exists()


# who sits here


async def test_who_sets_a_document_up_sits_before_it(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = make_app(None)
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        assert (line(app, "you"), line(app, "owner")) == ("Ana Costa", "Ana Costa")
        await pilot.press(*"Loans", "tab", "end", *keys_of(" Dias"))
        assert line(app, "owner") == "Ana Costa Dias"
        await pilot.press("ctrl+n")
        await idle(pilot, app)
        assert "✎ Author Ana Costa Dias" in str(app.screen.query_one(StatusLine).render())
        assert app.session is not None
        assert {step.who for step in app.session.history} == {"Ana Costa Dias"}
        assert answer(app, "control.owner") == "Ana Costa Dias"
    assert person() == "Ana Costa Dias"


async def test_an_owner_who_was_named_stays_and_is_not_who_sits_here(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = make_app(None)
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        app.screen.query_one("#owner", LineInput).value = "Ben"
        await pilot.press(*"Loans", "tab", *keys_of(" Dias"), "ctrl+n")
        await idle(pilot, app)
        assert answer(app, "control.owner") == "Ben"
        assert app.sitting is not None
        assert app.sitting.seat == Seat("Ana Costa Dias", is_author=True)


async def test_without_an_owner_a_document_can_begin(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = make_app(None)
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        app.screen.query_one("#owner", LineInput).value = ""
        await pilot.press(*"Loans", "ctrl+n")
        await idle(pilot, app)
        assert answer(app, "control.owner") is None


@pytest.mark.parametrize(("name", "why"), [("", "who you are"), ("…/", "a letter or a digit")])
async def test_a_name_that_no_record_could_carry_is_refused(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    app = make_app(None)
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        app.screen.query_one("#you", LineInput).value = name
        await pilot.press(*"Loans", "ctrl+n")
        assert why in shown(app, "setup-wrong")
        assert app.focused is not None
        assert app.focused.id == "you"
    assert not (tmp_path / "loans.toml").exists()
    assert person() == "Ana Costa"


async def test_a_hostile_name_sits_here_without_harm(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = make_app(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(pilot, app)
        app.screen.query_one("#you", LineInput).value = "\x1b[2J[b]../../x\u202e" + "y" * 500
        await pilot.press(*"Loans", "ctrl+n")
        await idle(pilot, app)
        status = str(app.screen.query_one(StatusLine).render())
        assert "Author [2J[b]../" in status
        assert "\x1b" not in status
        assert app.sitting is not None
        app.sitting.say(Thread, {"question": "problem.goals", "text": "Which?"})
    (record,) = (tmp_path / "loans.review").iterdir()
    assert record.name.startswith("2j-b-x")


async def test_a_name_that_the_environment_says_cannot_be_changed(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DBCHARTER_USER", "Robot 7")
    app = make_app(None)
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        assert line(app, "you") == "Robot 7"
        assert app.screen.query_one("#you").disabled
        await pilot.press(*"Loans", "ctrl+n")
        await idle(pilot, app)
        assert app.sitting is not None
        assert app.sitting.seat.person == "Robot 7"
    assert remembered_name() == "Ana Costa"


async def test_a_name_that_cannot_be_remembered_is_told(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = make_app(None)
    told: list[str] = []
    monkeypatch.setattr(app, "tell", lambda text, *_: told.append(text))
    monkeypatch.setattr("app.document.machine.remember_name", lambda _: False)
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        await pilot.press(*"Loans", "tab", *"x", "ctrl+n")
        await idle(pilot, app)
    assert any("cannot be remembered" in text for text in told)
    assert (tmp_path / "loans.toml").exists()


# what was begun and not brought to its end


async def leave(app: DbcharterApp, *keys: str) -> None:
    """Set a document up to where change and risk are picked, press `keys`, and leave."""
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        await pilot.press(*keys, "ctrl+q")
        await idle(pilot, app)


async def test_a_setup_that_was_left_is_gone_on_with(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await leave(make_app(None), *keys_of("Seat holds"), "tab", *keys_of("!"))
    app = make_app(None)
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await pilot.press("ctrl+n")
        await idle(pilot, app)
        assert any("begun before" in notice.message for notice in app._notifications)
        assert [line(app, name) for name in ("title", "you", "owner", "file")] == [
            "Seat holds",
            "Ana Costa!",
            "Ana Costa!",
            "seat-holds.toml",
        ]
        await pilot.press("end", *"2", "ctrl+n")
        await idle(pilot, app)
        assert answer(app, "control.title") == "Seat holds2"
        assert app.session is not None
        assert app.session.answers.profile.change_types
        assert app.session.answers.profile.risk
    assert (tmp_path / "seat-holds2.toml").exists()
    assert unfinished.kept(app.bank.id) == {}


async def test_a_setup_that_was_cancelled_is_kept_as_well(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = make_app(None)
    async with app.run_test(size=(100, 40)) as pilot:
        await set_up(pilot, app)
        app.screen.query_one("#file", LineInput).value = "mine"
        await pilot.press(*keys_of("Seats"), "escape")
        await idle(pilot, app)
        assert isinstance(app.screen, StartScreen)
        await pilot.press("ctrl+n")
        await idle(pilot, app)
        assert (line(app, "title"), line(app, "file")) == ("Seats", "mine")


async def test_a_setup_in_which_nothing_was_said_leaves_nothing(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(tmp_path / "loans.toml")
    unfinished.keep(app.bank.id, {"title": "x"})
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await pilot.press("end", "backspace", "ctrl+q")
    assert unfinished.kept(app.bank.id) == {}


async def test_words_of_a_setup_that_cannot_be_kept_are_told(
    make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfinished, "keep", lambda *_: False)
    app = make_app(tmp_path / "loans.toml")
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await pilot.press(*"Seats", "ctrl+q")
    assert app.last_words == ["not kept for the next time: title: Seats"]


def test_choices_that_a_bank_does_not_have_are_not_taken_up(bank: Bank) -> None:
    small = Choices(("add_column", "add_table"), "low", ("existing_data",), "full", "postgresql")
    assert Choices.of(bank, small.said()) == small
    strange = {"change_types": "no, add_table,", "risk": "odd", "trait.no": "yes", "template": "\n"}
    assert Choices.of(bank, strange) == Choices(("add_table",))


async def test_hostile_words_of_a_setup_are_text(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(tmp_path / "loans.toml")
    words = "\x1b[2J[b]\n" + "y" * 500
    unfinished.keep(app.bank.id, dict.fromkeys(("title", "you", "owner", "file", "engine", "risk"), words))
    async with app.run_test(size=(80, 24)) as pilot:
        await idle(pilot, app)
        assert line(app, "title") == line(app, "you") == "[2J[b] " + "y" * 500
        assert line(app, "file") == str(tmp_path / "loans.toml")
