"""State sets: how chains of arrows, entities and the constraints of the DDL are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readiness.facts.states import entity_key, parse_chain, parse_changes, singular, state_column
from app.schema.model import Check, Schema, SchemaColumn, Span, Table

HERE = Span(0, 1, 7, 1)


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("requested → active → closed", {"requested", "active", "closed"}),
        ("requested -> approved/declined", {"requested", "approved", "declined"}),
        ("held => released or expired", {"held", "released", "expired"}),
        ("In transit --> Delivered (by courier), Lost", {"in transit", "delivered", "lost"}),
        ("any → cancelled", {"cancelled"}),
        ("none → held; held → sold", {"held", "sold"}),
        ("open → returned, if the copy is whole", {"open", "returned"}),
        ("estimated → received, or a new reading in received", {"estimated", "received"}),
        ("[*] --> open", {"open"}),
    ],
)
def test_a_chain_names_its_states(text: str, states: set[str]) -> None:
    chain = parse_chain(text)
    assert chain is not None
    assert chain.keys == states


@pytest.mark.parametrize("text", ["", "none: it is written once", "requested, active", "see 6.4", "->"])
def test_a_text_without_a_chain_has_none(text: str) -> None:
    assert parse_chain(text) is None


def test_a_word_that_usually_means_no_state_is_one_where_it_is_declared() -> None:
    chain = parse_chain("new → closed", frozenset({"new", "closed"}))
    assert chain is not None
    assert chain.keys == {"new", "closed"}


def test_a_part_in_prose_makes_the_chain_vague() -> None:
    chain = parse_chain("open → whatever the desk decides to do → closed")
    assert chain is not None
    assert (chain.keys, chain.vague) == ({"open", "closed"}, True)


def test_remarks_in_parentheses_belong_to_their_state() -> None:
    chain = parse_chain("open → closed (returned, written off)")
    assert chain is not None
    assert chain.remarks == {"closed": "returned, written off"}


def test_every_alternative_pairs_with_every_next_one() -> None:
    chain = parse_chain("a/b → c/d")
    assert chain is not None
    assert chain.pairs == {("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")}


def test_changes_are_told_apart_by_their_entity() -> None:
    changes = parse_changes("seat hold: active → released; seat: held → free")
    assert [(entity, chain.keys) for entity, chain in changes] == [
        ("seat hold", {"active", "released"}),
        ("seat", {"held", "free"}),
    ]


@pytest.mark.parametrize(
    ("one", "other"), [("Seat hold", "public.seat_holds"), ("Copies", "copy"), ('"Boxes"', "box")]
)
def test_an_entity_and_its_table_have_one_key(one: str, other: str) -> None:
    assert entity_key(one) == entity_key(other)


@pytest.mark.parametrize("word", ["status", "analysis", "address", "bus"])
def test_a_singular_that_ends_in_s_stays(word: str) -> None:
    assert singular(word) == word


def _table(*checks: Check, columns: tuple[SchemaColumn, ...] = ()) -> Table:
    return Table("public.loans", columns, HERE, checks=checks)


def test_the_state_column_is_the_one_whose_values_fit_best() -> None:
    kind = Check("ck_kind", "", ("kind",), HERE, ("short", "long"))
    state = Check("ck_where", "", ("whereabouts",), HERE, ("OPEN", "RETURNED"))
    schema = Schema("postgresql", {"loans": _table(kind, state)})
    found = state_column(schema, "loan", frozenset({"open", "returned", "lost"}))
    assert found is not None
    assert (found.column, found.keys, found.line) == ("whereabouts", {"open", "returned"}, 7)


def test_a_state_column_of_an_enum_type_is_found() -> None:
    column = SchemaColumn("state", "loan_state", False, HERE)
    schema = Schema(
        "postgresql", {"loans": _table(columns=(column,))}, enums={"loan_state": ("open", "shut")}
    )
    found = state_column(schema, "loan", frozenset({"on shelf", "lent"}))
    assert found is not None
    assert found.keys == {"open", "shut"}


def test_a_column_that_only_shares_the_table_is_no_state_column() -> None:
    schema = Schema("postgresql", {"loans": _table(Check("ck", "", ("kind",), HERE, ("short", "long")))})
    assert state_column(schema, "loan", frozenset({"open", "returned"})) is None


@given(st.text(alphabet=st.characters() | st.sampled_from("→->/,;:()0\0 or"), max_size=80))
def test_any_text_is_read_without_failing(text: str) -> None:
    parse_chain(text)
    parse_changes(text)
    entity_key(text)
