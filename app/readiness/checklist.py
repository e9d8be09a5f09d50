"""The final review: checklist, smells, cross-checks, failure paths, readiness, next best steps.

Readiness is the mean degree over the applicable checklist items. An item's completeness is the mean
over its required questions (answered or settled 1, partial one half, unanswered or void 0). It is met
when it is complete, everything that concerns it was checked, and no open error holds it back; held back
or not checked, its degree is at most one half.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct

from app.bank.model import Bank, ChecklistItem
from app.document.answers import Answers
from app.interview.applicability import QuestionState, QuestionView, Survey, offered_options
from app.readiness.model import Finding, ItemState, ItemVerdict, Severity, Step, Unchecked
from app.readiness.registry import RULES

HELD_BACK = 0.5
STEPS = 5
_LOCAL = ("CP", "VG")
"""Families about the very answer that they point at; others tie several places together."""
_WORTH = {
    QuestionState.ANSWERED: 1.0,
    QuestionState.NOT_APPLICABLE: 1.0,
    QuestionState.PARTIAL: 0.5,
    QuestionState.DEFERRED: 0.5,
}
_Said = TypeVar("_Said", Finding, Unchecked)


class _Grounds(Struct, frozen=True):
    """What the verdict on an item rests on.

    `worth` is what each required question counts, between 0 and 1. `holding` names the questions whose
    findings hold the item back. `settled`: every required question is said not to apply.
    """

    item: ChecklistItem
    views: tuple[QuestionView, ...]
    worth: Mapping[str, float]
    settled: bool
    findings: tuple[Finding, ...]
    holding: frozenset[str]
    blind: tuple[Unchecked, ...]

    def applies(self, done: str = "") -> bool:
        """Whether the item counts; `done` is a question taken for complete and free of findings."""
        return bool(self.worth) and not (self.settled and not self.holding - {done})

    def complete(self, done: str = "") -> float:
        gained = 1.0 - self.worth[done] if done in self.worth else 0.0
        return (sum(self.worth.values()) + gained) / len(self.worth)

    def degree(self, done: str = "") -> float:
        held = bool(self.blind) or bool(self.holding - {done})
        return min(self.complete(done), HELD_BACK) if held else self.complete(done)


def checklist(
    bank: Bank, survey: Survey, findings: Sequence[Finding], unchecked: Sequence[Unchecked]
) -> tuple[tuple[ItemVerdict, ...], tuple[Step, ...]]:
    """A verdict on every checklist item of the bank, and the next best steps."""
    grounds = tuple(_grounds(bank, survey, findings, unchecked))
    return tuple(_verdict(survey, g) for g in grounds), _next_steps(survey, findings, grounds)


def _grounds(
    bank: Bank, survey: Survey, findings: Sequence[Finding], unchecked: Sequence[Unchecked]
) -> Iterator[_Grounds]:
    at: dict[str, list[int]] = {}
    reaching: dict[str, list[int]] = {}
    for position, finding in enumerate(findings):
        at.setdefault(finding.target.question, []).append(position)
        if _reaches(finding):
            for item_id in RULES[finding.code].checklist:
                reaching.setdefault(item_id, []).append(position)
    blind = _by_item("checklist", filter(_counts, unchecked))
    for item in bank.file.checklist:
        views = _views(bank, survey, item.rests_on)
        here = {position for view in views for position in at.get(view.id, ())}
        concerned = tuple(findings[n] for n in sorted(here.union(reaching.get(item.id, ()))))
        required = [view for view in views if view.required]
        missing = {view.id for view in required if view.open}
        void = {f.target.question for f in concerned if f.void}
        yield _Grounds(
            item,
            views,
            {v.id: 0.0 if v.id in void else _WORTH.get(v.state, 0.0) for v in required},
            all(view.state == QuestionState.NOT_APPLICABLE for view in required),
            concerned,
            frozenset(f.target.question for f in concerned if f.holds_back and not _only_missing(f, missing)),
            tuple(blind.get(item.id, ())),
        )


def _by_item(kind: str, said: Iterable[_Said]) -> dict[str, list[_Said]]:
    """What rules say, by the items of a kind that each rule names."""
    found: dict[str, list[_Said]] = defaultdict(list)
    for one in said:
        for item_id in getattr(RULES[one.code], kind):
            found[item_id].append(one)
    return found


def _reaches(finding: Finding) -> bool:
    """Whether a finding counts for every item that its rule names, wherever it points."""
    known = RULES[finding.code]
    return known.scope == "document" and known.family not in _LOCAL


def _only_missing(finding: Finding, missing: set[str]) -> bool:
    """Whether it only says what the item's completeness counts already."""
    return finding.code == "CP01" and finding.target.question in missing


