"""Recovery objectives that can be held against a clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readiness.findings import messages, table


def objective(
    rpo: str = "5 min",
    rto: str = "4 h",
    method: str = "WAL",
    tested: str = "true",
    scope: str = "entire_database",
) -> str:
    return (
        table("[[recovery.objectives]]", scope=scope, rpo=rpo, rto=rto, method=method)
        + f"tested = {tested}\n"
    )


@pytest.mark.parametrize(
    "said",
    ["15 min", "0", "zero", "best effort", "rebuildable", "1 hour", "P1D", "half an hour, 30 min",
     "last nightly backup",
     "as the database", "SLA of the provider"],
)  # fmt: skip
def test_a_duration_or_an_honest_word_is_an_objective(said: str) -> None:
    assert messages("DR01", objective(rpo=said, rto=said)) == []


@pytest.mark.parametrize("said", ["as soon as possible", "minimal", "low", "-", "?"])
def test_a_wish_is_none(said: str) -> None:
    assert len(messages("DR01", objective(rpo=said, rto=said))) == 2


def test_a_method_is_more_than_a_dash() -> None:
    (found,) = messages("DR01", objective(method="-"))
    assert found.startswith("recovery.objectives[entire_database].method")


@pytest.mark.parametrize(("risk", "count"), [("medium", 0), ("high", 1), ("critical", 1)])
def test_at_high_risk_a_restore_was_carried_out(risk: str, count: int) -> None:
    profile = f"[profile]\nrisk = '{risk}'\n"
    assert len(messages("DR01", profile + objective(tested="false"))) == count
    assert messages("DR01", profile + objective()) == []
    assert messages("DR01", profile + objective(rpo="rebuildable", tested="false")) == []


@pytest.mark.parametrize(
    ("told", "count"),
    [
        ("310 GB took 95 min; 890 GB will take 9 h 30 min.", 1),
        ("A restore needs 5 hours in all.", 1),
        ("890 GB will take 3 h 30 min, within the RTO of 6 h.", 0),
        ("A single tenant takes 7 h.", 0),
        ("It would take 12 h from the old backups.", 0),
        ("Nobody knows.", 0),
        ("5 hours (measured in October)", 1),
        ("About 4 h 35 min at 890 GB", 1),
        ("Restore time: five hours", 1),
        ("PT5H", 1),
        ("20 h per TB", 0),
        ("It takes 5 h per TB", 0),
        ("5 hours for a single tenant", 0),
        ("30 days of WAL are replayed", 0),
        ("2 weeks ago it took 20 min", 0),
        ("6 h RTO is met", 0),
    ],
)
def test_a_restore_is_not_slower_than_the_rto(told: str, count: int) -> None:
    toml = objective(rto="15 min by promotion, 4 h by restore") + table("[capacity]", restore_time=told)
    found = messages("DR01", toml)
    assert len(found) == count
    assert (
        messages("DR01", objective(rto="4 h", scope="single_entity") + table("[capacity]", restore_time=told))
        == []
    )


@given(
    st.text(alphabet=st.characters(exclude_categories=["C"], exclude_characters="\u2028\u2029"), max_size=40)
)
def test_any_words_are_read_without_an_exception(words: str) -> None:
    assert isinstance(messages("DR01", objective(rpo=words, rto=words)), list)
