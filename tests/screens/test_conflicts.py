"""Conflicts: both sides shown, and each way to settle one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.bank.model import Bank
from app.document.answers import Answers, Value
from app.document.codec import encode
from app.document.merge import merge
from app.document.operations import Resolve, Set, SetCell, SetNote, SetState, apply
from app.document.store import read_document
from app.session import Session
from screens.application import DbcharterApp
from screens.conflicts.screen import ConflictsScreen
from screens.conflicts.sides import is_single, place_words, settling, side_lines, text_of, written
from screens.dialogs.edit_text import EditTextDialog
from screens.interview.screen import InterviewScreen
from screens.widgets.inputs import TextBox
from tests.screens.driving import Driver, answer, idle, interview, open_place, shown

MakeApp = Callable[[Path | None], DbcharterApp]
GRAIN = "logical.grain"


def both(bank: Bank, base: Answers) -> tuple[Answers, Answers]:
    """Two versions that differ in a text, a list, a cell, a row and a note."""
    row = base.rows(GRAIN)[0]["entity"]
    sides = []
    for side in ("mine", "theirs"):
        said = base
        for operation in (
            Set(question="control.owner", value=f"{side} [PII] [/b]"),
            Set(question="problem.goals", value=[f"goal of {side}"]),
            SetCell(question=GRAIN, row=str(row), column="grain", value=f"one row, say {side}"),
            SetNote(question="problem.goals", note=f"note of {side}"),
        ):
            said = apply(bank, said, operation)
        sides.append(said)
    mine, theirs = sides
    queries = base.rows("workload.queries")
    gone: tuple[Value, ...] = tuple(queries[1:])
    mine = mine.with_value("workload.queries", gone)
    edited = SetCell(question="workload.queries", row="Q-001", column="description", value="edited")
    return mine, apply(bank, theirs, edited)


@pytest.fixture
def conflicted(bank: Bank, good_path: Path) -> Path:
    document = read_document(bank, good_path)
    mine, theirs = both(bank, document.answers)
    merged = merge(bank, document.answers, mine, theirs)
    good_path.write_text(encode(bank, document, merged.answers).text)
    return good_path


async def opened(pilot: Driver, app: DbcharterApp) -> ConflictsScreen:
    await idle(pilot, app)
    await open_place(pilot, app, "conflicts")
    screen = app.screen
    assert isinstance(screen, ConflictsScreen)
    return screen


def addresses(app: DbcharterApp) -> list[str]:
    assert app.session is not None
    return [conflict.address for conflict in app.session.answers.conflicts]


async def show(pilot: Driver, app: DbcharterApp, address: str) -> None:
    screen = app.screen
    assert isinstance(screen, ConflictsScreen)
    while screen.conflict is None or screen.conflict.address != address:
        await pilot.press("f7")


async def test_both_sides_and_what_was_before_are_shown_as_they_stand(
    make_app: MakeApp, conflicted: Path
) -> None:
    app = make_app(conflicted)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, app)
        await show(pilot, app, "control.owner")
        assert "mine [PII] [/b]" in shown(app, "mine-text")
        assert "theirs [PII] [/b]" in shown(app, "theirs-text")
        assert "Ngozi" in shown(app, "before-text")
        assert f"of {len(addresses(app))} · 0 Owner" in shown(app, "place")


@pytest.mark.parametrize(("key", "side"), [("f2", "mine"), ("f3", "theirs")])
async def test_one_key_takes_a_side(make_app: MakeApp, conflicted: Path, key: str, side: str) -> None:
    app = make_app(conflicted)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, app)
        for address in list(addresses(app)):
            await show(pilot, app, address)
            await pilot.press(key)
            await idle(pilot, app)
            assert address not in addresses(app)
        assert answer(app, "control.owner") == f"{side} [PII] [/b]"
        assert answer(app, "problem.goals") == (f"goal of {side}",)
        assert app.session is not None
        assert app.session.answers.notes["problem.goals"] == f"note of {side}"
        assert app.session.answers.rows(GRAIN)[0]["grain"] == f"one row, say {side}"
        there = any(row.get("id") == "Q-001" for row in app.session.answers.rows("workload.queries"))
        assert there == (side == "theirs")
        assert "No conflict is open" in shown(app, "place")
        await pilot.press("f2", "f3", "f4", "f6", "f7")
        await idle(pilot, app)


async def test_undo_opens_the_conflict_again(make_app: MakeApp, conflicted: Path) -> None:
    app = make_app(conflicted)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, app)
        before = addresses(app)
        await pilot.press("f3")
        await idle(pilot, app)
        assert len(addresses(app)) == len(before) - 1
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert addresses(app) == before
        assert f"of {len(before)}" in shown(app, "place")


async def test_a_value_is_written_anew(make_app: MakeApp, conflicted: Path) -> None:
    app = make_app(conflicted)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, app)
        await show(pilot, app, "problem.goals")
        await pilot.press("f4")
        await idle(pilot, app)
        assert isinstance(app.screen, EditTextDialog)
        box = app.screen.query_one(TextBox)
        assert box.text == "goal of mine"
        await pilot.press("end", "enter", *"another", "ctrl+s")
        await idle(pilot, app)
        assert answer(app, "problem.goals") == ("goal of mine", "another")
        assert "problem.goals" not in addresses(app)


async def test_leaving_the_text_leaves_the_conflict(make_app: MakeApp, conflicted: Path) -> None:
    app = make_app(conflicted)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, app)
        before = addresses(app)
        await pilot.press("f4", "x", "escape")
        await idle(pilot, app)
        assert isinstance(app.screen, ConflictsScreen)
        assert addresses(app) == before


async def test_a_whole_row_is_edited_in_its_table(make_app: MakeApp, conflicted: Path) -> None:
    app = make_app(conflicted)
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, app)
        await show(pilot, app, "workload.queries[Q-001]")
        await pilot.press("f4")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
        assert interview(app).form.question_id == "workload.queries"
        assert "workload.queries[Q-001]" not in addresses(app)


async def test_read_only_the_sides_are_shown_and_nothing_is_settled(
    make_app: MakeApp, bank: Bank, conflicted: Path
) -> None:
    with Session.open(bank, conflicted):
        app = make_app(conflicted)
        async with app.run_test(size=(100, 30), notifications=True) as pilot:
            await opened(pilot, app)
            before = addresses(app)
            await pilot.press("f2", "f3", "f4")
            await idle(pilot, app)
            assert addresses(app) == before


def test_places_are_named_as_the_screens_name_them(bank: Bank, conflicted: Path) -> None:
    with Session.open(bank, conflicted, write=False) as session:
        names = {c.address: place_words(bank, c) for c in session.answers.conflicts}
    assert names["control.owner"] == "0 Owner"
    assert names["notes.problem.goals"] == "note of 1.2 Goals"
    assert names["workload.queries[Q-001]"] == "9.2 Query Catalog › Q-001 › the whole row"
    assert any(
        name.startswith("6.1 Entity Grain › ") and name.endswith(" › Grain") for name in names.values()
    )


def test_every_conflict_can_be_shown_and_written_or_taken(bank: Bank, good_path: Path) -> None:
    base = read_document(bank, good_path).answers
    mine, theirs = both(bank, base)
    mine = apply(
        bank,
        replace(mine, profile=replace(mine.profile, risk="low")),
        SetState(question="problem.goals", state="not_applicable", reason="unchanged", note="x"),
    )
    theirs = apply(
        bank,
        replace(theirs, profile=replace(theirs.profile, risk="critical")),
        SetState(question="problem.goals", state="not_applicable", reason="out_of_scope", note="y"),
    )
    merged = merge(bank, base, mine, theirs).answers
    assert {"status", "profile", "notes"} <= {c.question.partition(".")[0] for c in merged.conflicts}
    for conflict in merged.conflicts:
        assert side_lines(bank, conflict, conflict.ours) != side_lines(bank, conflict, conflict.theirs)
        taken = apply(bank, merged, settling(merged, conflict, "theirs"))
        assert conflict not in taken.conflicts
        if is_single(bank, conflict):
            value = written(bank, conflict, text_of(conflict))
            again = apply(bank, merged, settling(merged, conflict, "value", value))
            assert apply(bank, merged, settling(merged, conflict, "ours")) == again


def test_wrong_words_are_kept(bank: Bank, conflicted: Path) -> None:
    with Session.open(bank, conflicted) as session:
        conflict = next(c for c in session.answers.conflicts if c.address == "control.owner")
        assert written(bank, conflict, "  ") is None
        created = replace(conflict, question="control.created")
        assert written(bank, created, "some day") == "some day"
        assert isinstance(settling(session.answers, conflict, "ours"), Resolve)
