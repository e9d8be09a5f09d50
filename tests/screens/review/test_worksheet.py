"""Cross-checks as a worksheet: marks by keys, who gave them, what is offered, what goes stale."""

from __future__ import annotations

from app.document.operations import Set
from app.review.model import CheckMark, Thread
from app.review.saying import mark_words
from screens.application import DbcharterApp
from screens.dialogs.place import PlaceDialog
from screens.dialogs.verdict import VerdictDialog
from screens.review.inbox import InboxScreen
from screens.widgets.key_line import KeyLine
from tests.screens.driving import Driver, idle, keys_of
from tests.screens.review.conftest import MakeSeated
from tests.screens.review.reviewing import KEN, LEA, go_to, open_inbox, open_review, said, session_of
from tests.screens.review.test_review_screen import texts
from tests.screens.scenes import as_text

SMALL, WIDE = (80, 24), (160, 50)


def key_line(app: DbcharterApp) -> str:
    return str(app.screen.query_one(KeyLine).visual)


async def mark(pilot: Driver, app: DbcharterApp, key: str, text: str = "") -> None:
    await pilot.press(key, *keys_of(text), "ctrl+s")
    await idle(pilot, app)


async def test_a_mark_is_given_by_keys_and_shows_by_whom_and_its_sentence(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=SMALL) as pilot:
        screen = await open_review(pilot, app)
        assert "0 of 10 looked at" in as_text(app)
        await go_to(pilot, app, screen, "check:RVW03")
        await mark(pilot, app, "plus", "Each has one")
        (record,) = said(app, CheckMark)
        session = session_of(app)
        words = mark_words(session.bank, session.answers, "RVW03", "holds", "database", "Each has one")
        assert record.model_dump(exclude={"id", "at", "person"}) == words
        shown = as_text(app)
        assert "1 of 10 looked at" in shown
        assert "partly ✓ holds" in shown
        assert "✓ holds (Ken Mori, " in shown
        assert "): Each has one" in shown


async def test_the_keys_of_the_worksheet_are_named_only_on_a_cross_check(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=SMALL) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "check:RVW03")
        assert key_line(app).startswith(" + holds  - does not hold  0 unmark  n next")
        await pilot.press("enter")
        assert key_line(app).startswith(" + holds")
        await pilot.press("escape")
        await go_to(pilot, app, screen, "section:logical")
        assert key_line(app).startswith(" n next")
        await pilot.press("plus")
        await idle(pilot, app)
        assert app.screen is screen
        assert said(app, CheckMark) == []


async def test_one_that_does_not_hold_offers_a_thread_with_the_same_words(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=SMALL) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "check:RVW03")
        before = len(said(app, Thread))
        await mark(pilot, app, "minus", "INV-9 has none")
        assert [record.mark for record in said(app, CheckMark)] == ["does_not_hold"]
        assert isinstance(app.screen, PlaceDialog)
        await pilot.press(*keys_of("DDL Draft"), "enter")
        await idle(pilot, app)
        await pilot.press("ctrl+s")
        await idle(pilot, app)
        thread = said(app, Thread)[-1]
        assert (thread.question, thread.text) == ("physical.ddl", "INV-9 has none")
        await mark(pilot, app, "minus")
        await pilot.press("escape")
        await idle(pilot, app)
        assert app.screen is screen
        assert len(said(app, Thread)) == before + 1


async def test_a_mark_is_taken_back_and_an_escaped_one_is_not_given(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=SMALL) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "check:RVW03")
        await pilot.press("0", "plus", "escape")
        await idle(pilot, app)
        assert said(app, CheckMark) == []
        await mark(pilot, app, "plus")
        await pilot.press("0")
        await idle(pilot, app)
        assert [record.mark for record in said(app, CheckMark)] == ["holds", "open"]
        assert "0 of 10 looked at" in as_text(app)


async def test_the_author_marks_nothing(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await idle(pilot, app)
        await app.screen.run_action("open_place('review')")
        await idle(pilot, app)
        await pilot.press("plus", "minus", "0")
        await idle(pilot, app)
        assert "A mark is a reviewer's" in as_text(app)
        assert said(app, CheckMark) == []


async def test_a_mark_goes_stale_with_its_places_and_waits_with_the_difference(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "check:RVW03")
        await mark(pilot, app, "plus", "All of them")
        session_of(app).apply(Set(question="physical.ddl", value="CREATE TABLE seat (id bigint);"))
        await idle(pilot, app)
        await go_to(pilot, app, screen, "check:RVW03")
        assert "◐ stale: holds (Ken Mori, " in as_text(app)
        await go_to(pilot, app, screen, "changed:check:RVW03")
        assert screen._list.entry is not None
        assert screen._list.entry.waits
        assert "You said that this holds on" in as_text(app)
        assert "+  | CREATE TABLE seat (id bigint);" in texts(app, "left") or (
            "+physical.ddl: CREATE TABLE seat (id bigint);" in texts(app, "left")
        )
        await mark(pilot, app, "plus")
        assert not any(entry.key == "changed:check:RVW03" for entry in screen.entries)


async def test_approving_says_how_many_cross_checks_of_the_section_are_not_marked(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=SMALL) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        await pilot.press("a")
        await idle(pilot, app)
        assert isinstance(app.screen, VerdictDialog)
        assert "4 of 4 cross-checks not marked" in " ".join(as_text(app).split())
        await pilot.press("escape")
        await go_to(pilot, app, screen, "check:RVW03")
        await mark(pilot, app, "plus")
        await go_to(pilot, app, screen, "section:logical")
        await pilot.press("a", "ctrl+s")
        await idle(pilot, app)
        assert app.screen is screen
        await pilot.press("a")
        await idle(pilot, app)
        assert "3 of 4 cross-checks not marked" in " ".join(as_text(app).split())


async def test_the_author_finds_what_does_not_hold_in_the_inbox(seated: MakeSeated) -> None:
    app = seated(LEA)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "check:RVW06")
        await mark(pilot, app, "minus", "No way back after step 3")
        await pilot.press("escape", "escape", "ctrl+t", "ctrl+t")
        await idle(pilot, app)
        inbox = await open_inbox(pilot, app)
        assert isinstance(inbox, InboxScreen)
        assert "Cross-checks that do not hold  1" in as_text(app)
        marked = next(at for at, item in enumerate(inbox.rows) if item and item.key.startswith("mark:"))
        inbox._options.highlighted = marked
        await idle(pilot, app)
        assert "✗ does not hold (Lea Brandt, " in as_text(app)
        assert "No way back after step 3" in as_text(app)
