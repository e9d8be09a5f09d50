"""Statements on tables that exist, of the DDL and of migration steps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.readiness.facts.changes import Changes, changes, sql_in
from app.readiness.facts.ddl import DdlSource
from app.schema.places import Places
from app.schema.read import read_schema


def _changes(sql: str, *actions: str, existing: frozenset[str] = frozenset()) -> Changes:
    rows = tuple({"step": str(n), "action": action} for n, action in enumerate(actions, 1))
    schema = read_schema(sql, "postgresql") if sql else None
    source = DdlSource(sql, Places())
    return changes(default_bank(), "postgresql", schema, rows, existing, source, {})


def test_a_table_that_is_changed_and_never_made_exists() -> None:
    found = _changes("CREATE TABLE hold (a int); CREATE INDEX i ON hold (a); CREATE INDEX j ON seat (a);")
    assert [change.table for change in found.on_existing] == ["seat"]


def test_a_restated_table_counts_from_the_first_statement_that_only_a_migration_has() -> None:
    sql = """CREATE TABLE seat (a int); CREATE INDEX i ON seat (a);
    ALTER TABLE seat ADD b int; CREATE INDEX j ON seat (b);"""
    assert _changes(sql).on_existing == ()
    found = _changes(sql, existing=frozenset({"seat"})).on_existing
    assert [[act.name for act in change.acts] for change in found] == [["b"], ["j"]]


def test_a_view_or_renamed_table_of_the_change_does_not_exist_before_it() -> None:
    sql = """CREATE MATERIALIZED VIEW sales AS SELECT 1 AS a; CREATE INDEX i ON sales (a);
    CREATE TABLE seat_new (a int); ALTER TABLE seat_new RENAME TO seat; CREATE INDEX j ON seat (a);"""
    assert _changes(sql).on_existing == ()


def test_a_table_whose_statement_was_not_read_is_not_taken_for_existing() -> None:
    found = _changes("CREATE TABLE seat (a int,, b int); CREATE INDEX i ON seat (a);")
    assert found.on_existing == ()
    assert len(found.unread) == 1


def test_not_valid_belongs_to_the_constraint_before_it() -> None:
    sql = "ALTER TABLE seat ADD CONSTRAINT a CHECK (x > 0) NOT VALID, ADD CONSTRAINT b CHECK (x < 9);"
    (change,) = _changes(sql).statements
    assert [(act.name, act.not_valid) for act in change.acts] == [("a", True), ("b", False)]


def test_the_new_tables_and_columns_are_those_that_the_change_makes() -> None:
    sql = "CREATE TABLE hold (a int); CREATE TABLE seat (a int); ALTER TABLE row_of_seats ADD aisle int;"
    assert _changes(sql, existing=frozenset({"seat"})).made == {"hold", "aisle"}


@pytest.mark.parametrize(
    "action",
    [
        "`alter table parcel add constraint ck check (a > 0)`, at night",
        "first ALTER TABLE parcel ADD CONSTRAINT ck CHECK (a > 0); then the release",
    ],
)
def test_statements_are_found_in_backquotes_and_in_capitals(action: str) -> None:
    (found,) = sql_in(action, "postgresql")
    assert found[1].details == ("add_check:ck",)


def test_prose_is_no_statement() -> None:
    assert (
        list(sql_in("alter table parcel so that it holds weights; UPDATE of the handbook", "postgresql"))
        == []
    )


def test_a_statement_of_a_step_points_at_its_cell() -> None:
    (change,) = _changes("", "wait", "TRUNCATE parcel_old").on_existing
    assert str(change.target) == "migration.steps[2].action"


@given(
    st.text(alphabet=st.sampled_from("ALTER TABLE UPDATE`;('\"\n.aé\\$")),
    st.sampled_from(["mysql", "postgresql", ""]),
)
def test_any_text_is_searched_without_an_exception(words: str, engine: str) -> None:
    assert isinstance(list(sql_in(words, engine)), list)
