"""The screens that are compared with golden files and shown in the documentation."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual._compositor import LayoutUpdate

from app.bank.model import Bank
from app.session import Session
from screens.application import DbcharterApp
from screens.interview.screen import InterviewScreen
from screens.review.sitting import Seat
from screens.start import screen as start_module
from screens.start.screen import Known
from tests.screens.driving import Driver, evaluate, go, idle, made
from tests.screens.sample import TODAY, write_conflicts, write_reviewed, write_sample

Way = Callable[[Driver, DbcharterApp], Awaitable[None]]
Write = Callable[[Bank, Path], Path]
GOLDENS = Path(__file__).with_name("goldens")
SMALL, WIDE, HUGE = (80, 24), (120, 40), (200, 50)
SIZES = (SMALL, WIDE, HUGE)
TINY = (60, 20)
ALL_SIZES = (TINY, *SIZES)
KEN = Seat("Ken Mori", "database")
OLDER = Known(Path("~/box-office/refunds.toml"), 38, 38, "3 days ago")


@dataclass(frozen=True)
class Scene:
    """A screen: which document is open, and the way to it.

    `kinds` has questions, each with a kind that is another than in the bank, which asks nothing of that kind.
    """

    name: str
    way: Way
    write: Write | None = write_sample
    opens: bool = True
    sizes: tuple[tuple[int, int], ...] = SIZES
    read_only: bool = False
    seat: Seat | None = None
    kinds: tuple[tuple[str, str], ...] = ()

    def bank(self, bank: Bank) -> Bank:
        """The bank that asks."""
        kinds = dict(self.kinds)
        sections = []
        for part in bank.sections:
            asked = [replace(q, kind=kinds.get(f"{part.id}.{q.id}", q.kind)) for q in part.questions]
            sections.append(replace(part, questions=tuple(asked)))
        return Bank(bank.file, tuple(sections)) if kinds else bank


def question(name: str, *keys: str) -> Way:
    """The interview at a question, then some keys."""

    async def way(pilot: Driver, app: DbcharterApp) -> None:
        await go(pilot, app, name)
        await pilot.press(*keys)

    return way


def keys(*names: str) -> Way:
    """Some keys from where the program begins."""

    async def way(pilot: Driver, app: DbcharterApp) -> None:
        await pilot.press(*names)

    return way


def place(name: str, *then: str) -> Way:
    """One of the places that actions open, then some keys."""

    async def way(pilot: Driver, app: DbcharterApp) -> None:
        await go(pilot, app, "problem.pain_points")
        await app.screen.run_action(f"open_place('{name}')")
        for key in then:
            await idle(pilot, app)
            await pilot.press(key)

    return way


async def _preview(pilot: Driver, app: DbcharterApp) -> None:
    """The preview, with its appendix."""
    await place("preview")(pilot, app)
    await made(pilot, app)


async def _suggest(pilot: Driver, app: DbcharterApp) -> None:
    """Ken writes into a field, which changes nothing, and suggests it."""
    await go(pilot, app, "control.owner")
    await pilot.press("end", *" x")
    await idle(pilot, app)
    await pilot.press("f9")


async def _suggest_row(pilot: Driver, app: DbcharterApp) -> None:
    """Ken copies a row, which changes nothing, and suggests the copy."""
    await go(pilot, app, "logical.grain")
    await pilot.press("ctrl+d")
    await idle(pilot, app)
    await pilot.press("f9")
    await idle(pilot, app)


async def _waive(pilot: Driver, app: DbcharterApp) -> None:
    """The finding of a question that the rules have looked at is about to be waived."""
    await go(pilot, app, "problem.situation")
    await evaluate(pilot, app)
    await pilot.press("f12")


async def _prefill(pilot: Driver, app: DbcharterApp) -> None:
    """What the DDL proposes, before anything of it is taken."""
    await go(pilot, app, "logical.grain")
    await pilot.press("ctrl+f")
    await idle(pilot, app)


async def _setup(pilot: Driver, app: DbcharterApp) -> None:
    await pilot.press("ctrl+n")
    await idle(pilot, app)
    await pilot.press(*"Seats", "tab", "tab", "tab", "tab", "down", "space", "tab", "down", "space")


SCENES = (
    Scene("start", keys(), opens=False),
    Scene("path", keys("ctrl+o"), opens=False, sizes=(TINY, SMALL, WIDE)),
    Scene("setup", _setup, write=None, opens=False),
    Scene("prose", question("problem.pain_points"), sizes=ALL_SIZES),
    Scene("choice", question("physical.engine"), sizes=ALL_SIZES),
    Scene("sentence", question("problem.situation"), sizes=ALL_SIZES),
    Scene("table", question("logical.grain", "down"), sizes=ALL_SIZES),
    Scene("choices", question("problem.layers", "down"), sizes=(TINY, SMALL, WIDE)),
    Scene("list", question("problem.goals"), sizes=(TINY, SMALL, WIDE)),
    Scene("date", question("control.created"), sizes=(TINY, SMALL, WIDE)),
    Scene("number", question("control.owner"), sizes=(SMALL, WIDE), kinds=(("control.owner", "number"),)),
    Scene("flag", question("control.owner", "down"), sizes=(SMALL, WIDE), kinds=(("control.owner", "flag"),)),
    Scene("records", question("invariants.drift_queries"), sizes=(TINY, SMALL, WIDE)),
    Scene("code", question("physical.ddl"), sizes=(SMALL, WIDE)),
    Scene("example", question("problem.pain_points", "f2"), sizes=(SMALL, WIDE)),
    Scene("row_form", question("logical.grain", "f3"), sizes=ALL_SIZES),
    Scene("mark", question("problem.pain_points", "f9"), sizes=(TINY, SMALL, WIDE)),
    Scene("jump", question("problem.pain_points", "ctrl+o", *"grain"), sizes=(TINY, SMALL, WIDE)),
    Scene("jump_mode", question("problem.pain_points", "ctrl+o", "ctrl+o"), sizes=(TINY, SMALL, WIDE)),
    Scene("waive", _waive, sizes=(TINY, SMALL, WIDE)),
    Scene("prefill", _prefill, sizes=(TINY, SMALL, WIDE)),
    Scene("pane", question("workload.queries", "f4"), sizes=(TINY, SMALL, WIDE)),
    Scene("profile", place("profile"), sizes=(SMALL, WIDE)),
    Scene("overview", place("overview"), sizes=ALL_SIZES),
    Scene("checklist", place("checklist"), sizes=ALL_SIZES),
    Scene("preview", _preview),
    Scene("history", place("history")),
    Scene("export", place("export"), sizes=(SMALL, WIDE)),
    Scene("conflicts", place("conflicts"), write=write_conflicts),
    Scene("edit_text", place("conflicts", "f4"), write=write_conflicts, sizes=(SMALL, WIDE)),
    Scene("review", place("review"), write=write_reviewed, sizes=ALL_SIZES, seat=KEN),
    Scene("review_changed", place("review", "up"), write=write_reviewed, seat=KEN),
    Scene(
        "review_threads",
        place("review", *["n"] * 2, "t"),
        write=write_reviewed,
        sizes=(SMALL, WIDE),
        seat=KEN,
    ),
    Scene("verdict", place("review", "n", "a"), write=write_reviewed, sizes=(TINY, SMALL, WIDE), seat=KEN),
    Scene(
        "check", place("review", "down", "minus"), write=write_reviewed, sizes=(TINY, SMALL, WIDE), seat=KEN
    ),
    Scene("suggest_row", _suggest_row, write=write_reviewed, sizes=(TINY, SMALL, WIDE), seat=KEN),
    Scene("suggest", _suggest, write=write_reviewed, sizes=(TINY, SMALL, WIDE), seat=KEN),
    Scene("inbox", place("inbox"), write=write_reviewed, sizes=ALL_SIZES),
    Scene("ratings", place("ratings", "2"), write=write_reviewed, sizes=(SMALL, WIDE)),
    Scene("seat", question("problem.pain_points", "ctrl+t"), write=write_reviewed, sizes=(TINY, SMALL, WIDE)),
    Scene("say", question("problem.pain_points", "f12"), write=write_reviewed, sizes=(SMALL, WIDE), seat=KEN),
    Scene("palette", question("problem.pain_points", "ctrl+p")),
    Scene("help", question("logical.grain", "f1")),
    Scene("read_only", question("problem.pain_points"), sizes=ALL_SIZES, read_only=True),
)
BY_NAME = {scene.name: scene for scene in SCENES}


@contextmanager
def open_elsewhere(bank: Bank, path: Path) -> Iterator[None]:
    """Another process, always the same one, has the document open for writing."""
    with Session.open(bank, path):
        for note in path.parent.rglob("*.holder"):
            holder = {"pid": 4711, "host": "desk-7", "since": "2026-03-02 08:55 UTC"}
            note.write_text(json.dumps(holder), encoding="utf-8")
        yield


async def look(bank: Bank, scene: Scene, size: tuple[int, int], read: Callable[[DbcharterApp], str]) -> str:
    """What `read` finds on the screen of a scene; its document is written into the present folder."""
    path = scene.write(bank, Path()) if scene.write else None
    bank = scene.bank(bank)
    listed = [Known(Path("~/box-office", path.name), 7, 61, "20 minutes ago"), OLDER] if path else []
    app = DbcharterApp(bank, path if scene.opens else None, today=lambda: TODAY, seat=scene.seat)
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setattr(start_module, "known_documents", lambda *_: listed)
        if scene.read_only and path is not None:
            stack.enter_context(open_elsewhere(bank, path))
        async with app.run_test(size=size) as pilot:
            await idle(pilot, app)
            await scene.way(pilot, app)
            await idle(pilot, app)
            for screen in app.screen_stack:
                if isinstance(screen, InterviewScreen):
                    screen._evaluate()
            await idle(pilot, app)
            return read(app)


def as_text(app: DbcharterApp) -> str:
    """The characters on the screen, line by line."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    lines = ("".join(segment.text for segment in strip) for strip in update.strips)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def golden(config: pytest.Config, name: str, size: tuple[int, int], kind: str, now: str) -> list[str]:
    """The lines of a golden screen, after it was written anew if that is asked for."""
    file = GOLDENS / f"{name}-{size[0]}x{size[1]}.{kind}"
    if config.getoption("--update-goldens"):
        file.write_text(now, encoding="utf-8")
    return file.read_text(encoding="utf-8").splitlines()
