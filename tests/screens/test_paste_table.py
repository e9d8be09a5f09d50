"""Tables from elsewhere become rows; nothing of them is lost."""

from __future__ import annotations

import csv
import io
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.bank.model import Bank, Column
from app.document.answers import Value
from app.document.codec import decode
from app.document.text import clean
from app.render.document import render
from app.render.markdown import anchor, cell, link
from screens.paste_table import Pasted, read_table
from screens.widgets.grid_cells import cell_value
from tests.render.reading import hostile_text

EXAMPLES = Path(__file__).parents[2] / "examples"

COLUMNS = (
    Column(id="name", title="Parcel Name", required=True),
    Column(id="weight", title="Weight", kind="number"),
    Column(id="fragile", title="Fragile", kind="flag"),
    Column(id="stops", title="Stops", kind="list"),
)


def read(text: str) -> Pasted | None:
    return read_table(text, COLUMNS, lambda column, cell: cell_value(column, None, cell))


def rows(text: str) -> list[dict[str, Value]]:
    found = read(text)
    assert found is not None
    return list(found.rows)


@pytest.mark.parametrize(
    "text",
    [
        "crate\t2\tyes\nbox\t1.5\tno",
        "crate,2,yes\r\nbox,1.5,no\r\n",
        "crate;2;yes\nbox;1.5;no",
        "crate | 2 | yes\nbox | 1.5 | no",
        "| Parcel Name | Weight | Fragile |\n|---|--:|:-:|\n| crate | 2 | yes |\n| box | 1.5 | no |",
        "fragile\tParcel name\tWEIGHT\nyes\tcrate\t2\nno\tbox\t1.5",
    ],
)
def test_spreadsheets_csv_and_markdown_give_the_same_rows(text: str) -> None:
    assert rows(text) == [
        {"name": "crate", "weight": 2, "fragile": True},
        {"name": "box", "weight": 1.5, "fragile": False},
    ]


def test_a_header_is_told_from_rows() -> None:
    found = read("name\tweight\ncrate\t2")
    assert found == Pasted(({"name": "crate", "weight": 2},), header=True)
    found = read("crate\t2\nbox\t3")
    assert found is not None
    assert not found.header


def test_a_rule_makes_the_line_above_it_a_header_even_when_it_is_unknown() -> None:
    assert rows("| Paket | Gewicht |\n|---|---|\n| crate | 2 |") == [{"name": "crate", "weight": 2}]


def test_what_does_not_fit_its_column_stays_as_text() -> None:
    assert rows("crate\theavy\tperhaps") == [{"name": "crate", "weight": "heavy", "fragile": "perhaps"}]


def test_cells_of_no_column_are_kept_under_their_heading() -> None:
    assert rows("name\tcolour\nbox\tred") == [{"name": "box", "colour": "red"}]
    assert rows("box\t1\tno\ta\tred") == [
        {"name": "box", "weight": 1, "fragile": False, "stops": ("a",), "column_5": "red"}
    ]


def test_two_headings_of_one_name_lose_nothing() -> None:
    (row,) = rows("name\tcolour\tcolour\tweight\nbox\tred\tblue\t1")
    assert sorted(map(str, row.values())) == ["1", "blue", "box", "red"]


def test_cells_of_several_lines_from_a_spreadsheet_and_from_markdown() -> None:
    assert rows('box\t1\tno\t"a\nb"') == rows("| box | 1 | no | a<br>b |")
    assert rows('box\t1\tno\t"a\nb"')[0]["stops"] == ("a", "b")


def test_bars_that_are_escaped_belong_to_the_cell() -> None:
    assert rows("| a \\| b | 2 |\n| c | 3 |")[0]["name"] == "a | b"


def test_a_quote_without_an_end_does_not_swallow_what_follows() -> None:
    assert [row["name"] for row in rows('"box\t1\ncrate\t2')] == ['"box', "crate"]


def test_lines_without_separators_are_rows_of_one_cell() -> None:
    assert rows("box\ncrate\n") == [{"name": "box"}, {"name": "crate"}]


@pytest.mark.parametrize("text", ["", "  \n ", "just a line", "this, and that", "either | or"])
def test_a_line_of_text_is_no_table(text: str) -> None:
    assert read(text) is None


def test_sentences_with_different_numbers_of_commas_are_no_csv() -> None:
    assert rows("first, this\nthen, that, and those") == [
        {"name": "first, this"},
        {"name": "then, that, and those"},
    ]


