"""Short ways to drive the interview in tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from app.document.answers import Value
from screens.application import DbcharterApp
from screens.interview.screen import InterviewScreen
from screens.widgets.preview_pane import PreviewPane

Driver = Pilot[Any]


def interview(app: DbcharterApp) -> InterviewScreen:
    screen = app.screen
    assert isinstance(screen, InterviewScreen)
    return screen


async def go(pilot: Driver, app: DbcharterApp, question: str) -> None:
    """Open a question and wait until its field is there."""
    interview(app).go_to(question)
    await idle(pilot, app)
    assert interview(app).form.question_id == question


async def idle(pilot: Driver, app: DbcharterApp) -> None:
    """Wait for moves between questions, and for all messages."""
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()


async def evaluate(pilot: Driver, app: DbcharterApp) -> None:
    """Have the rules look at the present answers, and wait until the interview shows what they say."""
    interview(app)._evaluate()
    await idle(pilot, app)


async def say(pilot: Driver, app: DbcharterApp, text: str) -> None:
    """Type a text, line ends as Enter, and have it applied."""
    await pilot.press(*keys_of(text))
    await interview(app).settle()
    await pilot.pause()


def keys_of(text: str) -> Iterable[str]:
    names = {"\n": "enter", " ": "space"}
    return [names.get(character, character) for character in text]


def answer(app: DbcharterApp, question: str) -> Value | None:
    assert app.session is not None
    return app.session.answers.values.get(question)


def shown(app: DbcharterApp, name: str) -> str:
    """The text of a Static by its id."""
    return str(app.screen.query_one(f"#{name}", Static).render())


async def open_place(pilot: Driver, app: DbcharterApp, name: str) -> None:
    """Open a screen by its name in the places, and wait for all that it does at first."""
    await app.screen.run_action(f"open_place('{name}')")
    await idle(pilot, app)


async def made(pilot: Driver, app: DbcharterApp) -> PreviewPane:
    """Wait until the preview shows the present answers; returns it."""
    for _ in range(2000):
        await idle(pilot, app)
        found = list(app.screen.query(PreviewPane))
        if found and found[0].is_current:
            return found[0]
    raise AssertionError("the preview does not become ready")
