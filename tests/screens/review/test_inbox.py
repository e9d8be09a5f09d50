"""The author's inbox: what waits, decided with one key each, and the way to the question."""

from __future__ import annotations

from app.document.operations import SetCell
from app.review.inbox import Item, Tray
from app.review.model import Decide, Reply, Resolve
from screens.review.inbox import InboxScreen
from screens.widgets.status_line import StatusLine
from tests.screens.driving import idle, interview, keys_of
from tests.screens.review.conftest import MakeSeated
from tests.screens.review.reviewing import KEN, open_inbox, said, session_of
from tests.screens.scenes import as_text

WIDE = (160, 50)


def items(screen: InboxScreen, tray: Tray) -> list[Item]:
    return [item for item in screen.rows if item is not None and item.tray == tray]


def point_at(screen: InboxScreen, key: str) -> None:
    rows = [item.key if item is not None else "" for item in screen.rows]
    screen._options.highlighted = rows.index(key)


async def test_a_suggestion_is_accepted_as_one_step_under_the_name_of_who_made_it(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_inbox(pilot, app)
        session, steps = session_of(app), len(session_of(app).history)
        assert screen.item is not None
        assert screen.item.key == "suggestion:ken-mori-2"
        await pilot.press("a")
        await idle(pilot, app)
        grain = {
            row["entity"]: row["grain"] for row in session.answers.rows("logical.grain") if "grain" in row
        }
        assert grain["seat_hold"] == "one attempt of one buyer to keep one seat of one concert"
        assert len(session.history) == steps + 1
        assert session.history[-1].who == "Ken Mori"
        decided = said(app, Decide)[-1]
        assert (decided.person, decided.decision) == ("ana-costa", "accept")
        assert not items(screen, Tray.SUGGESTIONS)
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        grain = {
            row["entity"]: row["grain"] for row in session.answers.rows("logical.grain") if "grain" in row
        }
        assert grain["seat_hold"] == "one attempt of one buyer to keep one seat for at most ten minutes"


async def test_a_suggestion_is_rejected_with_the_reason_and_kept(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_inbox(pilot, app)
        before = session_of(app).answers
        await pilot.press("x", "ctrl+s")
        await idle(pilot, app)
        assert "say something" in as_text(app)
        await pilot.press(*keys_of("It is one seat"), "ctrl+s")
        await idle(pilot, app)
        assert said(app, Decide)[-1].text == "It is one seat"
        assert session_of(app).answers is before
        assert not items(screen, Tray.SUGGESTIONS)


async def test_an_outdated_suggestion_says_why_and_cannot_be_accepted(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await open_inbox(pilot, app)
        change = SetCell(question="logical.grain", row="seat_hold", column="grain", value="one hold")
        session_of(app).apply(change)
        await idle(pilot, app)
        (outdated,) = items(screen, Tray.OUTDATED)
        point_at(screen, outdated.key)
        await idle(pilot, app)
        assert "the answer has changed since; it says 'one hold'" in as_text(app)
        await pilot.press("a")
        await idle(pilot, app)
        assert not said(app, Decide)


async def test_threads_are_answered_and_resolved_and_the_count_follows(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_inbox(pilot, app)
        assert "⚑ 4 wait" in str(screen.query_one(StatusLine).render())
        point_at(screen, "thread:lea-brandt-1")
        await idle(pilot, app)
        await pilot.press("r", *keys_of("Settled"), "ctrl+s")
        await idle(pilot, app)
        assert said(app, Reply)[-1].text == "Settled"
        assert "Ana Costa: Settled" in as_text(app)
        await pilot.press("d")
        await idle(pilot, app)
        assert said(app, Resolve)[-1].thread == "lea-brandt-1"
        assert [item.key for item in items(screen, Tray.THREADS)] == ["thread:lea-brandt-2"]
        assert "⚑ 3 wait" in str(screen.query_one(StatusLine).render())


async def test_stale_verdicts_show_the_difference_and_who_blocks_is_said_for_each_section(
    seated: MakeSeated,
) -> None:
    app = seated(None)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_inbox(pilot, app)
        (stale,) = items(screen, Tray.STALE)
        point_at(screen, stale.key)
        await idle(pilot, app)
        assert "+  - An unpaid hold frees its seat within 600 seconds" in as_text(app)
        blocked = next(item for item in items(screen, Tray.BLOCKED) if item.key == "blocked:physical")
        point_at(screen, blocked.key)
        await idle(pilot, app)
        assert "database ✗ changes requested (Ken Mori" in as_text(app)
        assert "No index on buyer_id." in as_text(app)


async def test_enter_opens_the_place_in_the_interview(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=WIDE) as pilot:
        await open_inbox(pilot, app)
        await pilot.press("enter")
        await idle(pilot, app)
        field = interview(app).form.field
        assert field is not None
        assert (field.question_id, field.current_row) == ("logical.grain", "seat_hold")


async def test_a_reviewer_decides_nothing_there(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await idle(pilot, app)
        await app.screen.run_action("open_place('inbox')")
        await idle(pilot, app)
        before = session_of(app).answers
        await pilot.press("a")
        await idle(pilot, app)
        assert "for the author to decide" in as_text(app)
        assert not said(app, Decide)
        assert session_of(app).answers is before
