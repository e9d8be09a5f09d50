"""What steps destroy, and which phases they carry out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.readiness.facts.steps import destroyed, has_phase, steps_of


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


def test_a_phase_is_told_by_the_kind_or_by_the_words() -> None:
    rows = (
        {"step": "1", "kind": "Dual write", "action": "release 7"},
        {"step": "2", "action": "backfill of weight_g"},
    )
    steps = steps_of(default_bank(), "migration.steps", rows)
    assert steps[0].kind == "dual_write"
    assert [has_phase(steps, phase) for phase in ("dual_write", "backfill", "validate")] == [
        True,
        True,
        False,
    ]


def test_a_row_of_the_rollout_has_its_validation_as_guard() -> None:
    rows = ({"sequence": "4", "change": "x", "validation": "v", "rollback": "r", "flag": "f"},)
    (step,) = steps_of(default_bank(), "rollout.sequence", rows)
    assert (step.label, step.action, step.guard, step.rollback, step.flag) == ("step 4", "x", "v", "r", "f")


@given(st.text())
def test_any_text_is_looked_at_without_an_exception(text: str) -> None:
    assert all(found.clause for found in destroyed(text + " drop column " + text))
