"""What rules find and what the evaluation says: findings, checklist, readiness."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from app.interview.applicability import Progress, Survey
from app.readiness.reopening import NOTHING, Reopening
from app.schema.model import Schema

RuleClass = Literal["A", "B", "C"]


class Severity(StrEnum):
    """How much a finding matters; only an error holds a checklist item back."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class ItemState(StrEnum):
    """The verdict on a checklist item, smell, cross-check or failure-path question."""

    MET = "met"
    PARTLY = "partly"
    UNMET = "unmet"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKED = "not_checked"


class Target(Struct, frozen=True):
    """Where a finding is: a question, and the row (by address), column or slot of it.

    `line` and `offset` point into the SQL of a code answer, where the finding is inside one; of a list,
    `line` is the number of the item.
    """

    question: str
    row: str = ""
    column: str = ""
    line: int = 0
    offset: int = 0

    def __str__(self) -> str:
        row = f"[{self.row}]" if self.row else ""
        column = f".{self.column}" if self.column else ""
        return f"{self.question}{row}{column}"


class Found(Struct, frozen=True):
    """What a rule yields: something wrong at one place, and what to do about it.

    `severity` is set only where it differs from what the rule's class and the risk give. `void`: what
    stands there says nothing, so that the answer (or the row of it) counts as not given. `gap`: it only says
    that the answer is missing or incomplete, as the survey does.
    """

    target: Target
    message: str
    fix: str = ""
    severity: Severity | None = None
    void: bool = False
    gap: bool = False


class NotChecked(Struct, frozen=True):
    """What a rule yields when it could not look: the reason, and where."""

    reason: str
    target: Target | None = None


class Finding(Struct, frozen=True):
    """A rule's verdict at one place, with the severity that class and risk give it."""

    code: str
    name: str
    severity: Severity
    target: Target
    message: str
    fix: str = ""
    waived: bool = False
    void: bool = False
    gap: bool = False

    @property
    def holds_back(self) -> bool:
        return self.severity == Severity.ERROR and not self.waived


class Unchecked(Struct, frozen=True):
    """A rule that could not be applied, or not everywhere."""

    code: str
    name: str
    reason: str
    target: Target | None = None


class ItemVerdict(Struct, frozen=True):
    """One checklist item: state, degree (0 to 1), what it rests on and what holds it back.

    `deferred` names the questions that somebody answers later: they are neither missing nor rested on.
    """

    id: str
    title: str
    state: ItemState
    degree: float
    rests_on: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    reason: str = ""
    deferred: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it applies and is not met."""
        return self.state not in (ItemState.MET, ItemState.NOT_APPLICABLE)


class Step(Struct, frozen=True):
    """An answer that would raise readiness, and by how much (0 to 1).

    `at_most`: what the answer says decides whether it raises that much.
    """

    question: str
    gain: float
    reason: str
    at_most: bool = False


class Evaluation(Struct, frozen=True):
    """The pure result of a bank, answers and a day."""

    survey: Survey
    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]
    checklist: tuple[ItemVerdict, ...]
    smells: tuple[ItemVerdict, ...]
    cross_checks: tuple[ItemVerdict, ...]
    failure_paths: tuple[ItemVerdict, ...]
    readiness: float
    progress: Progress
    next_steps: tuple[Step, ...]
    reopening: Reopening = NOTHING
    schema: Schema | None = None

    def counts(self) -> Mapping[ItemState, int]:
        """How many checklist items are in each state."""
        return {state: sum(item.state == state for item in self.checklist) for state in ItemState}

    def findings_at(self, question: str) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.target.question == question)
