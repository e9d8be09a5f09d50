"""Tables outside the text: the model has of them what statements add."""

from __future__ import annotations

import pytest

from app.bank.load import default_bank
from app.document.answers import Answers
from app.schema.known_names import KnownNames
from app.schema.prefill import proposals
from app.schema.read import read_schema

SQL = """ALTER TABLE harbour.stay ADD COLUMN leaves_on date NOT NULL,
    ADD CONSTRAINT fk_stay_berth FOREIGN KEY (berth_id) REFERENCES berth (berth_id);
CREATE INDEX ix_stay_leaves ON harbour.stay (leaves_on);
ALTER TABLE harbour.stay ENABLE ROW LEVEL SECURITY;
"""


def test_what_is_added_to_a_table_outside_is_kept_with_its_place() -> None:
    schema = read_schema(SQL, "postgresql")
    assert dict(schema.tables) == {}
    table = schema.altered["harbour.stay"]
    (column,) = table.columns
    assert (column.name, column.type, column.nullable, column.span.line) == ("leaves_on", "date", False, 1)
    assert [key.name for key in table.foreign_keys] == ["fk_stay_berth"]
    assert [(index.name, index.span.line) for index in table.indexes] == [("ix_stay_leaves", 3)]
    assert (table.row_security, table.existing, table.span.line) == (True, True, 1)


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE stay OWNER TO harbour;",
        "ALTER TABLE stay RENAME TO visit;",
        "ALTER TABLE stay DROP COLUMN leaves_on;",
        "COMMENT ON TABLE stay IS 'a visit';",
        "CREATE MATERIALIZED VIEW stay AS SELECT 1 AS a; CREATE INDEX ix ON stay (a);",
        "CREATE TABLE stay (a int); CREATE INDEX ix ON stay (a);",
    ],
)
def test_a_table_to_which_nothing_is_added_is_no_such_table(sql: str) -> None:
    assert dict(read_schema(sql, "postgresql").altered) == {}


def test_a_table_of_the_context_is_no_such_table() -> None:
    schema = read_schema(SQL, "postgresql", "CREATE TABLE harbour.stay (stay_id int, berth_id int);")
    assert dict(schema.altered) == {}
    assert "leaves_on" in schema.tables["harbour.stay"].column_names


def test_what_the_context_adds_to_tables_outside_is_no_part_of_the_text() -> None:
    assert dict(read_schema("SELECT 1;", "postgresql", SQL).altered) == {}


def test_what_was_added_and_dropped_again_is_gone() -> None:
    schema = read_schema(SQL + "ALTER TABLE harbour.stay DROP COLUMN leaves_on;", "postgresql")
    assert schema.altered["harbour.stay"].columns == ()


def test_what_is_added_is_proposed_and_completes() -> None:
    schema = read_schema(SQL, "postgresql")
    found = proposals(default_bank(), schema, Answers())
    columns = [p.row for p in found if p.question == "physical.column_semantics"]
    assert [(row["table"], row["column"]) for row in columns] == [("stay", "leaves_on")]
    assert [p.row["index"] for p in found if p.question == "physical.indexes"] == [
        "ix_stay_leaves (leaves_on)"
    ]
    names = KnownNames(schema)
    assert [n.name for n in names.of("table")] == ["harbour.stay"]
    assert [n.name for n in names.of("column", "harbour.stay")] == ["leaves_on"]
