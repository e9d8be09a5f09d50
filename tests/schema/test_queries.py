"""Queries: what they filter, join, sort and return, and which indexes serve them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.schema.model import Table
from app.schema.queries import (
    ColumnUse,
    Comparison,
    Join,
    Keyset,
    Query,
    SortColumn,
    read_queries,
    read_query,
    serving_indexes,
)
from app.schema.read import read_schema

ENGINES = ["postgresql", "mysql", "sqlite", "other"]
READER = """SELECT l.id, b.title
FROM loan l JOIN book b ON b.id = l.book_id AND b.branch = :branch
WHERE l.member_id = :member AND l.returned_at IS NULL AND l.due_on < :today
ORDER BY l.due_on DESC, l.id LIMIT :n OFFSET 10"""


@pytest.mark.parametrize("engine", ENGINES)
def test_filters_joins_order_and_columns_are_read(engine: str) -> None:
    query = read_query(READER, engine)
    assert query.unread == ""
    assert query.kind == "select"
    assert [(table.name, table.alias) for table in query.tables] == [("loan", "l"), ("book", "b")]
    assert set(query.equalities) == {
        Comparison("book", "branch", "=", ":branch"),
        Comparison("loan", "member_id", "=", ":member"),
        Comparison("loan", "returned_at", "is null"),
    }
    assert query.ranges == (Comparison("loan", "due_on", "<", ":today"),)
    assert query.joins == (Join(ColumnUse("book", "id"), ColumnUse("loan", "book_id")),)
    assert query.order_by == (SortColumn("loan", "due_on", descending=True), SortColumn("loan", "id"))
    assert (query.limit, query.offset, query.star) == (True, True, False)
    assert query.columns == (ColumnUse("loan", "id"), ColumnUse("book", "title"))
    assert ("loan", "returned_at IS NULL") in [(c.table, c.text) for c in query.conditions]


@pytest.mark.parametrize("engine", ENGINES)
def test_parameters_keep_their_names_and_places(engine: str) -> None:
    text = "-- é :no\nSELECT ':no' FROM t WHERE ä = :größe AND b = CAST(:x AS int) AND c IN (:a, :b)"
    query = read_query(text, engine)
    assert [p.name for p in query.parameters] == [":größe", ":x", ":a", ":b"]
    assert [text[p.span.start : p.span.end] for p in query.parameters] == [p.name for p in query.parameters]
    assert {p.span.line for p in query.parameters} == {2}
    assert [(c.column, c.operator, c.value) for c in query.equalities] == [
        ("ä", "=", ":größe"),
        ("b", "=", ":x"),
        ("c", "in", ":a"),
    ]


def test_casts_are_not_parameters() -> None:
    query = read_query(
        "SELECT a::text FROM t WHERE b = :b::uuid AND c = '1'::int AND d[1:2] = :d", "postgresql"
    )
    assert [p.name for p in query.parameters] == [":b", ":d"]
    assert [(c.column, c.value) for c in query.equalities] == [("b", ":b"), ("c", "1")]


@pytest.mark.parametrize("mark", ["%(m)s", ":m", "@m", "$1"])
def test_parameters_of_drivers_are_read(mark: str) -> None:
    query = read_query(f"SELECT a FROM t WHERE m = {mark}", "postgresql")
    assert (query.unread, query.equalities[0].column, len(query.parameters)) == ("", "m", 1)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("where", "form"),
    [("(at, id) < (:at, :id)", "row"), ("at < :at OR (at = :at AND id < :id)", "expanded")],
)
def test_keyset_predicate_is_recognised_in_both_forms(engine: str, where: str, form: str) -> None:
    query = read_query(
        f"SELECT * FROM t WHERE k = :k AND ({where}) ORDER BY at DESC, id DESC LIMIT 5", engine
    )
    assert query.star
    (keyset,) = query.keysets
    assert (keyset.form, [c.column for c in keyset.columns], keyset.operator) == (form, ["at", "id"], "<")


@pytest.mark.parametrize("engine", ENGINES)
def test_componentwise_comparison_is_no_keyset(engine: str) -> None:
    query = read_query("SELECT a FROM t WHERE at <= :at AND id < :id", engine)
    assert query.keysets == ()
    assert [(c.column, c.operator) for c in query.ranges] == [("at", "<="), ("id", "<")]


@pytest.mark.parametrize("engine", ENGINES)
def test_subqueries_count_with_their_own_tables(engine: str) -> None:
    query = read_query(
        "SELECT id FROM seat WHERE venue_id = :v"
        " AND EXISTS (SELECT 1 FROM hold WHERE seat_id = seat.id AND ended = :e)"
        " AND kind IN (SELECT kind FROM price WHERE live = :l)",
        engine,
    )
    assert query.table_names == ("seat", "hold", "price")
    found = {(c.table, c.column, c.operator) for c in query.equalities}
    assert found >= {
        ("seat", "venue_id", "="),
        ("hold", "ended", "="),
        ("price", "live", "="),
        ("seat", "kind", "in"),
    }
    assert query.joins == (Join(ColumnUse("hold", "seat_id"), ColumnUse("seat", "id")),)


@pytest.mark.parametrize("engine", ENGINES)
def test_common_table_expressions_are_no_tables(engine: str) -> None:
    query = read_query(
        "WITH recent AS (SELECT id, owner FROM job WHERE state = :s) SELECT id FROM recent WHERE owner = :o",
        engine,
    )
    assert query.table_names == ("job",)
    assert ("job", "state") in [(c.table, c.column) for c in query.equalities]


@pytest.mark.parametrize("engine", ENGINES)
def test_changes_name_what_they_write(engine: str) -> None:
    update = read_query(
        "UPDATE seat SET state = :s, version = version + 1 WHERE id = :id AND version = :v", engine
    )
    assert (update.kind, update.table_names, update.written) == ("update", ("seat",), ("state", "version"))
    assert [c.column for c in update.equalities] == ["id", "version"]
    delete = read_query("DELETE FROM seat WHERE id = :id", engine)
    assert (delete.kind, delete.table_names, [c.column for c in delete.equalities]) == (
        "delete",
        ("seat",),
        ["id"],
    )
    insert = read_query("INSERT INTO seat (id, state) VALUES (:id, 'free')", engine)
    assert (insert.kind, insert.table_names, insert.written) == ("insert", ("seat",), ("id", "state"))


def test_postgres_particulars_are_read() -> None:
    query = read_query(
        "SELECT id FROM job WHERE done = false ORDER BY 1 LIMIT 1 FOR UPDATE SKIP LOCKED", "pg"
    )
    assert (query.locks, query.order_by) == ("for update skip locked", (SortColumn("job", "id"),))
    insert = read_query("INSERT INTO t (a, b) VALUES (:a, :b) ON CONFLICT (a) DO NOTHING RETURNING *", "pg")
    assert (insert.conflict, insert.star) == (("a",), True)


def test_transaction_control_is_left_out_and_each_query_read() -> None:
    queries = read_queries(
        "BEGIN;\nSELECT a FROM t WHERE x = :x FOR UPDATE;\nUPDATE t SET a = :a WHERE x = :x;\nCOMMIT;", "pg"
    )
    assert [(query.kind, [p.name for p in query.parameters]) for query in queries] == [
        ("select", [":x"]),
        ("update", [":a", ":x"]),
    ]


@pytest.mark.parametrize(
    ("engine", "text", "line"),
    [
        ("postgresql", "-- é\nSELECT a\nFROM WHERE", 3),
        ("mysql", "nonsense of all sorts", 1),
        ("mongodb", "db.x.find()", 1),
    ],
)
def test_unread_query_says_why_and_where(engine: str, text: str, line: int) -> None:
    query = read_query(text, engine)
    assert query.unread
    assert query.unread_line == line
    assert (query.tables, query.equalities) == ((), ())


@given(text=st.text(), engine=st.sampled_from([*ENGINES, "SQL Server", "oracle", "mongodb"]))
@settings(max_examples=60)
def test_any_text_is_read_without_an_exception(text: str, engine: str) -> None:
    assert isinstance(read_query(text, engine), Query)


SCHEMA = """CREATE TABLE loan (id bigint PRIMARY KEY, member_id bigint NOT NULL, state text NOT NULL,
  due_on date NOT NULL, returned_at timestamptz, shelf text, UNIQUE (shelf, id));
