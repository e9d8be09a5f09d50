"""Reading DDL: statement by statement, positions exact, effects applied in order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from app.schema import read
from app.schema.dialects import dialect_of
from app.schema.model import Schema, Span
from app.schema.normal import normalise_predicate, normalise_type
from app.schema.read import read_schema

DATA = Path(__file__).parent / "data"
FILES = ["hotel_dump.sql", "parcels_rails.sql", "tickets_django.sql", "meters.sql"]
NOWHERE = Span(0, 0, 0, 0)


def postgres(sql: str, context: str = "") -> Schema:
    return read_schema(sql, "postgresql", context)


def without_spans(value: Any) -> Any:
    """A schema, or part of one, with every span replaced, to compare readings of moved text."""
    if isinstance(value, Span):
        return NOWHERE
    if isinstance(value, tuple):
        return tuple(without_spans(item) for item in value)
    if isinstance(value, Struct):
        names = value.__struct_fields__
        return replace(value, **{name: without_spans(getattr(value, name)) for name in names})
    if hasattr(value, "items"):
        return {key: without_spans(item) for key, item in value.items()}
    return value


STATEMENTS = [
    "CREATE TYPE lane AS ENUM ('rot', 'blau');",
    "CREATE TABLE depot (id bigserial PRIMARY KEY, ort text NOT NULL DEFAULT 'Köln', UNIQUE (ort));",
    "CREATE TABLE parcel (id int, depot_id bigint REFERENCES depot, lane lane, CHECK (id > 0))/* ünï */;",
    "ALTER TABLE parcel ADD CONSTRAINT p PRIMARY KEY (id), ADD COLUMN note text;",
    "CREATE UNIQUE INDEX open_parcel ON parcel (depot_id) WHERE lane = 'rot';",
    "COMMENT ON COLUMN parcel.note IS 'it''s; fine';",
    "ALTER TABLE parcel RENAME COLUMN note TO remark;",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;",
    "DROP INDEX IF EXISTS nothing;",
]
GARBAGE = st.one_of(
    st.sampled_from(
        ["nonsense;", "CREATE TABLE;", "SELECT FROM WHERE;", "ALTER TABLE x ADD;", ")))(;", "= 1;", "ÄÖÜ ß;"]
    ),
    st.text("abcxyz (),=é", min_size=1).map(lambda text: f"oops {text} ;"),
)


@given(
    separators=st.lists(
        st.sampled_from(["\n", " ", "\n\n-- noted: é\n", "/* ; */ ", "\t"]), min_size=9, max_size=9
    )
)
def test_space_and_comments_between_statements_change_nothing(separators: list[str]) -> None:
    plain = postgres("\n".join(STATEMENTS))
    spaced = postgres("".join(a + b for a, b in zip(STATEMENTS, separators, strict=True)))
    tables = {name: without_spans(table) for name, table in spaced.tables.items()}
    assert tables == {name: without_spans(table) for name, table in plain.tables.items()}


@given(cut=st.integers(0, len(STATEMENTS)))
def test_existing_part_read_as_context_gives_the_same_tables(cut: int) -> None:
    whole = postgres("\n".join(STATEMENTS))
    parts = postgres("\n".join(STATEMENTS[cut:]), context="\n".join(STATEMENTS[:cut]))
    assert list(parts.tables) == list(whole.tables)
    for name, table in parts.tables.items():
        assert without_spans(replace(table, existing=False)) == without_spans(whole.tables[name])
    assert len(parts.statements) + len(postgres("\n".join(STATEMENTS[:cut])).statements) == len(
        whole.statements
    )


@settings(max_examples=60)
@given(place=st.integers(0, len(STATEMENTS)), garbage=GARBAGE)
def test_unreadable_statement_costs_itself_only(place: int, garbage: str) -> None:
    clean = postgres("\n".join(STATEMENTS))
    dirty = postgres("\n".join([*STATEMENTS[:place], garbage, *STATEMENTS[place:]]))
    assert without_spans(dict(dirty.tables)) == without_spans(dict(clean.tables))
    assert len(dirty.unread) == 1
    assert dirty.unread[0].span.line == place + 1
    assert garbage.startswith(dirty.unread[0].text)


@pytest.mark.parametrize("name", FILES)
def test_spans_point_at_what_they_describe(name: str) -> None:
    text = "-- Überschrift: 日本語 \U0001f600\n" + (DATA / name).read_text()
    schema = postgres(text)
    rows = text.split("\n")
    assert schema.unread == ()
    for table in schema.tables.values():
        if (
            not table.inherits
            and not table.partition_of
            and "LIKE" not in text[table.span.start : table.span.end]
        ):
            for column in table.columns:
                written = text[column.span.start : column.span.end].strip('"')
                assert written.startswith((column.name, "note", "lane", "public")), (
                    table.name,
                    column.name,
                    written,
                )
        for item in (table, *table.columns, *table.keys, *table.foreign_keys, *table.checks, *table.indexes):
            span = item.span
            assert rows[span.line - 1][span.column - 1 :].startswith(
                text[span.start : span.end].split("\n")[0]
            )
        for key in table.foreign_keys:
            assert "REFERENCES" in text[key.span.start : key.span.end] or table.partition_of or table.inherits


def test_error_points_at_the_word_that_is_wrong_behind_non_ascii_text() -> None:
    text = "CREATE TABLE größe (a int);\n\nCREATE TABLE ß (ä int,\n  b in t);"
    (unread,) = postgres(text).unread
    assert (unread.span.line, text[unread.span.start : unread.span.start + 2]) == (4, "in")
    assert unread.text.startswith("CREATE TABLE ß")


def test_one_edited_statement_parses_one_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(f"CREATE TABLE shelf_{n} (id int PRIMARY KEY, code text);" for n in range(50))
    postgres(text)
    read.read_statement.cache_clear()
    postgres(text)
    before = read.read_statement.cache_info().misses
    postgres(text.replace("shelf_25 (id int", "shelf_25 (added text, id int"))
    assert (before, read.read_statement.cache_info().misses) == (50, 51)


def test_types_are_spelled_in_one_way() -> None:
    schema = postgres(
        "CREATE TABLE t (a character varying(10), b int4, c int8[], d timestamp with time zone,"
        " e decimal(4,1), f bool, g float8, h char, i character(3), j bigserial, k time(3),"
        ' l "char", m interval(2), n bit(4), o app.x)'
    )
    table = schema.tables["t"]
    assert [column.type for column in table.columns] == [
        "varchar(10)", "integer", "bigint[]", "timestamptz", "numeric(4,1)", "boolean", "double precision",
        "char(1)", "char(3)", "bigint", "time(3)", '"char"', "interval(2)", "bit(4)", "app.x",
    ]  # fmt: skip
    serial = table.column("j")
    assert serial is not None
    assert (serial.default, serial.nullable, serial.written_type) == (
        "nextval('t_j_seq'::regclass)",
        False,
        "bigserial",
    )


@pytest.mark.parametrize(
    "text",
    [
        "state IN ('open', 'held')",
        "(state)::text = ANY ((ARRAY['open'::character varying, 'held'::character varying])::text[])",
        "state = 'open' OR 'held' = state",
        "t.state = any(array['open', 'held'])",
        "state IS NULL OR state IN ('open', 'held')",
    ],
)
def test_values_of_a_check_are_read_from_every_form(text: str) -> None:
    table = postgres(f"CREATE TABLE t (state text, CHECK ({text}))").tables["t"]
    assert (table.checks[0].values, table.checks[0].columns) == (("open", "held"), ("state",))


@pytest.mark.parametrize(
    "text", ["state <> 'open'", "state = other", "a IN (1, 2) OR b IN (3)", "lower(state) IN ('a', 'b')"]
)
def test_other_checks_list_no_values(text: str) -> None:
    assert postgres(f"CREATE TABLE t (state text, CHECK ({text}))").tables["t"].checks[0].values == ()


def test_equal_predicates_have_equal_texts() -> None:
    spellings = [
        "ended_at IS NULL AND qty > 0 AND gone = false",
        "(0 < t.qty) and ((NOT gone) and t.ended_at is null)",
        "((ended_at IS NULL) AND (qty > (0)::numeric) AND (NOT gone))",
    ]
    sql = "CREATE TABLE t (a int);" + "".join(f"CREATE INDEX ON t (a) WHERE {text};" for text in spellings)
    assert len({index.where for index in postgres(sql).tables["t"].indexes}) == 1


def test_statements_without_meaning_for_the_schema_are_not_unread() -> None:
    sql = (
        "BEGIN; SET x = 1; GRANT SELECT ON t TO r; ALTER TABLE t OWNER TO r; CREATE EXTENSION citext;"
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'; SELECT pg_catalog.setval('s', 1);"
        "ANALYZE; COMMIT;"
        "COMMENT ON EXTENSION citext IS 'x'; CREATE SEQUENCE s; DO $$ BEGIN END $$; LOCK TABLE t;"
    )
    schema = postgres(sql)
    assert (schema.unread, dict(schema.tables)) == ((), {})


def test_statements_are_listed_with_what_matters_for_a_migration() -> None:
    sql = """ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES u NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT fk, ALTER COLUMN a SET NOT NULL, ALTER b TYPE text, DROP COLUMN c;
