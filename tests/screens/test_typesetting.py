"""Markdown of documents as lines: nothing lost, nothing wider than the room, nothing set twice."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.document.answers import Answers
from app.document.operations import Set, apply
from app.document.store import read_document
from app.document.text import clean
from app.render.markdown import cell, fence, inline, prose
from app.render.sections import render_sections
from screens.typesetting.chunks import cells, chunks
from screens.typesetting.finding import marked, matches
from screens.typesetting.inline import Inline
from screens.typesetting.look import look_of
from screens.typesetting.pages import Pages
from screens.typesetting.typesetter import Typesetter

LOOK = look_of({"primary": "#7aa2d6", "secondary": "#8fa3b8"})
HOSTILE = st.text(
    st.one_of(st.sampled_from("ab _*`\\|~<>&![]()#;:\n1.-$\"'é字🙂\u200d"), st.characters()), max_size=40
)
BANK = default_bank()


@lru_cache
def good() -> Answers:
    return read_document(BANK, Path(__file__).parents[2] / "examples/meter-readings.toml").answers


def lines(markdown: str, width: int = 60) -> list[str]:
    """The lines of a piece, without the empty one at the end of each block."""
    [(_, typeset)] = Typesetter(width, LOOK).typeset([("piece", str(markdown))])
    return [strip.text for strip in typeset.lines]


def pages(answers: Answers, width: int = 76) -> Pages:
    return Pages(tuple(Typesetter(width, LOOK).typeset(render_sections(BANK, answers))))


@settings(max_examples=400, deadline=None)
@given(HOSTILE)
def test_text_within_a_line_comes_out_as_typed(text: str) -> None:
    assert Inline(LOOK).text(str(cell(text))).plain == clean(text)


@settings(max_examples=200, deadline=None)
@given(HOSTILE, st.sampled_from(["prose", "list", "code"]))
def test_blocks_lose_no_character(text: str, kind: str) -> None:
    markdown, marks = {
        "prose": (prose(text), ""),
        "list": (f"- {inline(text)}", "•"),
        "code": (fence(text), "│"),
    }[kind]
    shown = ["".join(line.removeprefix(marks).split()) for line in lines(markdown, 24)]
    assert "".join(shown) == "".join(clean(text).split())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE), min_size=1, max_size=4), st.integers(16, 90))
def test_tables_lose_no_cell_and_stay_in_their_width(rows: list[tuple[str, str, str]], width: int) -> None:
    said = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    table = "\n".join(["| A | B | C |", "| --- | --- | --- |", *said])
    [(_, typeset)] = Typesetter(width, LOOK).typeset([("piece", table)])
    assert all(strip.cell_length <= width for strip in typeset.lines)
    left = Counter("".join(strip.text for strip in typeset.lines))
    left.subtract(Counter("".join("".join(map(clean, row)) for row in rows)))
    assert [c for c, count in left.items() if count < 0 and not c.isspace()] == []


def test_no_control_character_reaches_a_line() -> None:
    assert all("\x1b" not in line and "\x9b" not in line for line in lines("a &#27;[31m b &#155;c \x1b[0m"))


def test_a_table_with_room_has_columns_and_one_without_has_blocks() -> None:
    table = "| Name | Meaning |\n| --- | --- |\n| hold | a seat kept for ten minutes |\n"
    assert lines(table, 60)[:3] == [
        "Name  Meaning",
        "─" * 33,
        "hold  a seat kept for ten minutes",
    ]
    wider = table.replace("|\n", "| Rule |\n").replace("--- | Rule", "--- | ---")
    assert lines(wider, 16)[:4] == ["hold", "  Meaning: a ", "  seat kept for ", "  ten minutes"]


def test_chunks_are_the_blocks_of_the_templates() -> None:
    markdown = '<a id="x"></a>\n\n### 1 T\n\n| a |\n| --- |\n| b\\|c |\n\n- i\n- j\n\n'
    markdown += "````sql\n```\n\n````\n\np\\\nq\n"
    kinds = [(chunk.kind, chunk.info) for chunk in chunks(markdown)]
    assert kinds == [
        ("anchor", "x"),
        ("heading", "3"),
        ("table", ""),
        ("bullets", ""),
        ("code", "sql"),
        ("paragraph", ""),
    ]
    assert cells("| a\\|b | c |") == ("a\\|b", "c")


def test_what_did_not_change_is_not_set_again() -> None:
    typesetter = Typesetter(70, LOOK)
    before = dict(typesetter.typeset(render_sections(BANK, good())))
    changed = apply(BANK, good(), Set(question="problem.goals", value=["one goal"]))
    after = dict(typesetter.typeset(render_sections(BANK, changed)))
    assert [name for name in before if before[name] is not after[name]] == ["problem"]
    kept = {id(strip) for strip in before["problem"].lines}
    new = [strip.text for strip in after["problem"].lines if id(strip) not in kept]
    assert new == ["• one goal"]


def test_a_question_is_found_in_the_lines() -> None:
    document = pages(good())
    line, _ = document.place_of(BANK, "problem.goals", "full") or (-1, -1)
    assert "1.2" in document.strip(line).text
    line, _ = document.place_of(BANK, "control.owner", "full") or (-1, -1)
    assert document.strip(line).text.startswith("Owner")
    assert document.place_of(BANK, "problem.goals", "compact") == (0, document.starts[1])


def test_the_changed_line_is_found() -> None:
    old = pages(good())
    goals = list(good().values["problem.goals"])  # type: ignore[arg-type]  # the example answers it with a list
    new = pages(apply(BANK, good(), Set(question="problem.goals", value=[*goals[:-1], "other words"])))
    assert [new.strip(line).text for line in new.differences(old)] == ["• other words"]
    assert new.differences(Pages()) == []


@pytest.mark.parametrize(
    ("query", "spans"),
    [
        ("seat hold", [((0, 6, 10), (1, 0, 4))]),
        ("ÄRA", [((1, 5, 8),)]),
        ("字", [((2, 1, 3),)]),
        ("[b]", []),
        ("  ", []),
    ],
)
def test_words_are_found_over_line_ends_and_in_terminal_columns(
    query: str, spans: list[tuple[tuple[int, int, int], ...]]
) -> None:
    assert [match.spans for match in matches(["a new seat", "hold ära", "x字y"], query)] == spans


def test_marking_changes_no_text() -> None:
    [(_, typeset)] = Typesetter(40, LOOK).typeset([("piece", "some **words** here")])
    strip = marked(typeset.lines[0].strip(), 5, 10, LOOK.strong)
    assert strip.text == "some words here"
    assert strip.cell_length == 15
