"""Setup and start screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.bank.model import Bank
from app.document.answers import Answers, Profile
from app.interview.applicability import survey
from app.interview.starting import outlook
from screens.application import DbcharterApp
from screens.setup.form import Choices, changed
from screens.setup.screen import SetupScreen
from screens.start.screen import Known, ago, document_line, new_name
from screens.widgets.picks import Picks
from tests.screens.conftest import TODAY
from tests.screens.driving import answer, idle, interview, shown

MakeApp = Callable[[Path | None], DbcharterApp]


async def test_a_document_is_set_up_by_keys_alone(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(tmp_path / "loans.toml")
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        assert isinstance(app.screen, SetupScreen)
        await pilot.press(*"Loans", "enter", *"Ana", "enter", "enter")
        await pilot.press("down", "space", "tab", "down", "space")
        assert "questions" in shown(app, "outlook")
        await pilot.press("ctrl+n")
        await idle(pilot, app)
        interview(app)
        assert answer(app, "control.title") == "Loans"
        assert answer(app, "control.owner") == "Ana"
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


def test_a_new_file_takes_a_name_that_is_free(tmp_path: Path) -> None:
    assert new_name(tmp_path).name == "design.toml"
    (tmp_path / "design.toml").touch()
    assert new_name(tmp_path).name == "design-2.toml"