CREATE INDEX CONCURRENTLY i ON public.t (a);
ALTER TABLE t ADD d int NOT NULL DEFAULT 1, ADD CONSTRAINT uq UNIQUE (d);
UPDATE t SET a = 1; DELETE FROM t WHERE a = 2; TRUNCATE t, u; DROP TABLE t; ALTER TABLE u RENAME TO v;"""
    assert [(s.kind, s.table, s.details) for s in postgres(sql).statements] == [
        ("alter_table", "t", ("add_foreign_key:fk", "not_valid")),
        ("alter_table", "t", ("validate:fk", "set_not_null:a", "type:b", "drop_column:c")),
        ("create_index", "t", ("concurrently", "index:i")),
        ("alter_table", "t", ("add_column:d", "not_null:d", "default:d", "add_unique:uq")),
        ("update", "t", ("no_where",)),
        ("delete", "t", ()),
        ("truncate", "t", ()),
        ("truncate", "u", ()),
        ("drop_table", "t", ()),
        ("rename", "u", ("table:u:v",)),
    ]


def test_context_marks_its_tables_existing_and_stays_silent() -> None:
    schema = postgres(
        "CREATE TABLE new (old_id int REFERENCES old); ALTER TABLE old ADD x int;",
        "CREATE TABLE old (id int); bad;",
    )
    assert {name: table.existing for name, table in schema.tables.items()} == {"old": True, "new": False}
    assert schema.tables["old"].column_names == ("id", "x")
    assert [statement.kind for statement in schema.statements] == ["create_table", "alter_table"]
    assert schema.unread == ()


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("CREATE TABLE t AS SELECT 1", "the columns of t come from a query"),
        ("CREATE TABLE t (LIKE missing)", "missing, whose columns t takes over, does not stand before it"),
        (
            "CREATE TABLE t (a int) INHERITS (missing)",
            "missing, whose columns t takes over, does not stand before it",
        ),
        ("CREATE TABLE t OF thing", "the columns of a table OF a type are not read"),
        ("CREATE TABLE t (a text DEFAULT 'x)", "it is not finished"),
        ("CREATE TABLE t (a int CHECK (" + "a + " * 200 + "a > 0))", "its expressions are nested too deeply"),
        ("SELECT " + "1 + " * 60_000 + "1", "it has more than 20000 words"),
    ],
)
def test_what_is_not_read_says_why(sql: str, reason: str) -> None:
    (unread,) = postgres(sql).unread
    assert unread.reason.startswith(reason)


def test_copy_data_without_an_end_is_told() -> None:
    (unread,) = postgres("COPY t FROM stdin;\n1\n2\n").unread
    assert "has no end" in unread.reason


@pytest.mark.parametrize("engine", ["mongodb", "Cassandra", "Redis", "DynamoDB"])
def test_engines_without_sql_leave_everything_unread(engine: str) -> None:
    schema = read_schema("CREATE TABLE t (a int);", engine)
    assert [unread.reason for unread in schema.unread] == [f"{engine} is not SQL that dbcharter reads"]
    assert not schema.tables


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("CREATE TABLE t (a int4 PRIMARY KEY)", "PostgreSQL"),
        ("CREATE TABLE `t` (`a` int unsigned)", "generic SQL"),
        ("CREATE TABLE u (x int);\nCREATE TABLE `t` (`a` int unsigned)", "generic SQL and PostgreSQL"),
    ],
)
def test_engine_nobody_knows_is_read_as_what_its_statements_are(sql: str, dialect: str) -> None:
    schema = read_schema(sql, "other")
    assert (schema.dialect, schema.unread) == (dialect, ())
    assert "t" in schema.tables


@given(
    text=st.text(),
    engine=st.sampled_from(["postgresql", "mysql", "sqlite", "SQL Server", "oracle", "other", "mongodb"]),
)
@settings(max_examples=60)
def test_any_text_is_read_without_an_exception(text: str, engine: str) -> None:
    assert isinstance(read_schema(text, engine), Schema)


def test_unqualified_names_are_found_in_the_schema_that_the_search_path_names() -> None:
    schema = postgres(
        "SET search_path TO app, public; CREATE TABLE a (id int PRIMARY KEY);"
        "CREATE TABLE b (a_id int REFERENCES a);"
    )
    assert list(schema.tables) == ["app.a", "app.b"]
    assert schema.tables["app.b"].foreign_keys[0].target == "app.a"
    assert schema.table("b") is schema.tables["app.b"]


def test_progress_is_told_and_can_end_the_reading() -> None:
    sql = "CREATE TABLE a (x int);\nCREATE TABLE b (x int);"
    told: list[tuple[int, int]] = []
    read_schema(sql, "postgresql", progress=lambda done, whole: told.append((done, whole)))
    assert told[-1] == (len(sql), len(sql))
    assert told == sorted(told)

    def stop(_done: int, _whole: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        read_schema(sql, "postgresql", progress=stop)


def test_parsers_load_only_when_something_is_read() -> None:
    code = (
        "import sys, app.schema.read, app.schema.queries, app.schema.files, app.schema.normal\n"
        "print(sorted({'postgast', 'sqlglot', 'google.protobuf'} & set(sys.modules)))\n"
        "app.schema.read.read_schema('CREATE TABLE t (a int)', 'postgresql')\n"
        "print('sqlglot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "False"]


@pytest.mark.parametrize(
    ("engine", "spellings"),
    [
        ("postgresql", ["a IS NULL AND b > 1", "(t.b > 1) and (a is null)"]),
        ("mysql", ["a IS NULL AND b > 1", "(`b` > 1) and (t.a is null)"]),
    ],
)
def test_predicate_beside_the_ddl_is_spelled_like_those_in_it(engine: str, spellings: list[str]) -> None:
    checks = read_schema(f"CREATE TABLE t (a int, b int, CHECK ({spellings[0]}))", engine).tables["t"].checks
    assert {normalise_predicate(text, engine) for text in spellings} == {checks[0].expression}
    assert normalise_predicate("only open ones", engine) is None


def test_type_beside_the_ddl_is_spelled_like_those_in_it() -> None:
    types = ["int4", "INT", "serial", "character varying(20)", "timestamp with time zone"]
    assert [normalise_type(text, "pg") for text in types] == ["integer"] * 3 + ["varchar(20)", "timestamptz"]
    assert normalise_type("decimal(10, 2)", "mysql") == "numeric(10,2)"
    assert normalise_type("not a type; at all", "pg") is None


@pytest.mark.parametrize(
    ("engine", "name"),
    [
        ("PostgreSQL 17 (RDS)", "PostgreSQL"),
        ("pg", "PostgreSQL"),
        ("CockroachDB", "PostgreSQL"),
        ("Aurora MySQL", "MySQL"),
        ("MariaDB", "MySQL"),
        ("SQLite 3.45", "SQLite"),
        ("Microsoft SQL Server", "SQL Server"),
        ("Azure SQL", "SQL Server"),
        ("Snowflake", "Snowflake"),
    ],
)
def test_engine_is_known_by_the_names_that_people_give_it(engine: str, name: str) -> None:
    assert dialect_of(engine).name == name


def test_columns_of_the_text_count_from_the_line_not_from_the_statement() -> None:
    schema = postgres("CREATE TABLE a (x int); CREATE TABLE b (y int,\n z int);")
    first, second = schema.tables["b"].columns
    assert [(span.line, span.column) for span in (schema.tables["b"].span, first.span, second.span)] == [
        (1, 25),
        (1, 41),
        (2, 2),
    ]


def test_dropped_column_takes_its_keys_and_indexes_with_it() -> None:
    table = postgres(
        "CREATE TABLE t (a int, b int, c int, UNIQUE (a), CHECK (a > b), FOREIGN KEY (a) REFERENCES u);"
        "CREATE UNIQUE INDEX i ON t (c) WHERE a > 0; CREATE INDEX j ON t ((a + 1)); CREATE INDEX k ON t (b);"
        "ALTER TABLE t DROP COLUMN a;"
    ).tables["t"]
    assert (table.column_names, table.keys, table.checks, table.foreign_keys) == (("b", "c"), (), (), ())
    assert [index.name for index in table.indexes] == ["k"]


def test_inherited_column_stays_required_however_the_child_writes_it() -> None:
    table = postgres("CREATE TABLE p (a int NOT NULL); CREATE TABLE c (a int, b int) INHERITS (p);").tables[
        "c"
    ]
    assert [(column.name, column.nullable) for column in table.columns] == [("a", False), ("b", True)]


def test_name_in_several_schemas_is_found_along_the_search_path() -> None:
    schema = postgres(
        "CREATE TABLE x.a (id int); CREATE TABLE y.a (id int); SET search_path TO z, y;"
        "CREATE TABLE b (a_id int REFERENCES a);"
    )
    assert schema.tables["z.b"].foreign_keys[0].target == "y.a"
