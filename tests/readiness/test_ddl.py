"""What the DDL changes: made tables, tables given as context, tables that are not shown."""

from __future__ import annotations

from collections.abc import Mapping

from app.readiness.facts.ddl import DdlSource, altered_tables, changed_tables, comment_beside, named_here
from app.schema.model import Table
from app.schema.places import Places
from app.schema.read import SchemaReader, read_schema


def altered(sql: str) -> tuple[Mapping[str, Table], Places]:
    """The tables that the DDL alters and does not make, and the places of its statements."""
    reader = SchemaReader()
    schema = reader.read(sql, "postgresql")
    return altered_tables(schema), schema.places


def test_of_a_table_that_exists_only_what_is_added_is_new() -> None:
    context = (
        "CREATE TABLE bag (bag_id bigint PRIMARY KEY, status text, CONSTRAINT ck_old CHECK (status <> ''));"
    )
    sql = "ALTER TABLE bag ADD COLUMN weight_g integer, ADD CONSTRAINT ck_weight CHECK (weight_g > 0);"
    (changed,) = changed_tables(read_schema(sql, "postgresql", context), {}, {})
    assert [column.name for column in changed.columns] == ["weight_g"]
    assert (changed.whole, changed.is_new("ck_weight"), changed.is_new("ck_old")) == (True, True, False)


def test_a_table_that_exists_and_is_left_alone_is_not_changed() -> None:
    schema = read_schema("CREATE TABLE tag (tag_no text);", "postgresql", "CREATE TABLE bag (bag_id bigint);")
    assert [changed.table.name for changed in changed_tables(schema, {}, {})] == ["tag"]


def test_of_a_table_that_is_not_shown_what_the_ddl_adds_is_known_where_it_stands() -> None:
    sql = 'CREATE INDEX ix ON airport.bag (tag_no);\nALTER TABLE airport.bag ADD COLUMN "Größe" text;'
    found = altered(sql)[0]
    (column,) = found["airport.bag"].columns
    assert (column.name, altered(sql)[1].line(column.span.line)) == ("Größe", 2)
    assert [index.name for index in found["airport.bag"].indexes] == ["ix"]


def test_a_sequence_whose_owner_is_set_and_a_renamed_table_are_no_such_tables() -> None:
    sql = (
        "ALTER TABLE bag_id_seq OWNER TO airport;\nCREATE TABLE bag (bag_id bigint);\n"
        "ALTER TABLE bag ADD COLUMN note text;\nALTER TABLE bag RENAME TO luggage;"
    )
    assert altered(sql)[0] == {}


def test_partitions_are_left_out() -> None:
    sql = (
        "CREATE TABLE scan (at date) PARTITION BY RANGE (at);\n"
        "CREATE TABLE scan_2027 PARTITION OF scan FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');"
    )
    assert [c.table.name for c in changed_tables(read_schema(sql, "postgresql"), {}, {})] == ["scan"]


def test_columns_of_a_repeated_table_are_new_when_they_are_added_behind_it() -> None:
    sql = "CREATE TABLE bag (bag_id bigint);\nALTER TABLE bag ADD COLUMN note text;"
    (changed,) = changed_tables(read_schema(sql, "postgresql"), {}, {})
    assert [c.name for c in named_here(changed, frozenset({"bag"}))] == ["note"]
    assert [c.name for c in named_here(changed, frozenset())] == ["bag_id", "note"]


def test_the_comment_of_a_column_stands_behind_it_or_above() -> None:
    sql = "CREATE TABLE bag (\n  bag_id bigint, -- ours\n  -- the airline's\n  tag_no text\n);"
    columns = read_schema(sql, "postgresql").tables["bag"].columns
    assert [comment_beside(DdlSource(sql, Places()), c.span).strip("- ") for c in columns] == [
        "ours",
        "the airline's",
    ]


def test_the_same_table_made_twice_is_the_second_one() -> None:
    schema = read_schema("CREATE TABLE bag (a int);\nCREATE TABLE bag (b int);", "postgresql")
    assert schema.tables["bag"].column_names == ("b",)
