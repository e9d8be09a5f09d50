"""The names that a schema knows, each once, with the words that tell what they are."""

from __future__ import annotations

from app.schema.known_names import KnownNames
from app.schema.read import read_schema

NAMES = KnownNames(
    read_schema(
        """CREATE TABLE berth (berth_id bigint PRIMARY KEY, length_m int, CHECK (length_m > 0));
CREATE TABLE stay (stay_id bigint PRIMARY KEY, berth_id bigint REFERENCES berth UNIQUE,
    during tstzrange, EXCLUDE USING gist (during WITH &&));
CREATE UNIQUE INDEX ux_stay ON stay (lower(stay_id::text), berth_id DESC) WHERE berth_id > 7;
""",
        "postgresql",
        "CREATE TABLE crane (crane_id bigint);",
    )
)


def test_tables_say_which_are_there_already() -> None:
    assert [(n.name, n.about) for n in NAMES.of("table")] == [
        ("crane", "table, there already"),
        ("berth", "table"),
        ("stay", "table"),
    ]


def test_a_column_of_several_tables_is_one_name() -> None:
    about = {n.name: n.about for n in NAMES.of("column")}
    assert about["berth_id"] == "column of 2 tables"
    assert about["length_m"] == "column of berth: int"


def test_an_unknown_table_narrows_nothing() -> None:
    assert NAMES.of("column", "pier") == NAMES.of("column")
    assert [n.name for n in NAMES.of("column", "BERTH")] == ["berth_id", "length_m"]


def test_every_kind_of_constraint_has_its_name() -> None:
    assert {n.name for n in NAMES.of("constraint")} == {
        "berth_pkey",
        "berth_length_m_check",
        "stay_pkey",
        "stay_berth_id_key",
        "stay_berth_id_fkey",
        "stay_during_excl",
    }


def test_an_index_is_written_with_its_columns_and_predicate() -> None:
    (index,) = NAMES.of("index")
    assert index.name.startswith("ux_stay (lower(")
    assert index.name.endswith("berth_id DESC) WHERE berth_id > 7")
