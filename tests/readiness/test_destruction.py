"""What steps and their ways back destroy."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readiness.documents import evaluate
from tests.readiness.findings import ddl, messages, step, table

CHECKED = step("compare both columns for every parcel", "validate")


def drop(
    action: str = "drop column parcel.weight_kg",
    guard: str = "30 days without a statement",
    back: str = "none",
) -> str:
    return step(action, "contract", guard, back, "2")


def test_a_drop_wants_a_validation_before_it() -> None:
    assert messages("MG04", CHECKED + drop()) == []
    (found,) = messages("MG04", step("add weight_g", "expand") + drop())
    assert found.startswith("migration.steps[2].action: step 2 drops data before any step has validated")
    assert messages("MG04", drop() + CHECKED)


def test_a_step_that_leaves_the_validation_out_is_none() -> None:
    assert len(messages("MG04", step("add weight_g, without validation", "expand") + drop())) == 1


def test_a_guard_that_names_the_condition_is_a_validation_too() -> None:
    assert messages("MG04", drop(guard="only if parity was at 0 for 14 days")) == []


@pytest.mark.parametrize("guard", ["lock_timeout", "two approvals"])
def test_a_drop_wants_a_time_or_a_copy(guard: str) -> None:
    (found,) = messages("MG04", CHECKED + drop(guard=guard))
    assert "at once" in found


@pytest.mark.parametrize(
    ("guard", "back"),
    [("after 14 nights", "none"), ("lock_timeout", "from the export"), ("backup read back", "x")],
)
def test_a_time_or_a_copy_is_enough(guard: str, back: str) -> None:
    assert messages("MG04", CHECKED + drop(guard=guard, back=back)) == []


def test_a_rollout_row_is_validated_by_the_gate_before_it() -> None:
    row = "\n[[rollout.sequence]]\nsequence = '{}'\nchange = '{}'\nvalidation = '{}'\nrollback = 'x'\n"
    rename = row.format(2, "rename column parcel.weight_kg", "fine")
    assert messages("MG04", row.format(1, "release 12", "errors as before") + rename) == []
    assert len(messages("MG04", rename)) == 1


def test_a_drop_in_the_ddl_wants_a_step() -> None:
    sql = ddl("ALTER TABLE parcel ADD COLUMN weight_g int;\nALTER TABLE parcel DROP COLUMN weight_kg;")
    (found,) = messages("MG04", sql + step("release 12"))
    assert found.startswith("physical.ddl: the DDL drops column weight_kg of parcel")
    assert messages("MG04", sql + CHECKED + drop()) == []
    assert messages("MG04", sql) == []


DUAL = step("release 31 writes both", "dual_write")


@pytest.mark.parametrize(
    ("kind", "back", "count"),
    [
        ("backfill", "TRUNCATE stock_movement", 1),
        ("validate", "drop table stock_movement", 1),
        ("read_switch", "turn the flag off; delete from stock_movement", 1),
        ("backfill", "delete the backfilled rows: DELETE FROM stock_movement WHERE origin = 1", 0),
        ("backfill", "turn dual write off, then drop table stock_movement", 0),
        ("backfill", "drop the triggers", 0),
        ("backfill", "rename the table", 0),
        ("backfill", "truncate the shadow table", 1),
        ("backfill", "drop the new table stock_movement and start over", 1),
        ("backfill", "delete all rows of stock_movement", 1),
        ("backfill", "truncate stock_movement, where needed", 1),
        ("backfill", "drop the temporary table", 0),
    ],
)
def test_a_way_back_after_the_dual_write_keeps_what_was_written(kind: str, back: str, count: int) -> None:
    assert len(messages("MG06", DUAL + step("the step", kind, rollback=back, name="2"))) == count


def test_what_the_dual_write_names_is_known_by_its_name() -> None:
    live = step("release 31 writes stock_level and stock_movement", "dual_write")
    assert (
        len(messages("MG06", live + step("compare", "validate", rollback="drop stock_movement", name="2")))
        == 1
    )
    assert (
        messages("MG06", DUAL + step("compare", "validate", rollback="drop stock_movement", name="2")) == []
    )


def test_before_the_dual_write_nothing_live_is_lost() -> None:
    expand = step("create stock_movement", "expand", rollback="drop table stock_movement", name="0")
    assert messages("MG06", expand + DUAL) == []


WORDS = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("abc_.;,:`'\"()→\n ")),
        st.characters(exclude_categories=["C"], max_codepoint=0xFFFF),
    ),
    max_size=60,
)
PIECES = st.lists(
    st.one_of(
        WORDS, st.sampled_from(["drop table ", "UPDATE x SET ", " where ", "ALTER TABLE x ", "flag off "])
    ),
    max_size=5,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(PIECES, PIECES, PIECES)
def test_any_words_in_steps_and_matrices_are_read_without_an_exception(a: str, b: str, c: str) -> None:
    toml = DUAL + step(a, "contract", b, c, "2")
    toml += table("[[rollout.sequence]]", sequence=a, kind=b, change=c, flag=a, validation=b, rollback=c)
    toml += table(
        "[[migration.compatibility]]", version=a, old_schema=b, expanded_schema=c, contracted_schema="yes"
    )
    toml += table("[[security.classification]]", object=b, classification="internal", reason=c)
    toml += table("[[operations.metrics]]", signal=a, metric=b, threshold=c, action=a)
    assert evaluate(ddl("CREATE TABLE a (b int);") + toml).findings
