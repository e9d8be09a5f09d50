"""Migration rules about the plan: guards, and the phases of the strategy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.steps import has_phase, steps_of
from app.readiness.facts.tables import addressed, cell, text
from app.readiness.facts.texts import is_bare
from app.readiness.registry import Yield, at, rule

_WORDS_ONLY = frozenset(
    {"documentation", "document", "announcement", "announce", "communication", "training"}
)


@rule(
    "MG03",
    "step-without-guard",
    "A",
    sections=("11.3",),
    checklist=("CHK11",),
    what="A migration step has no owner, no safety guard, or no way back.",
    why="The step without a guard is the one that runs for two hours at nine in the morning, and the one "
    "without a way back is where somebody invents one.",
    fix="Name who carries it out, what stops it when nobody is watching, and what undoes it. If nothing "
    "does, say so and say what is done instead.",
    wrong_when="The step only tells or writes something: give it the kind documentation or announcement. A "
    "validation that only reads has nothing to undo.",
    fires="""
[[migration.steps]]
step = "1"
kind = "expand"
action = "add parcel.locker_id"
owner = "Nadia Rahmani"
rollback = "n/a"
""",
    silent=(
        """
[[migration.steps]]
step = "1"
kind = "documentation"
action = "describe parcel.locker_id in the courier handbook"
owner = "Nadia Rahmani"
""",
        """
[[migration.steps]]
step = "7"
kind = "contract"
action = "drop parcel.shelf_code"
owner = "Nadia Rahmani"
safety_guard = "lock_timeout 2 s; only if no statement named the column for 30 days"
rollback = "none: roll forward; the values are in the export of step 6"
""",
    ),
)
def step_without_guard(bank: Bank, migration_steps: Value | None) -> Iterator[Yield]:
    parts = {"owner": "owner", "safety_guard": "safety guard", "rollback": "way back"}
    owners = {
        address: cell(row, "owner") for address, row in addressed(bank, "migration.steps", migration_steps)
    }
    for step in steps_of(bank, "migration.steps", migration_steps):
        if step.kind in _WORDS_ONLY:
            continue
        cells = {"owner": owners[step.address], "safety_guard": step.guard, "rollback": step.rollback}
        if step.kind == "validate" and step.rollback:
            del cells["rollback"]
        missing = [column for column, words in cells.items() if is_bare(words)]
        if missing:
            yield at(
                "migration.steps",
                f"{step.label} has no {' and no '.join(parts[column] for column in missing)}",
                row=step.address,
                column=missing[0],
                fix="say who runs it, what stops it, and what undoes it",
            )


_PHASES = {
    "expand_backfill_validate_contract": ("expand", "backfill", "validate", "contract"),
    "shadow_table": ("expand", "backfill", "read_switch"),
    "dual_write": ("dual_write", "stop_old_writes"),
    "read_switch": ("validate", "read_switch"),
    "cross_store_migration": ("backfill", "validate", "read_switch", "stop_old_writes"),
}
_NAMES = {
    "expand": "expand",
    "backfill": "backfill",
    "validate": "validate",
    "contract": "contract",
    "read_switch": "read switch",
    "dual_write": "dual write",
    "stop_old_writes": "stop of the old writes",
}
_LARGER = ("dual_write", "backfill", "read_switch", "stop_old_writes", "contract")
_PARTITION = patterns.compile(r"\b(?:re)?partition\w*|\battach\w*|\bdetach\w*|\bswap\w*", re.IGNORECASE)
_COHORT = patterns.compile(
    r"\b(?:tenants?|cohorts?|waves?|pilot|customers?|each|per|one (?:by|after)|first|batch\w*)\b|-by-",
    re.IGNORECASE,
)


@rule(
    "MG07",
    "strategy-step-mismatch",
    "A",
    sections=("11.1", "11.3"),
    checklist=("CHK11",),
    cross_checks=("RVW06",),
    what="The steps lack a phase that the chosen strategy is named after, or have phases that it does not "
    "have.",
    why="The strategy is what people agreed to, the steps are what will be done. The phase that is "
    "missing is usually the one that is dull: validating, and ending the old writes.",
    fix="Add the step with its kind, or choose the strategy that the steps carry out.",
    wrong_when="The phase is there in other words: choose the kind of the step.",
    fires="""
[migration]
strategy = "dual_write"

[[migration.steps]]
step = "1"
kind = "dual_write"
action = "release 31 writes both price columns"
owner = "Aroha Ngata"
safety_guard = "flag price_both"
rollback = "flag price_both off"
""",
    silent=(
        """
[migration]
strategy = "dual_write"

[[migration.steps]]
step = "1"
kind = "release"
action = "release 31 writes both price columns"
owner = "Aroha Ngata"
safety_guard = "flag price_both"
rollback = "release 30"

[[migration.steps]]
step = "2"
kind = "release"
action = "release 32 no longer writes price_net; the grant on the column is revoked"
owner = "Aroha Ngata"
safety_guard = "0 readers for 7 days"
rollback = "release 31"
""",
        """
[migration]
strategy = "simple_additive_migration"

[[migration.steps]]
step = "1"
kind = "expand"
action = "add price_gross"
owner = "Aroha Ngata"
safety_guard = "lock_timeout 2 s"
rollback = "drop it; nobody reads it"

[[migration.steps]]
step = "2"
kind = "release"
action = "release 31, which fills it for new bookings"
owner = "Aroha Ngata"
safety_guard = "one node first"
rollback = "release 30"
""",
    ),
)
def strategy_step_mismatch(
    bank: Bank,
    migration_strategy: Value | None,
    migration_steps: Value | None,
    rollout_sequence: Value | None,
    rollout_cohort: Value | None,
) -> Iterator[Yield]:
    options = bank.enumerations.get("strategy")
    chosen = options.find(text(migration_strategy)) if options and text(migration_strategy) else None
    steps = steps_of(bank, "migration.steps", migration_steps)
    if chosen is None or not steps:
        return
    if chosen.id == "simple_additive_migration":
        for step in steps:
            if step.kind in _LARGER:
                message = (
                    f"{step.label} is a {_NAMES[step.kind]}, which a simple additive migration does not have"
                )
                fix = "choose the strategy that has it, or correct the kind"
                yield at("migration.steps", message, row=step.address, column="kind", fix=fix)
    missing = [phase for phase in _PHASES.get(chosen.id, ()) if not has_phase(steps, phase)]
    if missing:
        named = " and no ".join(_NAMES[phase] for phase in missing)
        message = f"the strategy is {chosen.title}, and the steps have no {named}"
        yield at(
            "migration.steps", message, fix="add the step, or choose the strategy that the steps carry out"
        )
    actions = [step.action for step in steps]
    if chosen.id == "online_repartitioning" and not any(map(_PARTITION.search, actions)):
        message = "the strategy is online repartitioning, and no step moves a partition"
        yield at("migration.steps", message, fix="name the steps that make, fill and attach the partitions")
    if chosen.id == "tenant_by_tenant_migration":
        rollout = steps_of(bank, "rollout.sequence", rollout_sequence)
        told = [*actions, *(f"{step.action} {step.flag}" for step in rollout)]
        if not text(rollout_cohort) and not any(map(_COHORT.search, told)):
            message = "the strategy goes tenant by tenant, and no step or cohort says who is first"
            yield at("migration.steps", message, fix="name the first cohort in 19.2, and the waves as steps")
