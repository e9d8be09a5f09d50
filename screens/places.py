"""Screens and dialogs that an action opens by name; the module is imported when that happens."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from textual.screen import Screen

from app.session import Session

PLACES: dict[str, str] = {
    "overview": "screens.overview.screen:OverviewScreen",
    "checklist": "screens.checklist.screen:ChecklistScreen",
    "preview": "screens.preview.screen:PreviewScreen",
    "history": "screens.history.screen:HistoryScreen",
    "conflicts": "screens.conflicts.screen:ConflictsScreen",
    "review": "screens.review.screen:ReviewScreen",
    "inbox": "screens.review.inbox:InboxScreen",
    "ratings": "screens.review.ratings:RatingsScreen",
    "export": "screens.dialogs.export:ExportDialog",
    "profile": "screens.setup.screen:ProfileScreen",
}
"""Name of the place: `module:class`. The class is called with the session."""


def make_place(name: str, session: Session) -> Screen[Any]:
    """A new screen for the place called `name`. Raises KeyError for an unknown one."""
    module, _, class_name = PLACES[name].partition(":")
    screen: Screen[Any] = getattr(import_module(module), class_name)(session)
    return screen
