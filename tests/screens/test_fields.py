"""Fields: what is typed is what the session holds, whatever it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest
from textual.events import Key, Paste
from textual.widgets import TextArea

from app.bank.model import Bank
from app.document.operations import Set
from app.session import Session
from screens import ahead
from screens.application import DbcharterApp
from screens.widgets.fields import FIELDS, make_field
from screens.widgets.fields.line import LineField
from screens.widgets.inputs import LineInput, TextBox
from screens.widgets.picks import Picks
from tests.screens.driving import answer, go, idle, interview, say, shown


@pytest.mark.parametrize(
    ("question", "typed", "held"),
    [
        ("control.owner", "Ana [b]Lopes[/b]", "Ana [b]Lopes[/b]"),
        ("control.created", "2026-03-31", date(2026, 3, 31)),
        ("control.created", "today", date.today()),
        ("control.reviewers", "backend: Ana\ndba: Bo\n\n", ("backend: Ana", "dba: Bo")),
        ("problem.current_workflow", "first line\nsecond line", "first line\nsecond line"),
        ("physical.ddl", "CREATE TABLE hold (\n  id int\n)", "CREATE TABLE hold (\n  id int\n)"),
    ],
)
async def test_typed_text_becomes_the_answer(
    app: DbcharterApp, question: str, typed: str, held: object
) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, question)
        await say(pilot, app, typed)
        assert answer(app, question) == held


async def test_a_wrong_date_is_kept_and_explained_below_the_field(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.created")
        await say(pilot, app, "soon")
        assert answer(app, "control.created") == "soon"
        assert "'soon' is not a date; write it as 2026-03-31" in shown(app, "under")
        assert "kept" in shown(app, "under")


async def test_the_arrows_move_a_date_by_a_day(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.created")
        await say(pilot, app, "2026-02-28")
        await pilot.press("up")
        await interview(app).settle()
        assert answer(app, "control.created") == date(2026, 3, 1)


@pytest.mark.parametrize(("last", "key"), [("0001-01-01", "down"), ("9999-12-31", "up")])
async def test_the_arrows_stop_at_the_first_and_the_last_day_there_is(
    app: DbcharterApp, last: str, key: str
) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.created")
        await say(pilot, app, last)
        await pilot.press(key)
        await interview(app).settle()
        assert answer(app, "control.created") == date.fromisoformat(last)


async def test_enter_in_a_line_opens_the_next_question(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        await pilot.press("A", "enter")
        await idle(pilot, app)
        assert interview(app).form.question_id == "control.reviewers"
        assert answer(app, "control.owner") == "A"


def burst(app: DbcharterApp, *keys: str) -> None:
    """Send keys as a terminal does that has all of them at once."""
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


async def test_keys_typed_ahead_belong_to_the_next_question(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        burst(app, "A", "enter", "b", "c", "enter", "d")
        app.post_message(Paste("e\nf"))
        await idle(pilot, app)
        await interview(app).settle()
        assert answer(app, "control.owner") == "A"
        assert answer(app, "control.reviewers") == ("bc", "de", "f")


@pytest.mark.parametrize(
    "moves",
    [
        ("enter", "tab", "enter", "tab"),
        ("tab", "enter", "tab", "enter"),
        ("enter", "enter", "tab", "tab"),
        ("enter", "enter", "enter", "enter"),
    ],
)
async def test_words_typed_ahead_land_each_in_its_gap(app: DbcharterApp, moves: tuple[str, ...]) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.situation")
        words = ["one", "two", "three", "four", "five"]
        keys = [key for word, move in zip(words, ("", *moves), strict=True) for key in (move, *word) if key]
        burst(app, *keys)
        await idle(pilot, app)
        await interview(app).settle()
        slots = app.bank.questions["problem.situation"].slots
        assert answer(app, "problem.situation") == {s.id: w for s, w in zip(slots, words, strict=False)}


async def test_leaving_right_after_enter_keeps_what_was_typed_behind_it(
    app: DbcharterApp, path: Path, bank: Bank
) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        burst(app, "A", "enter", "b", "ctrl+q")
        await pilot.pause()
        await app.workers.wait_for_complete()
    with Session.open(bank, path) as session:
        assert session.answers.values["control.owner"] == "A"
        assert session.answers.values["control.reviewers"] == ("b",)


async def test_a_line_that_leads_nowhere_holds_keys_up_for_a_while_only(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "LONGEST", 0.01)
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        line = app.screen.query_one(LineInput)
        monkeypatch.setattr(LineField, "on_input_submitted", lambda _, event: event.stop())
        burst(app, "A", "enter", "b")
        while line.value != "Ab":
            await pilot.pause()


async def test_an_option_is_picked_with_the_space_bar(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.status")
        await pilot.press("down", "space")
        assert answer(app, "control.status") == "in_review"


async def test_an_open_list_takes_the_authors_own_words(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "physical.engine")
        await pilot.press("space", "tab")
        assert answer(app, "physical.engine") == "postgresql"
        await say(pilot, app, "FoundationDB")
        assert answer(app, "physical.engine") == "FoundationDB"
        assert app.screen.query_one(Picks).chosen == ["FoundationDB"]
        await pilot.press("shift+tab", "space")
        assert answer(app, "physical.engine") == "postgresql"
        assert app.screen.query_one(LineInput).value == ""


async def test_several_options_are_turned_on_and_off(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.layers")
        await pilot.press("space", "down", "space")
        first = answer(app, "problem.layers")
        assert isinstance(first, tuple)
        assert len(first) == 2
        await pilot.press("space")
        assert answer(app, "problem.layers") == first[:1]


async def test_a_value_outside_a_closed_list_is_shown_and_kept(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        app.apply(Set(question="control.status", value="half [red]way"))
        await go(pilot, app, "control.status")
        options = app.screen.query_one(Picks)
        last = str(options.get_option_at_index(options.option_count - 1).prompt)
        assert "half [red]way" in last
        assert answer(app, "control.status") == "half [red]way"


async def test_slots_of_a_sentence_are_filled_where_they_stand(app: DbcharterApp, bank: Bank) -> None:
    slots = [slot.id for slot in bank.questions["control.decision_summary"].slots]
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.decision_summary")
        await say(pilot, app, "seat holds\none row")
        assert answer(app, "control.decision_summary") == MappingProxyType(
            {slots[0]: "seat holds", slots[1]: "one row"}
        )


async def test_a_line_of_a_list_moves_with_its_text(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.reviewers")
        await say(pilot, app, "one\ntwo")
        await pilot.press("alt+up")
        await interview(app).settle()
        assert answer(app, "control.reviewers") == ("two", "one")
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert answer(app, "control.reviewers") == ("one", "two")
        assert app.screen.query_one(TextBox).text == "one\ntwo"


async def test_each_item_of_a_list_is_a_step_to_undo(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However quickly they are typed: no key of an item may have been posted when the next one begins."""
    monkeypatch.setattr("screens.widgets.fields.base.POST_AFTER", 60)
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        await pilot.press(*"on", "e", "enter", *"two", "enter", *"three")
        await interview(app).settle()
        assert answer(app, "problem.goals") == ("one", "two", "three")
        for left in (("one", "two"), ("one",), None):
            await pilot.press("ctrl+z")
            await idle(pilot, app)
            assert answer(app, "problem.goals") == left


