"""What is pasted is text, whatever it holds and however the terminal cuts it up."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from screens.application import DbcharterApp
from screens.pasting import WholePasteParser
from screens.widgets.inputs import LineInput, TextBox
from tests.screens.driving import go, idle

START, END = "\x1b[200~", "\x1b[201~"
HOSTILE = ["evil \x1b[0m\x11", "AAA \x1b[31mBBB \x07CCC", "\x1b", "\x1b[200~", "\x1b[20", "a\n\tb\x00", ""]
KEYS = ["x", "é", "\x11", "\x1b[A", "\x1b[15~", "\x1b[<0;3;4M", "\x1b[I"]


def read(parser: XTermParser, *pieces: str) -> list[str]:
    """What a parser makes of what a terminal sends, in words."""
    return [word(event) for piece in pieces for event in parser.feed(piece)]


def word(event: object) -> str:
    if isinstance(event, events.Paste):
        return f"paste {event.text!r}"
    return f"key {event.key}" if isinstance(event, events.Key) else type(event).__name__


def cut(text: str, places: list[int]) -> list[str]:
    """`text` in pieces, none of them empty."""
    ends = sorted({place % len(text) for place in places} - {0}) if text else []
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_paste_is_one_event_with_all_of_its_text(text: str) -> None:
    parser = WholePasteParser()
    assert read(parser, f"a{START}{text}{END}b") == ["key a", f"paste {text!r}", "key b"]


@given(
    st.lists(st.tuples(st.sampled_from(KEYS), st.none() | st.sampled_from(HOSTILE) | st.text()), max_size=4),
    st.lists(st.integers(min_value=0), max_size=30),
)
def test_it_is_the_same_however_it_is_cut_up(sent: list[tuple[str, str | None]], places: list[int]) -> None:
    """Keys are what Textual takes them for, and pastes what was pasted, up to the first end of it."""
    wanted: list[str] = []
    stream = ""
    for key, pasted in sent:
        stream += key
        wanted += read(XTermParser(), key)
        if pasted is not None and END not in pasted:
            stream += START + pasted + END
            wanted.append(f"paste {pasted!r}")
    assert read(WholePasteParser(), *(piece for piece in cut(stream, places) if piece)) == wanted


def test_the_end_of_what_a_terminal_sends_is_as_before() -> None:
    parser = WholePasteParser()
    assert read(parser, f"{START}half", "") == []
    assert parser.is_eof


@pytest.mark.skipif(sys.platform == "win32", reason="another driver")
def test_the_driver_of_the_application_reads_with_it(app: DbcharterApp) -> None:
    from textual.drivers import linux_driver

    assert app.driver_class is linux_driver.LinuxDriver
    assert vars(linux_driver)["XTermParser"] is WholePasteParser


def notices(app: DbcharterApp) -> list[str]:
    return [notice.message for notice in app._notifications]


async def test_what_is_taken_out_of_a_paste_is_told_once(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        app.post_message(events.Paste("a\x1b[31mb\x1bc\x07"))
        await idle(pilot, app)
        assert app.screen.query_one(LineInput).value == "a[31mbc"
        told = [text for text in notices(app) if "aken out" in text]
        assert told == ["Taken out of what was pasted: U+001B control character, U+0007 control character"]


async def test_of_many_characters_that_are_taken_out_some_are_named(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        app.post_message(events.Paste("".join(map(chr, range(1, 9)))))
        await idle(pilot, app)
        (told,) = [text for text in notices(app) if "aken out" in text]
        assert told.endswith("U+0003 control character and 5 more")


async def test_a_paste_of_plain_text_is_told_to_nobody(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.current_workflow")
        before = notices(app)
        app.post_message(events.Paste("one\r\n\ttwo — three"))
        await idle(pilot, app)
        assert app.screen.query_one(TextBox).text == "one\n\ttwo — three"
        assert notices(app) == before
