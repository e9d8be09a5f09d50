"""The reviewer's screen: jump, read both places, and give a word on what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bank.model import Bank
from app.document.operations import SetCell, SetProfile
from app.review.agenda import Group
from app.review.approval import Say
from app.review.canonical import canonical
from app.review.model import Reply, Resolve, Suggestion, Thread, Verdict
from app.session import Session
from screens.application import DbcharterApp
from screens.review.agenda_list import AgendaList
from screens.review.excerpt_view import ExcerptView
from screens.review.said import SaidPane
from screens.review.sitting import Seat
from tests.screens.conftest import TODAY
from tests.screens.driving import idle, interview, keys_of
from tests.screens.review.conftest import MakeSeated
from tests.screens.review.reviewing import KEN, LEA, go_to, open_review, said, session_of
from tests.screens.scenes import as_text

WIDE = (160, 50)


def texts(app: DbcharterApp, side: str) -> str:
    return "\n".join(app.screen.query_one(f"#{side}", ExcerptView).excerpt.texts())


def marked(app: DbcharterApp, side: str = "left") -> list[str]:
    """The words that are marked in a side, line by line."""
    view = app.screen.query_one(f"#{side}", ExcerptView)
    lines = view.excerpt.texts()
    return [lines[line][begin:end] for line, spans in view._marks.items() for begin, end in spans]


async def test_it_opens_for_a_reviewer_and_from_the_palette(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_review(pilot, app)
        assert screen.query_one(AgendaList).has_focus
        await pilot.press("escape")
        await idle(pilot, app)
        interview(app)
        await pilot.press("ctrl+p", *keys_of("Review the doc"))
        await idle(pilot, app)
        await app.screen.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("enter", "enter")
        await idle(pilot, app)
        assert type(app.screen).__name__ == "ReviewScreen"


async def test_a_cross_check_shows_both_places_and_what_the_rules_found(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "check:RVW03")
        assert "7.2 DDL Draft" in texts(app, "right")
        assert "CREATE TABLE seat_hold" in texts(app, "right")
        assert "6.5" in texts(app, "left")
        shown = as_text(app)
        assert "RVW03 invariants map to constraints" in shown
        assert "partly" in shown
        assert "not answered yet: 6.5, 8" in shown


async def test_what_changed_since_ones_verdict_is_shown_as_a_difference(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        assert screen._list.entry is not None
        assert screen._list.entry.group == Group.CHANGED
        assert "+  - An unpaid hold frees its seat within 600 seconds" in texts(app, "left")
        assert "-  - An unpaid hold frees its seat within ten minutes" in texts(app, "left")
        assert not app.screen.query_one("#right").display


async def test_a_section_says_what_each_role_says(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:physical")
        shown = as_text(app)
        assert "database ✗ changes requested (Ken Mori, 2026-03-02)" in shown
        assert "No index on buyer_id." in shown
        await go_to(pilot, app, screen, "section:logical")
        assert "backend ○ waiting   database ○ waiting for Ken Mori" in as_text(app)


async def test_a_quote_is_marked_in_the_text_where_it_stands(seated: MakeSeated) -> None:
    app = seated(LEA)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        assert marked(app) == ["until 19:42"]


async def test_words_that_are_gone_or_moved_are_marked_nowhere_and_the_thread_says_so(
    seated: MakeSeated,
) -> None:
    app = seated(LEA)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:problem")
        assert marked(app) == []
        assert "the quoted words are not there any more" in as_text(app)
        session = session_of(app)
        for row, text in (("seat_hold", "hold 8812"), ("seat", "14F, until 19:42")):
            session.apply(SetCell(question="logical.grain", row=row, column="example", value=text))
        await go_to(pilot, app, screen, "section:logical")
        assert marked(app) == []
        assert "↷ moved: the quoted words are now" in as_text(app)


async def test_next_goes_to_what_waits_for_ones_word_and_says_when_nothing_does(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await open_review(pilot, app)
        waiting = [entry.key for entry in screen.entries if entry.waits]
        seen = []
        for _ in waiting:
            await pilot.press("n")
            await idle(pilot, app)
            assert screen._list.entry is not None
            seen.append(screen._list.entry.key)
        assert sorted(seen) == sorted(waiting)
        screen.entries = tuple(entry for entry in screen.entries if not entry.waits)
        await pilot.press("n")
        await idle(pilot, app)
        assert "Nothing waits for your word" in as_text(app)


async def test_approving_binds_the_section_as_it_is_and_takes_it_off_the_list(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        await pilot.press("a")
        await idle(pilot, app)
        assert "6 Logical Model: counts for database" in as_text(app)
        await pilot.press("ctrl+s")
        await idle(pilot, app)
        verdict = said(app, Verdict)[-1]
        session = session_of(app)
        assert (verdict.person, verdict.section, verdict.verdict) == ("ken-mori", "logical", "approve")
        assert verdict.answers == canonical(session.bank, session.answers, "logical")
        assert verdict.role == "database"
        entry = next(entry for entry in screen.entries if entry.key == "section:logical")
        assert not entry.waits
        says = {v.role.id: v.say for v in app.sitting.state().voices_on("logical")}  # type: ignore[union-attr] # open
        assert says["database"] == Say.APPROVED


async def test_several_sections_are_approved_at_once(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        await pilot.press("a", "shift+tab", "down", "down", "space", "ctrl+s")
        await idle(pilot, app)
        assert [v.section for v in said(app, Verdict)[-2:]] == ["logical", "problem"]


async def test_asking_for_changes_needs_a_reason_and_keeps_the_words_until_they_are_said(
    seated: MakeSeated,
) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        before = len(said(app, Verdict))
        await pilot.press("x", "ctrl+s")
        await idle(pilot, app)
        assert "say something" in as_text(app)
        assert len(said(app, Verdict)) == before
        await pilot.press(*keys_of("Which seat?"), "ctrl+s")
        await idle(pilot, app)
        assert said(app, Verdict)[-1].text == "Which seat?"


async def test_a_comment_with_a_quote_that_is_not_there_stays_in_the_dialog(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        await pilot.press("c", *keys_of("6.1 seat_hold"), "enter")
        await idle(pilot, app)
        await pilot.press(*keys_of("Why ten?"), "tab", *keys_of("ten hours"), "ctrl+s")
        await idle(pilot, app)
        assert "quote it letter for letter" in as_text(app)
        await pilot.press(*["backspace"] * 5, *keys_of("minutes"), "ctrl+s")
        await idle(pilot, app)
        thread = said(app, Thread)[-1]
        assert (thread.question, thread.row, thread.quote) == ("logical.grain", "seat_hold", "ten minutes")
        assert "ten minutes" in marked(app)


async def test_a_remark_is_about_the_whole_section(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        await pilot.press("c", "enter", *keys_of("Short and clear"), "ctrl+s")
        await idle(pilot, app)
        verdict = said(app, Verdict)[-1]
        assert (verdict.section, verdict.verdict, verdict.text) == ("logical", "comment", "Short and clear")
        assert "Short and clear" in as_text(app)


async def test_a_comment_on_a_finding_goes_to_its_row(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "finding:SQ03:physical.ddl")
        await pilot.press("c", *keys_of("It refers to the CRM"), "ctrl+s")
        await idle(pilot, app)
        assert said(app, Thread)[-1].question == "physical.ddl"


async def test_another_value_is_suggested_for_one_cell(seated: MakeSeated) -> None:
    app = seated(LEA)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        await pilot.press("s", *keys_of("hold_release grain"), "enter")
        await idle(pilot, app)
        await pilot.press(*keys_of("one release"), "tab", *keys_of("It was empty"), "enter")
        await idle(pilot, app)
        made = said(app, Suggestion)[-1]
        assert (made.row, made.column, made.new, made.text) == (
            "hold_release",
            "grain",
            "one release",
            "It was empty",
        )


async def test_what_does_not_fit_is_not_suggested(seated: MakeSeated) -> None:
    app = seated(LEA)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:control")
        before = len(said(app, Suggestion))
        await pilot.press("s", *keys_of("Created"), "enter", *keys_of("x"), "ctrl+s")
        await idle(pilot, app)
        assert "⚠" in as_text(app)
        assert len(said(app, Suggestion)) == before


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)], ids=str)
async def test_threads_stand_beside_the_text_or_instead_of_it(
    seated: MakeSeated, size: tuple[int, int]
) -> None:
    app = seated(KEN)
    async with app.run_test(size=size) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        pane, reading = screen.query_one(SaidPane), screen.query_one("#reading")
        beside = size[0] >= 140
        assert (bool(pane.display), bool(reading.display)) == (beside, True)
        assert beside or "1 open, t shows" in as_text(app)
        await pilot.press("t")
        await idle(pilot, app)
        assert (bool(pane.display), bool(reading.display)) == (True, beside)
        assert "Which clock?" in as_text(app)
        await pilot.press("escape")
        await idle(pilot, app)
        assert bool(reading.display)


async def test_a_thread_is_answered_resolved_and_opened_again(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        await pilot.press("r", *keys_of("Good"), "ctrl+s")
        await idle(pilot, app)
        assert (said(app, Reply)[-1].thread, said(app, Reply)[-1].text) == ("lea-brandt-1", "Good")
        await pilot.press("d")
        await idle(pilot, app)
        assert said(app, Resolve)[-1].thread == "lea-brandt-1"
        assert "✓ resolved lea-brandt-1" in as_text(app)
        await pilot.press("d")
        await idle(pilot, app)
        assert "● open lea-brandt-1" in as_text(app)


async def test_a_verdict_is_for_reviewers_only(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await idle(pilot, app)
        await app.screen.run_action("open_place('review')")
        await idle(pilot, app)
        await pilot.press("a")
        await idle(pilot, app)
        assert "A verdict is a reviewer's" in as_text(app)


async def test_the_question_of_a_finding_opens_in_the_interview(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "finding:SQ03:physical.ddl")
        await pilot.press("o")
        await idle(pilot, app)
        assert interview(app).form.question_id == "physical.ddl"


async def test_groups_are_jumped_to_and_enter_gives_the_keys_to_the_text(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_review(pilot, app)
        groups = []
        for _ in range(4):
            await pilot.press("right")
            await idle(pilot, app)
            assert screen._list.entry is not None
            groups.append(screen._list.entry.group)
        assert groups == [Group.CHECKS, Group.SECTIONS, Group.ERRORS, Group.WARNINGS]
        await pilot.press("enter")
        await idle(pilot, app)
        assert screen.query_one("#left").has_focus
        await pilot.press("escape")
        await idle(pilot, app)
        assert screen._list.has_focus


async def test_a_part_that_the_document_leaves_out_says_why(
    bank: Bank, seated: MakeSeated, reviewed: Path
) -> None:
    with Session.open(bank, reviewed) as session:
        session.apply(SetProfile(change_types=("add_column",), risk="low"))
        session.save()
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "check:RVW10")
        assert "Not in the document" in texts(app, "left") + texts(app, "right")


async def test_a_compact_document_is_read_as_it_is_rendered(
    bank: Bank, seated: MakeSeated, reviewed: Path
) -> None:
    with Session.open(bank, reviewed) as session:
        session.apply(SetProfile(template="compact"))
        session.save()
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        assert "one attempt of one buyer" in texts(app, "left")
        await go_to(pilot, app, screen, "check:RVW03")
        assert "CREATE TABLE seat_hold" in texts(app, "right").replace("│ ", "")


async def test_it_follows_what_the_author_changes_meanwhile(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:logical")
        session_of(app).apply(
            SetCell(
                question="logical.grain", row="hold_release", column="grain", value="one release of a hold"
            )
        )
        await idle(pilot, app)
        assert screen._list.entry is not None
        assert screen._list.entry.key == "section:logical"
        assert "one release of a hold" in texts(app, "left")


async def test_mouse_and_keys_scroll_the_text(good_path: Path, bank: Bank) -> None:
    app = DbcharterApp(bank, good_path, today=lambda: TODAY, seat=Seat("Ada"))
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await open_review(pilot, app)
        await go_to(pilot, app, screen, "section:physical")
        await pilot.press("enter", "pagedown")
        await idle(pilot, app)
        assert screen.query_one("#left", ExcerptView).scroll_y > 0
