"""What is done once only: looking at a document, showing an answer, reading the folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import OptionList

from app.document.operations import Set
from screens.application import DbcharterApp
from screens.conflicts.screen import ConflictsScreen
from screens.history.screen import HistoryScreen
from screens.looking import LookingScreen
from screens.overview.screen import OverviewScreen
from screens.preview.screen import PreviewScreen
from screens.start import screen as start
from screens.widgets.fields.prose import CodeField
from screens.widgets.grid_base import GridBase
from tests.screens.driving import go, idle, interview

MakeApp = Callable[[Path | None], DbcharterApp]


def counted(patch: pytest.MonkeyPatch, owner: Any, name: str) -> list[None]:
    """Grows by one at each call of a function or method, which does what it did."""
    calls: list[None] = []
    before = getattr(owner, name)

    def call(*arguments: Any, **named: Any) -> Any:
        calls.append(None)
        return before(*arguments, **named)

    patch.setattr(owner, name, call)
    return calls


@pytest.mark.parametrize("kind", [OverviewScreen, PreviewScreen, ConflictsScreen, HistoryScreen])
async def test_a_screen_looks_once_when_it_opens_and_once_after_a_change(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch, kind: type[LookingScreen]
) -> None:
    calls = counted(monkeypatch, LookingScreen, "_look")
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        assert app.session is not None
        await app.push_screen(kind(app.session))
        await idle(pilot, app)
        assert len(calls) == 1
        app.apply(Set(question="control.owner", value="Ana"))
        await idle(pilot, app)
        assert len(calls) == 2


async def test_a_grid_loads_its_rows_once_when_it_opens(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        calls = counted(monkeypatch, GridBase, "load")
        await go(pilot, app, "logical.grain")
        assert isinstance(interview(app).form.field, GridBase)
        assert len(calls) == 1


async def test_a_key_in_sql_is_taken_note_of_once(app: DbcharterApp, monkeypatch: pytest.MonkeyPatch) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "physical.ddl")
        assert isinstance(interview(app).form.field, CodeField)
        calls = counted(monkeypatch, CodeField, "typed")
        await pilot.press("x")
        await idle(pilot, app)
        assert len(calls) == 1


async def test_another_size_does_not_have_the_folder_read_again(
    make_app: MakeApp, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    calls = counted(monkeypatch, start, "known_documents")
    app = make_app(None)
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        assert len(calls) == 1
        await pilot.resize_terminal(70, 24)
        await idle(pilot, app)
        assert len(calls) == 1
        options = app.screen.query_one("#documents", OptionList)
        assert options.option_count == 2
        assert options.highlighted == 0
        (path.parent / "other.toml").write_bytes(path.read_bytes())
        await pilot.press("ctrl+o")
        await idle(pilot, app)
        await pilot.press("escape")
        await idle(pilot, app)
        assert len(calls) == 2
        assert options.option_count == 3
