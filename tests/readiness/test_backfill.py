"""What a backfill plan leaves out."""

from __future__ import annotations

import pytest

from tests.readiness.findings import ddl, messages, step

FILL = step("fill loan.due_week", "backfill")
PROFILE = "[profile]\nchange_types = ['add_column']\ntraits = ['existing_data', 'backfill']\n"


def test_a_backfill_that_the_profile_does_not_know_is_found() -> None:
    (found,) = messages("MG09", "[profile]\nchange_types = ['add_column']\n" + FILL)
    assert found.startswith("migration.steps[1].kind")
    assert (
        messages("MG09", "[profile]\nchange_types = ['add_column']\n" + step("add a column", "expand")) == []
    )


def test_items_that_are_due_and_missing_are_listed_at_the_first_of_them() -> None:
    toml = PROFILE + "[control]\nstatus = 'in_review'\n" + FILL + "\n[migration]\nchunk_key = 'loan_id'\n"
    (found,) = messages("MG09", toml)
    assert found.startswith("migration.chunk_size: the backfill plan leaves out")
    assert "rate limit" in found
    assert "pause" not in found


def test_items_with_a_reason_and_items_that_are_not_due_are_not_missing() -> None:
    assert messages("MG09", PROFILE + FILL) == []


@pytest.mark.parametrize(
    ("sql", "count"),
    [
        ("UPDATE loan SET due_week = 1 WHERE due_week IS NOT NULL", 1),
        ("UPDATE loan AS l SET note = 2, due_week = 1 WHERE l.due_week IS NOT NULL AND l.loan_id > 7", 1),
        ("UPDATE loan SET due_week = 1 WHERE due_week IS NULL", 0),
        ("UPDATE loan SET due_week = due_week + 1 WHERE due_week IS NOT NULL", 0),
        ("UPDATE loan SET due_week = NULL WHERE due_week IS NOT NULL", 0),
        ("UPDATE loan SET due_week = 1 WHERE due_week IS NOT NULL OR due_on > now()", 0),
        ("UPDATE loan SET card_no = 1 WHERE card_no IS NOT NULL", 0),
        ("UPDATE loan SET due_week = 1", 0),
    ],
)
def test_an_update_that_leaves_out_the_rows_to_fill_is_found(sql: str, count: int) -> None:
    added = "ALTER TABLE loan ADD COLUMN due_week int;\n"
    assert len(messages("MG09", ddl(f"{added}{sql};"))) == count
    assert len(messages("MG09", ddl(added) + step(f"`{sql}`", "expand"))) == count


def test_prose_that_quotes_the_predicate_is_looked_at() -> None:
    toml = (
        PROFILE
        + ddl("ALTER TABLE loan ADD COLUMN due_week int;")
        + "[migration]\nidempotency = 'It says WHERE {}.'\n"
    )
    assert len(messages("MG09", toml.format("due_week IS NOT NULL"))) == 1
    assert messages("MG09", toml.format("due_week IS NULL")) == []
