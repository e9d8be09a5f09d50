"""The next best steps: the few answers that would raise readiness most, and by how much.

A step is worth what the evaluation would give if its question were completely answered, nothing were
found at it, and every rule that reads it and holds an item back elsewhere were content. That is an upper
bound as soon as a rule or a condition of the bank reads the answer, since what it says decides what is
found and asked then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import lru_cache

from app.bank.dependencies import deciding
from app.bank.model import Bank
from app.interview.applicability import QuestionState
from app.readiness.checklist import LOCAL, Done, Grounds, mean
from app.readiness.evidence import Evidence
from app.readiness.model import Step
from app.readiness.registry import RULES, all_read, questions_called
from app.schema.sources import DDL_FILES, EXISTING_FILES

STEPS = 5
_MISSING = "CP01"
"""The rule about answers and cells that are missing."""
_NAMED = 3
"""How many rules the reason of a step names."""
_OTHER_NAMES = {"physical.engine": "engine", EXISTING_FILES: "existing_ddl", DDL_FILES: "file_ddl"}
"""What rules read that stands for the answer to a question without being called after it."""


def next_steps(evidence: Evidence, grounds: Iterable[Grounds]) -> tuple[Step, ...]:
    """The few answers that would raise readiness most.

    Among equals, a question without an answer comes before one that something is found at, and what is
    due before the rest. An answer that raises nothing by itself, because others hold the same items back
    too, follows behind those that do, with a gain of 0.
    """
    bank, survey = evidence.bank, evidence.survey
    counted = [g for g in grounds if g.applies()]
    lacking = {view.id for view in survey.required if view.open or view.deferred}
    held: dict[str, list[Grounds]] = {}
    for g in counted:
        for question_id in _hinders(bank, g, lacking):
            held.setdefault(question_id, []).append(g)
    degrees = {g.item.id: g.degree() for g in counted}
    readiness = mean(degrees.values())

    def gain(question_id: str) -> float:
        after = dict(degrees)
        for g in held[question_id]:
            done = Done(
                question_id, _resting(bank, question_id, g) if question_id in lacking else frozenset()
            )
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
            _reason(evidence, question_id, held[question_id]),
            _is_read(bank, question_id) or _may_stay(question_id, held[question_id]),
        )
        for question_id in sorted(held, key=order)[:STEPS]
    )


def _hinders(bank: Bank, grounds: Grounds, lacking: Set[str]) -> set[str]:
    """The questions that keep an item from its full degree.

    They are those that are not complete, those at which something holds it back, and those without an
    answer that a rule reads which does so.
    """
    found = {question_id for question_id, worth in grounds.worth.items() if worth < 1}
    for code, question_id in grounds.holding | grounds.blinding:
        found.add(question_id)
        found |= _questions_read(bank, code) & lacking
    return found - {""}


def _resting(bank: Bank, question_id: str, grounds: Grounds) -> frozenset[str]:
    """The rules that hold an item back and read a question."""
    codes = {code for code, _ in grounds.holding | grounds.blinding}
    return frozenset(code for code in codes if question_id in _questions_read(bank, code))


def _questions_read(bank: Bank, code: str) -> frozenset[str]:
    """The questions that a rule reads; none of one that looks at each answer by itself."""
    return frozenset() if code == _MISSING else _behind(bank, RULES[code].reads)


@lru_cache(maxsize=512)
def _behind(bank: Bank, names: tuple[str, ...]) -> frozenset[str]:
    """The questions that are read under these names, by facts too."""
    read = all_read(names)
    return questions_called(bank, read) | {id_ for id_, name in _OTHER_NAMES.items() if name in read}


def _is_read(bank: Bank, question_id: str) -> bool:
    """Whether what the answer says decides what is found, checked or asked elsewhere."""
    return question_id in deciding(bank) or any(
        question_id in _questions_read(bank, code) for code, rule in RULES.items() if rule.rule_class != "C"
    )


def _may_stay(question_id: str, held: Sequence[Grounds]) -> bool:
    """Whether a rule says something at the answer that looks at others too, or could not look at all."""
    blind = any(question_id == where for g in held for _, where in g.blinding)
    return blind or any(
        question_id == where and RULES[code].family not in LOCAL for g in held for code, where in g.holding
    )


def _reason(evidence: Evidence, question_id: str, held: Sequence[Grounds]) -> str:
    """Why a step is one: what is missing, or what was found or could not be checked there."""
    view = evidence.survey.questions.get(question_id)
    if view is not None and view.state == QuestionState.DEFERRED:
        return "it is deferred" + _who_waits(evidence.bank, question_id, held)
    if view is not None and view.open:
        lack = view.misfits[0].message if view.misfits else "not answered yet"
        return lack + _who_waits(evidence.bank, question_id, held)
    for finding in evidence.findings:
        if finding.target.question == question_id and (finding.holds_back or finding.void):
            return finding.message
    for blind in evidence.unchecked:
        if blind.target is not None and blind.target.question == question_id:
            return f"{blind.code} was not checked: {blind.reason}"
    return "it is not complete"


def _who_waits(bank: Bank, question_id: str, held: Sequence[Grounds]) -> str:
    codes = sorted({code for g in held for code in _resting(bank, question_id, g)})
    more = f" and {len(codes) - _NAMED} more" if len(codes) > _NAMED else ""
    return f"; {', '.join(codes[:_NAMED])}{more} may rest on it" if codes else ""