def _counts(unchecked: Unchecked) -> bool:
    """Whether it keeps an item from being met: the findings of class C would not."""
    return RULES[unchecked.code].rule_class != "C"


def _verdict(survey: Survey, grounds: _Grounds) -> ItemVerdict:
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
            reason=reason if required else _why_not(survey, grounds.views),
        )
    return ItemVerdict(
        item.id,
        item.title,
        _state(grounds.complete(), bool(grounds.holding), bool(grounds.blind)),
        grounds.degree(),
        tuple(view.id for view in required if not view.open),
        tuple(view.id for view in required if view.open),
        grounds.findings,
        grounds.blind,
    )


def _state(complete: float, held: bool, blind: bool) -> ItemState:
    if complete == 0:
        return ItemState.UNMET
    if complete < 1 or held:
        return ItemState.PARTLY
    return ItemState.NOT_CHECKED if blind else ItemState.MET


def _views(bank: Bank, survey: Survey, parts: Iterable[str]) -> tuple[QuestionView, ...]:
    return tuple(survey.questions[question_id] for question_id in _questions(bank, tuple(parts)))


@lru_cache(maxsize=1024)
def _questions(bank: Bank, parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(question_id for part in parts for question_id in bank.questions_in(part)))


def _why_not(survey: Survey, views: Sequence[QuestionView]) -> str:
    reasons = {survey.skipped.get(view.question.number, "") for view in views} - {""}
    return "; ".join(sorted(reasons)) or "nothing that it rests on is required"


def readiness(items: Sequence[ItemVerdict]) -> float:
    """The mean degree over the applicable items, between 0 and 1; 0 when none applies."""
    return _mean([item.degree for item in items if item.state != ItemState.NOT_APPLICABLE])


def _mean(degrees: Collection[float]) -> float:
    return sum(degrees) / len(degrees) if degrees else 0.0


def _next_steps(survey: Survey, findings: Sequence[Finding], grounds: Sequence[_Grounds]) -> tuple[Step, ...]:
    """The few answers that would raise readiness most, each as if it were complete and free of findings.

    Among equals, what is due comes first. An answer that raises nothing by itself, because others hold
    the same items back too, follows behind those that do, with a gain of 0.
    """
    degrees = {g.item.id: g.degree() for g in grounds if g.applies()}
    held: dict[str, list[_Grounds]] = {}
    for g in grounds:
        wanted = {question_id for question_id, worth in g.worth.items() if worth < 1}
        for question_id in g.holding | wanted if g.applies() else ():
            held.setdefault(question_id, []).append(g)

    def gain(question_id: str) -> float:
        after = dict(degrees)
        for g in held[question_id]:
            after[g.item.id] = g.degree(question_id)
            if not g.applies(question_id):
                del after[g.item.id]
        return max(_mean(after.values()) - _mean(degrees.values()), 0.0)

    gains = {question_id: gain(question_id) for question_id in held}
    place = {question_id: position for position, question_id in enumerate(survey.questions)}

    def order(question_id: str) -> tuple[float, bool, int, int]:
        view = survey.questions.get(question_id)
        due = view is not None and view.due
        last = place.get(question_id, len(place))
        return -round(gains[question_id], 6), not due, -len(held[question_id]), last

    best = sorted(held, key=order)
    return tuple(
        Step(question_id, gains[question_id], _step_reason(survey, question_id, findings))
        for question_id in best[:STEPS]
    )


def _step_reason(survey: Survey, question_id: str, findings: Sequence[Finding]) -> str:
    view = survey.questions.get(question_id)
    if view is not None and view.open:
        return view.misfits[0].message if view.misfits else "not answered yet"
    if view is not None and view.state == QuestionState.DEFERRED:
        return "it is deferred"
    return next(f.message for f in findings if f.target.question == question_id and (f.holds_back or f.void))


