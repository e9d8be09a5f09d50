"""The next best steps: the few answers that would raise readiness most, and by how much.

A step is worth what the evaluation would give if its question were completely answered, nothing were
found at it, and every rule that reads it and holds an item back elsewhere were content. That is an upper
bound as soon as a rule or a condition of the bank reads the answer, since what it says decides what is
found and asked then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import lru_cache

from app.bank.conditions import ConditionError, compile_condition
from app.bank.dependencies import conditions_of
from app.bank.model import Bank
from app.interview.applicability import QuestionState, Survey
from app.readiness.checklist import LOCAL, Done, Grounds, mean
from app.readiness.model import Finding, Step, Unchecked
from app.readiness.registry import FACTS, RULES
from app.schema.sources import DDL_FILES, EXISTING_FILES

STEPS = 5
_MISSING = "CP01"
"""The rule about answers and cells that are missing."""
_NAMED = 3
"""How many rules the reason of a step names."""
_OTHER_NAMES = {"engine": "physical.engine", "existing_ddl": EXISTING_FILES, "file_ddl": DDL_FILES}
"""What rules read that stands for the answer to a question without being called after it."""


def next_steps(
    bank: Bank,
    survey: Survey,
    findings: Sequence[Finding],
    unchecked: Sequence[Unchecked],
    grounds: Iterable[Grounds],
) -> tuple[Step, ...]:
    """The few answers that would raise readiness most.

    Among equals, a question without an answer comes before one that something is found at, and what is
    due before the rest. An answer that raises nothing by itself, because others hold the same items back
    too, follows behind those that do, with a gain of 0.
    """
    counted = [g for g in grounds if g.applies()]
    lacking = {view.id for view in survey.required if view.open or view.state == QuestionState.DEFERRED}
    held: dict[str, list[Grounds]] = {}
    for g in counted:
        for question_id in _hinders(g, lacking):
            held.setdefault(question_id, []).append(g)
    degrees = {g.item.id: g.degree() for g in counted}
    readiness = mean(degrees.values())

    def gain(question_id: str) -> float:
        after = dict(degrees)
        for g in held[question_id]:
            done = _done(question_id, g, lacking)
            after[g.item.id] = g.degree(done)
            if not g.applies(done):
                del after[g.item.id]
        return max(mean(after.values()) - readiness, 0.0)

    gains = {question_id: gain(question_id) for question_id in held}
    place = {question_id: position for position, question_id in enumerate(survey.questions)}

    def order(question_id: str) -> tuple[float, bool, bool, int, int]:
        view = survey.questions.get(question_id)
        due = view is not None and view.due
        last = place.get(question_id, len(place))
        return (
            -round(gains[question_id], 6),
            question_id not in lacking,
            not due,
            -len(held[question_id]),
            last,
        )

    return tuple(
        Step(
            question_id,
            gains[question_id],
            _reason(survey, question_id, findings, unchecked, held[question_id]),
            _is_read(bank, question_id) or _may_stay(question_id, held[question_id]),
        )
        for question_id in sorted(held, key=order)[:STEPS]
    )


def _hinders(grounds: Grounds, lacking: Set[str]) -> set[str]:
    """The questions that keep an item from its full degree.

    They are those that are not complete, those at which something holds it back, and those without an
    answer that a rule reads which does so.
    """
    found = {question_id for question_id, worth in grounds.worth.items() if worth < 1}
    for code, question_id in grounds.holding | grounds.blinding:
        found.add(question_id)
        found |= _questions_read(code) & lacking
    return found - {""}


def _done(question_id: str, grounds: Grounds, lacking: Set[str]) -> Done:
    return Done(question_id, _resting(question_id, grounds) if question_id in lacking else frozenset())


def _resting(question_id: str, grounds: Grounds) -> frozenset[str]:
    """The rules that hold an item back and read a question."""
    codes = {code for code, _ in grounds.holding | grounds.blinding}
    return frozenset(code for code in codes if question_id in _questions_read(code))


def _questions_read(code: str) -> frozenset[str]:
    """The questions that a rule reads; none of one that looks at each answer by itself."""
    return frozenset() if code == _MISSING else _behind(RULES[code].reads)


@lru_cache(maxsize=512)
def _behind(names: tuple[str, ...]) -> frozenset[str]:
    """The questions that are read under these names, by facts too."""
    found: set[str] = set()
    for name in names:
        if name in FACTS:
            found |= _behind(FACTS[name].reads)
        else:
            found.add(_OTHER_NAMES.get(name) or name.replace("_", ".", 1))
    return frozenset(found)


def _is_read(bank: Bank, question_id: str) -> bool:
    """Whether what the answer says decides what is found, checked or asked elsewhere."""
    return question_id in _deciding(bank) or any(
        question_id in _questions_read(code) for code, rule in RULES.items() if rule.rule_class != "C"
    )


def _may_stay(question_id: str, held: Sequence[Grounds]) -> bool:
    """Whether a rule says something at the answer that looks at others too, or could not look at all."""
    blind = any(question_id == where for g in held for _, where in g.blinding)
    return blind or any(
        question_id == where and RULES[code].family not in LOCAL for g in held for code, where in g.holding
    )


@lru_cache(maxsize=16)
def _deciding(bank: Bank) -> frozenset[str]:
    """The questions that conditions of the bank read."""
    found: set[str] = set()
    for text in {text for question_id in bank.questions for text in conditions_of(bank, question_id)}:
        try:
            found |= compile_condition(text).reads
        except ConditionError:
            continue
    return frozenset(found)


def _reason(
    survey: Survey,
    question_id: str,
    findings: Sequence[Finding],
    unchecked: Sequence[Unchecked],
    held: Sequence[Grounds],
) -> str:
    """Why a step is one: what is missing, or what was found or could not be checked there."""
    view = survey.questions.get(question_id)
    if view is not None and view.state == QuestionState.DEFERRED:
        return "it is deferred" + _who_waits(question_id, held)
    if view is not None and view.open:
        return (view.misfits[0].message if view.misfits else "not answered yet") + _who_waits(
            question_id, held
        )
    for finding in findings:
        if finding.target.question == question_id and (finding.holds_back or finding.void):
            return finding.message
    for blind in unchecked:
        if blind.target is not None and blind.target.question == question_id:
            return f"{blind.code} was not checked: {blind.reason}"
    return "it is not complete"


def _who_waits(question_id: str, held: Sequence[Grounds]) -> str:
    codes = sorted({code for g in held for code in _resting(question_id, g)})
    more = f" and {len(codes) - _NAMED} more" if len(codes) > _NAMED else ""
    return f"; {', '.join(codes[:_NAMED])}{more} may rest on it" if codes else ""