CREATE INDEX by_member ON loan (member_id, due_on DESC, id DESC);
CREATE INDEX open_by_member ON loan (member_id, due_on) WHERE returned_at IS NULL;
CREATE INDEX by_state ON loan (state, member_id);
CREATE INDEX by_text ON loan USING gin (shelf);
CREATE INDEX by_lower ON loan (lower(shelf));"""


@pytest.fixture(scope="module")
def loan() -> Table:
    table = read_schema(SCHEMA, "postgresql").table("loan")
    assert table is not None
    return table


def serving(sql: str, table: Table) -> dict[str, tuple[int, str, bool]]:
    query = read_query(sql, "postgresql")
    assert not query.unread
    return {s.index: (s.equality, s.range_column, s.ordered) for s in serving_indexes(query, table)}


def test_leading_columns_serve_equality_in_any_order(loan: Table) -> None:
    found = serving("SELECT id FROM loan WHERE member_id = :m AND state = :s", loan)
    assert found["by_state"] == (2, "", True)
    assert found["by_member"] == (1, "", True)
    assert found["loan_pkey"] == (0, "", True)


def test_range_counts_on_the_column_behind_the_equalities(loan: Table) -> None:
    found = serving("SELECT id FROM loan WHERE member_id = :m AND due_on < :d", loan)
    assert found["by_member"] == (1, "due_on", True)
    assert found["by_state"] == (0, "", True)


@pytest.mark.parametrize(
    ("order", "served"),
    [
        ("due_on DESC, id DESC", True),
        ("due_on, id", True),
        ("due_on DESC", True),
        ("due_on DESC, id", False),
        ("id", False),
        ("member_id, due_on", True),
        ("lower(shelf)", False),
    ],
)
def test_order_is_served_in_the_direction_of_the_index_or_its_opposite(
    loan: Table, order: str, served: bool
) -> None:
    found = serving(f"SELECT id FROM loan WHERE member_id = :m ORDER BY {order}", loan)
    assert found["by_member"] == (1, "", served)


def test_order_is_lost_behind_a_column_with_several_values(loan: Table) -> None:
    found = serving("SELECT id FROM loan WHERE member_id IN (:a, :b) ORDER BY due_on", loan)
    assert found["by_member"] == (1, "", False)


def test_partial_index_serves_only_queries_that_ask_for_its_rows(loan: Table) -> None:
    asked = "SELECT id FROM loan WHERE member_id = :m AND returned_at IS NULL"
    assert serving(asked, loan)["open_by_member"] == (1, "", True)
    query = read_query("SELECT id FROM loan WHERE member_id = :m", "postgresql")
    by_name = {s.index: s for s in serving_indexes(query, loan)}
    assert not by_name["open_by_member"].useful
    assert "returned_at IS NULL" in by_name["open_by_member"].why


def test_not_null_predicate_follows_from_any_comparison() -> None:
    sql = "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a) WHERE b IS NOT NULL AND a IS NOT NULL;"
    table = read_schema(sql, "postgresql").tables["t"]
    assert serving("SELECT 1 FROM t WHERE a = :a AND b > 3", table)["i"] == (1, "", True)
    assert serving("SELECT 1 FROM t WHERE a = :a", table)["i"] == (0, "", False)


def test_best_index_comes_first_and_the_others_say_why_not(loan: Table) -> None:
    query = read_query(
        "SELECT id FROM loan WHERE member_id = :m AND due_on > :d ORDER BY due_on DESC", "postgresql"
    )
    first, *others = serving_indexes(query, loan)
    assert (first.index, first.why) == ("by_member", "")
    assert all(other.why for other in others)


def test_columns_of_other_tables_do_not_count(loan: Table) -> None:
    found = serving("SELECT 1 FROM loan l JOIN member m ON m.id = l.member_id WHERE m.state = :s", loan)
    assert found["by_state"] == (0, "", True)
    assert found["by_member"][0] == 1, "a join's column can be looked up by"


def test_keyset_is_served_like_its_order(loan: Table) -> None:
    sql = "SELECT id FROM loan WHERE member_id = :m AND (due_on, id) < (:d, :i)"
    sql += " ORDER BY due_on DESC, id DESC LIMIT 9"
    assert read_query(sql, "pg").keysets == (
        Keyset("row", (ColumnUse("loan", "due_on"), ColumnUse("loan", "id")), "<"),
    )
    assert serving(sql, loan)["by_member"] == (1, "due_on", True)


@pytest.mark.parametrize("engine", ENGINES)
def test_value_on_the_left_is_read_like_one_on_the_right(engine: str) -> None:
    query = read_query("SELECT a FROM t WHERE :x = a AND :y < b", engine)
    assert query.equalities == (Comparison("t", "a", "=", ":x"),)
    assert query.ranges == (Comparison("t", "b", ">", ":y"),)


@pytest.mark.parametrize("engine", ["postgresql", "mysql", "sqlite", "sqlserver", "oracle"])
@pytest.mark.parametrize("mark", ["?", "$1", "%s", ":name", "@p", "%(name)s", ":1"])
@pytest.mark.parametrize("space", ["", " "])
def test_every_style_of_placeholder_may_stand_before_any_word(engine: str, mark: str, space: str) -> None:
    where = f"owner ={space}{mark} AND copy_id IN ({mark},{mark})"
    sql = f"SELECT id FROM loan\nWHERE {where}\nORDER BY due_on, id"
    query = read_query(sql, engine)
    assert query.unread == ""
    assert [column.column for column in query.order_by] == ["due_on", "id"]
    assert [comparison.column for comparison in query.equalities] == ["owner", "copy_id"]


def test_a_cast_may_follow_a_question_mark() -> None:
    query = read_query("SELECT id FROM loan WHERE owner = ?::uuid AND state = ? LIMIT ?", "postgresql")
    assert query.unread == ""
    assert [parameter.name for parameter in query.parameters] == ["?", "?", "?"]


def test_an_error_behind_placeholders_is_told_at_its_own_line() -> None:
    query = read_query("SELECT id FROM loan WHERE owner = ?\nAND copy_id = ?\nAND ORDER", "postgresql")
    assert query.unread
    assert query.unread_line == 3


def test_the_operators_of_json_are_no_placeholders() -> None:
    query = read_query("SELECT id FROM t WHERE data ? 'k' AND tags ?| array['a'] AND id = $1", "postgresql")
    assert query.unread == ""
    assert [parameter.name for parameter in query.parameters if parameter.name != "?"] == [":1"]
