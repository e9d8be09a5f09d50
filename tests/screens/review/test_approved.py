"""The status says approved only when the document is, and a review is shown as it is printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.bank.model import Bank
from app.document.operations import Set
from app.readiness.reports.model import percent
from app.render.document import render
from app.render.sections import Sections
from app.review.model import Verdict
from app.review.names import review_folder
from app.review.reading import read_records
from app.review.saying import verdict_words
from app.review.writing import append
from app.session import Session
from screens.application import DbcharterApp
from screens.widgets.picks import Picks
from tests.screens.conftest import TODAY
from tests.screens.driving import Driver, answer, go, idle, made, open_place
from tests.screens.review.conftest import MakeSeated
from tests.screens.review.reviewing import session_of
from tests.screens.scenes import as_text

MakeApp = Callable[[Path | None], DbcharterApp]
NAMES = ("backend", "database", "security", "SRE", "data")


@pytest.fixture
def complete(bank: Bank, tmp_path: Path) -> Path:
    """A complete document whose only reviewer is Ada."""
    file = tmp_path / "parcels.toml"
    file.write_bytes((Path(__file__).parents[3] / "examples/parcel-instructions.toml").read_bytes())
    with Session.open(bank, file) as session:
        session.apply(Set(question="control.reviewers", value=[f"{name}: Ada" for name in NAMES]))
        session.apply(Set(question="control.status", value="in_review"))
        session.save()
    return file


def approve_all(bank: Bank, file: Path) -> None:
    with Session.open(bank, file, write=False) as session:
        for section in bank.section_by_id:
            append(
                review_folder(file), "Ada", Verdict, verdict_words(bank, session.answers, section, "approve")
            )


async def choose_approved(pilot: Driver, app: DbcharterApp) -> None:
    await go(pilot, app, "control.status")
    picks = app.screen.query_one(Picks)
    picks.highlighted = [pick.value for pick in picks.picks].index("approved")
    await pilot.press("space")
    await idle(pilot, app)


async def test_choosing_approved_is_refused_with_the_reasons_and_the_field_shows_what_is(
    make_app: MakeApp, complete: Path
) -> None:
    app = make_app(complete)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await choose_approved(pilot, app)
        assert answer(app, "control.status") == "in_review"
        assert "it is not approved" in as_text(app)
        assert "waits for Ada" in as_text(app)
        assert app.screen.query_one(Picks).chosen == ["in_review"]


async def test_choosing_approved_is_taken_once_every_role_has_approved(
    bank: Bank, make_app: MakeApp, complete: Path
) -> None:
    approve_all(bank, complete)
    app = make_app(complete)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await choose_approved(pilot, app)
        assert answer(app, "control.status") == "approved"


async def test_undoing_into_approved_is_refused_where_it_is_not_true_any_more(
    bank: Bank, make_app: MakeApp, complete: Path
) -> None:
    with Session.open(bank, complete) as session:
        session.apply(Set(question="control.status", value="approved"))
        session.apply(Set(question="control.status", value="draft"))
        session.save()
    app = make_app(complete)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await idle(pilot, app)
        await pilot.press("ctrl+z")
        await idle(pilot, app)
        assert answer(app, "control.status") == "draft"
        assert "it is not approved" in as_text(app)


async def test_the_preview_shows_the_appendix_that_is_printed(seated: MakeSeated, bank: Bank) -> None:
    app = seated(None)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        await open_place(pilot, app, "preview")
        pane = await made(pilot, app)
        text = "\n".join(pane.pages.texts())
        assert "Open threads:" in text
        assert "lea-brandt-1, logical.grain[seat_hold].example" in text
        assert "Ken Mori (database)" not in text
        assert "the section has changed since" in text
        readiness = session_of(app).evaluate(TODAY).readiness
        assert f"Readiness {percent(readiness)} %" in text
        assert app.sitting is not None
        words = {"section": "logical", "verdict": "approve", "digest": "0" * 64, "answers": "x"}
        app.sitting.say(Verdict, words)
        pane = await made(pilot, app)
        assert "6 Logical Model" in "\n".join(pane.pages.texts()).partition("Open threads:")[0]


def test_pieces_with_a_review_are_what_the_whole_document_is(bank: Bank, reviewed: Path) -> None:
    with Session.open(bank, reviewed, write=False) as session:
        records, evaluation = read_records(review_folder(reviewed)), session.evaluate(TODAY)
        for template in ("full", "compact"):
            whole = render(bank, session.answers, template, None, records, evaluation)  # type: ignore[arg-type]  # one of both
            pieces = Sections(bank).render(session.answers, template, records, evaluation)  # type: ignore[arg-type]  # one of both
            assert "".join(text for _, text in pieces).split() == whole.split()


async def test_the_exported_document_gives_the_evidence_of_the_review(seated: MakeSeated) -> None:
    app = seated(None)
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        await open_place(pilot, app, "export")
        await pilot.press("tab", "enter")
        await idle(pilot, app)
        written = session_of(app).path.with_suffix(".md").read_text(encoding="utf-8")
        assert "Open threads:" in written
