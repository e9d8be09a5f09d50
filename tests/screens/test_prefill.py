"""Filling tables from the DDL, and accepting the drafts in the grid."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import DataTable

from app.bank.model import Bank
from app.document.answers import Row
from app.document.drafts import count_drafts, is_draft
from app.document.operations import AddRow, Set
from app.readiness.ddl_proposals import DdlProposals, ddl_of_document, propose
from app.session import Session
from screens.application import DbcharterApp
from screens.dialogs.prefill import PrefillDialog
from screens.dialogs.reading import ReadingDialog, StoppedError
from screens.interview.screen import InterviewScreen
from screens.widgets.grid_model import DRAFTED
from screens.widgets.picks import Picks
from tests.screens.driving import Driver, answer, go, idle, interview, keys_of, shown

MakeApp = Callable[[Path | None], DbcharterApp]
DDL = """\
CREATE TABLE seat (seat_id bigint PRIMARY KEY, row_label text NOT NULL);
CREATE TABLE seat_hold (
    hold_id bigint PRIMARY KEY,
    seat_id bigint NOT NULL REFERENCES seat (seat_id),
    buyer_email text NOT NULL
);
CREATE TABEL oops (id int);
"""
GRAIN = "logical.grain"
MINE = {"entity": "seat", "grain": "one place in one hall"}


@pytest.fixture
def filled(path: Path, bank: Bank) -> Path:
    """A document with DDL, one statement of which cannot be read, and one row that it would propose."""
    with Session.open(bank, path) as session:
        session.apply(Set(question="physical.engine", value="postgresql"))
        session.apply(Set(question="physical.ddl", value=DDL))
        session.apply(AddRow(question=GRAIN, row=MINE))
        session.save()
    return path


@pytest.fixture
def app(make_app: MakeApp, filled: Path) -> DbcharterApp:
    return make_app(filled)


async def open_dialog(pilot: Driver, app: DbcharterApp) -> PrefillDialog:
    await pilot.press("ctrl+f")
    await idle(pilot, app)
    assert isinstance(app.screen, PrefillDialog)
    return app.screen


async def fill_in(pilot: Driver, app: DbcharterApp) -> None:
    await open_dialog(pilot, app)
    await pilot.press("enter")
    await idle(pilot, app)


def rows(app: DbcharterApp, question: str = GRAIN) -> tuple[Row, ...]:
    assert app.session is not None
    return app.session.answers.rows(question)


def drafts(app: DbcharterApp) -> dict[str, int]:
    assert app.session is not None
    found = {name: count_drafts(value) for name, value in app.session.answers.values.items()}
    return {name: count for name, count in found.items() if count}


def first_cells(app: DbcharterApp) -> list[str]:
    table = app.screen.query_one(DataTable)
    return [str(table.get_row_at(n)[0]) for n in range(table.row_count)]


def proposed(session: Session) -> DdlProposals | None:
    """What the dialog is to offer."""
    ddl = ddl_of_document(session.answers, session.sources())
    return None if ddl is None else propose(session.bank, session.answers, ddl)


def notices(app: DbcharterApp) -> str:
    return "\n".join(notice.message for notice in app._notifications)


async def test_what_the_ddl_proposes_is_shown_by_question_with_counts(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await idle(pilot, app)
        dialog = await open_dialog(pilot, app)
        assert app.session is not None
        found = proposed(app.session)
        assert found is not None
        assert set(dialog.ticked) == set(found.counts())
        titles = [pick.title for pick in dialog.query_one(Picks).picks]
        question = app.bank.questions[GRAIN]
        assert f"{question.number} {question.title}: 1 row, 1 there already" in titles
        assert "2 tables of PostgreSQL" in shown(app, "read")
        assert "line 7" in shown(app, "unread")
        await pilot.press("escape")
        await idle(pilot, app)
        assert drafts(app) == {}


async def test_enter_adds_drafts_in_one_step_and_changes_nothing_that_is_there(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await idle(pilot, app)
        dialog = await open_dialog(pilot, app)
        counts = dict(dialog.found.counts())
        assert len(counts) > 1
        await pilot.press("enter")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
        assert drafts(app) == counts
        assert dict(rows(app)[0]) == MINE
        assert f"{sum(counts.values())} draft rows added in {len(counts)} questions" in notices(app)
        assert "Could not be read: 1, the first at line 7" in notices(app)
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert drafts(app) == {}
        assert [dict(row) for row in rows(app)] == [MINE]


async def test_questions_without_a_tick_get_no_rows(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        dialog = await open_dialog(pilot, app)
        first, *others = dialog.ticked
        await pilot.press("space")
        assert dialog.ticked == tuple(others)
        assert not shown(app, "sum").startswith(f"{sum(dialog.found.counts().values())} ")
        await pilot.press("enter")
        await idle(pilot, app)
        assert set(drafts(app)) == set(others)
        assert first not in drafts(app)


async def test_a_second_time_there_is_nothing_to_add(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await fill_in(pilot, app)
        await pilot.press("ctrl+f")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
        assert "proposes no row that is not there already" in notices(app)


async def test_without_ddl_it_is_said_where_to_write_some(make_app: MakeApp, path: Path) -> None:
    app = make_app(path)
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await pilot.press("ctrl+f")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
        assert "write it in 7.2" in notices(app)


async def test_a_draft_is_marked_by_a_word_and_accepted_by_a_key(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, GRAIN)
        await fill_in(pilot, app)
        assert [cell.startswith(DRAFTED) for cell in first_cells(app)[:2]] == [False, True]
        await pilot.press("down")
        await idle(pilot, app)
        assert "ctrl+e accepts" in shown(app, "about-cell")
        await pilot.press("ctrl+e")
        await idle(pilot, app)
        assert not any(map(is_draft, rows(app)))
        assert rows(app)[1]["entity"] == "seat_hold"
        assert [cell.startswith(DRAFTED) for cell in first_cells(app)[:2]] == [False, False]
        assert "ctrl+e accepts" not in shown(app, "about-cell")
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert is_draft(rows(app)[1])


async def test_a_change_accepts_a_draft(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, GRAIN)
        await fill_in(pilot, app)
        await pilot.press("down", "right", *keys_of("one hold"), "enter")
        await interview(app).settle()
        await idle(pilot, app)
        assert not is_draft(rows(app)[1])


async def test_all_drafts_of_a_question_are_accepted_as_one_step(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await fill_in(pilot, app)
        name = max(drafts(app), key=lambda one: drafts(app)[one])
        count = drafts(app)[name]
        assert count > 1
        await go(pilot, app, name)
        await app.run_action("accept_all", interview(app).form.field)
        await idle(pilot, app)
        assert name not in drafts(app)
        assert drafts(app)
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert drafts(app)[name] == count


async def test_a_row_that_is_no_draft_stays_as_it_is(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 40)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, GRAIN)
        before = answer(app, GRAIN)
        await pilot.press("ctrl+e")
        await idle(pilot, app)
        assert answer(app, GRAIN) is before


def test_files_that_the_document_names_are_read_too(bank: Bank, path: Path) -> None:
    (path.parent / "schema.sql").write_text("CREATE TABLE hall (hall_id int PRIMARY KEY);\nCREATE x;\n")
    with Session.open(bank, path) as session:
        session.apply(Set(question="physical.engine", value="postgresql"))
        session.apply(Set(question="physical.ddl_files", value=["schema.sql", "missing.sql"]))
        found = proposed(session)
    assert found is not None
    assert "hall" in found.schema.tables
    assert any(line.startswith("schema.sql:2: ") for line in found.unread)
    assert any(line.startswith("missing.sql: ") for line in found.unread)
    operation = found.rows([GRAIN])
    assert list(operation.rows) == [GRAIN]
    assert all(row["draft"] is True for row in operation.rows[GRAIN])


async def test_a_large_text_is_read_behind_a_bar(app: DbcharterApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.dialogs.reading.LARGE", 1)
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await pilot.press("ctrl+f")
        await idle(pilot, app)
        await idle(pilot, app)
        assert isinstance(app.screen, PrefillDialog)
        await pilot.press("enter")
        await idle(pilot, app)
        assert drafts(app)[GRAIN] == 1


async def test_reading_shows_how_far_it_is_and_escape_stops_it(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.dialogs.reading.LARGE", 1)
    go_on, seen = threading.Event(), threading.Event()
    ended: list[BaseException] = []

    def reads_on(*_: object, progress: Callable[[int, int], None]) -> None:
        try:
            progress(40, 100)
            seen.set()
            go_on.wait(20)
            progress(50, 100)
        except BaseException as error:
            ended.append(error)
            raise

    monkeypatch.setattr("app.readiness.ddl_proposals.propose", reads_on)
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await pilot.press("ctrl+f")
        assert await asyncio.to_thread(seen.wait, 20)
        assert isinstance(app.screen, ReadingDialog)
        app.screen.show_progress()
        assert "40%" in shown(app, "bar")
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, InterviewScreen)
        go_on.set()
        await idle(pilot, app)
        assert isinstance(ended[0], StoppedError)
        assert "Stopped reading" in notices(app)
        assert drafts(app) == {}
