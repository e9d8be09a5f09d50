"""Painting that costs what is painted, not what is on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget


class LaidOutOnce(Widget):
    """A widget for which the screen is laid out once when its contents become larger or smaller.

    Textual does it once more for every widget whose contents have another size after a layout. To be named
    behind the base from which a widget has its name in styles.
    """

    virtual_size = Reactive(Size(0, 0))


class BandCompositor(Compositor):
    """Asks widgets only for the lines that are painted anew.

    Textual's compositor asks each widget in sight for all its lines, however little is painted.
    """

    def __init__(self) -> None:
        super().__init__()
        self._bands: Sequence[range] = ()

    def render_partial_update(self) -> ChopsUpdate | None:
        self._bands = bands({y for region in self._dirty_regions for y in region.line_range})
        try:
            return super().render_partial_update()
        finally:
            self._bands = ()

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if not self._bands:
            yield from super()._get_renders(crop)
        for band in self._bands:
            lines = Region(0, band.start, self.size.width, len(band))
            for widget, (region, clip) in self.visible_widgets.items():
                shown = clip.intersection(lines)
                painted = region.intersection(shown)
                if painted:
                    yield region, shown, widget.render_lines(painted.translate(-region.offset))


def bands(rows: set[int]) -> list[range]:
    """Rows as ranges without gaps, from top to bottom."""
    found: list[range] = []
    for row in sorted(rows):
        if found and found[-1].stop == row:
            found[-1] = range(found[-1].start, row + 1)
        else:
            found.append(range(row, row + 1))
    return found
