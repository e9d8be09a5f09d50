"""Which phases steps carry out."""

from __future__ import annotations

import pytest

from app.bank.load import default_bank
from app.readiness.facts.steps import has_phase, says, steps_of


def test_a_phase_is_told_by_the_kind_or_by_the_words() -> None:
    rows = (
        {"step": "1", "kind": "Dual write", "action": "release 7"},
        {"step": "2", "action": "backfill of weight_g"},
    )
    steps = steps_of(default_bank(), "migration.steps", rows)
    assert steps[0].kind == "dual_write"
    assert [has_phase(steps, phase) for phase in ("dual_write", "backfill", "validate")] == [
        True,
        True,
        False,
    ]


def test_a_row_of_the_rollout_has_its_validation_as_guard() -> None:
    rows = ({"sequence": "4", "change": "x", "validation": "v", "rollback": "r", "flag": "f"},)
    (step,) = steps_of(default_bank(), "rollout.sequence", rows)
    assert (step.label, step.action, step.guard, step.rollback, step.flag) == ("step 4", "x", "v", "r", "f")


@pytest.mark.parametrize(
    ("phase", "text", "said"),
    [
        ("backfill", "add bay.lane; no backfill needed", False),
        ("backfill", "add bay.lane; the backfill follows", True),
        ("validate", "differences in the old screen are accepted", False),
        ("validate", "no differences for 7 days", True),
        ("validate", "a CHECK (dose > 0) NOT VALID", False),
        ("validate", "add the check constraint", False),
        ("validate", "count the rows of both", True),
        ("contract", "nothing is dropped", False),
        ("contract", "nothing is lost when the column is dropped", True),
        ("stop_old_writes", "release 32 no longer writes it", True),
    ],
)
def test_a_phase_that_is_left_out_is_not_spoken_of(phase: str, text: str, said: bool) -> None:
    assert says(text, phase) == said
