"""Who sits at the terminal: chosen with a key, always seen, and whose name is under everything."""

from __future__ import annotations

import pytest

from app.document.machine import person
from app.document.operations import Set
from app.review.model import Reply, Suggestion, Thread
from screens.application import DbcharterApp
from screens.dialogs.seat import AUTHOR, SeatDialog
from screens.review.sitting import Seat
from screens.widgets.picks import Picks
from screens.widgets.status_line import StatusLine
from tests.screens.driving import answer, go, idle, interview, keys_of, say
from tests.screens.review.conftest import MakeSeated
from tests.screens.review.reviewing import KEN, said, session_of
from tests.screens.scenes import as_text


def status(app: DbcharterApp) -> str:
    return str(app.screen.query_one(StatusLine).render())


async def test_one_key_offers_those_who_are_known_and_they_sit_down(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        assert "✎ Author Ana Costa" in status(app)
        await pilot.press("ctrl+t")
        await idle(pilot, app)
        assert isinstance(app.screen, SeatDialog)
        assert [seat.words() for seat in app.screen.seats] == [
            "Author Ana Costa",
            "Reviewer Ken Mori · database",
            "Reviewer Lea Brandt · sre",
        ]
        await pilot.press("down", "enter")
        await idle(pilot, app)
        assert "◈ Reviewer Ken Mori · database" in status(app)


async def test_the_same_key_twice_goes_back_and_forth_between_two_people(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        for words in ("Author Ana Costa", "Reviewer Ken Mori", "Author Ana Costa"):
            await pilot.press("ctrl+t", "ctrl+t")
            await idle(pilot, app)
            assert words in status(app)


async def test_somebody_new_sits_down_by_name_and_role(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        await pilot.press("ctrl+t", "up", "enter", *keys_of("Ada\n"), "down", "down", "enter")
        await idle(pilot, app)
        assert app.sitting is not None
        assert app.sitting.seat == Seat("Ada", "security")


async def test_the_author_can_go_by_another_name_from_then_on(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        await pilot.press("ctrl+t", "up", "enter", *keys_of("Ana Dias\n"), "end", "enter")
        await idle(pilot, app)
        assert "✎ Author Ana Dias" in status(app)
        assert not app.reviewing
        app.apply(Set(question="problem.goals", value=("None is sold twice",)))
        assert session_of(app).history[-1].who == "Ana Dias"
        await pilot.press("ctrl+t")
        await idle(pilot, app)
        assert isinstance(app.screen, SeatDialog)
        assert app.screen.seats[0].words() == "Author Ana Dias"
    assert person() == "Ana Dias"


async def test_a_name_that_the_environment_says_is_the_authors(
    seated: MakeSeated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBCHARTER_USER", "Robot 7")
    app = seated(None)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        assert "✎ Author Robot 7" in status(app)
        await pilot.press("ctrl+t", "up", "enter", *keys_of("Ana Dias\n"))
        await idle(pilot, app)
        assert AUTHOR not in [pick.value for pick in app.screen.query_one("#role", Picks).picks]


async def test_a_name_that_no_file_could_carry_is_refused(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        await pilot.press("ctrl+t", "up", "enter", *keys_of("...\n"))
        await idle(pilot, app)
        assert isinstance(app.screen, SeatDialog)
        assert "needs a letter" in as_text(app)


async def test_what_a_reviewer_types_changes_no_answer_and_is_suggested_with_a_key(
    seated: MakeSeated,
) -> None:
    app = seated(KEN)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        before = answer(app, "control.owner")
        await pilot.press("end")
        await say(pilot, app, " and Jo")
        assert answer(app, "control.owner") == before
        assert "Ken Mori reviews" in as_text(app)
        await pilot.press("f9")
        await idle(pilot, app)
        await pilot.press("ctrl+s")
        await idle(pilot, app)
        suggestion = said(app, Suggestion)[-1]
        assert (suggestion.person, suggestion.new) == ("ken-mori", f"{before} and Jo")
        assert session_of(app).answers.values["control.owner"] == before
        assert f"{before} and Jo" not in as_text(app)
        assert app.sitting is not None
        assert not app.sitting.held()


async def test_what_a_reviewer_wrote_into_a_cell_is_suggested_for_that_cell(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "logical.grain")
        await pilot.press("down", "right", "enter", *keys_of("one release"), "enter")
        await idle(pilot, app)
        rows = {row["entity"]: row for row in session_of(app).answers.rows("logical.grain")}
        assert "grain" not in rows["hold_release"]
        await pilot.press("escape", "f9")
        await idle(pilot, app)
        await pilot.press("ctrl+s")
        await idle(pilot, app)
        suggestion = said(app, Suggestion)[-1]
        assert (suggestion.row, suggestion.column, suggestion.new) == ("hold_release", "grain", "one release")


async def test_leaving_the_seat_shows_the_answer_and_keeps_what_was_written(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        before = answer(app, "control.owner")
        await pilot.press("end", *"!")
        await idle(pilot, app)
        await pilot.press("ctrl+t", "ctrl+t")
        await idle(pilot, app)
        assert interview(app).form.field is not None
        assert interview(app).form.field.said() == before
        assert "1 not suggested yet" in as_text(app)
        await pilot.press("ctrl+t", "ctrl+t", "f9")
        await idle(pilot, app)
        await pilot.press("ctrl+s")
        await idle(pilot, app)
        assert said(app, Suggestion)[-1].new == f"{before}!"


async def test_what_was_never_suggested_is_told_at_the_end(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        await pilot.press("end", *"!")
        await idle(pilot, app)
        await pilot.press("ctrl+q")
    assert "Box Office)!" in "\n".join(app.last_words)


async def test_undo_and_marks_are_not_for_a_reviewer(seated: MakeSeated) -> None:
    app = seated(KEN)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        before = session_of(app).answers
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert "a reviewer changes no answer" in as_text(app)
        await pilot.press("f12", *keys_of("Who at night?"), "ctrl+s")
        await idle(pilot, app)
        assert session_of(app).answers is before
        thread = said(app, Thread)[-1]
        assert (thread.person, thread.question, thread.text) == ("ken-mori", "control.owner", "Who at night?")


async def test_everything_is_said_under_the_name_of_who_sits_there(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        assert app.sitting is not None
        app.sitting.say(Reply, {"thread": "lea-brandt-1", "text": "By the author"})
        await pilot.press("ctrl+t", "down", "enter")
        await idle(pilot, app)
        app.sitting.say(Reply, {"thread": "lea-brandt-1", "text": "By Ken"})
        assert [(r.person, r.text) for r in said(app, Reply)][-2:] == [
            ("ana-costa", "By the author"),
            ("ken-mori", "By Ken"),
        ]
        await pilot.press("ctrl+t", "ctrl+t")
        await idle(pilot, app)
        app.apply(Set(question="control.owner", value="Jo"))
        assert session_of(app).history[-1].who == "Ana Costa"


async def test_what_is_said_elsewhere_is_counted_in_the_status_line(seated: MakeSeated) -> None:
    from app.review.desk import FolderDesk

    app = seated(None)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        interview(app)._evaluate()
        await idle(pilot, app)
        assert "⚑ 4 wait" in status(app)
        words = {"question": "control.owner", "text": "Who at night?"}
        FolderDesk(session_of(app).path, "Ada").say(Thread, words)
        app.look_outside()
        await idle(pilot, app)
        assert "⚑ 5 wait" in status(app)
