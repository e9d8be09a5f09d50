"""Values: what a person means, what does not fit, what a row is called."""

from __future__ import annotations

from datetime import date, datetime
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bank.model import Column, Question
from app.document.answers import Answers, Value, freeze
from app.document.dangling import dangling_references
from app.document.values import (
    coerce,
    column_values,
    is_empty,
    misfits,
    row_address,
    row_addresses,
    row_names,
)
from tests.document.strategies import BANK

GRAIN = BANK.questions["logical.grain"]
STATES = BANK.questions["logical.states"]


def column(kind: str) -> Column:
    return Column(id="c", title="C", kind=kind)


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("date", "2026-03-31", date(2026, 3, 31)),
        ("date", "soon", "soon"),
        ("list", "a", ("a",)),
        ("choices", "a", ("a",)),
        ("text", "2026-03-31", "2026-03-31"),
        ("flag", "yes", "yes"),
    ],
)
def test_a_value_takes_the_type_of_its_kind_only_where_that_is_certain(
    kind: str, value: Value, stored: Value
) -> None:
    assert coerce(column(kind), value) == stored


@pytest.mark.parametrize("value", [None, "", " \n", (), ("", " "), {}, {"a": ""}, ({"a": ()},)])
def test_blank_values_say_nothing(value: object) -> None:
    assert is_empty(value)


@pytest.mark.parametrize("value", [0, False, 0.0, "x", ("", "x"), {"a": False}, date(2026, 1, 1)])
def test_zero_and_no_are_answers(value: object) -> None:
    assert not is_empty(value)


def messages(question_id: str, value: object) -> list[str]:
    found = misfits(BANK, question_id, freeze(value))
    return [
        f"{m.row}/{m.column}: {m.message}{' ' + m.hint if m.hint else ''}" for m in found if not m.missing
    ]


@pytest.mark.parametrize(
    ("question_id", "value", "expected"),
    [
        ("control.title", "fine", []),
        ("control.title", 5, ["None/: must be text, not a number"]),
        ("control.created", date(2026, 1, 1), []),
        ("control.created", datetime(2026, 1, 1), ["None/: must be a date, not a date with a time"]),
        ("control.created", "2026-02-30", ["None/: '2026-02-30' is not a date: there is no such day"]),
        ("control.created", "2026-03-31", ["None/: must be a date, not text"]),
        ("control.created", True, ["None/: must be a date, not true or false"]),
        ("problem.goals", ["a"], []),
        ("problem.goals", ["a", 1, {}], ["None/: must be a list of lines; item 2 is a number"]),
        ("problem.goals", {}, ["None/: must be a list of lines, not a table"]),
        ("logical.grain", "x", ["None/: must be a list of rows, not text"]),
        ("logical.grain", ["x"], ["0/None: must be a row, not text"]),
        (
            "logical.grain",
            [{"entity": "a", "grian": "x"}],
            ["0/grian: the table has no column 'grian' did you mean 'grain'?"],
        ),
        ("logical.grain", [{"entity": 1}], ["0/entity: must be text, not a number"]),
        (
            "logical.grain",
            [{"entity": "a"}, {"entity": "b"}, {"entity": "a"}],
            ["0/: 'a' is there 2 times", "2/: 'a' is there 2 times"],
        ),
    ],
)
def test_what_does_not_fit_is_named(question_id: str, value: object, expected: list[str]) -> None:
    assert messages(question_id, value) == [text.replace("/None:", "/:") for text in expected]


def test_an_option_written_as_its_title_is_told_its_id() -> None:
    (message,) = messages("control.status", BANK.enumerations["status"].by_id["in_review"].title)
    assert "write 'in_review'" in message


def test_missing_cells_and_slots_are_gaps_not_errors() -> None:
    gaps = [m for m in misfits(BANK, "logical.grain", freeze([{"grain": " "}])) if m.missing]
    assert "entity" in [gap.column for gap in gaps]
    slots = list(misfits(BANK, "problem.situation", freeze({})))
    assert slots
    assert all(gap.missing for gap in slots)


