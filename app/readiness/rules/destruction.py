"""Migration rules about what steps destroy: too early, or together with what was written since."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.changes import Changes
from app.readiness.facts.destruction import Destruction, destroyed
from app.readiness.facts.objects import identifiers
from app.readiness.facts.quantities import durations
from app.readiness.facts.steps import Step, says, steps_of
from app.readiness.facts.tables import bare_key
from app.readiness.facts.texts import is_bare
from app.readiness.model import Found, Target
from app.readiness.registry import Yield, at, rule

_LONG = 3600
"""Seconds from which on a duration is a time of waiting, and not a timeout."""
_CONDITION = patterns.compile(
    r"\b(?:only (?:if|after|when|with)|until|parity|verif\w+|validat\w+|compar\w+|reconcil\w+|unused|unread|"
    r"(?:0|no|zero) (?:rows?|differences?|readers?|statements?|writers?)|no statement|nobody reads|"
    r"window|downtime|stopped)\b",
    re.IGNORECASE,
)
_KEPT = patterns.compile(
    r"\b(?:back-?ups?|snapshots?|exports?|exported|archiv\w+|cop(?:y|ies|ied)|restor\w+|dump\w*|kept|"
    r"keeps?|retain\w*|"
    r"retention|releases?|sprints?|nights?|days?|weeks?|months?|empty|rebuil\w+|loses? nothing|"
    r"nothing is lost)\b",
    re.IGNORECASE,
)


@rule(
    "MG04",
    "destructive-before-gate",
    "A",
    sections=("11.3", "19.1"),
    checklist=("CHK11",),
    what="A step drops, empties or renames a table or column before anything was validated, or without a "
    "time or a copy for which the old data is kept.",
    why="A drop is the one step that no flag turns off. It may come last, after the comparison, when the "
    "old data has been kept unused for long enough.",
    fix="Put a validation before it, and let it wait: some days without a statement that names the "
    "object, and an export or backup that was read back.",
    wrong_when="What is dropped was made by this change, or holds nothing: name it as the DDL does, or "
    "call it temporary. Deleting some of the rows is no destruction; what may be a screen, a trigger or a "
    "flag is left alone.",
    fires="""
[[migration.steps]]
step = "1"
kind = "expand"
action = "add column parcel.weight_g"
owner = "Maja Lindqvist"
safety_guard = "lock_timeout 2 s"
rollback = "drop the column"

[[migration.steps]]
step = "2"
kind = "contract"
action = "drop column parcel.weight_kg"
owner = "Maja Lindqvist"
safety_guard = "lock_timeout 2 s"
rollback = "restore it from the backup"
""",
    silent=(
        """
[[migration.steps]]
step = "1"
kind = "backfill"
action = "fill parcel.weight_g by way of weight_run; drop the temporary table weight_run afterwards"
owner = "Maja Lindqvist"
safety_guard = "lock_timeout 2 s"
rollback = "empty the column again"

[[migration.steps]]
step = "2"
kind = "enforce"
action = "DROP NOT NULL on weight_kg, drop its index ix_parcel_weight; nothing is dropped from the table"
owner = "Maja Lindqvist"
safety_guard = "lock_timeout 2 s"
rollback = "set it again"
""",
        """
[[migration.steps]]
step = "1"
kind = "release"
action = "Drop-off lockers are shown, the weight column is removed from the hand scanner's list screen"
owner = "Maja Lindqvist"
safety_guard = "one depot first"
rollback = "release 11"
""",
        """
[[migration.steps]]
step = "1"
kind = "validate"
action = "compare weight_g with weight_kg for every parcel"
owner = "Maja Lindqvist"
safety_guard = "read only, on the standby"
rollback = "nothing to undo"

[[migration.steps]]
step = "2"
kind = "contract"
action = "DROP COLUMN weight_kg on parcel"
owner = "Maja Lindqvist"
safety_guard = "only after 30 days without a statement that names it"
rollback = "none: roll forward"

[[rollout.sequence]]
sequence = "1"
change = "release 12, which reads weight_g"
validation = "error rate as before for 7 days; 0 differences"
rollback = "release 11"

