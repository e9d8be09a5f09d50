"""The steps of a migration or rollout: their kinds, and the phases they carry out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.denials import affirmed
from app.readiness.facts.tables import addressed, cell, name_key

_PHASES = {
    "expand": patterns.compile(
        r"\b(?:add|adds|added|create[sd]?|expand\w*|additive|new (?:column|table)s?)\b", re.I
    ),
    "dual_write": patterns.compile(r"\b(?:dual|double|both)\b|\bcapture\b|\bmirror\w*", re.I),
    "backfill": patterns.compile(
        r"\bback-?fill\w*|\bcopy\b|\bcopie[sd]\b|\bfill\w*|\bcatch(?:es)?[ -]up\b", re.I
    ),
    "validate": patterns.compile(
        r"\b(?:validat\w+|verif\w+|parity|compar\w+|reconcil\w+|checksum\w*|drift|0 rows|"
        r"count(?:s|ed|ing)?|check(?:s|ed|ing)?(?!\s*\(| constraint)|(?:0|no|zero) differences?|"
        r"differences? (?:is|are|=|must be|stay(?:s|ed)?(?: at)?) (?:0|zero))\b",
        re.I,
    ),
    "read_switch": patterns.compile(
        r"\b(?:switch\w*|cut-?over|flip\w*|swap\w*|renam\w+)\b|\breads? (?:from|the new)\b", re.I
    ),
    "stop_old_writes": patterns.compile(
        r"\b(?:stop\w*|end\w*|off|remov\w+|revok\w+|no longer|ceas\w+|retir\w+|freez\w+|frozen)\b", re.I
    ),
    "enforce": patterns.compile(r"\b(?:enforc\w+|constraint|not null|validate constraint)\b", re.I),
    "contract": patterns.compile(r"\b(?:contract\w*|drop\w*|remov\w+|retir\w+)\b", re.I),
}


class Step(Struct, frozen=True):
    """A row of 11.3 or 19.1. `kind` is an option's id or the author's word with underscores; `guard` holds
    what must be true: the safety guard of a migration step, the validation of a rollout row."""

    question: str
    address: str
    name: str
    kind: str
    action: str
    guard: str
    rollback: str
    flag: str = ""

    @property
    def label(self) -> str:
        return f"step {self.name}" if self.name else "this step"


def steps_of(bank: Bank, question: str, value: Value | None) -> tuple[Step, ...]:
    """The steps of `migration.steps` or `rollout.sequence`, in their order."""
    name, action, guard = (
        ("step", "action", "safety_guard")
        if question == "migration.steps"
        else ("sequence", "change", "validation")
    )
    return tuple(
        Step(
            question,
            address,
            cell(row, name),
            name_key(cell(row, "kind")).replace(" ", "_"),
            cell(row, action),
            cell(row, guard),
            cell(row, "rollback"),
            cell(row, "flag"),
        )
        for address, row in addressed(bank, question, value)
    )


def has_phase(steps: Iterable[Step], phase: str) -> bool:
    """Whether a step is of a kind, or its action says so in words of its own."""
    return any(step.kind == phase or says(step.action, phase) for step in steps)


def says(text: str, phase: str) -> bool:
    """Whether a text speaks of a phase, and not of leaving it out."""
    return affirmed(_PHASES[phase], text)
