"""What a person typed is what a reader of the rendered page sees."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from app.document.text import clean
from app.render.markdown import (
    Markdown,
    anchor,
    cell,
    emphasis,
    fence,
    heading,
    inline,
    link,
    prose,
    text_of_cell,
)

from .reading import elements, hostile_line, hostile_text, texts


def tags(markdown: str) -> list[str]:
    return [element.tag for element in elements(markdown)]


@given(hostile_line)
def test_a_heading_shows_the_text_and_nothing_else(text: str) -> None:
    source = f"### {heading(text)}"
    assert texts(source, "h3") == [text]
    assert tags(source) == ["h3"]


@given(hostile_text.map(lambda text: text.strip("\n")))
def test_a_list_item_shows_the_text_with_its_line_breaks(text: str) -> None:
    source = f"- {inline(text)}\n- next"
    assert texts(source, "li") == [text, "next"]
    assert tags(source) == ["ul", "li", "li"]


@given(hostile_text, hostile_text)
def test_a_table_cell_shows_the_text_with_its_line_breaks(left: str, right: str) -> None:
    source = f"| a | b |\n| --- | --- |\n| {cell(left)} | {cell(right)} |"
    assert texts(source, "td") == [left, right]
    assert tags(source).count("tr") == 2
    assert set(tags(source)) == {"table", "thead", "tbody", "tr", "th", "td"}


@given(hostile_text)
def test_a_cell_becomes_the_text_again_that_it_was_made_of(text: str) -> None:
    assert text_of_cell(cell(text)) == clean(text)
    assert text_of_cell(anchor("grain--seat") + link(cell(text), "grain--hall")) == clean(text)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Night\\_job **now**", "Night_job **now**"),
        (r"`a\_b \| c`", r"`a\_b | c`"),
        ("[a page](https://example.org/x_y)", "[a page](https://example.org/x_y)"),
        ("a<br>b<BR />c", "a\nb\nc"),
        ("&#27;[31m&#9999999;&amp;", "[31m\U0010ffff&amp;"),
    ],
)
def test_markup_that_is_not_of_the_renderer_stays(markdown: str, text: str) -> None:
    assert text_of_cell(markdown) == text


@given(hostile_text.filter(lambda text: bool(text.strip("\n"))))
def test_prose_shows_paragraphs_with_their_line_breaks(text: str) -> None:
    source = prose(text)
    assert texts(source, "p") == re.split(r"\n(?:[^\S\n]*\n)+", text.strip("\n"))
    assert set(tags(source)) == {"p"}


@given(hostile_text.filter(lambda text: bool(text.strip("\n"))))
def test_prose_stays_inside_the_list_item_that_it_is_indented_for(text: str) -> None:
    source = f"- {prose(text, indent='  ')}\n- next"
    shown = texts(source, "p") or texts(source, "li")[:1]
    assert [t for t in shown if t != "next"] == re.split(
        r"\n(?:[^\S\n]*\n)+", text.strip("\n")
    ) or text == "next"
    assert tags(source).count("li") == 2


@given(hostile_line.filter(lambda text: bool(text.strip())))
def test_emphasis_and_links_hold_any_text(text: str) -> None:
    said = text.strip()
    assert texts(emphasis(f"x {inline(said)} x"), "em") == [f"x {said} x"]
    (shown,) = [e for e in elements(f"x {link(cell(text), 'there')}") if e.tag == "a"]
    assert (shown.text, shown.attributes["href"]) == (text, "#there")


@given(hostile_text)
def test_code_is_shown_as_typed(text: str) -> None:
    source = f"{fence(text, 'sql')}\n\nafter"
    shown = texts(source, "code")
    assert shown == [text if text.endswith("\n") else text + "\n"]
    assert texts(source, "p") == ["after"]


def test_the_language_of_a_fence_cannot_leave_the_first_line() -> None:
    assert fence("x", "sql`\n# no").splitlines()[0] == "```sqlno"


@pytest.mark.parametrize(
    "text",
    [
        "seat_hold.expires_at",
        "2.4M rows; 5 < 6, a <= b, 2 * 3",
        "R&D, 100 % - or - 3 + 4",
        "https://wiki.example/run-books/lock_storm",
        "version 1.2) and (3)",
    ],
)
def test_text_without_markup_stays_readable_in_the_source(text: str) -> None:
    assert inline(text) == text


def test_an_address_that_needs_escapes_is_not_left_to_become_a_link() -> None:
    assert inline("https://a.example/_x").startswith("https\\://")
    assert inline("www.a.example/*x").startswith("www\\.")


def test_markdown_is_told_from_text_by_its_class() -> None:
    assert isinstance(inline("*"), Markdown)
    assert inline("*") == "\\*"
