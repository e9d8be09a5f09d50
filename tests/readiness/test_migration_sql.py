"""What statements on existing tables lock."""

from __future__ import annotations

import pytest

from tests.readiness.documents import evaluate
from tests.readiness.findings import ddl, messages, reasons, step, table

INDEX = "CREATE INDEX ix_seat_row ON seat (row_no);"


def small(name: str, rows: str) -> str:
    return table("[[capacity.growth]]", entity=name, current_rows=rows)


@pytest.mark.parametrize(
    ("engine", "sql"),
    [
        ("postgresql", INDEX),
        ("mysql", "ALTER TABLE seat ADD INDEX ix_seat_row (row_no), ALGORITHM = COPY;"),
        ("SQL Server", INDEX),
        ("Oracle", INDEX),
    ],
)
def test_an_index_that_blocks_writers_is_found(engine: str, sql: str) -> None:
    assert len(messages("MG01", ddl(sql, engine))) == 1


@pytest.mark.parametrize(
    ("engine", "sql"),
    [
        ("postgresql", "CREATE INDEX CONCURRENTLY ix_seat_row ON seat (row_no);"),
        ("postgresql", "CREATE INDEX ix_seat_row ON ONLY seat (row_no);"),
        ("mysql", "ALTER TABLE seat ADD INDEX ix_seat_row (row_no), LOCK = NONE;"),
        ("SQL Server", "CREATE INDEX ix_seat_row ON seat (row_no) WITH (ONLINE = ON);"),
        ("cockroachdb", INDEX),
        ("sqlite", INDEX),
    ],
)
def test_an_index_that_is_built_online_is_not(engine: str, sql: str) -> None:
    assert messages("MG01", ddl(sql, engine)) == []


def test_an_index_on_a_table_of_the_change_or_on_a_small_one_is_not() -> None:
    assert messages("MG01", ddl("CREATE TABLE seat (row_no int);" + INDEX)) == []
    assert messages("MG01", ddl(INDEX) + small("seats", "9,000")) == []
    assert len(messages("MG01", ddl(INDEX) + small("seats", "2.4M"))) == 1


def test_a_step_that_builds_it_online_or_keeps_writers_away_clears_it() -> None:
    assert messages("MG01", ddl(INDEX) + step("build ix_seat_row concurrently")) == []
    assert (
        messages("MG01", ddl(INDEX) + step("build ix_seat_row", guard="the box office is in read-only mode"))
        == []
    )
    assert len(messages("MG01", ddl(INDEX) + step("build ix_other concurrently"))) == 1


def test_an_index_in_ddl_and_step_is_told_once_and_one_in_a_step_alone_is_told_there() -> None:
    assert messages("MG01", ddl(INDEX) + step(INDEX.strip(";"))) == messages("MG01", ddl(INDEX))
    (found,) = messages("MG01", ddl("ALTER TABLE seat ADD COLUMN a int;") + step(INDEX.strip(";")))
    assert found.startswith("migration.steps[1].action")


def test_what_no_parser_read_and_engines_that_are_not_known_are_not_checked() -> None:
    assert reasons("MG01", ddl("CREATE INDEX ix ON ON seat (a);"))
    assert reasons("MG01", ddl(INDEX, "DuckDB"))
    assert reasons("MG02", ddl("ALTER TABLE seat ADD ADD CONSTRAINT;"))
    assert reasons("MG02", ddl("ALTER TABLE seat ADD CONSTRAINT ck CHECK (a > 0);", "SQL Server"))
    assert reasons("MG01", ddl("CREATE TABLE seat (a int);")) == []


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES hall (b)", "every row"),
        ("ADD COLUMN a int, ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES hall (b)", "every row"),
        ("ADD COLUMN a int DEFAULT 1 REFERENCES hall (b)", "every row"),
        ("ADD COLUMN a int CHECK (a > 0)", "every row"),
        ("ALTER COLUMN a SET NOT NULL", "SET NOT NULL"),
        ("ALTER COLUMN a TYPE bigint", "rewrites"),
        ("ALTER COLUMN a TYPE text USING a::text", "rewrites"),
        ("ADD PRIMARY KEY (a)", "builds its index"),
        ("ADD CONSTRAINT ex EXCLUDE USING gist (a WITH =)", "builds its index"),
        ("ADD COLUMN a int NOT NULL", "fails as soon as"),
        ("ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid()", "computed for every row"),
        ("ADD COLUMN a bigserial", "computed for every row"),
        ("ADD COLUMN a int GENERATED ALWAYS AS (b + 1) STORED", "computed for every row"),
        ("ADD CONSTRAINT ck CHECK (a > 0) NOT VALID", "nothing validates it"),
    ],
)
def test_a_statement_that_blocks_or_fails_is_found(sql: str, word: str) -> None:
    (found,) = messages("MG02", ddl(f"ALTER TABLE seat {sql};"))
    assert word in found


