"""Short ways to drive a review in tests."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import Screen

from app.review.model import AnyRecord
from app.review.names import review_folder
from app.review.reading import read_records
from app.session import Session
from screens.application import DbcharterApp
from screens.review.inbox import InboxScreen
from screens.review.screen import ReviewScreen
from screens.review.sitting import Seat
from tests.screens.driving import Driver, idle

KEN, LEA = Seat("Ken Mori", "database"), Seat("Lea Brandt", "sre")
AnyScreen = TypeVar("AnyScreen", bound="Screen[object]")


def session_of(app: DbcharterApp) -> Session:
    assert app.session is not None
    return app.session


def said(app: DbcharterApp, model: type[AnyRecord]) -> list[AnyRecord]:
    """The records of one kind, as they stand in the files."""
    return list(read_records(review_folder(session_of(app).path)).of(model))


async def open_review(pilot: Driver, app: DbcharterApp) -> ReviewScreen:
    await idle(pilot, app)
    await pilot.press("f10")
    await idle(pilot, app)
    assert isinstance(app.screen, ReviewScreen)
    return app.screen


async def open_inbox(pilot: Driver, app: DbcharterApp) -> InboxScreen:
    await idle(pilot, app)
    await pilot.press("f10")
    await idle(pilot, app)
    assert isinstance(app.screen, InboxScreen)
    return app.screen


async def go_to(pilot: Driver, app: DbcharterApp, screen: ReviewScreen, key: str) -> None:
    """Put the cursor on an entry by its key, and wait for the text."""
    screen._list.go(next(entry for entry in screen.entries if entry.key.startswith(key)))
    await idle(pilot, app)