def smells(
    bank: Bank, reading: Collection[str], findings: Sequence[Finding], unchecked: Sequence[Unchecked]
) -> tuple[ItemVerdict, ...]:
    """Each smell: met when no rule smells it, not checked when a rule could not look.

    `reading` holds the codes of the rules that had an answer to look at.
    """
    verdicts = []
    said = _Verdicts("smells", findings, unchecked)
    for smell in bank.file.smells:
        verdict = said.by_rules(smell.id, smell.title)
        if verdict.state == ItemState.MET and said.codes[smell.id].isdisjoint(reading):
            reason = "nothing is said yet that could smell of it"
            verdict = ItemVerdict(smell.id, smell.title, ItemState.NOT_CHECKED, 0.0, reason=reason)
        verdicts.append(verdict)
    return tuple(verdicts)


def cross_checks(
    bank: Bank, survey: Survey, findings: Sequence[Finding], unchecked: Sequence[Unchecked]
) -> tuple[ItemVerdict, ...]:
    """Each reviewer's cross-check: not applicable unless something on both sides is required or said."""
    verdicts = []
    by_rules = _Verdicts("cross_checks", findings, unchecked).by_rules
    for check in bank.file.cross_checks:
        sides = [_views(bank, survey, parts) for parts in (check.left, check.right)]
        if not all(any(view.required or _is_said(view) for view in side) for side in sides):
            reason = "one of its two sides is not required"
            verdicts.append(ItemVerdict(check.id, check.title, ItemState.NOT_APPLICABLE, 0.0, reason=reason))
            continue
        missing = tuple(view.id for side in sides for view in side if view.required and view.open)
        said = tuple(view.id for side in sides for view in side if _is_said(view))
        verdicts.append(by_rules(check.id, check.title, said, missing))
    return tuple(verdicts)


def _is_said(view: QuestionView) -> bool:
    return view.state in (QuestionState.ANSWERED, QuestionState.PARTIAL)


class _Verdicts:
    """Verdicts on the items of a kind, by what the rules say that look at them.

    `codes` are those of the rules, by item.
    """

    def __init__(self, kind: str, findings: Sequence[Finding], unchecked: Sequence[Unchecked]) -> None:
        self.codes: dict[str, set[str]] = defaultdict(set)
        for code, known in RULES.items():
            for item_id in getattr(known, kind):
                self.codes[item_id].add(code)
        self._found = _by_item(kind, (f for f in findings if not f.waived))
        self._blind = _by_item(kind, filter(_counts, unchecked))

    def by_rules(
        self, item_id: str, title: str, said: tuple[str, ...] = (), missing: tuple[str, ...] = ()
    ) -> ItemVerdict:
        """Unmet with a finding, partly with information only or with something missing."""
        found, blind = tuple(self._found.get(item_id, ())), tuple(self._blind.get(item_id, ()))
        reason = ""
        if any(f.severity != Severity.INFO for f in found) or (missing and not said):
            state = ItemState.UNMET
        elif found or missing:
            state = ItemState.PARTLY
        elif blind or not self.codes[item_id]:
            state = ItemState.NOT_CHECKED
            reason = "" if blind else "no rule looks at it"
        else:
            state = ItemState.MET
        degree = 1.0 if state == ItemState.MET else 0.0
        return ItemVerdict(item_id, title, state, degree, said, missing, found, blind, reason)


def failure_paths(
    bank: Bank, answers: Answers, survey: Survey, findings: Sequence[Finding]
) -> tuple[ItemVerdict, ...]:
    """Each failure-path question: met when a failure mode names it."""
    view = survey.questions.get("failure.failure_modes")
    if view is None or "failure_path" not in bank.enumerations:
        return ()
    counts = view.applies and view.state != QuestionState.NOT_APPLICABLE
    said = {str(row.get("path", "")) for row in answers.rows(view.id)} if counts else set()
    offered = {option.id for option in offered_options(bank, "failure_path", answers)}
    told = [finding for finding in findings if RULES[finding.code].failure_paths]
    verdicts = []
    for option in bank.enumerations["failure_path"].options:
        name = option.id.upper()
        found = tuple(f for f in told if name in RULES[f.code].failure_paths and name in f.message)
        reason = ""
        if option.id not in offered or not view.applies:
            reason = "nothing in this change can fail that way"
        elif found and all(f.waived for f in found):
            reason = "it is waived"
        if option.id in said:
            verdicts.append(ItemVerdict(name, option.title, ItemState.MET, 1.0, (view.id,), (), found))
        elif reason:
            state = ItemState.NOT_APPLICABLE
            verdicts.append(ItemVerdict(name, option.title, state, 0.0, findings=found, reason=reason))
        else:
            verdicts.append(ItemVerdict(name, option.title, ItemState.UNMET, 0.0, (), (view.id,), found))
    return tuple(verdicts)
