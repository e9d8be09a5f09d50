"""Taking TOML apart: nothing is lost, and what is found is what the parser found."""

from __future__ import annotations

from typing import Any

import pytest
import tomli
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.toml_source import Lines, ScanError, comments_of, line_at, line_of, split_key, statements

MARKS = [
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    "#",
    "[",
    "]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\n",
    " ",
    "# no",
    "[a]\n",
    "é",
]
texts = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=8), st.lists(st.sampled_from(MARKS)).map("".join)
)
keys = st.one_of(st.sampled_from(["a", "b", "a.b", "", "x y", '"', "'", "#", "[a]", "é", "1"]), texts)
scalars = st.one_of(
    texts,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
)
values = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3))
)
documents = st.dictionaries(keys, values, max_size=4)
relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def rebuilt(text: str) -> dict[str, Any]:
    """The data of `text` put together from its statements, each value parsed alone."""
    data: dict[str, Any] = {}
    table = data
    for statement in statements(text):
        if statement.kind == "header":
            table = data
            for part in statement.path[:-1]:
                table = table.setdefault(part, {})
                table = table[-1] if isinstance(table, list) else table
            if statement.array:
                table = table.setdefault(statement.path[-1], [])
                table.append({})
                table = table[-1]
            else:
                table = table.setdefault(statement.path[-1], {})
        else:
            inner = table
            for part in statement.path[:-1]:
                inner = inner.setdefault(part, {})
            inner[statement.path[-1]] = tomli.loads("v = " + text[statement.value : statement.end])["v"]
    return data


@relaxed
@given(documents, st.booleans(), st.booleans())
def test_statements_say_what_the_parser_reads(data: dict[str, Any], multiline: bool, crlf: bool) -> None:
    text = tomli_w.dumps(data, multiline_strings=multiline)
    text = text.replace("\n", "\r\n") if crlf else text
    assert rebuilt(text) == tomli.loads(text)


@relaxed
@given(documents, st.booleans(), texts.filter(lambda text: "\n" not in text and text.isprintable()))
def test_statements_cover_the_text_without_gap_or_overlap(
    data: dict[str, Any], multiline: bool, comment: str
) -> None:
    text = f"# {comment}\n" + tomli_w.dumps(data, multiline_strings=multiline) + f"\n# {comment}"
    end = 0
    for statement in statements(text):
        assert statement.lead == end
        assert statement.lead <= statement.start < statement.value <= statement.end
        end = statement.end
    assert all(line == "" or line.startswith("#") for line in text[end:].split("\n"))
    assert comments_of(text) == [f"# {comment}".rstrip()] * 2


HAND_MADE = r"""# head

 title  =  "a # b" # c1
"odd \"key\"" = 'lit # eral'  # c2
a . "b.c" . 'd' = [ # c3
  "]", # c4
  { x = "}", y = [1, 2] }, """  # the value goes on

MORE = r"""
]
empty = ""
text = '''
[not.a.header]
# no comment
x = '' '
'''
many = '''''two quotes'''''
basic = '''x'''
[ table ] # c5
k = 2026-01-02T03:04:05Z
[[ rows . "of" ]] # c6
k = 1
[[rows.of]]

# tail"""


def test_a_hand_made_text_is_taken_apart() -> None:
    text = HAND_MADE + MORE
    assert rebuilt(text) == tomli.loads(text)
    assert comments_of(text) == ["# head", "# c1", "# c2", "# c3", "# c4", "# c5", "# c6", "# tail"]


@pytest.mark.parametrize(
    "value",
    [
        '"""a""b"""',
        '"""a"""""',
        '""""a"""',
        '"""\\""""',
        '"""\\\\"""',
        '"""a""""',
        "'''a''''",
        "''''a'''",
        "'''a''b'''",
        "'''a'''''",
        '""',
        "''",
    ],
)
def test_quotes_inside_and_beside_strings_do_not_end_them_early(value: str) -> None:
    text = f"a = {value}\nb = 1\n"
    assert rebuilt(text) == tomli.loads(text)


@given(keys)
def test_a_quoted_key_is_split_as_the_parser_reads_it(key: str) -> None:
    quoted = tomli_w.dumps({key: 0}).removesuffix(" = 0\n")
    assert split_key(f"a . {quoted}.b") == ("a", key, "b")


@pytest.mark.parametrize("text", ["x\n", "= 1\n", "[a\n", "[a] b\n", "[[a]\n", "a = '\n"])
def test_what_is_not_toml_cannot_be_taken_apart(text: str) -> None:
    with pytest.raises(ScanError):
        list(statements(text))


@given(st.text())
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    try:
        found = list(statements(text))
    except (ScanError, tomli.TOMLDecodeError):
        found = []
    assert all(statement.start < statement.end for statement in found)


LINES = """title = 1

[a]
b.c = [
  1,
  [2, 3],
  { x = 4 },
]
[[a.rows]]
k = 1
[[a.rows]]

k = 2
[[a.rows.deep]]
k = 3
[a.rows.deep.er]
k = 4
[[a.rows]]
[[a.rows.deep]]
k = 5
["x.y"]
z = 1
[only.inner]
z = 1
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 1),
        (("a",), 3),
        (("a", "b"), 4),
        (("a", "b", "c"), 4),
        (("a", "b", "c", 0), 5),
        (("a", "b", "c", 1, 1), 6),
        (("a", "b", "c", 2), 7),
        (("a", "rows"), 9),
        (("a", "rows", 0), 9),
        (("a", "rows", 0, "k"), 10),
        (("a", "rows", 1), 11),
        (("a", "rows", 1, "k"), 13),
        (("a", "rows", 1, "deep", 0, "k"), 15),
        (("a", "rows", 1, "deep", 0, "er", "k"), 17),
        (("a", "rows", 2), 18),
        (("a", "rows", 2, "deep", 0, "k"), 20),
        (("a", "rows", 1, "absent"), 11),
        (("a", "absent", "k"), 3),
        (("x.y", "z"), 22),
        (("only",), 23),
        (("absent",), 1),
        ((), 1),
    ],
)
def test_a_path_stands_on_the_line_that_says_it_or_the_nearest_above(
    path: tuple[str | int, ...], line: int
) -> None:
    assert line_of(LINES, path) == line
    assert Lines(LINES.replace("\n", "\r\n")).of(path) == line


def test_lines_are_counted_from_one() -> None:
    assert [line_at("a\nb\n", offset) for offset in (0, 1, 2, 4)] == [1, 1, 2, 3]


def test_the_line_in_a_text_that_breaks_off_is_the_last_that_was_understood() -> None:
    assert line_of("a = 1\nb = 2\n[c\n", ("b",)) == 2
    assert line_of("a = 1\nb = 2\n[c\n", ("c",)) == 1
