"""Rules about copies: what a record of one lacks, and which test compares it with its source."""

from __future__ import annotations

import pytest

from tests.readiness.findings import messages, table

RECORD = {"store": "catalog search", "source": "copies", "freshness": "30 s", "rebuild": "searchctl, 2 h"}


def record(**cells: str) -> str:
    said = {**RECORD, "deletion": "a deleted copy leaves within 30 s", **cells}
    return '[profile]\ntraits = ["derived_stores"]\n' + table("[[integration.derived_stores]]", **said)


@pytest.mark.parametrize("column", ["freshness", "rebuild", "deletion"])
@pytest.mark.parametrize("text", ["", "n/a", "none", "No impact."])
def test_a_record_that_denies_a_part_lacks_it(column: str, text: str) -> None:
    (found,) = messages("XS12", record(**{column: text}))
    assert found.startswith(f"integration.derived_stores[catalog search].{column}: nothing says")
    assert messages("XS12", record()) == []


@pytest.mark.parametrize(
    ("kind", "proves", "is_found"),
    [
        ("idempotency", "two equal requests make one stay", True),
        ("reconciliation", "10,000 random loans", False),
        ("integration", "the catalog search equals the copies", False),
        ("integration", "counts are equal on both sides", False),
        ("integration", "the nightly job reconciles the catalog search", False),
        ("integration", "an equality filter finds a copy", True),
    ],
)
def test_a_test_reconciles_when_it_compares_both_sides(kind: str, proves: str, is_found: bool) -> None:
    matrix = table("[[testing.matrix]]", type=kind, proves=proves)
    assert bool(messages("XS12", record() + matrix)) == is_found
