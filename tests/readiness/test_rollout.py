"""Gates of a rollout."""

from __future__ import annotations

import pytest

from tests.readiness.findings import messages, table


def row(
    number: str = "1",
    kind: str = "expand",
    change: str = "add a column",
    flag: str = "",
    gate: str = "P95 as before",
    back: str = "drop it",
) -> str:
    return table(
        "[[rollout.sequence]]",
        sequence=number,
        kind=kind,
        change=change,
        flag=flag,
        validation=gate,
        rollback=back,
    )


@pytest.mark.parametrize(("kind", "count"), [("expand", 2), ("backfill", 2), ("release", 0)])
def test_a_row_has_a_gate_and_a_way_back_unless_it_only_deploys(kind: str, count: int) -> None:
    assert len(messages("RO01", row(kind=kind, gate="-", back=""))) == count


@pytest.mark.parametrize(
    ("flag", "change", "count"),
    [
        ("new_room_list", "show it", 1),
        ("new_room_list; removed with desk 14", "show it", 0),
        ("new_room_list", "show it; the flag is removed in desk 14", 0),
        ("none", "show it", 0),
        ("", "show it", 0),
    ],
)
def test_a_flag_is_removed_one_day(flag: str, change: str, count: int) -> None:
    assert len(messages("RO01", row(flag=flag, change=change))) == count


def test_a_validation_has_nothing_to_undo() -> None:
    assert messages("RO01", row(kind="validate", back="-")) == []


def test_a_canary_has_cohort_duration_and_rollback_condition() -> None:
    named = [message.split(":")[0] for message in messages("RO01", table("[rollout]", cohort="one hotel"))]
    assert named == ["rollout.duration", "rollout.rollback_condition"]
    assert len(messages("RO01", row(change="canary in one hotel"))) == 3


def test_an_item_of_the_canary_that_is_said_not_to_apply_is_not_missing() -> None:
    state = "\n[status]\n" + "".join(
        f'"rollout.{name}" = {{ state = "not_applicable", reason = "decided_against", note = "one site" }}\n'
        for name in ("duration", "rollback_condition")
    )
    assert messages("RO01", table("[rollout]", cohort="one hotel") + state) == []


@pytest.mark.parametrize(
    ("before", "gate", "count"),
    [
        ("statement took under 1 s", "smoke test", 1),
        ("7 days without an error", "smoke test", 0),
        ("P95 as before", "sign-off by the front desk", 0),
        ("P95 as before", "wait for the night audit", 0),
    ],
)
@pytest.mark.parametrize(
    "last",
    [
        {"back": "roll forward only"},
        {"kind": "contract", "change": "drop column room.wing", "back": "backup"},
    ],
)
def test_something_stops_the_rollout_before_it_cannot_be_undone(
    before: str, gate: str, count: int, last: dict[str, str]
) -> None:
    toml = row(gate=before) + row("2", gate=gate, **{"change": "switch", **last})
    assert len(messages("RO01", toml)) == count
