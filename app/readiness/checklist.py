"""The final review: the checklist and readiness.

Readiness is the mean degree over the applicable checklist items. An item's completeness is the mean
over its required questions (answered or settled 1, partial one half, unanswered, deferred or void 0). It
is met when it is complete, everything that concerns it was checked, and no open error holds it back; held
back or not checked, its degree is at most one half.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from app.bank.model import ChecklistItem
from app.interview.applicability import QuestionState, QuestionView, Survey
from app.readiness.evidence import Evidence, blinds, by_item
from app.readiness.model import Finding, ItemState, ItemVerdict, Unchecked
from app.readiness.registry import RULES

HELD_BACK = 0.5
LOCAL = ("CP", "VG")
"""Families about the very answer that they point at; others tie several places together."""
_WORTH = {QuestionState.ANSWERED: 1.0, QuestionState.NOT_APPLICABLE: 1.0, QuestionState.PARTIAL: 0.5}


class Done(Struct, frozen=True):
    """A question taken for complete and free of findings, with `rules` that find nothing any more."""

    question: str = ""
    rules: frozenset[str] = frozenset()

    def leaves(self, causes: Iterable[tuple[str, str]]) -> bool:
        """Whether any of the causes, each a rule and where it points, is still there."""
        return any(
            code not in self.rules and (question != self.question or not question)
            for code, question in causes
        )


NOTHING_DONE = Done()


class Grounds(Struct, frozen=True):
    """What the verdict on an item rests on.

    `worth` is what each required question counts, between 0 and 1. `holding` has the rules whose findings
    hold the item back, each with the question that it points at, `blinding` those that could not look.
    `settled`: every required question is said, with a reason, not to apply.
    """

    item: ChecklistItem
    views: tuple[QuestionView, ...]
    worth: Mapping[str, float]
    settled: bool
    findings: tuple[Finding, ...]
    holding: frozenset[tuple[str, str]]
    blind: tuple[Unchecked, ...]
    blinding: frozenset[tuple[str, str]]

    def applies(self, done: Done = NOTHING_DONE) -> bool:
        """Whether the item counts."""
        return bool(self.worth) and not (self.settled and not done.leaves(self.holding))

    def complete(self, done: Done = NOTHING_DONE) -> float:
        gained = 1.0 - self.worth[done.question] if done.question in self.worth else 0.0
        return (sum(self.worth.values()) + gained) / len(self.worth)

    def degree(self, done: Done = NOTHING_DONE) -> float:
        held = done.leaves(self.blinding) or done.leaves(self.holding)
        return min(self.complete(done), HELD_BACK) if held else self.complete(done)


def checklist(evidence: Evidence, grounds: Iterable[Grounds]) -> tuple[ItemVerdict, ...]:
    """A verdict on every checklist item of the bank."""
    return tuple(_verdict(evidence, g) for g in grounds)


def grounds_of(evidence: Evidence) -> Iterator[Grounds]:
    """What the verdict on each checklist item rests on."""
    findings, void = evidence.findings, evidence.void
    at: dict[str, list[int]] = {}
    reaching: dict[str, list[int]] = {}
    for position, finding in enumerate(findings):
        at.setdefault(finding.target.question, []).append(position)
        if _reaches(finding):
            for item_id in RULES[finding.code].checklist:
                reaching.setdefault(item_id, []).append(position)
    blind = by_item("checklist", filter(blinds, evidence.unchecked))
    for item in evidence.bank.file.checklist:
        views = evidence.views(item.rests_on)
        here = {position for view in views for position in at.get(view.id, ())}
        concerned = tuple(findings[n] for n in sorted(here.union(reaching.get(item.id, ()))))
        required = [view for view in views if view.required]
        missing = {view.id for view in required if view.open}
        without = tuple(blind.get(item.id, ()))
        yield Grounds(
            item,
            views,
            {v.id: 0.0 if v.id in void else _WORTH.get(v.state, 0.0) for v in required},
            all(view.state == QuestionState.NOT_APPLICABLE and view.id not in void for view in required),
            concerned,
            frozenset(
                (f.code, f.target.question)
                for f in concerned
                if f.holds_back and not _only_missing(f, missing)
            ),
            without,
            frozenset((u.code, u.target.question if u.target else "") for u in without),
        )


def _reaches(finding: Finding) -> bool:
    """Whether a finding counts for every item that its rule names, wherever it points."""
    known = RULES[finding.code]
    return known.scope == "document" and known.family not in LOCAL


def _only_missing(finding: Finding, missing: set[str]) -> bool:
    """Whether it only says what the item's completeness counts already."""
    return finding.code == "CP01" and finding.target.question in missing


def _verdict(evidence: Evidence, grounds: Grounds) -> ItemVerdict:
    item, required = grounds.item, [view for view in grounds.views if view.required]
    if not grounds.applies():
        reason = "every question it rests on is said not to apply"
        return ItemVerdict(
            item.id,
            item.title,
            ItemState.NOT_APPLICABLE,
            0.0,
            tuple(view.id for view in required),
            findings=grounds.findings,
            reason=reason if required else _why_not(evidence.survey, grounds.views),
        )
    return ItemVerdict(
        item.id,
        item.title,
        _state(grounds.complete(), bool(grounds.holding), bool(grounds.blind)),
        grounds.degree(),
        tuple(view.id for view in required if not (view.open or view.deferred)),
        tuple(view.id for view in required if view.open),
        grounds.findings,
        grounds.blind,
        evidence.put_off(required),
        tuple(view.id for view in required if view.deferred),
    )


def _state(complete: float, held: bool, blind: bool) -> ItemState:
    if complete == 0:
        return ItemState.UNMET
    if complete < 1 or held:
        return ItemState.PARTLY
    return ItemState.NOT_CHECKED if blind else ItemState.MET


def _why_not(survey: Survey, views: Sequence[QuestionView]) -> str:
    reasons = {survey.skipped.get(view.question.number, "") for view in views} - {""}
    return "; ".join(sorted(reasons)) or "nothing that it rests on is required"


def readiness(items: Sequence[ItemVerdict]) -> float:
    """The mean degree over the applicable items, between 0 and 1; 0 when none applies."""
    return mean([item.degree for item in items if item.state != ItemState.NOT_APPLICABLE])


def mean(degrees: Collection[float]) -> float:
    """The mean; 0 of none."""
    return sum(degrees) / len(degrees) if degrees else 0.0
