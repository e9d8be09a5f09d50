"""Sentences that put things off, and sentences that only look like it."""

from __future__ import annotations

import pytest

from tests.readiness.findings import ddl, messages, step, table

BERTH = ddl("CREATE TABLE berth (berth_id bigint PRIMARY KEY);")


@pytest.mark.parametrize(
    ("reason", "count"),
    [
        ("We will add indexes when it gets slow", 1),
        ("more indexes once they are needed", 1),
        ("indexes are built later", 1),
        ("the old index ix_berth_all is dropped later, in step 7", 0),
        ("no index is added later", 0),
    ],
)
def test_indexes_that_are_put_off_are_found(reason: str, count: int) -> None:
    found = messages(
        "SM03", BERTH + table("[[physical.indexes]]", index="ix_berth (berth_id)", reason=reason)
    )
    assert sum(message.startswith("physical.indexes") for message in found) == count


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("Log lines are not the record: every change is a row of the archive.", 0),
        ("The changes are in the logs.", 1),
    ],
)
def test_a_log_that_is_disowned_is_no_record(said: str, count: int) -> None:
    toml = "[profile]\ntraits = ['history']\n" + BERTH
    found = messages("SM05", toml + table("[security]", audit_privacy=said))
    assert sum(message.startswith("security.audit_privacy") for message in found) == count


@pytest.mark.parametrize(
    ("action", "proved"),
    [
        ("add the fee with a CHECK (fee > 0) NOT VALID", False),
        ("fill it, discounts last", False),
        ("fill it, without a check", False),
        ("compare the fee with the list", True),
        ("count the rows without a fee", True),
    ],
)
def test_a_check_constraint_proves_nothing_about_a_migration(action: str, proved: bool) -> None:
    toml = "[profile]\nchange_types = ['change_lifecycle']\ntraits = ['existing_data']\n"
    (found,) = messages("SM04", toml + step(action))
    assert ("no validation" not in found) == proved


@pytest.mark.parametrize(
    ("change", "count"), [("add it, without the backfill", 1), ("add it; backfill at night", 0)]
)
def test_a_backfill_that_the_rollout_leaves_out_is_missing_there(change: str, count: int) -> None:
    toml = "[profile]\ntraits = ['existing_data']\n" + step("fill the fee", "backfill")
    toml += table("[[rollout.sequence]]", sequence="1", kind="expand", change=change)
    found = messages("XS10", toml)
    assert sum("(19.1) has no backfill" in message for message in found) == count


@pytest.mark.parametrize(
    ("traits", "classified", "why"),
    [
        (["multi_tenant"], "", "the profile says that several tenants share the tables"),
        (["multi_tenant"], "public", "the profile says that several tenants share the tables"),
        (["personal_data"], "internal", "the profile says that the data is about people"),
        (["personal_data"], "pii", "12.1 classifies data as pii"),
        ([], "confidential", "12.1 classifies data as confidential"),
    ],
)
def test_it_says_what_makes_the_data_sensitive(traits: list[str], classified: str, why: str) -> None:
    toml = f"[profile]\ntraits = {traits}\n"
    if classified:
        toml += table("[[security.classification]]", object="berth", classification=classified)
    said = f"security.database_roles: {why}, and 12.2 does not say who may read or change it"
    assert messages("SM06", toml) == [said]
