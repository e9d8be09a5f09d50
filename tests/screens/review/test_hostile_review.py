"""Words of reviewers that hold markup, escape sequences and letters that upset terminals."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from app.bank.model import Bank
from app.document.operations import AddRow, RemoveRow, SetCell
from app.review.anchors import Spot
from app.review.desk import FolderDesk
from app.review.model import CheckMark, Opinion, Records, Reply, Suggestion, Thread, Verdict
from app.review.row_suggestions import SetCells
from app.review.saying import mark_words, suggestion_words, thread_words, verdict_words
from app.session import Session
from screens.application import DbcharterApp
from screens.review.sitting import Seat
from tests.screens.driving import go, idle
from tests.screens.sample import TODAY, write_sample
from tests.screens.test_hostile_text import BIDI, ESCAPES, LINE, look

NAME = f"Ada [b]Obi[/b] [/b] [@click=app.quit]x[/] {BIDI}"
GRAIN = SetCell(question="logical.grain", row="seat", column="grain", value=LINE)


def talked(bank: Bank, folder: Path) -> Path:
    """A document whose reviewers say hostile things about everything."""
    path = write_sample(bank, folder)
    with Session.open(bank, path, write=False) as session:
        desk = FolderDesk(path, NAME, "database")
        answers = session.answers
        for question, spot in (("logical.grain", Spot("seat")), ("problem.goals", Spot())):
            desk.say(Thread, thread_words(bank, answers, question, spot, f"{LINE}\n{LINE}"))
        desk.say(Reply, {"thread": desk.records.records[0].id, "text": LINE})
        desk.say(Suggestion, suggestion_words(bank, answers, GRAIN, LINE))
        cells = {"grain": f"{LINE}\n{LINE}", "example": LINE}
        for change in (
            AddRow(question="logical.grain", row={"entity": LINE, **cells}),
            SetCells(question="logical.grain", row="seat", cells=cells),
            RemoveRow(question="logical.grain", row="seat"),
        ):
            desk.say(Suggestion, suggestion_words(bank, answers, change, LINE))
        desk.say(Verdict, verdict_words(bank, answers, "logical", "request_changes", text=LINE))
        desk.say(Verdict, verdict_words(bank, answers, "problem", "comment", text=LINE))
        stale = verdict_words(bank, answers, "glossary", "approve", text=LINE)
        desk.say(Verdict, stale | {"digest": "0" * 64, "answers": f"{LINE}\n{LINE}"})
        for check, mark in (("RVW03", "does_not_hold"), ("RVW04", "holds")):
            desk.say(CheckMark, mark_words(bank, answers, check, mark, text=f"{LINE}\n{LINE}"))
        old = mark_words(bank, answers, "RVW05", "holds", text=LINE)
        desk.say(CheckMark, old | {"digest": "0" * 64, "answers": f"{LINE}\n{LINE}"})
        desk.say(Opinion, {"subject": "risk", "rating": 5, "text": LINE})
    return path


def soiled(records: Records) -> Records:
    """Records with what cleaning took out of their words."""
    dirty = {"text", "quote", "old", "new", "answers"}
    found = []
    for record in records.records:
        words = {name: f"{value}{ESCAPES}" for name, value in record if name in dirty and value}
        found.append(record.model_copy(update=words))
    people = tuple(replace(reviewer, name=reviewer.name + ESCAPES) for reviewer in records.reviewers)
    return Records(people, tuple(found), records.problems)


@pytest.fixture
def app(bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DbcharterApp:
    path = talked(bank, tmp_path)
    real = FolderDesk.records.fget  # type: ignore[attr-defined]  # a property
    known: dict[int, Records] = {}

    def records(desk: FolderDesk) -> Records:
        found = real(desk)
        return known.setdefault(id(found), soiled(found))

    monkeypatch.setattr(FolderDesk, "records", property(records))
    return DbcharterApp(bank, path, today=lambda: TODAY, seat=Seat(NAME + ESCAPES, "database"))


@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=str)
@pytest.mark.parametrize("place", ["review", "inbox", "ratings"])
async def test_every_screen_of_a_review_shows_words_as_they_stand(
    app: DbcharterApp, place: str, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size, notifications=True) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        await app.screen.run_action(f"open_place('{place}')")
        await idle(pilot, app)
        shown = look(app, size[0])
        for key in ("t", "m", "m", "t", "n", "n", "right", "down", "down", "5"):
            await pilot.press(key)
            await idle(pilot, app)
            shown += look(app, size[0])
        assert "[b]bold[/b]" in shown or "[@click" in shown


@pytest.mark.parametrize(
    "keys",
    [("c", "enter"), ("s", "enter"), ("a",), ("x",), ("r",), ("ctrl+t",), ("f1",), ("plus",)],
    ids=lambda keys: keys[0],
)
async def test_every_dialog_of_a_review_shows_words_as_they_stand(
    app: DbcharterApp, keys: tuple[str, ...]
) -> None:
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await idle(pilot, app)
        await app.screen.run_action("open_place('review')")
        await idle(pilot, app)
        screen = app.screen
        place = "check:RVW03" if keys == ("plus",) else "section:logical"
        screen._list.go(next(e for e in screen.entries if e.key == place))  # type: ignore[attr-defined]  # the reviewer's screen
        await idle(pilot, app)
        for key in keys:
            await pilot.press(key)
            await idle(pilot, app)
            look(app, 80)
        assert app.screen is not screen
        await pilot.press("escape")
        await idle(pilot, app)
        look(app, 80)
        assert app.session is not None
