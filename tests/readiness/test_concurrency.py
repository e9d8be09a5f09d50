"""Errors that are retried, and errors that users see."""

from __future__ import annotations

import pytest

from tests.readiness.findings import messages, table


def errors(retried: str, seen: str) -> str:
    return table("[transactions]", retryable_errors=retried, visible_conflicts=seen)


@pytest.mark.parametrize(
    ("retried", "seen", "count"),
    [
        ("Deadlocks (40P01): again, no more than 3 times.", "40P01 is shown as 503.", 1),
        ("Deadlocks (40P01): no retry.", "40P01 is shown as 503.", 0),
        ("23505 on uq_request_key: the answer is read.", "23505 on uq_berth_taken: 409.", 0),
        ("23505 on the request key: the answer is read.", "23505 on the berth: 409.", 0),
        ("23505 on uq_berth_taken: again.", "23505 on uq_berth_taken: 409.", 1),
        ("40001 and 23505: again.", "23505 on uq_berth_taken: 409.", 1),
        ("All but 23505.", "40001 is shown.", 0),
    ],
)
def test_an_error_is_either_retried_or_shown(retried: str, seen: str, count: int) -> None:
    assert len(messages("XS09", errors(retried, seen))) == count


def test_a_retry_of_one_transaction_is_compared_too() -> None:
    row = table("[[transactions.boundaries]]", operation="moor", isolation="serializable", retry="40001: {}")
    shown = errors("none", "40001: 409.")
    assert len(messages("XS09", shown + row.format("again"))) == 1
    assert messages("XS09", shown + row.format("never")) == []
