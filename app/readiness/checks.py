"""The smells, the reviewers' cross-checks and the failure-path questions, each with its state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from app.bank.model import Question
from app.document.answers import Answers, Value
from app.interview.applicability import QuestionState, QuestionView, offered_options
from app.readiness.evidence import Evidence, blinds, by_item
from app.readiness.facts.tables import addressed, cell
from app.readiness.model import ItemState, ItemVerdict, Severity
from app.readiness.registry import RULES

FAILURE_MODES = "failure.failure_modes"


def smells(evidence: Evidence, reading: Collection[str]) -> tuple[ItemVerdict, ...]:
    """Each smell: met when no rule smells it, not checked when a rule could not look.

    `reading` holds the codes of the rules that had an answer to look at.
    """
    verdicts = []
    said = _Verdicts("smells", evidence)
    for smell in evidence.bank.file.smells:
        verdict = said.by_rules(smell.id, smell.title)
        if verdict.state == ItemState.MET and said.codes[smell.id].isdisjoint(reading):
            reason = "nothing is said yet that could smell of it"
            verdict = ItemVerdict(smell.id, smell.title, ItemState.NOT_CHECKED, 0.0, reason=reason)
        verdicts.append(verdict)
    return tuple(verdicts)


def cross_checks(evidence: Evidence) -> tuple[ItemVerdict, ...]:
    """Each reviewer's cross-check: not applicable unless something on both sides is required or said."""
    verdicts = []
    by_rules, void = _Verdicts("cross_checks", evidence).by_rules, evidence.void
    for check in evidence.bank.file.cross_checks:
        sides = [evidence.views(parts) for parts in (check.left, check.right)]
        if not all(any(view.required or _is_said(view, void) for view in side) for side in sides):
            reason = "one of its two sides is not required"
            verdicts.append(ItemVerdict(check.id, check.title, ItemState.NOT_APPLICABLE, 0.0, reason=reason))
        else:
            verdicts.append(by_rules(check.id, check.title, [view for side in sides for view in side]))
    return tuple(verdicts)


def _is_said(view: QuestionView, void: frozenset[str]) -> bool:
    return view.state in (QuestionState.ANSWERED, QuestionState.PARTIAL) and view.id not in void


class _Verdicts:
    """Verdicts on the items of a kind, by what the rules say that look at them.

    `codes` are those of the rules, by item.
    """

    def __init__(self, kind: str, evidence: Evidence) -> None:
        self.codes: dict[str, set[str]] = defaultdict(set)
        for code, known in RULES.items():
            for item_id in getattr(known, kind):
                self.codes[item_id].add(code)
        self._evidence = evidence
        self._void = evidence.void
        self._found = by_item(kind, (f for f in evidence.findings if not f.waived))
        self._blind = by_item(kind, filter(blinds, evidence.unchecked))

    def by_rules(self, item_id: str, title: str, views: Collection[QuestionView] = ()) -> ItemVerdict:
        """Unmet with a finding, partly with information only or when something is missing or deferred."""
        found, blind = tuple(self._found.get(item_id, ())), tuple(self._blind.get(item_id, ()))
        void = self._void
        said = tuple(view.id for view in views if _is_said(view, void))
        missing = tuple(view.id for view in views if view.required and (view.open or view.id in void))
        deferred = tuple(view.id for view in views if view.required and view.deferred)
        reason = self._evidence.put_off(views)
        if any(f.severity != Severity.INFO for f in found) or ((missing or deferred) and not said):
            state = ItemState.UNMET
        elif found or missing or deferred:
            state = ItemState.PARTLY
        elif blind or not self.codes[item_id]:
            state = ItemState.NOT_CHECKED
            reason = "" if blind else "no rule looks at it"
        else:
            state = ItemState.MET
        degree = 1.0 if state == ItemState.MET else 0.0
        return ItemVerdict(item_id, title, state, degree, said, missing, found, blind, reason, deferred)


def failure_paths(evidence: Evidence, answers: Answers, value: Value | None) -> tuple[ItemVerdict, ...]:
    """Each failure-path question: met when a failure mode that says something names it.

    `value` holds the failure modes that count.
    """
    bank, view = evidence.bank, evidence.survey.questions.get(FAILURE_MODES)
    if view is None or "failure_path" not in bank.enumerations:
        return ()
    said = _paths(evidence, view.question, value)
    offered = {option.id for option in offered_options(bank, "failure_path", answers)}
    told = [finding for finding in evidence.findings if RULES[finding.code].failure_paths]
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


def _paths(evidence: Evidence, question: Question, value: Value | None) -> set[str]:
    """The failure paths of the rows that have all they need and of which no part says nothing."""
    found, needed = evidence.findings, [column.id for column in question.columns if column.required]
    void = {f.target.row for f in found if f.target.question == FAILURE_MODES and _says_nothing(f.code)}
    return {
        cell(row, "path")
        for address, row in addressed(evidence.bank, FAILURE_MODES, value)
        if address not in void and all(cell(row, name) for name in needed)
    }


def _says_nothing(code: str) -> bool:
    """Whether a rule finds texts that say nothing, or are not this document's."""
    return code in ("CP02", "CP03", "CP04", "CP11")
