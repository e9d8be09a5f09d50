"""Inputs that paint no more than they must, and never anything but what they hold."""

from __future__ import annotations

from textual.app import App, ComposeResult

from screens.widgets.inputs import LineInput, TextBox
from tests.screens.driving import keys_of

LINES = [f"line {number} of some" for number in range(12)]


class Boxed(App[None]):
    def compose(self) -> ComposeResult:
        yield TextBox("\n".join(LINES), soft_wrap=False, show_line_numbers=True)


def painted(box: TextBox) -> list[str]:
    return [box.render_line(y).text for y in range(12)]


async def test_what_is_painted_is_what_a_box_painted_anew_shows() -> None:
    """After edits within a line, over several lines, that make the box wider, and undone ones."""
    app = Boxed()
    async with app.run_test() as pilot:
        box = app.query_one(TextBox)
        keys = [
            "x",
            "down",
            "right",
            "y",
            "backspace",
            "enter",
            "z",
            "up",
            "delete",
            "shift+down",
            "q",
            "ctrl+u",
        ]
        for key in [*keys, *keys_of("w" * 30), "ctrl+z", "ctrl+y"]:
            await pilot.press(key)
            await pilot.pause()
            kept = painted(box)
            box._line_cache.clear()
            assert kept == painted(box), key


async def test_a_key_paints_its_own_line_only() -> None:
    app = Boxed()
    async with app.run_test() as pilot:
        box = app.query_one(TextBox)
        await pilot.press("down", "x")
        await pilot.pause()
        before = [box.render_line(y) for y in range(12)]
        await pilot.press("delete")
        await pilot.pause()
        after = [box.render_line(y) for y in range(12)]
        assert [y for y in range(12) if after[y] is not before[y]] == [1]


async def test_the_height_is_that_of_all_lines_also_of_wrapped_ones() -> None:
    app = Boxed()
    async with app.run_test(size=(40, 20)) as pilot:
        box = app.query_one(TextBox)
        assert box.wrapped_document.height == 12
        box.soft_wrap = True
        box.put("word " * 40)
        await pilot.pause()
        counted = sum(len(offsets) + 1 for offsets in box.wrapped_document._wrap_offsets)
        assert box.wrapped_document.height == counted > 4


class Lined(App[None]):
    def compose(self) -> ComposeResult:
        yield LineInput()


async def test_the_end_of_a_long_line_is_in_sight_while_it_is_typed_and_its_begin_at_home() -> None:
    app = Lined()
    async with app.run_test(size=(20, 5)) as pilot:
        line = app.query_one(LineInput)
        await pilot.press(*keys_of("begin" + "-" * 40 + "end"))
        await pilot.pause()
        assert "end" in line.render_line(0).text
        await pilot.press("home")
        await pilot.pause()
        assert line.render_line(0).text.startswith("begin")
