"""What can be done while pairing is in the registry: keys, help, palette, key file."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bank.model import Bank
from screens.actions import ACTIONS, Action
from screens.application import DbcharterApp
from screens.dialogs.help import HelpDialog
from screens.pairing.dialog import GuestDialog, HostDialog, PeopleDialog
from screens.pairing.guest_app import GuestApp
from screens.pairing.host_app import HostApp
from tests.screens.driving import idle
from tests.screens.pairing.driving import hosting, until
from tests.screens.scenes import as_text

DOERS: dict[str, tuple[type, ...]] = {
    "paired": (HostApp, GuestApp),
    "hosting": (HostDialog,),
    "visiting": (GuestDialog,),
    "people": (HostDialog, GuestDialog),
}
OURS = [action for action in ACTIONS if action.scope in DOERS]


@pytest.mark.parametrize("action", OURS, ids=lambda action: action.id)
def test_every_action_is_done_by_something(action: Action) -> None:
    assert all(hasattr(doer, f"action_{action.id}") for doer in DOERS[action.scope])


def test_keys_that_work_everywhere_mean_nothing_else() -> None:
    keys = {key for action in OURS if action.scope == "paired" for key in action.keys.split(",")}
    others = {key for action in ACTIONS if action.scope != "paired" for key in action.keys.split(",")}
    assert keys
    assert not keys & others


@pytest.mark.parametrize("scope", ["hosting", "visiting"])
def test_a_key_means_one_thing_in_a_dialog(scope: str) -> None:
    keys = [key for a in OURS if a.scope in (scope, "people") for key in a.keys.split(",")]
    assert len(keys) == len(set(keys))


async def test_nothing_of_it_is_offered_where_nobody_pairs(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await pilot.press("f1")
        assert isinstance(app.screen, HelpDialog)
        assert "paired" not in app.screen._scopes
        await pilot.press("escape", "f13")
        assert not isinstance(app.screen, PeopleDialog)


async def test_help_and_palette_offer_it(bank: Bank, path: Path) -> None:
    async with hosting(bank, path) as (app, pilot, _):
        await pilot.press("f1")
        assert isinstance(app.screen, HelpDialog)
        assert "paired" in app.screen._scopes
        await pilot.press("escape", "ctrl+p", *"pairing")
        await until(pilot, lambda: "Who is here and where" in as_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, HostDialog))
        await pilot.press("f1")
        assert isinstance(app.screen, HelpDialog)
        assert app.screen._scopes[:2] == ["hosting", "people"]


async def test_a_key_of_ones_own_opens_it_and_is_shown(bank: Bank, path: Path, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "keys.toml").write_text('company = "f19"\n', encoding="utf-8")
    async with hosting(bank, path) as (app, pilot, _):
        assert "f19 pairing" in as_text(app)
        await pilot.press("f19")
        assert isinstance(app.screen, HostDialog)
