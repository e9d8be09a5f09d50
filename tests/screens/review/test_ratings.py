"""Two opinions: hidden until one's own is given; what differs becomes an open question."""

from __future__ import annotations

from app.review.model import Opinion
from screens.application import DbcharterApp
from tests.screens.driving import Driver, idle, keys_of
from tests.screens.review.conftest import MakeSeated
from tests.screens.review.reviewing import KEN, said, session_of
from tests.screens.scenes import as_text


async def open_ratings(pilot: Driver, app: DbcharterApp) -> None:
    await idle(pilot, app)
    await app.screen.run_action("open_place('ratings')")
    await idle(pilot, app)


async def test_the_rating_of_another_is_shown_only_after_ones_own(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_ratings(pilot, app)
        assert "one other rating, hidden until you give yours" in as_text(app)
        assert "Lea Brandt" not in as_text(app)
        await pilot.press("1")
        await idle(pilot, app)
        assert (said(app, Opinion)[-1].person, said(app, Opinion)[-1].rating) == ("ana-costa", 1)
        assert "Lea Brandt 4" in as_text(app)
        assert "far apart" in as_text(app)


async def test_disagreements_become_open_questions_by_one_key_and_only_once(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_ratings(pilot, app)
        await pilot.press("1", "q")
        await idle(pilot, app)
        rows = session_of(app).answers.rows("open_questions.questions")
        assert [row["owner"] for row in rows] == ["Ana Costa (Box Office)"]
        assert "How risky is this change?" in str(rows[0]["question"])
        await pilot.press("q")
        await idle(pilot, app)
        assert len(session_of(app).answers.rows("open_questions.questions")) == 1
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert not session_of(app).answers.rows("open_questions.questions")


async def test_a_reason_is_said_with_the_rating(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_ratings(pilot, app)
        await pilot.press("down", "5", "c", *keys_of("A flag turns it off"), "ctrl+s")
        await idle(pilot, app)
        opinion = said(app, Opinion)[-1]
        assert (opinion.subject, opinion.rating, opinion.text) == ("reversibility", 5, "A flag turns it off")
        assert "A flag turns it off" in as_text(app)


async def test_a_reviewer_adds_no_open_question(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=(100, 30)) as pilot:
        await open_ratings(pilot, app)
        await pilot.press("1", "q")
        await idle(pilot, app)
        assert not session_of(app).answers.rows("open_questions.questions")
