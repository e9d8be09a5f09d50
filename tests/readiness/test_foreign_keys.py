"""Foreign keys: which keys may be referred to, which types go together, what cannot be known."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.readiness.facts.keys import types_fit
from app.readiness.model import Severity
from tests.readiness.documents import messages, reasons, with_ddl
from tests.schema import catalog

CHILD = "CREATE TABLE child (id bigint PRIMARY KEY, a integer, b integer, {});\n"
PAIR = "FOREIGN KEY (a, b) REFERENCES parent (a, b)"
# What the parent has, what the child says, and whether PostgreSQL takes it.
CASES = [
    ("a integer, b integer, PRIMARY KEY (a, b)", PAIR, True),
    ("a integer, b integer, PRIMARY KEY (b, a)", PAIR, True),
    ("a integer, b integer, UNIQUE (b, a)", PAIR, True),
    ("a integer, b integer, c integer, UNIQUE (a, b) INCLUDE (c)", PAIR, True),
    ("a integer, b integer, UNIQUE NULLS NOT DISTINCT (a, b)", PAIR, True),
    ("a integer, b integer, UNIQUE (a, b) DEFERRABLE", PAIR, False),
    ("a integer, b integer, PRIMARY KEY (a)", PAIR, False),
    ("a integer, b integer, c integer, PRIMARY KEY (a, b, c)", PAIR, False),
    ("a integer, b integer, UNIQUE (a), UNIQUE (b)", PAIR, False),
    ("a integer, b integer", PAIR, False),
    ("a integer PRIMARY KEY", PAIR, False),
    ("a integer, b integer, PRIMARY KEY (b, a)", "FOREIGN KEY (a, b) REFERENCES parent", True),
    ("a integer PRIMARY KEY, b integer", "FOREIGN KEY (a, b) REFERENCES parent", False),
    ("a integer, b integer, UNIQUE (a, b)", "FOREIGN KEY (a, b) REFERENCES parent", False),
    ("a integer, b integer, PRIMARY KEY (a, b) DEFERRABLE", "FOREIGN KEY (a, b) REFERENCES parent", False),
    ("a integer PRIMARY KEY", "FOREIGN KEY (z) REFERENCES parent", False),
    ("a bigint PRIMARY KEY", "z integer REFERENCES parent", True),
    ("a integer PRIMARY KEY", "z bigint REFERENCES parent", True),
    ("a numeric(9) PRIMARY KEY", "z integer REFERENCES parent", True),
    ("a integer PRIMARY KEY", "z numeric(9) REFERENCES parent", False),
    ("a double precision PRIMARY KEY", "z numeric(9) REFERENCES parent", True),
    ("a text PRIMARY KEY", "z varchar(9) REFERENCES parent", True),
    ("a char(3) PRIMARY KEY", "z text REFERENCES parent", True),
    ("a uuid PRIMARY KEY", "z text REFERENCES parent", False),
    ("a text PRIMARY KEY", "z uuid REFERENCES parent", False),
    ("a integer PRIMARY KEY", "z text REFERENCES parent", False),
    ("a timestamptz PRIMARY KEY", "z date REFERENCES parent", True),
    ("a boolean PRIMARY KEY", "z integer REFERENCES parent", False),
    ("a money PRIMARY KEY", "z money REFERENCES parent", True),
]
INDEXES = [
    ("CREATE UNIQUE INDEX u ON parent (b, a);", True),
    ("CREATE UNIQUE INDEX u ON parent (a, b) WHERE a > 0;", False),
    ("CREATE UNIQUE INDEX u ON parent (a, (b + 1));", False),
    ("CREATE INDEX u ON parent (a, b);", False),
]


def _ddl(parent: str, child: str, index: str = "") -> str:
    return f"CREATE TABLE parent ({parent});\n{index}\n{CHILD.format(child)}"


EVERY = [(_ddl(parent, child), accepted) for parent, child, accepted in CASES]
EVERY += [(_ddl("a integer, b integer", PAIR, index), accepted) for index, accepted in INDEXES]


def _refused(ddl: str) -> bool:
    evaluation = with_ddl(ddl)
    return any(f.code == "SQ01" and f.severity == Severity.ERROR for f in evaluation.findings)


@pytest.mark.parametrize(("ddl", "accepted"), EVERY)
def test_a_foreign_key_is_refused_exactly_where_no_key_carries_it(ddl: str, accepted: bool) -> None:
    assert _refused(ddl) is not accepted


@pytest.fixture(scope="module")
def server() -> Iterator[catalog.Server]:
    # Not pytest's own folder: that one is closed to the account that runs the server for root.
    temporary = tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True)
    with temporary as folder, catalog.server(Path(folder)) as running:
        yield running


@pytest.mark.skipif(not catalog.available(), reason="PostgreSQL's server programs are not installed")
@pytest.mark.parametrize(("ddl", "accepted"), EVERY)
def test_the_cases_are_what_a_server_says(server: catalog.Server, ddl: str, accepted: bool) -> None:
    try:
        server.catalog(ddl)
    except AssertionError:
        assert not accepted
    else:
        assert accepted


def test_a_finding_points_at_the_line_of_the_key_and_names_the_row_that_rests_on_it() -> None:
    evaluation = with_ddl(
        "CREATE TABLE depot (depot_id bigint);\nCREATE TABLE parcel (\n  depot_id bigint,\n"
        "  CONSTRAINT fk_parcel_depot FOREIGN KEY (depot_id) REFERENCES depot (depot_id)\n);\n",
        '[[logical.cardinality]]\nrelationship = "depot → parcel"\ncardinality = "one_to_many"\n'
        'enforcement = "fk_parcel_depot"\n',
    )
    (finding,) = (f for f in evaluation.findings if f.code == "SQ01")
    assert (finding.target.question, finding.target.line) == ("physical.ddl", 4)
    assert "6.3 depot → parcel" in finding.message


def test_a_narrower_type_is_a_warning() -> None:
    evaluation = with_ddl(_ddl("a bigint PRIMARY KEY", "z integer REFERENCES parent"))
    (finding,) = (f for f in evaluation.findings if f.code == "SQ01")
    assert finding.severity == Severity.WARNING
    assert "beyond its range" in finding.message


REFERS = "CREATE TABLE parcel (parcel_id bigint PRIMARY KEY, depot_id bigint REFERENCES depot (depot_id));"


def test_a_table_that_is_not_shown_is_not_checked() -> None:
    evaluation = with_ddl(REFERS)
    assert messages(evaluation, "SQ01") == []
    assert "depot is not in the DDL" in reasons(evaluation, "SQ01")[0]


def test_a_table_that_exists_is_not_checked_with_that_reason() -> None:
    evaluation = with_ddl(REFERS, '[problem]\nexisting_tables = ["`depot` in logistics: 31 rows"]\n')
    assert messages(evaluation, "SQ01") == []
    assert "exists already (1.1)" in reasons(evaluation, "SQ01")[0]


def test_a_table_that_could_not_be_read_is_not_checked_with_its_line() -> None:
    evaluation = with_ddl("CREATE TABLE depot (depot_id bigint PRIMARY KEY,,);\n" + REFERS)
    assert messages(evaluation, "SQ01") == []
    assert "line 1 could not be read" in reasons(evaluation, "SQ01")[0]


def test_a_missing_table_is_an_error_where_nothing_exists_yet() -> None:
    evaluation = with_ddl(REFERS, '[problem]\nexisting_tables = ["none"]\n')
    assert "which the DDL does not make" in messages(evaluation, "SQ01")[0]


def test_a_key_that_is_added_to_a_table_that_is_not_shown_carries_a_foreign_key() -> None:
    evaluation = with_ddl("ALTER TABLE depot ADD CONSTRAINT uq_depot UNIQUE (depot_id);\n" + REFERS)
    assert (messages(evaluation, "SQ01"), reasons(evaluation, "SQ01")) == ([], [])


def test_a_foreign_key_added_to_a_table_that_is_not_shown_is_looked_at() -> None:
    evaluation = with_ddl(
        "CREATE TABLE depot (depot_id bigint);\n"
        "ALTER TABLE parcel ADD CONSTRAINT fk_parcel_depot\n"
        "    FOREIGN KEY (depot_id) REFERENCES depot (depot_id);"
    )
    assert "fk_parcel_depot refers to depot (depot_id)" in messages(evaluation, "SQ01")[0]
    assert "its indexes are not known" in reasons(evaluation, "SQ04")[0]


@pytest.mark.parametrize(
    ("child", "parent", "family", "expected"),
    [
        ("integer", "bigint", "mysql", "refused"),
        ("bigint unsigned", "bigint", "mysql", "refused"),
        ("varchar(20)", "varchar(40)", "mysql", "fits"),
        ("integer", "text", "sqlite", "fits"),
        ("bigint", "integer", "sqlserver", "refused"),
        ("integer", "bigint", "postgresql", "narrow"),
        ("citycode", "text", "postgresql", "fits"),
        ("integer[]", "integer", "postgresql", "fits"),
    ],
)
def test_types_are_compared_as_the_engine_does(child: str, parent: str, family: str, expected: str) -> None:
    assert types_fit(child, parent, family) == expected  # type: ignore[arg-type]  # families by their text


@pytest.mark.parametrize(
    ("indexes", "found"),
    [
        ("CREATE INDEX i ON child (b, a, id);", False),
        ("CREATE INDEX i ON child (b);", True),
        ("CREATE INDEX i ON child (id, a, b);", True),
        ("CREATE INDEX i ON child (a, b) WHERE a IS NOT NULL;", False),
        ("CREATE INDEX i ON child (a, b) WHERE id > 9;", True),
        ("CREATE INDEX i ON child USING gin (a, b);", True),
        ("ALTER TABLE child ADD CONSTRAINT x EXCLUDE USING gist (a WITH =, b WITH =);", False),
    ],
)
def test_an_index_serves_a_foreign_key_when_it_begins_with_its_columns(indexes: str, found: bool) -> None:
    ddl = _ddl("a integer, b integer, PRIMARY KEY (a, b)", PAIR) + indexes
    assert bool(messages(with_ddl(ddl), "SQ04")) is found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("none behind the foreign key on (a, b): parents are never deleted", False),
        ("child has none on (a, b)", False),
        ("child: 1. No index on a, b since parents stay.", False),
        ("child is found through a and b", True),
        ("parent has none on (a, b)", True),
    ],
)
def test_a_foreign_key_without_a_name_is_excused_by_its_columns(said: str, found: bool) -> None:
    ddl = _ddl("a integer, b integer, PRIMARY KEY (a, b)", PAIR)
    evaluation = with_ddl(ddl, f"index_count = {json.dumps(said)}\n")
    assert bool(messages(evaluation, "SQ04")) is found
