"""Guards of steps, and the phases of a strategy."""

from __future__ import annotations

import pytest

from tests.readiness.findings import messages, step


def strategy(name: str) -> str:
    return f"[migration]\nstrategy = '{name}'\n"


@pytest.mark.parametrize("bare", ["", "-", "n/a", "none", "None."])
def test_a_bare_cell_is_no_guard_and_no_way_back(bare: str) -> None:
    (found,) = messages("MG03", step("add a column", guard=bare, rollback=bare))
    assert found.endswith("step 1 has no safety guard and no way back")


def test_none_with_what_is_done_instead_is_a_way_back() -> None:
    assert messages("MG03", step("drop it", rollback="none: roll forward")) == []


def test_a_validation_has_nothing_to_undo() -> None:
    assert messages("MG03", step("compare", "validate", rollback="none")) == []
    assert len(messages("MG03", step("compare", "validate", rollback=""))) == 1


def test_a_missing_owner_is_told() -> None:
    (found,) = messages("MG03", step("add a column", owner=""))
    assert found == "migration.steps[1].owner: step 1 has no owner"


EBVC = [("add a", "expand"), ("fill a", "backfill"), ("compare", "validate"), ("drop b", "contract")]


@pytest.mark.parametrize("missing", range(4))
def test_expand_backfill_validate_contract_has_four_phases(missing: int) -> None:
    steps = [step(action, kind, name=str(n)) for n, (action, kind) in enumerate(EBVC)]
    toml = strategy("expand_backfill_validate_contract")
    assert messages("MG07", toml + "".join(steps)) == []
    (found,) = messages("MG07", toml + "".join(s for n, s in enumerate(steps) if n != missing))
    assert found.endswith(f"no {EBVC[missing][1]}")


def test_a_phase_that_is_left_out_is_missing() -> None:
    steps = step("add bay.lane; no backfill needed", "expand") + step(
        "differences in the old screen are accepted; nothing is dropped", name="2"
    )
    (found,) = messages("MG07", strategy("expand_backfill_validate_contract") + steps)
    assert found.endswith("no backfill and no validate and no contract")


@pytest.mark.parametrize(
    ("name", "action", "count"),
    [
        ("dual_write", "release 3 writes both", 1),
        ("read_switch", "reads switch to the new table", 1),
        ("cross_store_migration", "copy everything, verify it, switch reads, stop the old writer", 0),
        ("shadow_table", "create the table, copy the rows, swap the names", 0),
        ("shadow_table", "create the table, fill it", 1),
        ("online_repartitioning", "attach partitions by month", 0),
        ("online_repartitioning", "change the table", 1),
        ("tenant_by_tenant_migration", "the pilot library, then the others", 0),
        ("tenant_by_tenant_migration", "move the data", 1),
        ("simple_additive_migration", "add a column", 0),
    ],
)
def test_the_steps_have_the_phases_of_the_strategy(name: str, action: str, count: int) -> None:
    assert len(messages("MG07", strategy(name) + step(action))) == count


def test_a_cohort_is_enough_for_tenant_by_tenant() -> None:
    toml = (
        strategy("tenant_by_tenant_migration") + step("move the data") + "\n[rollout]\ncohort = 'Nordhavn'\n"
    )
    assert messages("MG07", toml) == []


def test_a_simple_additive_migration_has_no_larger_phase() -> None:
    (found,) = messages(
        "MG07", strategy("simple_additive_migration") + step("both are written", "dual_write")
    )
    assert found.startswith("migration.steps[1].kind: step 1 is a dual write")


def test_without_steps_or_strategy_it_says_nothing() -> None:
    assert messages("MG07", strategy("dual_write")) == []
    assert messages("MG07", step("release 3")) == []
