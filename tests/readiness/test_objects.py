"""Objects of a database are recognised in people's texts, and no text makes the readers fail."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readiness.facts.backups import read_backups
from app.readiness.facts.objects import existing_names, identifiers, object_names, parse_indexes
from app.readiness.facts.phrases import API_GUARDS, INDEX_LATER, MIGRATE_SOMEHOW, WE_LOG, phrase_in
from tests.readiness.findings import ddl, messages, table

DAY = 86_400


@pytest.mark.parametrize(
    ("cell", "name", "columns"),
    [
        ("ix_hold_open (seat_id, held_at)", "ix_hold_open", ("seat_id", "held_at")),
        ("shop.ix_hold ON shop.hold USING btree (seat_id DESC NULLS LAST)", "ix_hold", ("seat_id",)),
        ("ix_mail (lower(email), site_id)", "ix_mail", ("", "site_id")),
        ("PRIMARY (parcel_id)", "PRIMARY", ("parcel_id",)),
        ("ix_name (title text_pattern_ops)", "ix_name", ("title",)),
        ("uq_loan_copy", "uq_loan_copy", ()),
    ],
)
def test_an_index_is_read_with_its_columns(cell: str, name: str, columns: tuple[str, ...]) -> None:
    (index,) = parse_indexes(cell)
    assert (index.name, index.columns) == (name, columns)


@pytest.mark.parametrize("cell", ["", "none", "none (sequential scan)", "full scan of the month", "-"])
def test_prose_names_no_index(cell: str) -> None:
    assert parse_indexes(cell) == ()


def test_a_partial_index_and_its_included_columns_are_one_index() -> None:
    (index,) = parse_indexes("ix_open (seat_id) WHERE released_at IS NULL")
    assert index.partial
    assert [i.name for i in parse_indexes("ix_open (seat_id) INCLUDE (buyer_id)")] == ["ix_open"]


def test_several_indexes_in_one_cell_are_told_apart() -> None:
    assert [i.name for i in parse_indexes("pk_loan (loan_id), then ix_loan_due (due_on)")] == [
        "pk_loan",
        "ix_loan_due",
    ]


def test_names_are_told_from_words_paths_and_calls() -> None:
    text = (
        "set shop.seat_hold by place_hold(), see docs/seat_map.md, @some_body and fk_hold_seat; plain words"
    )
    assert list(identifiers(text)) == ["shop.seat_hold", "fk_hold_seat"]
    assert list(object_names(text)) == ["fk_hold_seat"]


@pytest.mark.parametrize(
    ("mechanism", "name"),
    [
        ("stay_bed_id_key", "stay_bed_id_key"),
        ("stay_dose_check refuses it", "stay_dose_check"),
        ("the trigger stay_guard refuses it", "stay_guard"),
        ("a job, stay_guard, and the key stay_key", ""),
        ("the nightly stay_total_check", ""),
        ("an insert may trigger stay_guard", ""),
        ("unique over bed_id; stay_pkey", ""),
        ("the trigger stay_guard exists already", ""),
    ],
)
def test_an_object_of_the_matrix_is_looked_up_in_the_ddl(mechanism: str, name: str) -> None:
    sql = "CREATE TABLE stay (stay_id bigint PRIMARY KEY, bed_id bigint NOT NULL, dose int);"
    row = table("[[invariants.matrix]]", id="INV-001", invariant="one stay a bed", mechanism=mechanism)
    expected = [f"invariants.matrix[INV-001].mechanism: {name} is not in the DDL"] if name else []
    assert messages("XS02", ddl(sql) + row) == expected


@pytest.mark.parametrize(("key", "lacks"), [("doctor_id", True), ("doctor_id, slot_start", False)])
def test_a_key_lacks_a_column_that_its_invariant_names(key: str, lacks: bool) -> None:
    sql = f"""CREATE TABLE visit (visit_id bigint PRIMARY KEY, doctor_id bigint, slot_start timestamptz,
        CONSTRAINT uq_visit UNIQUE ({key}));"""
    rule = "at most one visit per doctor and slot start"
    row = table(
        "[[invariants.matrix]]",
        id="INV-001",
        invariant=rule,
        enforcement="database_constraint",
        mechanism="uq_visit",
    )
    assert [
        message.endswith("uq_visit does not have slot start") for message in messages("XS04", ddl(sql) + row)
    ] == ([True] if lacks else [])


def test_existing_tables_are_known_by_the_head_of_their_line() -> None:
    known = existing_names(("delivery.parcel: 2 million rows", "Shift sheets (paper)", "seat_map, seat_row"))
    assert {"parcel", "shift sheet", "seat map"} <= known


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Backups are kept for 30 days.", 30),
        ("Base backups and WAL reach back 5 weeks", 35),
        ("Backups: 35 days, then it is gone.", 35),
        ("Logs are kept for 30 days.", None),
        ("A backup takes 2 h and is kept for 14 days.", 14),
        ("Backups are kept for 7 days here and 30 days there.", None),
    ],
)
def test_the_age_of_backups_is_read_from_sentences_about_them(text: str, days: int | None) -> None:
    assert read_backups(text).age == (None if days is None else days * DAY)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (INDEX_LATER, "Indexes will be added later if needed."),
        (MIGRATE_SOMEHOW, "We will migrate the old data."),
        (WE_LOG, "The service logs every change."),
        (API_GUARDS, "Authorization is handled by our API."),
    ],
)
def test_a_phrase_that_puts_off_is_found(pattern: re.Pattern[str], text: str) -> None:
    assert phrase_in(pattern, {"problem.goals": ("Something else.", text)}) is not None
    assert phrase_in(pattern, {"problem.goals": ("Nothing of the sort.",)}) is None


def test_a_negated_phrase_is_no_phrase() -> None:
    assert phrase_in(API_GUARDS, {"x": "not authorization handled by the API, but row policies"}) is None


@given(st.text(alphabet=st.characters() | st.sampled_from("()_,. ixWHERE"), max_size=200))
def test_any_text_is_read_without_failing(text: str) -> None:
    for index in parse_indexes(text):
        assert index.name
    list(object_names(text))
    existing_names((text,))
    read_backups(text)
