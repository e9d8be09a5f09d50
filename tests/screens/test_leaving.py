"""Leaving the program while a dialog is open: what was written in it is kept, and nothing is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from textual.events import Key

from app.bank.model import Bank
from app.document.answers import State, Waiver
from app.document.operations import Set, SetNote, SetState, Waive
from app.session import Session
from screens.application import DbcharterApp
from screens.dialogs.mark import MarkDialog
from screens.dialogs.say import SayDialog
from screens.dialogs.waive import WaiveDialog
from screens.interview.screen import InterviewScreen
from tests.screens.conftest import TODAY
from tests.screens.driving import evaluate, go, idle, keys_of, shown

OWNER = "control.owner"
MakeApp = Callable[[Path | None], DbcharterApp]


def note(app: DbcharterApp, path: Path) -> str:
    with Session.open(app.bank, path) as session:
        return session.answers.notes.get(OWNER, "")


def states(app: DbcharterApp, path: Path) -> dict[str, State]:
    with Session.open(app.bank, path) as session:
        return dict(session.answers.states)


def marked(bank: Bank, path: Path, *operations: SetNote | SetState | Set | Waive) -> None:
    with Session.open(bank, path) as session:
        for operation in operations:
            session.apply(operation)
        session.save()


def session_of(app: DbcharterApp) -> Session:
    assert app.session is not None
    return app.session


async def left(app: DbcharterApp, *keys: str) -> None:
    """Press F9 at the owner and then `keys`, and leave."""
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, OWNER)
        await pilot.press("f9", *keys, "ctrl+q")
    assert app.return_code == 0


async def test_a_note_is_kept_as_the_note(app: DbcharterApp, path: Path) -> None:
    await left(app, "tab", *keys_of("ask Bo"))
    assert note(app, path) == "ask Bo"


async def test_keys_that_were_typed_just_before_are_kept(app: DbcharterApp, path: Path) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, OWNER)
        await pilot.press("f9", "tab")
        assert app.focused is not None
        for letter in "ask":
            app.focused.post_message(Key(letter, letter))
        await app.action_quit()
    assert note(app, path) == "ask"


async def test_a_deferral_that_lacks_its_date_becomes_a_note(app: DbcharterApp, path: Path) -> None:
    marked(app.bank, path, SetNote(question=OWNER, note="ask"))
    await left(app, "end", "space", *keys_of("Bo Lind"))
    assert note(app, path) == "ask\ndeferred: Bo Lind"
    assert states(app, path) == {}


async def test_what_was_not_kept_with_enter_marks_nothing(app: DbcharterApp, path: Path) -> None:
    """Half a sentence would do for a reason, and the question would count as settled."""
    await left(app, "down", "space", *keys_of("nobody ow"))
    assert note(app, path) == "not applicable: out_of_scope, nobody ow"
    assert states(app, path) == {}


async def test_words_for_a_choice_that_was_taken_back_are_kept(app: DbcharterApp, path: Path) -> None:
    await left(app, "down", "space", *keys_of("nobody"), "shift+tab", "home", "space")
    assert "nobody" in note(app, path)


async def test_a_dialog_in_which_nothing_was_written_changes_nothing(app: DbcharterApp, path: Path) -> None:
    said = State("deferred", owner="Bo", until=date(2026, 4, 1), note="one\ntwo")
    marked(app.bank, path, SetNote(question=OWNER, note="a\nb"), SetState.to(OWNER, said))
    before = path.read_bytes()
    await left(app, "end", "tab")
    assert path.read_bytes() == before


async def test_leaving_in_vain_and_again_keeps_a_note_once(
    app: DbcharterApp, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, OWNER)
        with monkeypatch.context() as patch:
            patch.setattr(app, "_may_let_go", lambda: False)
            await pilot.press("f9", "end", "space", "B", "ctrl+q")
            await idle(pilot, app)
        assert isinstance(app.screen, MarkDialog)
        await pilot.press("ctrl+q")
    assert note(app, path) == "deferred: B"


async def test_a_waiver_that_was_begun_becomes_a_note(make_app: MakeApp, path: Path, bank: Bank) -> None:
    marked(bank, path, Set(question="problem.goals", value=["Holds are released quickly"]))
    app = make_app(path)
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        await evaluate(pilot, app)
        await pilot.press("f12")
        await idle(pilot, app)
        await pilot.press("enter")  # the first of the findings
        await idle(pilot, app)
        assert isinstance(app.screen, WaiveDialog)
        code = app.screen.finding.code
        await pilot.press(*keys_of("Agreed"), "ctrl+q")
    with Session.open(bank, path) as session:
        assert session.answers.notes["problem.goals"] == f"waiver of {code}: Agreed"
        assert session.answers.waivers == ()


async def test_the_cell_of_a_row_form_is_kept(
    app: DbcharterApp, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.dialogs.row_form.PUT_AFTER", 60)
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "logical.grain")
        await pilot.press("f3")
        await idle(pilot, app)
        await pilot.press(*keys_of("hold"), "ctrl+q")
    with Session.open(app.bank, path) as session:
        (row,) = session.answers.rows("logical.grain")
        assert row["entity"] == "hold"


async def test_a_comment_that_was_not_said_is_told_at_the_end(app: DbcharterApp) -> None:
    """Said aloud it would be what others answer to, so that is for the author to do."""
    said: list[object] = []
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await app.push_screen(SayDialog("Reply in ken-1", said.append, text=""))
        await pilot.press(*keys_of("At night\nas well"), "ctrl+q")
    assert app.last_words == ["not said (Reply in ken-1): At night\nas well"]
    assert said == []


async def test_words_that_stood_in_a_dialog_before_are_not_told(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await app.push_screen(SayDialog("Reply in ken-1", lambda _: None, text="There already"))
        await pilot.press("ctrl+q")
    assert app.last_words == []


async def test_a_note_that_is_refused_is_told_at_the_end(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "apply", lambda *_: False)
    await left(app, "tab", *keys_of("ask Bo"))
    assert app.last_words == [f"no note was kept at {OWNER}: ask Bo"]


# what nobody touched


@pytest.mark.parametrize("words", ["one\ntwo\n\nthree", "  tab\there "])
async def test_a_note_that_nobody_touched_stays_as_it_is(app: DbcharterApp, path: Path, words: str) -> None:
    marked(app.bank, path, SetNote(question=OWNER, note=words))
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, OWNER)
        assert app.session is not None
        before = app.session.answers
        await pilot.press("f9", "tab", "tab", "ctrl+s")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
        assert app.session.answers is before


async def test_a_sentence_of_several_lines_is_edited_as_such(app: DbcharterApp, path: Path) -> None:
    said = State("not_applicable", "out_of_scope", "one\ntwo")
    marked(app.bank, path, SetState.to(OWNER, said))
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, OWNER)
        assert app.session is not None
        await pilot.press("f9", "tab", "!", "ctrl+s")
        await idle(pilot, app)
        assert app.session.answers.states[OWNER].note == "one\ntwo!"


async def test_a_waiver_with_a_reason_of_several_lines_stays_as_it_is(
    make_app: MakeApp, path: Path, bank: Bank
) -> None:
    marked(bank, path, Set(question="problem.goals", value=["Holds are released quickly"]))
    app = make_app(path)
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        await evaluate(pilot, app)
        await pilot.press("f12")
        await idle(pilot, app)
        await pilot.press("enter")  # the first of the findings
        await idle(pilot, app)
        assert isinstance(app.screen, WaiveDialog)
        finding = app.screen.finding
        await pilot.press("escape")
        waiver = Waiver(finding.code, str(finding.target), "one\ntwo", "Bo")
        said: list[object] = []
        await app.push_screen(WaiveDialog(session_of(app), finding, waiver, TODAY), said.append)
        await pilot.press("ctrl+s")
        await idle(pilot, app)
        assert said == [None]


# a day that is none


@pytest.mark.parametrize("day", ["2026-13-45", "soon", "31.3.2026"])
async def test_a_deferral_to_a_day_that_is_none_is_refused(app: DbcharterApp, day: str) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, OWNER)
        await pilot.press("f9", "end", "space", *"Bo", "enter", *day, "enter")
        await idle(pilot, app)
        assert isinstance(app.screen, MarkDialog)
        assert "Say by when" in shown(app, "wrong")
        assert app.session is not None
        assert OWNER not in app.session.answers.states
        await pilot.press(*["backspace"] * len(day), *"2026-04-01", "enter")
        await idle(pilot, app)
        assert app.session.answers.states[OWNER].until == date(2026, 4, 1)