@pytest.mark.parametrize(
    "sql",
    [
        "ADD COLUMN a int",
        "ADD COLUMN a int NOT NULL DEFAULT 7",
        "ADD COLUMN a text DEFAULT 'random() and nextval()'",
        "ADD COLUMN a timestamptz NOT NULL DEFAULT now()",
        "ADD COLUMN a int REFERENCES hall (b)",
        "ALTER COLUMN a TYPE text",
        "ALTER COLUMN a DROP NOT NULL",
        "ADD CONSTRAINT nn NOT NULL a NOT VALID",
        "DROP CONSTRAINT ck",
    ],
)
def test_a_statement_of_a_moment_is_not(sql: str) -> None:
    assert messages("MG02", ddl(f"ALTER TABLE seat {sql};")) == []


def test_not_null_needs_its_check_to_be_validated_before() -> None:
    check = "ALTER TABLE seat ADD CONSTRAINT ck CHECK (a IS NOT NULL) NOT VALID;"
    valid, last = "ALTER TABLE seat VALIDATE CONSTRAINT ck;", "ALTER TABLE seat ALTER COLUMN a SET NOT NULL;"
    assert messages("MG02", ddl(check + valid + last)) == []
    assert len(messages("MG02", ddl(check + last + valid))) == 1


def test_a_constant_default_is_free_from_postgresql_11_on() -> None:
    sql = "ALTER TABLE seat ADD COLUMN a int NOT NULL DEFAULT 7;"
    assert len(messages("MG02", ddl(sql, version="PostgreSQL 10.3"))) == 1
    assert messages("MG02", ddl(sql, version="11")) == []


def test_mysql_copies_for_a_check_unless_the_statement_says_how() -> None:
    check = "ALTER TABLE seat ADD CONSTRAINT ck CHECK (a > 0)"
    assert len(messages("MG02", ddl(check + ";", "mysql"))) == 1
    assert messages("MG02", ddl(check + ", ALGORITHM = COPY, LOCK = SHARED;", "mysql")) == []


def test_it_is_an_error_from_high_risk_on() -> None:
    from tests.readiness.documents import evaluate

    sql = ddl("ALTER TABLE seat ADD CONSTRAINT ck CHECK (a > 0);")
    severities = [
        f.severity
        for risk in ("medium", "high")
        for f in evaluate(f"[profile]\nrisk = '{risk}'\n{sql}").findings
        if f.code == "MG02"
    ]
    assert severities == ["warning", "error"]


SLOT = "CREATE TABLE slot (slot_id bigint PRIMARY KEY, a {}, b integer);\n"
LISTED = '[problem]\nexisting_tables = ["slot: 30 million rows"]\n'


