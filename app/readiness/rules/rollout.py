"""The rollout rule: gates, flags, the canary, and a place to stop before the point of no return."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from app import patterns
from app.bank.model import Bank
from app.document.answers import State, Value
from app.readiness.facts.destruction import destroyed
from app.readiness.facts.quantities import durations
from app.readiness.facts.steps import Step, steps_of
from app.readiness.facts.tables import text
from app.readiness.facts.texts import is_bare
from app.readiness.registry import Yield, at, rule

_TABLE = "rollout.sequence"
_LONG = 300
"""Seconds from which on a duration is a time of waiting, and not a limit on a statement."""
_CODE = frozenset({"release", "deploy", "code", "code_deploy", "deployment"})
_CANARY = patterns.compile(r"\bcanar\w+|\bpilot\b", re.IGNORECASE)
_REMOVED = patterns.compile(
    r"\b(?:remov\w+|delet\w+|retir\w+|clean(?:ed)?[ -]?up|cleanup|drop\w*|neither flag|"
    r"without (?:the )?flags?|no flags?|"
    r"expires?|ends? with|gone)\b",
    re.IGNORECASE,
)
_FLAG = patterns.compile(r"\bflags?\b", re.IGNORECASE)
_ONE_WAY = patterns.compile(
    r"\broll(?:ing)?[ -]forward\b|\birreversible\b|\bno (?:way )?back\b|\bcannot be (?:undone|rolled back|"
    r"reverted)\b|"
    r"\bnot reversible\b|\bpoint of no return\b",
    re.IGNORECASE,
)
_STOP = patterns.compile(
    r"\b(?:stop(?:ping)? point|sign(?:ed)?[ -]?off|go/no-go|go or no-go|gates?|approv\w+|decision|"
    r"decides?|agreed?|"
    r"confirm\w*|ticked|freeze|hold|wait\w*|nights?|weeks?|only (?:after|if|when)|review\w*)\b",
    re.IGNORECASE,
)


@rule(
    "RO01",
    "rollout-step-without-gate",
    "A",
    sections=("19.1", "19.2"),
    checklist=("CHK18",),
    cross_checks=("RVW10",),
    what="A rollout step has no validation or no way back, a flag is never removed, a canary has no "
    "cohort, duration or rollback condition, or nothing stops the rollout before the step that cannot be "
    "undone.",
    why="A sequence without gates is a list. What has to be true before the next row starts is the only "
    "part of it that anybody needs at night.",
    fix="Give each row its gate and its way back, say which release removes the flag, and put a stop with "
    "a signature or a waiting time before the last reversible step ends.",
    wrong_when="The step only deploys code, whose way back is the release before: give it the kind release.",
    fires="""
[[rollout.sequence]]
sequence = "1"
kind = "expand"
change = "add room.floor_no"
rollback = "drop it"
""",
    silent=(
        """
[[rollout.sequence]]
sequence = "1"
kind = "release"
change = "desk 12, which does not use the column"

[[rollout.sequence]]
sequence = "2"
kind = "read_switch"
change = "desk shows the floor"
flag = "show_floor, per hotel; removed with desk 14"
validation = "P95 of the room list below 80 ms for 7 days"
rollback = "turn show_floor off"

[[rollout.sequence]]
sequence = "3"
kind = "contract"
change = "drop column room.wing"
validation = "room list as before"
rollback = "roll forward only"
""",
        """
[rollout]
cohort = "Hotel Lisboa, 40 rooms"
duration = "7 days"
rollback_condition = "one room shown twice"

[[rollout.sequence]]
sequence = "1"
kind = "expand"
change = "canary: add room.floor_no"
flag = "none"
validation = "statement took under 1 s"
rollback = "drop it"
""",
    ),
)
def rollout_step_without_gate(
    bank: Bank,
    states: Mapping[str, State],
    rollout_sequence: Value | None,
    migration_steps: Value | None,
    rollout_cohort: Value | None,
    rollout_duration: Value | None,
    rollout_canary_metrics: Value | None,
    rollout_rollback_condition: Value | None,
) -> Iterator[Yield]:
    steps = steps_of(bank, _TABLE, rollout_sequence)
    for step in steps:
        for column, words, what in (
            ("validation", step.guard, "validation"),
            ("rollback", step.rollback, "way back"),
        ):
            if column == "rollback" and step.kind == "validate" and words:
                continue
            if is_bare(words) and step.kind not in _CODE:
                yield at(_TABLE, f"{step.label} has no {what}", row=step.address, column=column)
    yield from _flags(steps, steps_of(bank, "migration.steps", migration_steps))
    canary = {
        "rollout.cohort": ("cohort", rollout_cohort),
        "rollout.duration": ("duration", rollout_duration),
        "rollout.rollback_condition": ("rollback condition", rollout_rollback_condition),
    }
    begun = text(rollout_canary_metrics) or any(text(value) for _, value in canary.values())
    if begun or any(_CANARY.search(step.action) for step in steps):
        for question, (what, value) in canary.items():
            if not text(value) and question not in states:
                yield at(question, f"the canary has no {what}", fix="answer it in 19.2")
    yield from _stops(steps)


def _flags(steps: Sequence[Step], plan: Sequence[Step]) -> Iterator[Yield]:
    flagged = [step for step in steps if not is_bare(step.flag)]
    texts = [words for step in (*steps, *plan) for words in (step.action, step.guard, step.rollback)]
    removed = any(_REMOVED.search(step.flag) for step in flagged)
    if not flagged or removed or any(_FLAG.search(words) and _REMOVED.search(words) for words in texts):
        return
    message = f"the flag {flagged[0].flag!r} is never removed"
    fix = "say in the cell which release removes it"
    yield at(_TABLE, message, row=flagged[0].address, column="flag", fix=fix)


def _stops(steps: Sequence[Step]) -> Iterator[Yield]:
    """The first step that cannot be undone needs a stop in its own cells or in the gate before it."""
    for position, step in enumerate(steps):
        one_way = _ONE_WAY.search(step.rollback) or (
            step.kind == "contract" and any(True for _ in destroyed(step.action))
        )
        if not one_way:
            continue
        gates = [
            f"{step.action}; {step.guard}",
            *(other.guard for other in steps[max(position - 1, 0) : position]),
        ]
        if not any(_STOP.search(words) or max(durations(words), default=0) >= _LONG for words in gates):
            message = f"{step.label} cannot be undone, and nothing stops the rollout before it"
            fix = "put a sign-off or a waiting time into its row or into the gate before"
            yield at(_TABLE, message, row=step.address, column="validation", fix=fix)
        return
