"""Painting asks widgets only for the lines that are painted, and paints the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._compositor import Compositor
from textual.app import App, ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from screens.application import DbcharterApp
from screens.painting import BandCompositor, bands
from tests.screens.driving import idle, interview


@given(st.sets(st.integers(0, 60)))
def test_bands_are_the_rows_without_gaps_and_from_top_to_bottom(rows: set[int]) -> None:
    found = bands(rows)
    assert [row for band in found for row in band] == sorted(rows)
    assert all(upper.stop < lower.start for upper, lower in pairwise(found))


class Banded(Screen[None]):
    CSS = """
    Banded { layers: base over; }
    #text { width: 20; height: 30; margin: 1 3; border: round red; padding: 1; }
    #over { layer: over; position: absolute; offset: 5 4; width: 12; height: 3; background: blue; }
    VerticalScroll { height: 12; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._compositor = BandCompositor()

    def compose(self) -> ComposeResult:
        yield Static("a line above")
        with VerticalScroll():
            yield Static("\n".join(f"line {n}" for n in range(30)), id="text")
        with Vertical():
            yield Static("one\ntwo\nthree")
        yield Static("laid over", id="over")


REGIONS = (
    [Region(0, 0, 80, 1)],
    [Region(7, 5, 4, 1)],
    [Region(3, 2, 10, 3), Region(0, 20, 80, 2)],
    [Region(0, 0, 80, 1), Region(6, 6, 30, 1), Region(10, 14, 1, 1)],
)


async def test_what_is_written_is_what_textual_would_write() -> None:
    app: App[None] = App()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = Banded()
        app.push_screen(screen)
        await pilot.pause()
        screen.query_one(VerticalScroll).scroll_to(y=3, animate=False)
        await pilot.pause()
        ours = screen._compositor
        for regions in REGIONS:
            written = []
            for kind in (BandCompositor, Compositor):
                ours._dirty_regions.update(regions)
                update = kind.render_partial_update(ours)
                assert update is not None
                written.append(update.render_segments(app.console))
            assert written[0] == written[1]


async def test_only_widgets_and_lines_that_are_painted_are_asked_for(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await idle(pilot, app)
        compositor = interview(app)._compositor
        asked: list[tuple[Widget, range]] = []
        for widget, (region, _) in compositor.visible_widgets.items():

            def lines(crop: Region, widget: Widget = widget, top: int = region.y) -> list[Strip]:
                asked.append((widget, range(top + crop.y, top + crop.bottom)))
                return type(widget).render_lines(widget, crop)

            monkeypatch.setattr(widget, "render_lines", lines)
        compositor._dirty_regions.update([Region(0, 0, 120, 1), Region(40, 20, 3, 1)])
        compositor.render_partial_update()
        assert {row for _, rows in asked for row in rows} == {0, 20}
