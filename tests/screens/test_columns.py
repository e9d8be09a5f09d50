"""Signs of several characters leave what is behind them in its column in every terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from app.document.operations import Set
from screens.application import DbcharterApp
from screens.columns import in_columns, placed
from screens.interview.screen import InterviewScreen
from tests.screens.driving import go, idle

SIGNS = ["👍🏽", "👩‍👩‍👧", "🇩🇪", "❤️", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🧑🏽‍🚀"]
WIDTHS = {"🏽": 2, "🇩": 2, "🇪": 2, "\u200d": 0}
"""Widths that terminals give to parts of signs, other than Textual does."""
MOVES = re.compile(r"\x1b\[(?:\d+;)?(\d+)[HG]|\x1b\[[\d;]*m|(.)")


def columns_of(output: str, wanted: str) -> list[int]:
    """Where a terminal shows a character that gives each character the width which it has alone."""
    column, found = 0, []
    for move in MOVES.finditer(output):
        if move[1]:
            column = int(move[1]) - 1
        elif move[2]:
            found += [column] if move[2] == wanted else []
            column += WIDTHS.get(move[2], cell_len(move[2]))
    return found


@pytest.mark.parametrize("sign", SIGNS)
def test_what_is_behind_a_sign_stands_in_its_column(sign: str) -> None:
    output = f"\x1b[4;11Hab{sign}\x1b[1mcd{sign}\x1b[0m│"
    assert columns_of(in_columns(output), "│") == [10 + 4 + 2 * cell_len(sign)]


@given(st.text() | st.text(st.sampled_from("a\x1b[]8;2HmG\n" + "".join(SIGNS))))
def test_nothing_is_taken_from_what_is_written(output: str) -> None:
    rest = in_columns(output)
    for part in output:
        at = rest.find(part)
        assert at >= 0
        rest = rest[at + 1 :]


def test_output_without_such_signs_is_the_same() -> None:
    output = "\x1b[1;1Hplain\x1b[1m é 日本 👍\x1b[0m\n"
    assert in_columns(output) == output


def test_without_that_it_would_be_elsewhere() -> None:
    assert columns_of("\x1b[4;11H👍🏽│", "│") != columns_of(in_columns("\x1b[4;11H👍🏽│"), "│")


async def test_the_border_of_the_pane_is_straight_beside_signs(app: DbcharterApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        app.apply(Set(question="problem.pain_points", value="\n".join(f"yes {sign} no" for sign in SIGNS)))
        await go(pilot, app, "problem.pain_points")
        await pilot.press("f4")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
        edge = app.screen.pane.region.x
        update = placed(app.screen._compositor.render_update(full=True))
        lines = update.render_segments(app.console).split("\n")  # type: ignore[union-attr]  # an update
        assert all(edge in columns_of(line, "│") for line in lines[3:-2])


async def test_what_is_displayed_is_placed(app: DbcharterApp, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr("screens.application.placed", lambda update: seen.append(update) or update)
    async with app.run_test() as pilot:
        await idle(pilot, app)
    assert seen
