"""Reading a text again after an edit gives what reading it from scratch gives, and keeps what it can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from app.schema.model import Schema, Span
from app.schema.places import Line, Places
from app.schema.read import SchemaReader, read_schema

STATEMENTS = [
    "CREATE TABLE berth (berth_id bigint PRIMARY KEY, state kind, length_m int CHECK (length_m > 0));",
    "CREATE TABLE stay (stay_id bigint PRIMARY KEY, berth_id bigint REFERENCES berth (berth_id), d date);",
    "CREATE TABLE stay_old (LIKE stay INCLUDING ALL, moved boolean);",
    "CREATE TABLE log (at timestamptz, n int) PARTITION BY RANGE (at);",
    "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');",
    "CREATE TABLE IF NOT EXISTS berth (other int);",
    "CREATE TABLE small () INHERITS (berth);",
    "ALTER TABLE stay ADD CONSTRAINT ck CHECK (d > '2020-01-01'), ADD COLUMN x text;",
    "ALTER TABLE stay RENAME COLUMN berth_id TO place_id;",
    "ALTER TABLE berth RENAME TO pier;",
    "ALTER TABLE berth RENAME COLUMN berth_id TO id;",
    "ALTER TABLE stay DROP COLUMN d;",
    "ALTER TABLE berth CHANGE COLUMN berth_id place_id bigint;",
    "CREATE TABLE harbour.berth (berth_ID bigint PRIMARY KEY);",
    "DROP TABLE stay;",
    "CREATE INDEX ix ON stay (berth_id) WHERE d IS NOT NULL;",
    "CREATE UNIQUE INDEX ux ON berth (length_m);",
    "DROP INDEX ix;",
    "CREATE TYPE kind AS ENUM ('a', 'b');",
    "ALTER TYPE kind ADD VALUE 'c';",
    "CREATE DOMAIN metre AS int NOT NULL CHECK (VALUE > 0);",
    "SET search_path TO harbour, public;",
    "COMMENT ON TABLE berth IS 'one place; größer';",
    "COPY berth FROM stdin;\n1\ta\t;\n2\t'\n\\.",
    "SELECT $$ ; $$;",
    "this is not SQL at all;",
    "CREATE TABLE broken (a int,;",
    "-- a comment; with a semicolon",
    "/* another; /* nested */ one */",
    "\\set ON_ERROR_STOP on",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;",
    "CREATE POLICY own ON stay USING (stay_id > 0);",
    "ALTER TABLE elsewhere ADD COLUMN n int, ADD CONSTRAINT ck_n CHECK (n > 0);",
    "CREATE TABLE elsewhere (a int);",
    "ALTER TABLE elsewhere ENABLE ROW LEVEL SECURITY;",
    "INSERT INTO stay VALUES (1, 2, 'it''s; open');",
    "it's",
    "",
]
ENGINES = ["postgresql", "mysql", "sqlite", "sqlserver", "oracle", "something"]


def in_the_text(value: Any, places: Places) -> Any:
    """`value` with its positions in the whole text, without the columns of lines."""
    if isinstance(value, Span):
        moved = (places.offset(value.start), places.offset(value.end), places.line(value.line))
        return Span(*moved, 0)
    if isinstance(value, tuple):
        return tuple(in_the_text(item, places) for item in value)
    if isinstance(value, Struct):
        names = value.__struct_fields__
        return replace(value, **{name: in_the_text(getattr(value, name), places) for name in names})
    return value


def shape(schema: Schema) -> Any:
    places = schema.places
    return (
        schema.dialect,
        {name: in_the_text(table, places) for name, table in schema.tables.items()},
        list(schema.tables),
        {name: in_the_text(table, places) for name, table in schema.altered.items()},
        dict(schema.enums),
        dict(schema.domains),
        in_the_text(schema.statements, places),
        in_the_text(schema.unread, places),
        schema.views,
    )


def same_as_from_scratch(reader: SchemaReader, text: str, engine: str, context: str = "") -> Schema:
    schema = reader.read(text, engine, context)
    assert shape(schema) == shape(read_schema(text, engine, context))
    return schema


scripts = st.lists(st.sampled_from(STATEMENTS), max_size=14).map("\n".join)
edits = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 60),
        st.one_of(st.sampled_from(STATEMENTS), st.text("ab;' \n-/*$()\\", max_size=6)),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(scripts, edits, st.sampled_from(ENGINES))
def test_after_any_edits_the_schema_is_that_of_the_text(
    text: str, changes: list[tuple[float, int, str]], engine: str
) -> None:
    reader = SchemaReader()
    same_as_from_scratch(reader, text, engine)
    for where, gone, new in changes:
        at = int(where * len(text))
        text = text[:at] + new + text[at + gone :]
        same_as_from_scratch(reader, text, engine)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(STATEMENTS), min_size=30, max_size=60).map("\n\n".join),
    edits,
    st.sampled_from(["postgresql", "mysql"]),
)
def test_after_any_edits_of_a_long_text_too(
    text: str, changes: list[tuple[float, int, str]], engine: str
) -> None:
    reader = SchemaReader()
    same_as_from_scratch(reader, text, engine)
    for where, gone, new in changes:
        at = int(where * len(text))
        text = text[:at] + new + text[at + gone :]
        same_as_from_scratch(reader, text, engine)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(scripts, scripts), min_size=2, max_size=4))
def test_after_any_change_of_the_context_too(versions: list[tuple[str, str]]) -> None:
    reader = SchemaReader()
    for text, context in versions:
        same_as_from_scratch(reader, text, "postgresql", context)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=12), st.data())
def test_statements_may_move(statements: list[str], data: st.DataObject) -> None:
    reader = SchemaReader()
    same_as_from_scratch(reader, "\n".join(statements), "postgresql")
    for _ in range(3):
        statements = data.draw(st.permutations(statements))
        same_as_from_scratch(reader, "\n".join(statements), "postgresql")


def dump(tables: int) -> str:
    return "\n\n".join(
        f"CREATE TABLE t{n} (id bigint PRIMARY KEY, other_id bigint REFERENCES t{max(n - 1, 0)});\n"
        f"CREATE INDEX ix{n} ON t{n} (other_id);"
        for n in range(tables)
    )


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("CREATE INDEX ix3", "-- one\n-- more\nCREATE INDEX ix3a"),
        lambda text: text.replace("CREATE INDEX ix3 ON t3 (other_id);", ""),
        lambda text: text + "\nCREATE INDEX more ON t3 (id, other_id);",
        lambda text: text.replace("ix3 ", "a_longer_name "),
    ],
)
def test_only_the_table_that_a_statement_is_about_is_another_object(edit: Callable[[str], str]) -> None:
    reader, text = SchemaReader(), dump(8)
    before = reader.read(text, "postgresql")
    after = same_as_from_scratch(reader, edit(text), "postgresql")
    changed = [name for name, table in after.tables.items() if table is not before.tables[name]]
    assert changed == ["t3"]


@pytest.mark.parametrize("table", [0, 7, 31, 59])
def test_in_a_long_text_too(table: int) -> None:
    reader = SchemaReader()
    text = "\n\n".join(
        f"CREATE TABLE t{n} (id bigint PRIMARY KEY, n int);\nCREATE INDEX ix{n} ON t{n} (n);"
        for n in range(60)
    )
    before = reader.read(text, "postgresql")
    for name in ("a", "b", "c"):
        after = same_as_from_scratch(reader, text.replace(f"ix{table} ", f"ix_{name} "), "postgresql")
        changed = [name for name, known in after.tables.items() if known is not before.tables[name]]
        assert changed == [f"t{table}"]


def test_edits_at_several_places_leave_what_is_between_alone() -> None:
    reader, text = SchemaReader(), dump(8)
    before = reader.read(text, "postgresql")
    later = "\n\n" + text.replace("ix1 ", "ix1b ").replace("ix6 ", "another_name ")
    after = same_as_from_scratch(reader, later, "postgresql")
    assert [n for n, table in after.tables.items() if table is not before.tables[n]] == ["t1", "t6"]


def test_an_edit_of_the_key_of_a_table_leaves_tables_alone_that_do_not_refer_to_it() -> None:
    reader, text = SchemaReader(), dump(8)
    before = reader.read(text, "postgresql")
    after = same_as_from_scratch(reader, text.replace("t5 (id bigint", "t5 (id uuid"), "postgresql")
    assert [n for n, table in after.tables.items() if table is not before.tables[n]] == ["t5"]


def test_a_table_knows_the_name_of_what_it_refers_to_as_soon_as_that_is_there() -> None:
    reader = SchemaReader()
    text = "CREATE TABLE stay (berth_id bigint REFERENCES berth (berth_id));"
    same_as_from_scratch(reader, text, "postgresql")
    after = same_as_from_scratch(reader, f"{text}\nCREATE TABLE harbour.berth (berth_id int);", "postgresql")
    assert after.tables["stay"].foreign_keys[0].target == "harbour.berth"


def test_a_column_that_gets_another_name_has_it_in_the_keys_of_tables_before_it() -> None:
    reader = SchemaReader()
    text = (
        "CREATE TABLE stay (berth_id bigint REFERENCES berth (berth_id));\n"
        "CREATE VIEW busy AS SELECT 1;\n"
        "CREATE TABLE berth (berth_id bigint PRIMARY KEY);\n"
        "ALTER TABLE berth CHANGE COLUMN berth_id place_id bigint;"
    )
    after = same_as_from_scratch(reader, text, "mysql")
    assert after.tables["stay"].foreign_keys[0].target_columns == ("place_id",)


def test_there_is_room_for_many_statements_at_one_place() -> None:
    reader, text = SchemaReader(), dump(2)
    for n in range(60):
        place = text.index("CREATE TABLE t1")
        text = f"{text[:place]}CREATE TABLE a{n} (id int);\n{text[place:]}"
        same_as_from_scratch(reader, text, "postgresql")


def test_a_line_in_a_message_is_told_where_the_statement_stands() -> None:
    reader = SchemaReader()
    schema = reader.read("SELECT 1;\n\nCREATE TABLE a (\n id int);", "postgresql")
    column = schema.tables["a"].columns[0]
    message = f"it is at line {column.span.line}, says {column.name}"
    assert isinstance(column.span.line, Line)
    places = reader.read("-- new\nSELECT 1;\n\nCREATE TABLE a (\n id int);", "postgresql").places
    assert schema.places.told(message, lambda p: str(schema.places.line(p))) == "it is at line 4, says id"
    assert places.told(message, lambda p: str(places.line(p))) == "it is at line 5, says id"