def test_slots_that_are_unknown_or_no_text_are_named() -> None:
    first = BANK.questions["problem.situation"].slots[0].id
    found = [m for m in misfits(BANK, "problem.situation", freeze({first: 1, "odd": "x"})) if not m.missing]
    assert [misfit.column for misfit in found] == [first, "odd"]


def test_references_to_rows_that_are_not_there_are_named_with_the_nearest() -> None:
    question_id, target = next(
        (f"{qid}.{c.id}", c.refers_to) for qid, q in BANK.questions.items() for c in q.columns if c.refers_to
    )
    source, _, cell = question_id.rpartition(".")
    table, _, key = target.rpartition(".")
    rows = ({cell: "Warehouse"}, {cell: "warehous"}, {cell: " "})
    answers = Answers().with_value(source, freeze(rows))
    assert list(dangling_references(BANK, answers)) == []
    answers = answers.with_value(table, freeze([{key: "warehouse"}]))
    (misfit,) = (m for m in dangling_references(BANK, answers) if m.question == source and m.column == cell)
    assert (misfit.row, misfit.hint) == (1, "did you mean 'warehouse'?")


def test_the_texts_of_a_column_come_once_and_in_order() -> None:
    rows = freeze(
        [{"entity": "b"}, {"entity": "a"}, {"entity": "b"}, {"entity": " "}, {"entity": ["c", ""]}, {}]
    )
    assert column_values(Answers().with_value("logical.grain", rows), "logical.grain", "entity") == [
        "b",
        "a",
        "c",
    ]


def test_a_row_is_called_by_its_key_columns() -> None:
    assert row_address(GRAIN, {"entity": " two\n words "}) == "two words"
    assert row_address(STATES, {"entity": "a", "state": "b"}) == "a/b"
    assert row_address(STATES, {"entity": "a"}) == "a"
    assert row_address(STATES, {}) == ""


def test_a_key_that_is_no_text_is_called_by_the_texts_in_it() -> None:
    assert row_address(GRAIN, {"entity": ("one\n", "", "two")}) == "one, two"
    assert row_address(GRAIN, {"entity": freeze({"a": 1, "b": ["c"]})}) == "a: 1, b: c"
    assert row_address(GRAIN, {"entity": ()}) == ""


def test_what_is_no_row_is_called_by_its_number() -> None:
    rows = freeze([{"entity": "a"}, "none", {"entity": "a"}])
    assert row_names(GRAIN, rows) == ["a", "2", "a#2"]
    assert row_names(GRAIN, "no table") == []


key_texts = st.one_of(st.sampled_from(["", "a", "a#2", "a#3", "#1", "#2", "/", " "]), st.text(max_size=3))


def rows_of(question: Question) -> st.SearchStrategy[list[MappingProxyType[str, str]]]:
    cells = st.dictionaries(st.sampled_from(question.key_columns), key_texts)
    return st.lists(cells.map(MappingProxyType), max_size=12)


@given(st.sampled_from([GRAIN, STATES]).flatmap(lambda q: st.tuples(st.just(q), rows_of(q))))
def test_every_row_has_an_address_of_its_own(
    drawn: tuple[Question, list[MappingProxyType[str, str]]],
) -> None:
    question, rows = drawn
    addresses = row_addresses(question, rows)
    assert len(addresses) == len(rows)
    assert len(set(addresses)) == len(rows)
    assert all(addresses)


@given(rows_of(GRAIN))
def test_the_first_row_with_a_key_is_called_by_it(rows: list[MappingProxyType[str, str]]) -> None:
    addresses = row_addresses(GRAIN, rows)
    keys = [row_address(GRAIN, row) for row in rows]
    for position, key in enumerate(keys):
        if key and key not in keys[:position]:
            assert addresses[position] == key


@given(rows_of(GRAIN))
def test_a_row_with_a_new_key_changes_no_other_address(rows: list[MappingProxyType[str, str]]) -> None:
    added = [*rows, MappingProxyType({"entity": "a new one"})]
    assert row_addresses(GRAIN, added)[:-1] == row_addresses(GRAIN, rows)