[[rollout.sequence]]
sequence = "2"
change = "drop column parcel.weight_kg"
validation = "smoke test"
rollback = "roll forward only"
""",
    ),
)
def destructive_before_gate(
    bank: Bank,
    changes: Changes,
    existing_names: frozenset[str],
    migration_steps: Value | None,
    rollout_sequence: Value | None,
) -> Iterator[Yield]:
    plan = steps_of(bank, "migration.steps", migration_steps)
    for steps in (plan, steps_of(bank, "rollout.sequence", rollout_sequence)):
        for position, step in enumerate(steps):
            found = next(destroyed(step.action, changes.made, existing_names), None)
            if found:
                yield from _gate(found, step, steps[:position])
    if plan and not any(True for step in plan for _ in destroyed(step.action, changes.made, existing_names)):
        yield from _unplanned(changes)


def _gate(found: Destruction, step: Step, earlier: Sequence[Step]) -> Iterator[Found]:
    column = "action" if step.question == "migration.steps" else "change"
    rollout = step.question == "rollout.sequence"
    validated = any(
        other.kind == "validate" or says(other.action, "validate") or (rollout and not is_bare(other.guard))
        for other in earlier
    )
    own = f"{step.action}; {step.guard}; {step.rollback}"
    if not validated and not _CONDITION.search(own):
        message = f"{step.label} {_verb(found)} before any step has validated: {found.clause!r}"
        fix = "put a validation before it, and say in its guard what must be true"
        yield at(step.question, message, row=step.address, column=column, fix=fix)
    elif found.verb != "rename":
        told = [own, *(f"{other.action}; {other.guard}" for other in earlier[-2:])]
        if not any(max(durations(words), default=0) >= _LONG or _KEPT.search(words) for words in told):
            message = (
                f"{step.label} {_verb(found)} at once: neither a waiting time nor a copy keeps the old data"
            )
            fix = "let it wait for some days without use, and export what is dropped"
            yield at(step.question, message, row=step.address, column=column, fix=fix)


def _verb(found: Destruction) -> str:
    return {
        "drop": "drops data",
        "truncate": "empties a table",
        "rename": "renames",
        "delete": "deletes rows",
    }[found.verb]


def _unplanned(changes: Changes) -> Iterator[Yield]:
    for change in changes.on_existing:
        if change.target.question != "physical.ddl":
            continue
        dropped = [act.name for act in change.named("drop_column")]
        if change.kind in ("drop_table", "truncate") or dropped:
            what = f"column {dropped[0]} of {change.table}" if dropped else change.table
            verb = "empties" if change.kind == "truncate" else "drops"
            yield Found(
                Target("physical.ddl", line=change.target.line),
                f"the DDL {verb} {what}, and no step of 11.3 says after which validation",
                "make it a step of its own, after a validation and a waiting time",
            )


_LIVE = ("dual_write", "read_switch", "stop_old_writes")
_RESTRICTED = patterns.compile(
    r"\b(?:only|back-?filled|where(?! needed| necessary| possible)|loses? nothing|nothing is lost|export\w*|"
    r"cop(?:y|ied)|kept|replay\w*|"
    r"written back|"
    r"moved back|partition of|old (?:columns?|tables?)|rebuil\w+)\b",
    re.IGNORECASE,
)
_STOPPED = patterns.compile(
    r"\b(?:flag|dual[- ]?writ\w+|writes?|writers?|triggers?|capture)\b[^;,.]{0,40}\b(?:off|stop\w*|"
    r"disabl\w+|dropped|"
    r"ended?|first)\b|\b(?:turn|switch|stop|disable|drop)\w*\b[^;,.]{0,30}\b(?:off|flag|dual|writes?|"
    r"triggers?)\b",
    re.IGNORECASE,
)


@rule(
    "MG06",
    "rollback-loses-live-data",
    "B",
    sections=("11.3", "19.1"),
    checklist=("CHK11",),
    what="The way back from a step empties or drops what live writes go into by then.",
    why="Between the first dual write and the decision to go back, customers have written rows. A "
    "rollback that truncates takes them along.",
    fix="Stop the writes first, keep what was written, or restrict the deletion to the rows of the backfill.",
    wrong_when="Only backfilled rows are removed, or the old store holds every row as well: say so in the "
    "cell. Calling the table new or a shadow is no excuse: it is the one that the live writes go into.",
    fires="""
[[migration.steps]]
step = "1"
kind = "dual_write"
action = "release 31 writes stock_level and stock_movement"
owner = "Jonas Petersen"
safety_guard = "flag stock_dual"
rollback = "flag off"

[[migration.steps]]
step = "2"
kind = "backfill"
action = "fill stock_movement from stock_level"
owner = "Jonas Petersen"
safety_guard = "lag below 10 s"
rollback = "TRUNCATE stock_movement and start again"
""",
    silent=(
        """
[[migration.steps]]
step = "1"
kind = "dual_write"
action = "release 31 writes stock_level and stock_movement"
owner = "Jonas Petersen"
safety_guard = "flag stock_dual"
rollback = "flag off"

[[migration.steps]]
step = "2"
kind = "backfill"
action = "fill stock_movement from stock_level"
owner = "Jonas Petersen"
safety_guard = "lag below 10 s"
rollback = "DELETE FROM stock_movement WHERE origin = 'backfill'; rows of release 31 stay"
""",
        """
[[migration.steps]]
step = "1"
kind = "expand"
action = "create stock_movement"
owner = "Jonas Petersen"
safety_guard = "lock_timeout 2 s"
rollback = "drop the table; nothing writes it yet"

[[migration.steps]]
step = "2"
kind = "dual_write"
action = "release 31 writes stock_level and stock_movement"
owner = "Jonas Petersen"
safety_guard = "flag stock_dual"
rollback = "turn stock_dual off, then drop table stock_movement"
""",
    ),
)
def rollback_loses_live_data(
    bank: Bank, existing_names: frozenset[str], migration_steps: Value | None, rollout_sequence: Value | None
) -> Iterator[Yield]:
    for question, value in (("migration.steps", migration_steps), ("rollout.sequence", rollout_sequence)):
        steps = steps_of(bank, question, value)
        live = next((i for i, step in enumerate(steps) if step.kind in _LIVE), None)
        for position, step in enumerate(steps):
            if live is None or position < live or _RESTRICTED.search(step.rollback):
                continue
            written = existing_names | {bare_key(name) for name in identifiers(steps[live].action)}
            found = next(
                (f for f in destroyed(step.rollback, known=written, new_too=True) if f.verb != "rename"), None
            )
            if found is None or (found.verb == "drop" and _STOPPED.search(step.rollback)):
                continue
            since = steps[live].label
            message = (
                f"the way back from {step.label} destroys what is written since {since}: {found.clause!r}"
            )
            fix = "stop the writes and keep their rows, or delete the backfilled rows alone"
            yield at(question, message, row=step.address, column="rollback", fix=fix)
