"""MySQL, SQL Server, Oracle and others: the same model from sqlglot's trees."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.schema.model import Table
from app.schema.read import read_schema

DATA = Path(__file__).parent / "data"


def columns(table: Table) -> list[tuple[str, str, bool]]:
    return [(column.name, column.type, column.nullable) for column in table.columns]


def test_mysql_dump_is_read_whole() -> None:
    text = (DATA / "warehouse_mysql.sql").read_text()
    schema = read_schema(text, "MariaDB 11")
    assert (schema.dialect, schema.unread, list(schema.tables)) == ("MySQL", (), ["bins", "lanes"])
    bins = schema.tables["bins"]
    assert columns(bins) == [
        ("id", "bigint unsigned", False),
        ("note", "text", True),
        ("Aisle_id", "integer", False),
        ("state", "enum('free', 'taken')", True),
        ("mass", "numeric(12,2)", False),
        ("seen_at", "timestamp", False),
        ("area", "integer", True),
    ]
    by_name = {column.name: column for column in bins.columns}
    assert (by_name["id"].identity, by_name["id"].comment) == (True, "painted; on the bin")
    assert (by_name["state"].values, by_name["state"].default) == (("free", "taken"), "'free'")
    assert by_name["area"].generated
    assert [(key.kind, key.name, key.columns) for key in bins.keys] == [
        ("primary", "", ("id",)),
        ("unique", "uq_bins", ("Aisle_id", "state")),
    ]
    (key,) = bins.foreign_keys
    assert (key.name, key.columns, key.target, key.on_delete, key.on_update) == (
        "fk_aisle", ("Aisle_id",), "lanes", "cascade", "set null",
    )  # fmt: skip
    assert [(check.name, check.expression) for check in bins.checks] == [("ck_weight", "weight > 0")]
    assert [(index.name, index.columns) for index in bins.indexes] == [
        ("ix_prefix", ("",)),
        ("ix_area", ("area",)),
    ]
    assert [(trigger.name, trigger.timing, trigger.events) for trigger in bins.triggers] == [
        ("tr", "before", ("insert",))
    ]
    assert bins.comment == "Fächer"
    lanes = schema.tables["lanes"]
    assert lanes.primary_key is not None
    assert [key.name for key in lanes.uniques] == ["uq_name"]
    assert (
        text[bins.checks[0].span.start : bins.checks[0].span.end]
        == "CONSTRAINT `ck_weight` CHECK (`weight` > 0)"
    )
    assert (
        text[lanes.uniques[0].span.start : lanes.uniques[0].span.end] == "ADD UNIQUE KEY `uq_name` (`name`)"
    )


def test_sql_server_script_is_read_whole() -> None:
    schema = read_schema((DATA / "stock_tsql.sql").read_text(), "SQL Server 2022")
    assert (schema.dialect, schema.unread, list(schema.tables)) == ("SQL Server", (), ["Stock", "Names"])
    stock = schema.tables["Stock"]
    assert columns(stock) == [
        ("Id", "integer", False),
        ("Name", "nvarchar(50)", True),
        ("At", "datetime2(7)", False),
    ]
    assert [(key.kind, key.name, key.columns, key.where) for key in stock.keys] == [
        ("primary", "PK_Stock", ("Id",), ""),
        ("unique_index", "IX", ("Name",), "Name IS NOT NULL"),
    ]
    assert (stock.indexes[0].include, stock.indexes[0].descending) == (("At",), (True,))
    (key,) = stock.foreign_keys
    assert (key.name, key.target, key.target_columns, key.not_valid) == (
        "FK_Stock_Names",
        "Names",
        ("Name",),
        True,
    )
    name = stock.column("Name")
    assert name is not None
    assert name.default == "(N'x')"
    assert columns(schema.tables["Names"]) == [("Name", "nvarchar(50)", False), ("Short", "char(4)", True)]


def test_oracle_script_is_read() -> None:
    schema = read_schema(
        "CREATE TABLE meter (id NUMBER(10) NOT NULL, kind VARCHAR2(10 CHAR) DEFAULT 'gas',"
        " CONSTRAINT pk PRIMARY KEY (id));\n"
        "CREATE OR REPLACE TRIGGER t BEFORE INSERT ON meter FOR EACH ROW\nBEGIN a; b; END;\n/\n"
        "COMMENT ON COLUMN meter.kind IS 'what flows';\n",
        "Oracle 19c",
    )
    meter = schema.tables["meter"]
    assert schema.unread == ()
    assert columns(meter) == [("id", "number(10)", False), ("kind", "varchar2(10 char)", True)]
    assert (meter.columns[1].comment, meter.triggers[0].name) == ("what flows", "t")


@pytest.mark.parametrize("engine", ["mysql", "sqlite", "SQL Server", "oracle", "duckdb"])
def test_statement_that_cannot_be_read_costs_itself_only(engine: str) -> None:
    sql = "CREATE TABLE a (x int);\nCREATE TABLE oops (((;\nCREATE TABLE b (y int);"
    schema = read_schema(sql, engine)
    assert list(schema.tables) == ["a", "b"]
    assert [(unread.span.line, unread.text) for unread in schema.unread] == [(2, "CREATE TABLE oops (((")]


@pytest.mark.parametrize(
    "sql",
    ["ALTER TABLE t ADD FOO BAR BAZ QUX", "FROBNICATE t", "CREATE TABLE t AS SELECT 1 AS x"],
)
def test_statement_that_sqlglot_only_passes_through_is_unread(sql: str) -> None:
    assert len(read_schema(sql, "mysql").unread) == 1


def test_names_are_spelled_as_where_they_are_defined() -> None:
    schema = read_schema(
        "CREATE TABLE Guest (Id int PRIMARY KEY);"
        "CREATE TABLE stay (guest_id int, FOREIGN KEY (GUEST_ID) REFERENCES GUEST (ID));",
        "mysql",
    )
    (key,) = schema.tables["stay"].foreign_keys
    assert (key.columns, key.target, key.target_columns) == (("guest_id",), "Guest", ("Id",))


def test_equal_predicates_have_equal_texts() -> None:
    texts = {
        read_schema(f"CREATE TABLE t (a int, b int, CHECK ({text}))", "mysql")
        .tables["t"]
        .checks[0]
        .expression
        for text in ("a > 0 AND b IS NOT NULL", "(`b` IS NOT NULL) and (t.`a` > 0)")
    }
    assert texts == {"a > 0 AND b IS NOT NULL"}


def test_statements_of_mysql_are_listed_with_details() -> None:
    sql = "ALTER TABLE t ADD COLUMN a int NOT NULL, ADD INDEX i (a), ALGORITHM=INPLACE, LOCK=NONE;"
    sql += "UPDATE t SET a = 1;"
    listed = [(s.kind, s.table, s.details) for s in read_schema(sql, "mysql").statements]
    assert listed == [
        ("alter_table", "t", ("add_column:a", "not_null:a", "add_index:i", "algorithm=inplace", "lock=none")),
        ("update", "t", ("no_where",)),
    ]


@pytest.mark.parametrize(
    ("engine", "sql", "columns"),
    [
        ("mysql", "CREATE INDEX ix ON t (a) ALGORITHM=INPLACE LOCK=NONE", ("a",)),
        (
            "mysql",
            "CREATE INDEX ix ON t (a, b) USING BTREE COMMENT 'x)' ALGORITHM = INPLACE, LOCK = NONE",
            ("a", "b"),
        ),
        (
            "mysql",
            "CREATE UNIQUE INDEX ix USING HASH ON t (a) KEY_BLOCK_SIZE=8 INVISIBLE LOCK SHARED",
            ("a",),
        ),
        ("oracle", "CREATE INDEX ix ON t (a) ONLINE", ("a",)),
        (
            "oracle",
            "CREATE UNIQUE INDEX ix ON t (a, b) TABLESPACE fast NOLOGGING PARALLEL 4 ONLINE",
            ("a", "b"),
        ),
        ("oracle", "CREATE INDEX ix ON t (a) LOCAL COMPRESS 1 COMPUTE STATISTICS INVISIBLE", ("a",)),
    ],
)
def test_how_an_index_is_built_does_not_hide_the_index(
    engine: str, sql: str, columns: tuple[str, ...]
) -> None:
    schema = read_schema(f"CREATE TABLE t (a int, b int);\n{sql};", engine)
    assert schema.unread == ()
    (index,) = schema.tables["t"].indexes
    assert (index.name, index.columns) == ("ix", columns)
    assert schema.statements[-1].span.line == 2


@pytest.mark.parametrize(
    ("engine", "sql", "left"),
    [
        ("mysql", "DROP INDEX ix ON t ALGORITHM=INPLACE LOCK=NONE", []),
        ("oracle", "DROP INDEX ix ONLINE", []),
        ("oracle", "ALTER INDEX ix REBUILD ONLINE", ["ix"]),
        ("oracle", "ALTER INDEX ix INVISIBLE", ["ix"]),
    ],
)
def test_how_an_index_is_dropped_or_rebuilt_is_read_over(engine: str, sql: str, left: list[str]) -> None:
    schema = read_schema(f"CREATE TABLE t (a int);\nCREATE INDEX ix ON t (a);\n{sql};", engine)
    assert schema.unread == ()
    assert [index.name for index in schema.tables["t"].indexes] == left


def test_oracle_constraints_may_say_how_their_index_is_built() -> None:
    sql = "ALTER TABLE t ADD CONSTRAINT pk_t PRIMARY KEY (a) USING INDEX TABLESPACE fast ONLINE"
    schema = read_schema(f"CREATE TABLE t (a NUMBER(10));\n{sql};", "oracle")
    assert schema.unread == ()
    key = schema.tables["t"].primary_key
    assert key is not None
    assert (key.name, key.columns) == ("pk_t", ("a",))


def test_a_string_that_looks_like_an_option_stays() -> None:
    schema = read_schema("CREATE TABLE t (a int);\nCREATE INDEX ix ON t ((a = 'LOCK=NONE'));", "mysql")
    assert schema.unread == ()
    assert "LOCK=NONE" in schema.tables["t"].indexes[0].expressions[0]


def indexes(table: Table) -> list[tuple[str, tuple[str, ...], str, str]]:
    return [(index.name, index.columns, index.method, index.where) for index in table.indexes]


def test_keys_and_indexes_inside_a_table_of_sql_server_are_read() -> None:
    sql = (
        "CREATE TABLE dbo.lot (lot_id bigint NOT NULL PRIMARY KEY CLUSTERED, code int UNIQUE NONCLUSTERED,\n"
        "  [index] int, note nvarchar(9) DEFAULT N', INDEX (',\n"
        "  INDEX ix NONCLUSTERED (code, lot_id DESC) WHERE code > 0,\n"
        "  INDEX uq UNIQUE (note), INDEX cs CLUSTERED COLUMNSTORE);"
    )
    schema = read_schema(sql, "SQL Server")
    lot = schema.tables["lot"]
    assert (schema.unread, lot.column_names) == ((), ("lot_id", "code", "index", "note"))
    assert [(key.kind, key.columns) for key in lot.keys] == [
        ("primary", ("lot_id",)), ("unique", ("code",)), ("unique_index", ("note",)),
    ]  # fmt: skip
    assert indexes(lot) == [
        ("ix", ("code", "lot_id"), "btree", "code > 0"), ("uq", ("note",), "btree", ""),
        ("cs", (), "columnstore", ""),
    ]  # fmt: skip
    assert [sql[i.span.start : i.span.end] for i in lot.indexes][1] == "INDEX uq UNIQUE (note)"


@pytest.mark.parametrize(
    ("engine", "sql", "found"),
    [
        (
            "SQL Server",
            "CREATE INDEX ix ON lot (a) INCLUDE (b) WHERE a > 1 "
            "WITH (ONLINE = ON (WAIT_AT_LOW_PRIORITY (MAX_DURATION = 1 MINUTES)));",
            ("ix", ("a",), "btree", "a > 1"),
        ),
        ("SQL Server", "CREATE INDEX ix ON lot (a) ON [PRIMARY];", ("ix", ("a",), "btree", "")),
        (
            "SQL Server",
            "CREATE NONCLUSTERED COLUMNSTORE INDEX ix ON lot (a, b);",
            ("ix", ("a", "b"), "columnstore", ""),
        ),
        ("MySQL", "CREATE FULLTEXT INDEX ix ON lot (a) WITH PARSER ngram;", ("ix", ("a",), "fulltext", "")),
        ("MySQL", "CREATE SPATIAL INDEX ix ON lot (a);", ("ix", ("a",), "spatial", "")),
    ],
)
def test_how_an_index_is_built_is_read_or_passed_over(
    engine: str, sql: str, found: tuple[object, ...]
) -> None:
    schema = read_schema(sql, engine)
    assert (schema.unread, indexes(schema.altered["lot"])) == ((), [found])


@pytest.mark.parametrize(
    ("engine", "sql"),
    [
        ("MySQL", "CREATE TABLE t (a bigint PRIMARY KEY, p POINT NOT NULL SRID 4326, SPATIAL INDEX (p));"),
        ("SQLite", "CREATE TABLE t (a text UNIQUE ON CONFLICT IGNORE, p text NOT NULL ON CONFLICT ABORT);"),
        (
            "Oracle",
            "CREATE TABLE t (a NUMBER(9), p DATE) PARTITION BY RANGE (p) "
            "INTERVAL (NUMTOYMINTERVAL(1, 'MONTH')) (PARTITION p0 VALUES LESS THAN (DATE '2026-01-01'));",
        ),
    ],
)  # fmt: skip
def test_words_that_sqlglot_does_not_know_hide_no_table(engine: str, sql: str) -> None:
    schema = read_schema(sql, engine)
    assert (schema.unread, schema.tables["t"].column_names) == ((), ("a", "p"))


def test_strings_that_look_like_such_words_stay() -> None:
    sql = "CREATE TABLE t (a text NOT NULL ON CONFLICT ABORT DEFAULT 'ON CONFLICT ABORT');"
    assert read_schema(sql, "SQLite").tables["t"].columns[0].default == "'ON CONFLICT ABORT'"


@pytest.mark.parametrize(
    "sql", ["MODIFY (a NUMBER(20) NOT NULL, b DEFAULT 5)", "MODIFY a NUMBER(20) NOT NULL"]
)
def test_modify_of_oracle_changes_what_it_says_and_no_more(sql: str) -> None:
    table = read_schema(
        f"CREATE TABLE t (a NUMBER(9), b DATE NOT NULL);\nALTER TABLE t {sql};", "Oracle"
    ).tables["t"]
    assert columns(table) == [("a", "number(20)", False), ("b", "date", False)]
    assert table.columns[1].default == ("5" if "DEFAULT" in sql else "")


def test_a_constraint_of_oracle_on_an_index_that_is_there_is_read() -> None:
    sql = "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a) USING INDEX ix_a ENABLE NOVALIDATE;"
    schema = read_schema(sql, "Oracle")
    assert (schema.unread, [key.columns for key in schema.altered["t"].keys]) == ((), [("a",)])


def test_what_sqlglot_cannot_read_is_told_in_words_of_people() -> None:
    (unread,) = read_schema("CREATE TABLE t (a int,\n CHECK (a > 0) NOT ENFORCED);", "MySQL").unread
    assert (unread.reason, unread.span.line) == ("dbcharter cannot read this part of it as MySQL", 2)