def of_types(old: str, new: str, engine: str = "postgresql") -> tuple[int, int]:
    """How many findings and gaps a new type for a column gives, of which the DDL shows the old one."""
    change = f"MODIFY a {new}" if engine == "mysql" else f"ALTER COLUMN a TYPE {new}"
    toml = LISTED + ddl(f"{SLOT.format(old) if old else ''}ALTER TABLE slot {change};", engine)
    return len(messages("MG02", toml)), len(reasons("MG02", toml))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("varchar(100)", "varchar(200)", (0, 0)),
        ("varchar(100)", "varchar(50)", (1, 0)),
        ("varchar(100)", "text", (0, 0)),
        ("text", "varchar", (0, 0)),
        ("text", "varchar(50)", (1, 0)),
        ("numeric(12,2)", "numeric(14,2)", (0, 0)),
        ("numeric(12,2)", "numeric", (0, 0)),
        ("numeric(12,2)", "numeric(14,3)", (1, 0)),
        ("numeric", "numeric(14,2)", (1, 0)),
        ("timestamptz", "timestamptz(6)", (0, 0)),
        ("timestamptz", "timestamptz(3)", (1, 0)),
        ("timestamptz(3)", "timestamptz", (0, 0)),
        ("timestamp", "timestamptz", (1, 0)),
        ("cidr", "inet", (0, 0)),
        ("integer", "bigint", (1, 0)),
        ("integer", "text", (1, 0)),
        ("varchar(100)", "varchar(200) USING upper(a)", (1, 0)),
        ("", "bigint", (1, 0)),
        ("", "text", (0, 0)),
        ("", "varchar(200)", (0, 1)),
    ],
)
def test_a_wider_type_rewrites_nothing_on_postgresql(old: str, new: str, said: tuple[int, int]) -> None:
    assert of_types(old, new) == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("int NOT NULL", "bigint NOT NULL", (1, 0)),
        ("int", "int NOT NULL", (0, 0)),
        ("varchar(20)", "varchar(60)", (0, 0)),
        ("varchar(300)", "varchar(400)", (0, 0)),
        ("varchar(200)", "varchar(300)", (0, 1)),
        ("varchar(60)", "varchar(20)", (1, 0)),
        ("enum('a','b')", "enum('a','b','c')", (0, 0)),
        ("enum('a','b')", "enum('b','a')", (1, 0)),
        ("", "bigint NOT NULL", (0, 1)),
        ("int", "bigint, ALGORITHM=COPY", (0, 0)),
    ],
)
def test_another_type_copies_the_table_on_mysql(old: str, new: str, said: tuple[int, int]) -> None:
    assert of_types(old, new, "mysql") == said


def test_the_type_before_is_looked_up_in_the_files_of_what_exists() -> None:
    toml = ddl("ALTER TABLE slot ALTER COLUMN a TYPE varchar(200);") + 'existing_ddl_files = ["old.sql"]\n'
    for old, found in (("varchar(100)", 0), ("varchar(300)", 1)):
        evaluation = evaluate(toml, [("old.sql", SLOT.format(old))])
        assert len([f for f in evaluation.findings if f.code == "MG02"]) == found


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("ALTER TABLE slot CONVERT TO CHARACTER SET utf8mb4;", "another character set"),
        ("ALTER TABLE slot ADD COLUMN c int AS (b + 1) STORED;", "a stored column"),
        ("ALTER TABLE slot ADD COLUMN c int AS (b + 1) VIRTUAL;", ""),
    ],
)
def test_what_copies_the_whole_table_on_mysql(sql: str, found: str) -> None:
    told = messages("MG02", LISTED + ddl(sql, "mysql"))
    assert [found in message for message in told] == ([True] if found else [])


@pytest.mark.parametrize(
    "sql", ["CREATE FULLTEXT INDEX ft ON slot (note);", "ALTER TABLE slot ADD FULLTEXT INDEX ft (note);"]
)
def test_what_has_no_online_form_is_not_told_to_use_it(sql: str) -> None:
    (fix,) = [f.fix for f in evaluate(LISTED + ddl(sql, "mysql")).findings if f.code == "MG01"]
    assert "no online form" in fix


def test_an_exclusion_constraint_cannot_be_built_in_parts() -> None:
    sql = "ALTER TABLE slot ADD CONSTRAINT ex_slot EXCLUDE USING gist (a WITH =);"
    (fix,) = [f.fix for f in evaluate(LISTED + ddl(sql)).findings if f.code == "MG02"]
    assert "USING INDEX" not in fix
