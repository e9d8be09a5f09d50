"""Which questions' conditions read which answers: their order, their circles, their situations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType

from app.bank.conditions import Condition, ConditionError, assignments, compile_condition
from app.bank.model import Bank

MAX_CYCLES = 20


def conditions_of(bank: Bank, question_id: str) -> tuple[str, ...]:
    """The texts of the conditions that a question depends on: its subsection's and its own."""
    texts = (bank.subsection_of(question_id).ask_when, bank.questions[question_id].ask_when)
    return tuple(text for text in texts if text)


@lru_cache(maxsize=16)
def evaluation_order(bank: Bank) -> tuple[str, ...]:
    """Every question id, each behind the questions whose answers decide whether it is asked.

    Of questions that read each other, one comes first; the loader refuses a bank that has any.
    """
    return _sorted(bank)[0]


def cycles(bank: Bank) -> tuple[tuple[str, ...], ...]:
    """Question ids that read each other in a circle, one id if it reads itself.

    At most MAX_CYCLES circles that share no link.
    """
    return _sorted(bank)[1]


def _sorted(bank: Bank) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    graph = {question_id: _read_by(bank, question_id) for question_id in bank.questions}
    found: list[tuple[str, ...]] = []
    while len(found) < MAX_CYCLES:
        try:
            return tuple(TopologicalSorter(graph).static_order()), tuple(found)
        except CycleError as error:
            circle: list[str] = error.args[1][:-1]
            found.append(tuple(circle))
            graph[circle[0]].discard(circle[-1])
    return tuple(bank.questions), tuple(found)


@lru_cache(maxsize=16)
def deciding(bank: Bank) -> frozenset[str]:
    """The questions whose answers decide whether another one is asked."""
    return frozenset().union(*(_read_by(bank, question_id) for question_id in bank.questions))


def _read_by(bank: Bank, question_id: str) -> set[str]:
    reads: set[str] = set()
    for text in conditions_of(bank, question_id):
        try:
            reads |= compile_condition(text).reads
        except ConditionError:
            continue
    return {name for name in reads if name in bank.questions}


def situations(
    bank: Bank, question_id: str, fixed: Mapping[str, object] = MappingProxyType({})
) -> Iterator[tuple[bool, Mapping[str, object]]]:
    """Whether the question is asked, in every situation that its conditions can tell apart.

    A situation is a profile and answers; only questions that are asked in it have an answer. What
    stands in `fixed` has that value only. Raises ConditionError for a condition that is not allowed
    and UnprovableError when there are too many situations to try.
    """
    readable = _readable(bank, question_id)
    own = _compiled(bank, question_id)
    others = {name: _compiled(bank, name) for name in readable - {question_id}}
    everything = (*own, *(condition for conditions in others.values() for condition in conditions))
    for values in assignments(everything, bank, fixed):
        if all(values.get(name) is None or _all_hold(others[name], values) for name in others):
            yield _all_hold(own, values), values


def _compiled(bank: Bank, question_id: str) -> tuple[Condition, ...]:
    return tuple(compile_condition(text) for text in conditions_of(bank, question_id))


def _all_hold(conditions: tuple[Condition, ...], values: Mapping[str, object]) -> bool:
    return all(condition.holds(values) for condition in conditions)


def _readable(bank: Bank, question_id: str) -> set[str]:
    """The questions whose answers decide, directly or through others, whether this one is asked."""
    found: set[str] = set()
    waiting = [question_id]
    while waiting:
        new = _read_by(bank, waiting.pop()) - found
        found |= new
        waiting += new
    return found
