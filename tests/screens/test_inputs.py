"""Inputs that paint no more than they must, and never anything but what they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.document._document import Document
from textual.geometry import Region

from screens.widgets.inputs import LineInput, QuickDocument, TextBox
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


def on_screen(box: TextBox) -> list[list[tuple[str, str]]]:
    """What stands on the terminal, as far as it was painted again, with its styles."""
    strips = box.screen._compositor.render_strips()
    return [[(segment.text, str(segment.style)) for segment in strip.simplify()] for strip in strips]


@pytest.mark.parametrize("wrapped", [False, True])
async def test_what_stands_on_the_screen_is_what_a_box_painted_anew_would_show(wrapped: bool) -> None:
    app = Boxed()
    async with app.run_test(size=(40, 16)) as pilot:
        box = app.query_one(TextBox)
        box.soft_wrap = wrapped
        keys = ["x", "down", "y", "(", ")", "left", "left", "enter", "shift+up", "shift+up", "z", "ctrl+z"]
        more = ["home", "shift+end", "backspace", "ctrl+z", "up"]
        for key in [*keys, "ctrl+y", "end", *keys_of("some words " * 4), *more]:
            await pilot.press(key)
            await pilot.pause()
            seen = on_screen(box)
            box._line_cache.clear()
            box.refresh()
            await pilot.pause()
            assert seen == on_screen(box), key


async def test_a_key_has_only_the_line_with_the_cursor_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Boxed()
    async with app.run_test(size=(60, 20)) as pilot:
        box = app.query_one(TextBox)
        await pilot.press("down", "down")
        await pilot.pause()
        rows: set[int] = set()
        whole = box._set_dirty

        def noted(*regions: Region) -> None:
            rows.update(row for region in regions or [box.size.region] for row in region.line_range)
            whole(*regions)

        monkeypatch.setattr(box, "_set_dirty", noted)
        await pilot.press("x", "y", "left", "backspace")
        await pilot.pause()
        assert rows == {2}


async def test_a_long_line_is_scrolled_in_jumps_with_its_end_in_sight() -> None:
    app = Boxed()
    async with app.run_test(size=(40, 16)) as pilot:
        box = app.query_one(TextBox)
        places = set()
        for letter in "abcdefghij" * 8:
            await pilot.press(letter)
            await pilot.pause()
            places.add(box.scroll_offset.x)
            column = box.cursor_location[1] + box.gutter_width - box.scroll_offset.x
            assert 0 <= column < box.scrollable_content_region.width
        assert 1 < len(places) < 10


EDITS = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 6), st.integers(0, 12)),
        st.tuples(st.integers(0, 6), st.integers(0, 12)),
        st.text(alphabet="ab\t\n界", max_size=8),
    ),
    max_size=8,
)


@given(st.text(alphabet="ab\t\n界", max_size=30), EDITS)
def test_a_quick_document_says_what_one_of_textual_says(
    text: str, edits: list[tuple[tuple[int, int], tuple[int, int], str]]
) -> None:
    quick, slow = QuickDocument(text), Document(text)
    for start, end, new in [((0, 0), (0, 0), ""), *edits]:
        places = []
        for row, column in (start, end):
            row = min(row, slow.line_count - 1)
            places.append((row, min(column, len(slow[row]))))
        first, last = places
        assert quick.replace_range(first, last, new) == slow.replace_range(first, last, new)
        assert (quick.text, quick.get_size(4)) == (slow.text, slow.get_size(4))


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
