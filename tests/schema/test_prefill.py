"""Proposals from a schema: what each question is told, what is left to the author, what is never repeated."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.document.answers import Answers, same
from app.document.operations import AddRow, ImportRows, Set, apply
from app.document.values import misfits, row_address
from app.schema.prefill import Proposal, proposals
from app.schema.read import read_schema

BANK = default_bank()
DDL = """
CREATE TABLE car (
    car_id bigint GENERATED ALWAYS AS IDENTITY,
    vin varchar(17) NOT NULL,
    plate text,
    CONSTRAINT pk_car PRIMARY KEY (car_id),
    CONSTRAINT uq_car_vin UNIQUE (vin)
);
CREATE TABLE rental (
    rental_id bigint PRIMARY KEY,
    car_id bigint NOT NULL,
    driver_email text NOT NULL,
    status text NOT NULL DEFAULT 'booked',
    returned_at timestamptz,
    CONSTRAINT fk_rental_car FOREIGN KEY (car_id) REFERENCES car ON DELETE CASCADE,
    CONSTRAINT ck_rental_status CHECK (status IN ('booked', 'driving', 'returned'))
);
CREATE UNIQUE INDEX ux_open ON rental (car_id) WHERE returned_at IS NULL;
CREATE INDEX ix_recent ON rental (lower(driver_email), returned_at DESC) INCLUDE (status);
COMMENT ON COLUMN rental.returned_at IS 'when the lock reported the end;
null while it is out';
"""


def proposed(
    ddl: str, answers: Answers | None = None, tables: tuple[str, ...] | None = None, context: str = ""
) -> tuple[Proposal, ...]:
    schema = read_schema(ddl, "postgresql", context)
    assert not schema.unread
    return proposals(BANK, schema, answers or Answers(), tables)


def rows(question: str, *given_ddl: str, **more: Any) -> list[dict[str, Any]]:
    ddl = given_ddl[0] if given_ddl else DDL
    return [dict(p.row) for p in proposed(ddl, **more) if p.question == question]


def test_entities_come_without_a_grain_which_only_the_author_knows() -> None:
    assert rows("logical.grain") == [{"entity": "car"}, {"entity": "rental"}]


def test_keys_are_the_primary_key_and_what_is_unique() -> None:
    assert rows("logical.keys") == [
        {
            "entity": "car",
            "primary_identity": "car_id bigint, generated",
            "natural_identifier": "UNIQUE (vin), uq_car_vin",
        },
        {
            "entity": "rental",
            "primary_identity": "rental_id bigint",
            "natural_identifier": "UNIQUE (car_id) WHERE returned_at IS NULL, ux_open",
        },
    ]


def test_a_foreign_key_is_a_relationship_and_its_nulls_stand_under_enforcement() -> None:
    """Whether a parent may have no child, which 6.3 asks, no DDL says."""
    assert rows("logical.cardinality") == [
        {
            "relationship": "car → rental",
            "cardinality": "one_to_many",
            "enforcement": "fk_rental_car, foreign key on (car_id), NOT NULL, ON DELETE CASCADE",
        }
    ]


@pytest.mark.parametrize(
    ("column", "cardinality"),
    [
        ("a_id int PRIMARY KEY REFERENCES a", "one_to_one"),
        ("a_id int UNIQUE REFERENCES a", "one_to_one"),
        ("a_id int REFERENCES a, x int, UNIQUE (a_id, x)", "one_to_many"),
        ("a_id int REFERENCES a", "one_to_many"),
    ],
)
def test_a_relationship_is_one_to_one_when_the_columns_of_the_key_are_unique(
    column: str, cardinality: str
) -> None:
    (row,) = rows("logical.cardinality", f"CREATE TABLE a (a_id int PRIMARY KEY); CREATE TABLE b ({column});")
    assert row["cardinality"] == cardinality


def test_two_keys_between_the_same_tables_are_one_relationship() -> None:
    ddl = """CREATE TABLE a (id int PRIMARY KEY);
    CREATE TABLE b (x int NOT NULL, y int, CONSTRAINT fx FOREIGN KEY (x) REFERENCES a,
                    CONSTRAINT fy FOREIGN KEY (y) REFERENCES a);"""
    (row,) = rows("logical.cardinality", ddl)
    assert row["enforcement"] == ("fx, foreign key on (x), NOT NULL; fy, foreign key on (y), y may be null")


def test_states_are_the_values_of_a_check_or_an_enum_and_the_default_is_initial() -> None:
    assert rows("logical.states") == [
        {"entity": "rental", "state": "booked", "initial": True},
        {"entity": "rental", "state": "driving"},
        {"entity": "rental", "state": "returned"},
    ]
    ddl = """CREATE TYPE phase AS ENUM ('open', 'it''s over');
    CREATE TABLE tour (kind text CHECK (kind IN ('a', 'b')), booking_phase phase DEFAULT 'it''s over');"""
    assert rows("logical.states", ddl) == [
        {"entity": "tour", "state": "open"},
        {"entity": "tour", "state": "it's over", "initial": True},
    ]


def test_of_several_state_columns_the_one_called_status_is_the_state_of_the_row() -> None:
    ddl = """CREATE TABLE t (payment_status text CHECK (payment_status IN ('due', 'paid')),
                             status text CHECK (status IN ('new', 'done')));"""
    assert [row["state"] for row in rows("logical.states", ddl)] == ["new", "done"]


def test_columns_come_with_type_nullability_and_their_comment_as_meaning() -> None:
    found = {(row["table"], row["column"]): row for row in rows("physical.column_semantics")}
    assert len(found) == 8
    assert found["car", "car_id"] == {
        "table": "car", "column": "car_id", "type": "bigint", "nullable": False, "source": "db",
    }  # fmt: skip
    assert found["rental", "returned_at"] == {
        "table": "rental",
        "column": "returned_at",
        "type": "timestamptz",
        "nullable": True,
        "meaning": "when the lock reported the end; null while it is out",
    }


def test_indexes_are_listed_with_those_behind_keys() -> None:
    found = {row["index"]: row.get("reason") for row in rows("physical.indexes")}
    assert found == {
        "pk_car (car_id)": "behind the primary key",
        "uq_car_vin (vin)": "behind the unique constraint",
        "rental_pkey (rental_id)": "behind the primary key",
        "ux_open (car_id) WHERE returned_at IS NULL": "unique where returned_at IS NULL",
        "ix_recent (lower(driver_email), returned_at DESC) INCLUDE (status)": None,
    }


def test_an_index_on_the_columns_of_a_foreign_key_says_so() -> None:
    ddl = """CREATE TABLE a (id int PRIMARY KEY);
    CREATE TABLE b (a_id int, CONSTRAINT fk_b_a FOREIGN KEY (a_id) REFERENCES a);
    CREATE INDEX ix ON b (a_id);"""
    assert rows("physical.indexes", ddl)[1] == {
        "index": "ix (a_id)",
        "reason": "rows of one a, as fk_b_a refers to it",
    }


def test_names_of_personal_data_are_suggested_as_such() -> None:
    assert rows("security.classification") == [
        {
            "object": "rental.driver_email",
            "classification": "pii",
            "reason": "suggested by the name of the column",
        }
    ]


def test_a_proposal_says_what_it_was_taken_from() -> None:
    assert {p.why for p in proposed(DDL) if p.question == "logical.cardinality"} == {
        "the foreign key at line 15"
    }


def test_what_is_proposed_fits_the_questions_and_lacks_only_what_a_person_knows() -> None:
    found = proposed(DDL)
    gaps = set()
    for question in {p.question for p in found}:
        value = tuple(p.row for p in found if p.question == question)
        for misfit in misfits(BANK, question, value):
            assert misfit.missing, misfit
            gaps.add((question, misfit.column))
    assert gaps == {("logical.grain", "grain"), ("physical.column_semantics", "meaning")}


def test_proposals_come_in_the_order_of_the_interview_and_are_the_same_every_time() -> None:
    order = list(BANK.questions)
    found = proposed(DDL)
    assert [order.index(p.question) for p in found] == sorted(order.index(p.question) for p in found)
    assert proposed(DDL) == found


WRITTEN = {
    "logical.grain": {"entity": "public.Rental"},
    "logical.keys": {"entity": "rental"},
    "logical.cardinality": {"relationship": "Car -> rental"},
    "logical.states": {"entity": "rental", "state": "Booked"},
    "physical.column_semantics": {"table": "rental", "column": "returned_at, status"},
    "physical.indexes": {"index": "UX_open (anything else)"},
    "security.classification": {"object": "public.rental.driver_email"},
}


@pytest.mark.parametrize("question", WRITTEN)
def test_a_row_that_is_there_is_not_proposed_however_it_is_spelled(question: str) -> None:
    answers = apply(BANK, Answers(), AddRow(question=question, row=WRITTEN[question]))
    before, after = rows(question), rows(question, answers=answers)
    gone = [row for row in before if row not in after]
    assert len(gone) == (2 if question == "physical.column_semantics" else 1)


def test_tables_of_the_same_name_in_two_schemas_keep_their_schemas() -> None:
    ddl = "CREATE TABLE a.part (x int); CREATE TABLE b.part (x int); CREATE TABLE b.whole (x int);"
    assert [row["entity"] for row in rows("logical.grain", ddl)] == ["a.part", "b.part", "whole"]


def test_names_that_differ_in_case_only_are_two() -> None:
    ddl = 'CREATE TABLE "Part" (x int); CREATE TABLE part (x int);'
    assert [row["entity"] for row in rows("logical.grain", ddl)] == ["Part", "part"]


def test_partitions_are_no_entities() -> None:
    ddl = """CREATE TABLE m (at date) PARTITION BY RANGE (at);
    CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"""
    assert rows("logical.grain", ddl) == [{"entity": "m"}]


def test_what_exists_is_proposed_only_when_it_is_named() -> None:
    ddl = "CREATE TABLE trip (trip_id int PRIMARY KEY, rental_id bigint REFERENCES rental);"
    assert rows("logical.grain", ddl, context=DDL) == [{"entity": "trip"}]
    assert [row["relationship"] for row in rows("logical.cardinality", ddl, context=DDL)] == ["rental → trip"]
    assert rows("logical.grain", ddl, context=DDL, tables=("Public.CAR",)) == [{"entity": "car"}]
    assert rows("logical.grain", ddl, context=DDL, tables=("nobody",)) == []


def test_of_an_existing_table_only_what_the_ddl_adds_is_proposed() -> None:
    ddl = """ALTER TABLE rental ADD COLUMN note text;
    ALTER TABLE rental ADD CONSTRAINT uq_note UNIQUE (note);
    CREATE INDEX ix_note ON rental (note);"""
    assert rows("logical.grain", ddl, context=DDL) == []
    assert [row["column"] for row in rows("physical.column_semantics", ddl, context=DDL)] == ["note"]
    indexes = [row["index"] for row in rows("physical.indexes", ddl, context=DDL)]
    assert indexes == ["uq_note (note)", "ix_note (note)"]


def test_control_characters_of_a_name_do_not_get_in() -> None:
    (row,) = rows("logical.grain", 'CREATE TABLE "a\x1b[31m\u202eb" (x int);')
    assert "\x1b" not in row["entity"]
    assert "\u202e" not in row["entity"]


_NAMES = st.sampled_from(
    ["car", "Car", "a b", "status", "Straße", "x→y", "/", "e_mail", "#2", "→", "public.x"]
)
_COLUMNS = st.sampled_from(["int", "text DEFAULT 'x'", "text CHECK (\"status\" IN ('a', 'b'))", "int UNIQUE"])


@st.composite
def ddls(draw: st.DrawFn) -> str:
    tables = []
    for name in draw(st.lists(_NAMES, unique=True, max_size=4)):
        columns = ['"status" text'] + [
            f'"{column}" {kind}'
            for column, kind in draw(st.dictionaries(_NAMES, _COLUMNS, max_size=4)).items()
            if column != "status"
        ]
        tables.append(f'CREATE TABLE "{name}" ({", ".join(columns)});')
    return "\n".join(tables)


@given(ddls(), ddls(), st.booleans())
def test_an_import_changes_no_row_that_is_there_and_a_second_one_adds_nothing(
    ddl: str, earlier: str, accepted: bool
) -> None:
    mark = {} if accepted else {"draft": True}

    def imported(text: str, answers: Answers) -> Answers:
        found: dict[str, list[dict[str, Any]]] = {}
        for p in proposals(BANK, read_schema(text, "postgresql"), answers):
            found.setdefault(p.question, []).append({**p.row, **mark})
        return apply(BANK, answers, ImportRows(rows=found))

    before = imported(earlier, apply(BANK, Answers(), Set(question="control.owner", value="Ines")))
    after = imported(ddl, before)
    for question, value in before.values.items():
        now = after.values[question]
        assert isinstance(value, str) or same(now[: len(value)], value)  # type: ignore[index,arg-type]  # rows
    assert imported(ddl, after) == after
    for question in after.values:
        names = [row_address(BANK.questions[question], row) for row in after.rows(question)]
        assert len(names) == len(set(names))
