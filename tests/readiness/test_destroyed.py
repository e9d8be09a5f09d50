"""Which words destroy data, and which only seem to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readiness.facts.destruction import destroyed

KNOWN = frozenset({"slot", "slot old", "parcel scan"})


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("DROP COLUMN weight_kg, weight_lb on parcel", "drop"),
        ("wait a week, then drop the old columns", "drop"),
        ("the old table is renamed", "rename"),
        ("ALTER TABLE parcel DROP COLUMN weight_kg", "drop"),
        ("TRUNCATE parcel_event", "truncate"),
        ("delete from parcel_event", "delete"),
        ("indexes are kept; partitions dropped", "drop"),
        ("the old columns are dropped after the check", "drop"),
    ],
)
def test_data_is_destroyed(text: str, verb: str) -> None:
    assert [found.verb for found in destroyed(text)] == [verb]


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE parcel DROP CONSTRAINT ck_parcel_weight",
        "drop the triggers on table parcel",
        "old columns nullable, capture triggers dropped",
        "DROP NOT NULL on weight_kg",
        "nothing is dropped from the table",
        "add the columns, never drop a table",
        "role backfill dropped; UPDATE on the old columns revoked",
        "drop the shadow table",
        "rename the index of the table",
        "the import drops messages of unknown tables",
        "",
    ],
)
def test_nothing_of_value_is_destroyed(text: str) -> None:
    assert list(destroyed(text)) == []


def test_what_the_change_made_may_be_dropped_and_what_exists_is_known_by_name() -> None:
    text = "drop table weight_run; drop parcel_scan"
    assert [found.clause for found in destroyed(text)] == ["drop table weight_run"]
    assert [f.clause for f in destroyed(text, frozenset({"weight run"}), frozenset({"parcel scan"}))] == [
        "drop parcel_scan"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE slot DROP room_name",
        "alter table slot drop column room_name",
        "ALTER TABLE slot RENAME TO slot_old",
        "remove column slot.room_name",
        "drop the dual-write trigger and the old table slot_old",
        "DELETE all rows of slot",
        "the old table is removed",
        "all rows of slot are deleted",
        "drop slot",
        "drop slot and parcel_scan",
        "drop table member",
        "drop table session",
        "drop the table parcel",
        "drop the old columns",
        "the triggers and the old table are dropped",
        "drop the triggers and truncate slot_old",
        "after the check the old table is dropped",
        "drop table ward once the new table is read",
        "drop the column from the member table",
        "DROP COLUMN weight_kg from parcel",
        "the drop of column room_name",
        "release 5 dropped column weight",
        "TRUNCATE member",
        "delete from slot",
        "rename slot to slot_x",
        "rename column a to b",
        "the members table is renamed",
        "dropping the weight columns",
        "DELETE FROM slot",
        "drop legacy price columns in release 9",
        "the old index and the old table slot_old are removed",
        "drop tables slot_old and slot",
        "drop indexes and tables",
        "remove the old columns",
        "Drop the columns a and b",
    ],
)
def test_tables_and_columns_are_told_in_any_wording(text: str) -> None:
    assert [found.clause for found in destroyed(text, known=KNOWN)]


@pytest.mark.parametrize(
    "text",
    [
        "Drop-off bays get a column bay.lane",
        "The drop in latency is watched; table bay keeps its rows.",
        "release 9 drops connections of table editors, renames the menu entry Columns",
        "release 9 deletes from the cart table view",
        "rename constraint fk_slot_room of table slot; drop default of column lane",
        "drop the unused index on table slot",
        "drop the replication slot",
        "ALTER TABLE slot DROP CONSTRAINT ck_x",
        "ALTER TABLE slot ALTER COLUMN x DROP NOT NULL",
        "ALTER TABLE slot DROP PRIMARY KEY",
        "drop the column default",
        "drop column default",
        "drop the triggers and table parcel keeps its rows",
        "drop the flag and the old table remains",
        "drop the flag after release 9 and table slot is read-only",
        "remove the column from the list screen",
        "drop the column from the export",
        "the weight column is removed from the export",
        "remove the column header",
        "rename the column header",
        "delete the duplicate rows of slot",
        "delete all rows older than 2 years",
        "DELETE FROM slot WHERE origin = 1",
        "delete all rows that were backfilled",
        "the removed column stays in the export",
        "truncates the text to 40 characters",
        "the index on table slot is dropped",
        "the table is compared and the trigger dropped",
        "the flag of table slot is removed",
        "nothing is dropped from table slot",
        "do not drop table slot",
        "before dropping table slot compare",
        "the drop of the flag",
        "drop the new table",
        "truncate the temporary table",
        "role backfill dropped",
        "drop ward_x",
        "remove release 8 from the tables screen",
        "remove users from table owners",
    ],
)
def test_what_may_be_something_else_is_left_alone(text: str) -> None:
    assert list(destroyed(text, known=KNOWN)) == []


@pytest.mark.parametrize("text", ["drop the new table", "truncate the shadow table", "drop the added column"])
def test_what_is_new_counts_where_it_is_asked_for(text: str) -> None:
    assert list(destroyed(text)) == []
    assert list(destroyed(text, new_too=True))


def test_a_column_that_the_change_added_may_go_again() -> None:
    text = "ALTER TABLE parcel DROP lane"
    assert list(destroyed(text))
    assert list(destroyed(text, frozenset({"lane"}))) == []


@given(st.text())
def test_any_text_is_looked_at_without_an_exception(text: str) -> None:
    assert all(found.clause for found in destroyed(text + " drop column " + text))
