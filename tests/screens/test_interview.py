"""The interview screen: moving, marking, panes, sizes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from textual.widgets import Input

from app.bank.model import Bank
from app.document.answers import State
from app.document.operations import AddRow, Set, SetProfile
from app.session import Session
from screens.application import DbcharterApp
from screens.dialogs.jump import places
from screens.dialogs.jump_mode import LETTERS, JumpMode
from screens.interview.screen import _Evaluated
from screens.messages import GoTo, SaveStateChanged
from screens.widgets.picks import Picks
from screens.widgets.question_form import QuestionLines
from screens.widgets.section_tree import SectionTree
from screens.widgets.side_pane import SidePane
from tests.screens.driving import answer, evaluate, go, idle, interview, say, shown


async def test_a_question_says_what_is_asked_why_and_in_which_state(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        text = shown(app, "question")
        assert "Owner" in text
        assert "Which one person answers" in text
        assert "Asked because every document needs" in text
        assert "● due" in text


async def test_the_examples_come_and_go(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        assert not app.screen.query_one("#example").display
        await pilot.press("f2")
        assert "A weak answer" in shown(app, "example")
        await pilot.press("f2")
        assert not app.screen.query_one("#example").display


async def test_keys_move_between_questions(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.title")
        for key, question in (
            ("f7", "control.status"),
            ("f6", "control.title"),
            ("ctrl+n", "control.owner"),
            ("f5", "control.reviewers"),
        ):
            await pilot.press(key)
            await idle(pilot, app)
            assert interview(app).form.question_id == question, key


async def test_a_new_document_opens_at_what_can_be_answered_and_is_summed_up_at_the_end(
    bank: Bank, tmp_path: Path, make_app: Callable[[Path | None], DbcharterApp]
) -> None:
    path = tmp_path / "new.toml"
    said = {"control.title": "Seat holds", "control.status": "draft", "control.owner": "Ana Costa"}
    profile = SetProfile(change_types=("add_table",), risk="low")
    with Session.create(bank, path, [profile, *(Set(question=q, value=v) for q, v in said.items())]):
        pass
    app = make_app(path)
    async with app.run_test() as pilot:
        await idle(pilot, app)
        assert interview(app).form.question_id == "problem.goals"
        due = []
        while (question := interview(app).form.question_id) not in due:
            due.append(question)
            await pilot.press("ctrl+n")
            await idle(pilot, app)
        assert due[-1] == "control.decision_summary"
        assert question == due[0]
        await go(pilot, app, "workload.query_indexes")
        for name in ("control.last_updated", "control.decision_summary"):
            await pilot.press("f5")
            await idle(pilot, app)
            assert interview(app).form.question_id == name


async def test_quick_keys_move_as_far_as_they_say(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.title")
        await pilot.press("f7", "f7", "f7")
        await idle(pilot, app)
        assert interview(app).form.question_id == "control.reviewers"
        assert len(app.screen.query("Field")) == 1


async def test_jump_goes_to_a_question_by_its_words(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await pilot.press("ctrl+o", *"ddl", "enter")
        await idle(pilot, app)
        assert interview(app).form.question_id == "physical.ddl"


def test_jump_finds_rows_by_their_address(app: DbcharterApp, path: Path) -> None:
    with Session.open(app.bank, path) as session:
        session.apply(AddRow(question="logical.grain", row={"entity": "seat_hold"}))
        found = [place for place, _ in places(session, "seat_h")]
        assert found == [GoTo("logical.grain", "seat_hold")]
        assert places(session, "6.1")[0][0].question.startswith("logical.")
        assert places(session, "no such words") == []


async def test_not_applicable_needs_a_sentence(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        await pilot.press("f9", "down", "space", "enter")
        assert "Say in a sentence" in str(app.screen.query_one("#wrong").render())  # type: ignore[attr-defined]  # a Static
        for text, keys in (("x", ["x"]), ("none", ["backspace", *"none"])):
            await pilot.press(*keys, "enter")
            await idle(pilot, app)
            assert "does not say why" in shown(app, "wrong"), text
            assert app.session is not None
            assert "control.owner" not in app.session.answers.states
            assert app.screen.query_one("#why", Input).value == text
        await pilot.press("space", *"yet:", "space", *"a", "space", *"spike", "enter")
        await idle(pilot, app)
        assert app.session is not None
        said = State("not_applicable", "out_of_scope", "none yet: a spike")
        assert app.session.answers.states["control.owner"] == said
        assert "Not applicable" in shown(app, "under")
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert "control.owner" not in app.session.answers.states


async def test_deferring_takes_an_owner_and_a_date_and_a_note_stays(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        await pilot.press("f9", "end", "space", *"Bo", "enter", *"2026-04-01", "tab", *"ask", "ctrl+s")
        await idle(pilot, app)
        assert app.session is not None
        assert app.session.answers.states["control.owner"] == State(
            "deferred", owner="Bo", until=date(2026, 4, 1)
        )
        assert app.session.answers.notes["control.owner"] == "ask"
        assert "Bo answers it by 2026-04-01" in shown(app, "under")


async def test_leaving_the_mark_dialog_changes_nothing(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        assert app.session is not None
        before = app.session.answers
        await pilot.press("f9", "down", "space", *"because", "escape")
        await idle(pilot, app)
        assert app.session.answers is before


async def test_jump_mode_reaches_a_question_of_the_group(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.title")
        await pilot.press("ctrl+o", "ctrl+o")
        screen = app.screen
        assert isinstance(screen, JumpMode)
        lines = interview(app) if not isinstance(app.screen, JumpMode) else app.screen_stack[-2]
        last = lines.query_one("#after", QuestionLines)
        at = last.region.offset.y + last.questions.index("control.target_release")
        letter = LETTERS[[t.at.y == at and t.at.x == last.region.x for t in screen.targets].index(True)]
        await pilot.press(letter)
        await idle(pilot, app)
        assert interview(app).form.question_id == "control.target_release"


async def test_a_click_on_a_line_of_the_group_opens_that_question(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.title")
        await pilot.click("#after", offset=(3, 1))
        await idle(pilot, app)
        assert interview(app).form.question_id == "control.owner"


async def test_next_finding_goes_to_what_does_not_fit(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        app.apply(Set(question="control.created", value="soon"))
        await evaluate(pilot, app)
        await go(pilot, app, "control.reviewers")
        await pilot.press("f8")
        await idle(pilot, app)
        assert interview(app).form.question_id == "control.created"


@pytest.mark.parametrize(
    ("size", "tree", "crumb", "pane"),
    [
        ((60, 20), False, True, False),
        ((80, 24), False, True, False),
        ((100, 30), True, False, False),
        ((140, 40), True, False, True),
    ],
)
async def test_panes_appear_as_there_is_room(
    app: DbcharterApp, size: tuple[int, int], tree: bool, crumb: bool, pane: bool
) -> None:
    async with app.run_test(size=size) as pilot:
        await idle(pilot, app)
        assert app.screen.query_one(SectionTree).display is tree
        assert app.screen.query_one("#crumb").display is crumb
        assert app.screen.query_one(SidePane).display is pane
        field = interview(app).form.field
        assert field is not None
        assert field.region.height > 0
        await say(pilot, app, "x")


async def test_the_pane_comes_on_demand_in_a_narrow_terminal(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await pilot.press("f4")
        await pilot.pause()
        pane = app.screen.query_one(SidePane)
        assert (pane.display, pane.mode) == (True, "checklist")
        assert interview(app).form.field is not None


async def test_a_checklist_entry_leads_to_its_question(app: DbcharterApp) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await idle(pilot, app)
        await evaluate(pilot, app)
        pane = app.screen.query_one(SidePane)
        here = interview(app).form.question_id
        targets = [line.target for line in pane._lines]
        at = next(n for n, target in enumerate(targets) if target and target.question != here)
        target = targets[at]
        assert target is not None
        options = pane.query_one("#pane-list")
        options.highlighted = at  # type: ignore[attr-defined]  # an OptionList
        options.action_select()  # type: ignore[attr-defined]  # an OptionList
        await idle(pilot, app)
        assert interview(app).form.question_id == target.question


async def test_the_section_tree_opens_the_first_due_question_of_a_section(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await app.screen.run_action("sections")
        await pilot.pause()
        tree = app.screen.query_one(SectionTree)
        assert tree.has_focus
        tree.highlighted = [name for name, _ in tree._shown].index("invariants")
        await pilot.press("enter")
        await idle(pilot, app)
        assert interview(app).form.question_id.startswith("invariants.")


async def test_the_setup_of_an_open_document_takes_effect_at_once(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        assert app.session is not None
        await app.screen.run_action("open_place('profile')")
        await idle(pilot, app)
        app.screen.query_one("#risk", Picks).focus()
        await pilot.press("home", "space")
        await idle(pilot, app)
        assert app.session.answers.profile.risk == "low"
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert app.session.answers.profile.risk == "high"
        assert app.screen.query_one("#risk", Picks).chosen == ["high"]
        await pilot.press("escape")
        await idle(pilot, app)
        interview(app)


async def test_wide_and_right_to_left_text_keeps_lines_in_their_width(app: DbcharterApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await idle(pilot, app)
        app.apply(Set(question="control.owner", value="漢字" * 60 + " שלום עולם"))
        await go(pilot, app, "control.title")
        for line in app.screen.query_one("#after", QuestionLines).render_lines(
            app.screen.query_one("#after").region.reset_offset
        ):
            assert line.cell_length <= 80
        assert answer(app, "control.title") == "Seat holds"


async def test_what_threads_send_to_a_screen_that_is_being_taken_away_is_left(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        screen = interview(app)
        assert app.session is not None
        evaluation = app.session.evaluate(app.today())
        await screen.form.remove()
        screen.post_message(_Evaluated(evaluation, 0.0))
        screen.post_message(SaveStateChanged())
        screen._evaluate()
        await pilot.pause()
        assert app.return_code is None
    assert app._exception is None