async def test_what_is_pasted_into_a_list_is_one_step_to_undo(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        await pilot.press(*"one", "enter")
        app.screen.query_one(TextBox).post_message(Paste("two\nthree"))
        await interview(app).settle()
        assert answer(app, "problem.goals") == ("one", "two", "three")
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert answer(app, "problem.goals") == ("one",)


async def test_typing_without_a_pause_is_one_step_to_undo(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.current_workflow")
        for word in ("the ", "clerk ", "calls"):
            await say(pilot, app, word)
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert answer(app, "problem.current_workflow") is None
        assert app.screen.query_one(TextArea).text == ""


async def test_undo_opens_the_question_that_it_changed(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        await say(pilot, app, "Ana")
        await go(pilot, app, "problem.current_workflow")
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert answer(app, "control.owner") is None
        assert interview(app).form.question_id == "control.owner"
        await pilot.press("ctrl+y")
        await idle(pilot, app)
        assert app.screen.query_one(LineInput).value == "Ana"


async def test_the_editor_outside_is_one_step_to_undo(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edited(_app: object, text: str, _suffix: str) -> str:
        return f"{text} and \x1bmore\u202e\r\n"

    monkeypatch.setattr("screens.external_editor.edit_outside", edited)
    async with app.run_test(notifications=True) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.current_workflow")
        await say(pilot, app, "before")
        await pilot.press("ctrl+g")
        await pilot.pause()
        assert answer(app, "problem.current_workflow") == "before and more"
        (told,) = [note.message for note in app._notifications]
        assert told.startswith("Taken out of what was written in the editor: U+001B")
        assert "U+202E" in told
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert answer(app, "problem.current_workflow") == "before"


async def test_pasted_control_characters_never_stand_in_a_field(app: DbcharterApp) -> None:
    from textual.events import Paste

    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        app.post_message(Paste("a\x1b[31mb\u202ec\nd\x9b"))
        await idle(pilot, app)
        await interview(app).settle()
        assert app.screen.query_one(LineInput).value == "a[31mbc d"
        await go(pilot, app, "problem.current_workflow")
        app.post_message(Paste("a\x1b]52;c;eA==\x07\nb"))
        await idle(pilot, app)
        assert app.screen.query_one(TextBox).text == "a]52;c;eA==\nb"


async def test_a_change_from_elsewhere_is_shown_without_posting(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        assert app.session is not None
        app.session.apply(Set(question="control.owner", value="Bo"))
        await idle(pilot, app)
        steps = len(app.session.history)
        assert app.screen.query_one(LineInput).value == "Bo"
        await interview(app).settle()
        assert len(app.session.history) == steps


async def test_a_text_of_the_wrong_type_is_left_alone_until_it_is_edited(
    make_app: Callable[[Path | None], DbcharterApp], path: Path
) -> None:
    path.write_text(path.read_text().replace('title = "Seat holds"', "title = 42"))
    app = make_app(path)
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.title")
        assert app.screen.query_one(LineInput).value == "42"
        await go(pilot, app, "control.owner")
        assert answer(app, "control.title") == 42


async def test_nothing_can_be_typed_in_a_document_that_is_read_only(
    make_app: Callable[[Path | None], DbcharterApp], bank: Bank, path: Path
) -> None:
    with Session.open(bank, path):
        app = make_app(path)
        async with app.run_test() as pilot:
            await idle(pilot, app)
            assert "Read-only" in shown(app, "banner")
            await go(pilot, app, "problem.current_workflow")
            await say(pilot, app, "no")
            assert answer(app, "problem.current_workflow") is None


def test_every_kind_of_question_has_a_field(bank: Bank, path: Path) -> None:
    from typing import get_args

    from app.bank.model import QuestionKind

    assert set(FIELDS) == set(get_args(QuestionKind))
    with Session.open(bank, path) as session:
        for question in bank.questions:
            assert make_field(session, question).question_id == question