@pytest.mark.parametrize(
    ("text", "uneven"),
    [
        ("name,weight,fragile\ncrate,2\nbox,1,no", (1,)),
        ("crate,2,yes\nbox,1\nlid,3,no", (2,)),
        ("crate;2;yes\nbox;1;no\nlid;3;no;a;b", (3,)),
        ("crate\t2\tyes\nbox\t1\nlid\t3\tno", (2,)),
        ("| Parcel Name | Weight |\n|---|---|\n| crate |\n| box | 1 |", (1,)),
        ("crate,2\nbox,1", ()),
    ],
)
def test_ragged_rows_are_rows_and_are_named(text: str, uneven: tuple[int, ...]) -> None:
    found = read(text)
    assert found is not None
    assert found.uneven == uneven
    assert [row["name"] for row in found.rows] == [name for name in ("crate", "box", "lid") if name in text]


def test_sentences_of_which_most_have_one_comma_are_no_csv() -> None:
    text = "first, this\nthen, that\nat last, those, and these"
    assert rows(text) == [{"name": line} for line in text.split("\n")]


@pytest.mark.parametrize(
    "text",
    [
        "name,weight\ncrate\tred,2\nbox,1",
        '"crate\tred",2,yes\nbox,1,no',
        "| Parcel Name | Weight |\n|---|---|\n| crate\tred | 2 |\n| box | 1 |",
        "| crate\tred | 2 |\n| box | 1 |",
    ],
)
def test_a_tab_within_a_cell_divides_nothing(text: str) -> None:
    assert [(row["name"], row["weight"]) for row in rows(text)] == [("crate\tred", 2), ("box", 1)]


def test_bars_and_commas_within_the_cells_of_a_spreadsheet_divide_nothing() -> None:
    assert [row["name"] for row in rows("a | b, c\t2\nd | e, f\t3")] == ["a | b, c", "d | e, f"]


def test_what_is_not_answered_yet_in_a_rendered_table_is_an_empty_cell() -> None:
    assert rows("| Parcel Name | Weight |\n|---|---|\n| crate | *Not yet answered* |") == [{"name": "crate"}]


@given(st.lists(st.tuples(hostile_text.filter(str.strip), hostile_text), min_size=1, max_size=4))
def test_rows_of_a_rendered_table_are_pasted_as_they_were_typed(table: list[tuple[str, str]]) -> None:
    columns = tuple(Column(id=name, title=name.title(), kind="prose") for name in ("alpha", "beta"))
    lines = [f"| {anchor(f'row-{n}')}{link(cell(a), 'x')} | {cell(b)} |" for n, (a, b) in enumerate(table)]
    found = read_table(
        "\n".join(["| Alpha | Beta |", "| --- | --- |", *lines]), columns, lambda _, text: text
    )
    assert found == Pasted(tuple({"alpha": clean(a), "beta": clean(b)} for a, b in table), header=True)


@pytest.mark.parametrize("name", ["meter-readings", "parcel-instructions"])
def test_the_tables_of_a_rendered_example_are_pasted_as_they_were(bank: Bank, name: str) -> None:
    answers = decode(bank, (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")).answers
    lines = render(bank, answers).split("\n")
    compared = 0
    for question_id, question in bank.questions.items():
        header = "| " + " | ".join(cell(column.title) for column in question.columns) + " |"
        if question.kind == "table" and header in lines:
            table = list(takewhile(lambda line: line.startswith("|"), lines[lines.index(header) :]))
            found = read_table(
                "\n".join(table), question.columns, lambda c, text: cell_value(c, bank.options_of(c), text)
            )
            assert found is not None, question_id
            assert found.rows == tuple(map(dict, answers.rows(question_id))), question_id
            compared += 1
    assert compared > 5


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
tables = st.lists(st.lists(cells, min_size=2, max_size=6), min_size=1, max_size=6)


@given(tables)
@example([["", "|"], ["", "|"]])
@example([["", "||"], ["", "|a"]])
def test_every_word_of_a_spreadsheet_is_in_the_rows_or_in_the_header(table: list[list[str]]) -> None:
    """Whatever is in the cells; as spreadsheets write them, and with text columns only."""
    columns = tuple(Column(id=name, title=name.title()) for name in ("alpha", "beta"))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter="\t").writerows(table)
    found = read_table(out.getvalue(), columns, lambda column, cell: cell_value(column, None, cell))
    kept = "" if found is None else " ".join(" ".join(map(str, (*row, *row.values()))) for row in found.rows)
    expected = [word for line in table for cell in line for word in clean(cell).split()]
    header = found is not None and found.header
    named = {word for cell in table[0] for word in clean(cell).split()} if header else set()
    assert [word for word in expected if word not in kept and word not in named] == []


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    found = read(text)
    assert found is None or all(row for row in found.rows)


def test_the_rows_of_the_shipped_examples_can_be_pasted(bank: Bank) -> None:
    """A good row of every table, as the bank prints it, is one row."""
    for question in bank.questions.values():
        if question.kind == "table" and "\n" not in question.good.strip():
            columns = question.columns
            found = read_table(
                question.good, columns, lambda c, text: cell_value(c, bank.options_of(c), text)
            )
            assert found is not None, question.id
            assert len(found.rows) == 1, question.id
