"""A transition needs a command unless something that runs by itself makes it."""

from __future__ import annotations

import pytest

from tests.readiness.findings import messages, table

LIFECYCLE = '[profile]\ntraits = ["lifecycle"]\n'


def _moved_by(actor: str) -> str:
    return LIFECYCLE + table(
        "[[logical.transitions]]",
        entity="hold",
        from_state="held",
        to_state="expired",
        actor=actor,
        evidence="row in hold_history",
    )


@pytest.mark.parametrize(
    "actor",
    ["scheduler", "pg_cron", "night batch", "end-of-day sweep", "expiry daemon", "expiry worker", "cronjob"],
)
def test_what_runs_by_itself_needs_no_command(actor: str) -> None:
    assert messages("XS08", _moved_by(actor)) == []


@pytest.mark.parametrize("actor", ["social worker", "desk clerk", "batchelor", "robotics lead"])
def test_a_person_needs_a_command(actor: str) -> None:
    assert len(messages("XS08", _moved_by(actor))) == 1


def test_an_actor_may_run_by_itself_as_its_role_says() -> None:
    role = table("[[domain.actors]]", actor="Hourglass", role="ends what is overdue, runs every ten minutes")
    assert messages("XS08", _moved_by("hourglass") + role) == []
    assert messages("XS08", _moved_by("hourglass")) != []
