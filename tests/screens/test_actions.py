"""The registry of actions: keys, names, and that each one is done by something."""

from __future__ import annotations

import re
from itertools import groupby

import pytest

from screens.actions import ACTIONS, BY_ID, Action
from screens.application import DbcharterApp
from screens.checklist.screen import ChecklistScreen
from screens.conflicts.screen import ConflictsScreen
from screens.dialogs.help import HelpDialog
from screens.history.screen import HistoryScreen
from screens.interview.screen import InterviewScreen
from screens.overview.screen import OverviewScreen
from screens.places import PLACES
from screens.preview.screen import PreviewScreen
from screens.review.inbox import InboxScreen
from screens.review.ratings import RatingsScreen
from screens.review.screen import ReviewScreen
from screens.setup.screen import SetupScreen
from screens.start.screen import StartScreen
from screens.widgets.fields.base import Field
from screens.widgets.fields.lists import ListField
from tests.screens.driving import idle

DOERS: dict[str, type] = {
    "everywhere": DbcharterApp,
    "document": InterviewScreen,
    "interview": InterviewScreen,
    "start": StartScreen,
    "setup": SetupScreen,
    "overview": OverviewScreen,
    "checklist": ChecklistScreen,
    "preview": PreviewScreen,
    "history": HistoryScreen,
    "conflicts": ConflictsScreen,
    "review": ReviewScreen,
    "said": InboxScreen,
    "inbox": InboxScreen,
    "ratings": RatingsScreen,
    "field": Field,
    "list": ListField,
}


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_has_a_method_or_a_place(action: Action) -> None:
    if action.opens:
        assert action.opens in PLACES
    elif action.scope in DOERS:
        assert hasattr(DOERS[action.scope], f"action_{action.id}")


@pytest.mark.parametrize("screen", ["interview", "review", "inbox", "ratings"])
@pytest.mark.parametrize("who", ["author", "reviewer"])
def test_a_key_means_one_thing_on_a_screen_to_one_person(screen: str, who: str) -> None:
    more = {"interview": ("field", "list"), "ratings": ()}.get(screen, ("said",))
    scopes = ("everywhere", "document", screen, *more)
    found = [action for action in ACTIONS if action.scope in scopes and action.who in (None, who)]
    keys = sorted(key for action in found for key in action.keys.split(",") if key)
    assert [key for key, same in groupby(keys) if len(list(same)) > 1] == []
    assert "ctrl+p" not in keys


def test_what_can_be_done_to_words_of_others_can_be_done_on_both_screens_about_them() -> None:
    for action in ACTIONS:
        if action.scope == "said":
            assert hasattr(ReviewScreen, f"action_{action.id}"), action.id


def test_priority_keys_work_in_every_terminal() -> None:
    for action in ACTIONS:
        for key in (
            action.keys.split(",") if action.scope in ("everywhere", "document", "interview", "field") else ()
        ):
            assert not key or key == "escape" or re.fullmatch(r"f\d+|ctrl\+[a-gk-lnp-z]|ctrl\+o", key), key


async def test_help_lists_the_actions_of_what_has_the_focus(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await pilot.press("f1")
        dialog = app.screen
        assert isinstance(dialog, HelpDialog)
        assert dialog._scopes == ["field", "interview", "document", "everywhere"]
        await pilot.press("f1")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
