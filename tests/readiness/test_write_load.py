"""What a replica may answer."""

from __future__ import annotations

import pytest

from tests.readiness.findings import messages, table


def replica(stale: str = "", freshness: str = "") -> str:
    query = {"id": "Q-001", "description": "free berths", "sql": "SELECT berth_id FROM berth"}
    toml = "[profile]\ntraits = ['replicas']\n"
    toml += table("[[workload.queries]]", **query, **({"stale_replica": stale} if stale else {}))
    toml += table("[[workload.query_indexes]]", query="Q-001", replica="yes")
    if freshness:
        toml += table("[[workload.workloads]]", workload="mooring (Q-001)", freshness=freshness)
    return toml


@pytest.mark.parametrize(
    "stale",
    [
        "no",
        "No: a write follows",
        "never",
        "not acceptable",
        "must not be stale: a fee is computed from it",
        "0 s; wrong fee beyond",
        "zero",
        "cannot be behind",
    ],
)
def test_what_must_not_be_stale_is_not_read_on_a_replica(stale: str) -> None:
    assert len(messages("XS16", replica(stale))) == 1


@pytest.mark.parametrize(
    "stale",
    [
        "no limit",
        "no problem up to 60 s",
        "must not be stale by more than 10 s",
        "0 to 30 s",
        "0.5 s",
        "up to 30 s, for the past none at all",
    ],
)
def test_what_may_be_stale_is(stale: str) -> None:
    assert messages("XS16", replica(stale)) == []


@pytest.mark.parametrize(
    ("freshness", "count"),
    [
        ("must read its own write", 1),
        ("read-your-writes", 1),
        ("immediate", 1),
        ("need not be immediate", 0),
        ("at most 5 min", 0),
    ],
)
def test_a_workload_that_reads_what_it_wrote_stays_on_the_primary(freshness: str, count: int) -> None:
    assert len(messages("XS16", replica(freshness=freshness))) == count
