"""SQL is coloured, and can be read in every theme."""

from __future__ import annotations

import pytest
from rich.color import Color as Painted
from textual.color import Color
from textual.widgets.text_area import TextAreaTheme

from app.document.operations import Set
from screens.application import DbcharterApp
from screens.themes import SQL_COLOURS, THEMES, sql_colours
from screens.widgets.fields.prose import HIGHLIGHTED_LINES
from screens.widgets.inputs import TextBox
from tests.screens.driving import Driver, go, idle

DDL = """-- one hold of seats
CREATE TABLE hold (
  id bigint PRIMARY KEY,
  state varchar(10) NOT NULL DEFAULT 'open',
  CHECK (state IN ('open', 'gone') AND id > 1.5)
);
"""
LEGIBLE = 4.5
"""The contrast of text by WCAG 2, level AA."""


def contrast(one: Color, other: Color) -> float:
    """The contrast of two colours as WCAG 2 computes it, 1 to 21."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    parts = (part / 255 for part in colour.rgb)
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def painted(app: DbcharterApp) -> dict[str, set[tuple[Color, Color]]]:
    """The colour and the background of the words and signs of the text box on the screen."""
    area = app.screen.query_one(TextBox)
    found: dict[str, set[tuple[Color, Color]]] = {}
    for line in range(area.size.height):
        for segment in list(area.render_line(line))[1:]:
            style = segment.style
            if style is not None and style.color and style.bgcolor and not style.reverse:
                pair = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
                for word in segment.text.split():
                    found.setdefault(word, set()).add(pair)
    return found


async def open_sql(pilot: Driver, app: DbcharterApp, ddl: str) -> None:
    await idle(pilot, app)
    app.apply(Set(question="physical.ddl", value=ddl))
    await go(pilot, app, "physical.ddl")
    app.screen.query_one(TextBox).cursor_location = (6, 0)
    await pilot.pause()


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("focused", [True, False])
async def test_sql_can_be_read_in_every_theme(app: DbcharterApp, theme: object, *, focused: bool) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await open_sql(pilot, app, DDL)
        app.theme = theme.name  # type: ignore[attr-defined]  # a Theme, whose name pytest shows
        if not focused:
            app.screen.set_focus(None)
        await pilot.pause()
        words = painted(app)
        assert {"CREATE", "(", ",", "bigint", "'open'"} <= words.keys()
        low = [
            (word, fore.hex, back.hex)
            for word, pairs in words.items()
            for fore, back in pairs
            if contrast(fore, back) < LEGIBLE
        ]
        assert low == []


async def test_sql_is_coloured_while_it_is_short(app: DbcharterApp) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await open_sql(pilot, app, DDL)
        words = painted(app)
        keyword, kind, name = words["CREATE"], words["bigint"], words["id"]
        assert not keyword & kind
        assert not keyword & name
        app.apply(Set(question="physical.ddl", value=DDL + "-- more\n" * HIGHLIGHTED_LINES))
        await pilot.pause()
        assert app.screen.query_one(TextBox).language is None


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_part_of_sql_has_contrast_on_all_backgrounds_of_its_theme(theme: object) -> None:
    colours = theme.to_color_system().generate()  # type: ignore[attr-defined]  # a Theme
    styles: TextAreaTheme = sql_colours(theme)  # type: ignore[arg-type]  # a Theme
    for part in SQL_COLOURS:
        painted_in = styles.syntax_styles[part].color
        assert isinstance(painted_in, Painted)
        for name in ("background", "surface", "panel", "panel-lighten-1"):
            ratio = contrast(Color.from_rich_color(painted_in), Color.parse(colours[name]))
            assert ratio >= LEGIBLE, (part, name, ratio)
