"""Metrics that make somebody act, and links that open."""

from __future__ import annotations

import pytest

from tests.readiness.findings import messages, table


def metric(
    name: str = "lock waits", threshold: str = "5", action: str = "look", signal: str = "lock_wait"
) -> str:
    return table("[[operations.metrics]]", signal=signal, metric=name, threshold=threshold, action=action)


def invariant(
    monitoring: str, mechanism: str = "assign_room", enforcement: str = "application_service"
) -> str:
    return table(
        "[[invariants.matrix]]",
        id="INV-004",
        invariant="one party a room",
        enforcement=enforcement,
        mechanism=mechanism,
        test="two parties",
        monitoring=monitoring,
    )


@pytest.mark.parametrize(
    ("threshold", "count"),
    [("above 5 for 1 min", 0), ("the first one", 0), ("any row", 0), ("twice the mean of the week", 0),
     ("every refusal", 0), ("increases every week", 1), ("grows any day", 1),
     ("too many", 1), ("anomaly", 1), ("", 1)],
)  # fmt: skip
def test_a_threshold_has_a_number(threshold: str, count: int) -> None:
    assert len(messages("OP01", metric(threshold=threshold))) == count


@pytest.mark.parametrize("action", ["", "-", "none"])
def test_a_metric_has_an_action(action: str) -> None:
    assert len(messages("OP01", metric(action=action))) == 1


def test_a_dashboard_or_runbook_has_a_link() -> None:
    toml = table("[[operations.dashboards]]", dashboard="database_health", link="n/a")
    toml += table("[[operations.runbooks]]", runbook="lock_storm", link="ops/lock-storm.md")
    (found,) = messages("OP01", toml)
    assert found == "operations.dashboards[database_health].link: the dashboard has no link"


def test_in_an_approved_document_the_minimum_of_dashboards_is_there() -> None:
    toml = table("[[operations.dashboards]]", dashboard="database_health", link="https://grafana.example/d/1")
    assert messages("OP01", toml) == []
    found = messages("OP01", "[control]\nstatus = 'approved'\n" + toml)
    assert "operations.dashboards: the dashboard lock/contention is not listed" in found
    assert not any("tenant" in message for message in found)


@pytest.mark.parametrize(
    ("monitoring", "metrics"),
    [
        ("double assignments", metric("double assignments")),
        ("nightly query", metric("rows of INV-001 to INV-007")),
        ("INV-004 on the board", metric("rows of INV-004")),
        ("nightly query", metric("calls of assign_room that fail")),
        ("nightly", metric() + table("[[invariants.drift_queries]]", invariant="INV-004", query="SELECT 1")),
    ],
)
def test_what_monitors_an_invariant_is_measured(monitoring: str, metrics: str) -> None:
    assert messages("OP01", invariant(monitoring) + metrics) == []


def test_monitoring_that_is_neither_metric_nor_drift_query_is_found() -> None:
    (found,) = messages("OP01", invariant("nightly look by the auditor") + metric())
    assert found.startswith("invariants.matrix[INV-004].monitoring")
    assert messages("OP01", invariant("nightly look by the auditor")) == []


def test_a_constraint_is_watched_by_the_metric_of_violations() -> None:
    watched = metric("errors by SQLSTATE", signal="constraint_violation")
    assert messages("OP01", invariant("refusals", "ck_room", "database_constraint") + watched) == []
