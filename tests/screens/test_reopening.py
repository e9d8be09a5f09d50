"""Answers that a changed file of DDL puts in doubt: marked, reached as due, and settled with one key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.widgets import OptionList

from app.bank.model import Bank
from app.document.operations import Set
from app.session import Session
from screens.application import DbcharterApp
from screens.states import AGAIN
from tests.readiness.documents import TODAY
from tests.screens.driving import evaluate, go, idle, interview, shown

GRAIN = "logical.grain"
SQL = "CREATE TABLE seat (seat_id bigint PRIMARY KEY, row_label text);\n"


def changed_document(path: Path, bank: Bank) -> Path:
    """A document whose grain names a table of a file that has changed since."""
    schema = path.parent / "schema.sql"
    schema.write_text(SQL)
    with Session.open(bank, path) as session:
        session.apply(Set(question="physical.existing_ddl_files", value=["schema.sql"]))
        session.apply(Set(question=GRAIN, value=[{"entity": "seat", "grain": "one place in one hall"}]))
        session.evaluate(TODAY)
        session.apply(Set(question="control.title", value="Seats"))
        session.save()
    schema.write_text(SQL.replace("row_label text", "row_label text NOT NULL"))
    return path


def tree_line(app: DbcharterApp, title: str) -> str:
    options = app.screen.query_one("#sections", OptionList).options
    return next(str(option.prompt) for option in options if title in str(option.prompt))


async def test_the_tree_and_the_question_say_it_and_next_due_goes_there(
    make_app: Callable[[Path | None], DbcharterApp], path: Path, bank: Bank
) -> None:
    app = make_app(changed_document(path, bank))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await evaluate(pilot, app)
        assert app.session is not None
        assert app.session.survey().questions[GRAIN].again
        assert AGAIN.glyph in tree_line(app, "Logical Model")
        assert AGAIN.word in tree_line(app, "Logical Model")
        await go(pilot, app, "logical.keys")
        for _ in range(len(bank.questions)):
            if interview(app).question_id == GRAIN:
                break
            await pilot.press("ctrl+n")
            await idle(pilot, app)
        assert interview(app).question_id == GRAIN
        assert AGAIN.word in shown(app, "question")


async def test_f11_says_that_the_answer_is_still_right(
    make_app: Callable[[Path | None], DbcharterApp], path: Path, bank: Bank
) -> None:
    app = make_app(changed_document(path, bank))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await evaluate(pilot, app)
        await go(pilot, app, GRAIN)
        assert app.session is not None
        before = app.session.answers.values
        await pilot.press("f11")
        await idle(pilot, app)
        assert not app.session.survey().questions[GRAIN].again
        assert app.session.answers.values == before
        await evaluate(pilot, app)
        assert AGAIN.word not in tree_line(app, "Logical Model")
        await pilot.press("f11")
        await idle(pilot, app)
        assert any("No changed file" in notice.message for notice in app._notifications)
