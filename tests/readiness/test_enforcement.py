"""Rules about invariants: what counts as holding one."""

from __future__ import annotations

import pytest

from tests.readiness.findings import messages, table

HOLDS = {"mechanism": "uq_hold", "test": "two holds at once, one fails", "monitoring": "count of 23505"}
ONE = "one open hold per reader and title"


def row(number: int = 1, invariant: str = ONE, level: str = "database_constraint", **cells: str) -> str:
    said = {"id": f"INV-00{number}", "invariant": invariant, "enforcement": level, **HOLDS, **cells}
    return table("[[invariants.matrix]]", **said)


def risk(name: str) -> str:
    return table("[profile]", risk=name)


@pytest.mark.parametrize("column", ["mechanism", "test", "monitoring"])
@pytest.mark.parametrize("text", ["", "none", "n/a", "-", "None so far."])
def test_what_denies_its_mechanism_its_test_or_its_monitoring_lacks_it(column: str, text: str) -> None:
    assert messages("XS03", row(**{column: text})) == [
        f"invariants.matrix[INV-001].{column}: no {column} holds this invariant"
    ]
    assert messages("XS03", row()) == []


@pytest.mark.parametrize("level", ["application_service", "async_validator", "operational_control"])
def test_at_critical_risk_a_constraint_or_a_transaction_holds_each_invariant(level: str) -> None:
    alone = row(2, "a reader has at most nine holds", level)
    assert messages("XS03", risk("high") + row() + alone) == []
    (found,) = messages("XS03", risk("critical") + row() + alone)
    assert found.startswith("invariants.matrix[INV-002].enforcement: the risk is critical")
    assert messages("XS03", risk("critical") + row() + row(2, ONE.title(), level)) == []
    assert messages("XS03", risk("critical") + row(level="transaction_logic")) == []
