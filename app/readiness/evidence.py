"""What the verdicts of the final review are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import State
from app.document.text import one_line
from app.interview.applicability import QuestionView, Survey
from app.readiness.model import Finding, Unchecked
from app.readiness.registry import RULES

_NAME = 60
"""How much of an owner's name is shown."""
_S = TypeVar("_S", Finding, Unchecked)


class Evidence(Struct, frozen=True):
    """A document as its verdicts see it."""

    bank: Bank
    survey: Survey
    states: Mapping[str, State]
    findings: Sequence[Finding]
    unchecked: Sequence[Unchecked]

    @property
    def void(self) -> frozenset[str]:
        """The questions whose answers, or the reasons for having none, say nothing and count as not given."""
        return frozenset(finding.target.question for finding in self.findings if finding.void)

    def views(self, parts: Iterable[str]) -> tuple[QuestionView, ...]:
        """The questions of these parts of the bank."""
        return tuple(self.survey.questions[name] for name in _questions(self.bank, tuple(parts)))

    def put_off(self, views: Iterable[QuestionView]) -> str:
        """Who answers the deferred ones of the required questions, and when; "" when none is deferred."""
        numbers: dict[tuple[str, date | None], dict[str, None]] = {}
        for view in views:
            if view.required and view.deferred:
                state = self.states[view.id]
                numbers.setdefault((state.owner, state.until), {})[view.question.number] = None
        return "; ".join(
            f"{', '.join(named)} deferred: {one_line(owner, _NAME)} answers by {until}"
            for (owner, until), named in numbers.items()
        )


@lru_cache(maxsize=1024)
def _questions(bank: Bank, parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(question_id for part in parts for question_id in bank.questions_in(part)))


def by_item(kind: str, said: Iterable[_S]) -> dict[str, list[_S]]:
    """What rules say, by the items of a kind (an attribute of rules) that each rule names."""
    found: dict[str, list[_S]] = defaultdict(list)
    for one in said:
        for item_id in getattr(RULES[one.code], kind):
            found[item_id].append(one)
    return found


def blinds(unchecked: Unchecked) -> bool:
    """Whether it keeps an item from being met: the findings of class C would not."""
    return RULES[unchecked.code].rule_class != "C"
