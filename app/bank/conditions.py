"""Conditions: small Jinja expressions over the profile and the answers.

`'multi_tenant' in traits and risk >= HIGH` is a condition. The expression is parsed by Jinja and
then held to a short list of node types: names, constants, comparisons, `and`, `or`, `not`, lists,
and `section.question`. Calls, filters, arithmetic and every other attribute are refused before
anything is compiled, so a condition can neither reach into Python nor grow.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType, SimpleNamespace
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.bank.model import Bank, Enumeration, Question, Risk

RANKS = {risk.name: int(risk) for risk in Risk}
PROFILE_NAMES = frozenset({"change_types", "traits", "risk", "template"})
TAKEN_NAMES = PROFILE_NAMES | {"self", "super"}
"""Names that mean something inside a condition, so that no section may carry them."""
MAX_LENGTH = 500
MAX_DEPTH = 40
MAX_ASSIGNMENTS = 20_000
_ALLOWED = (
    nodes.Name,
    nodes.Const,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
    nodes.List,
    nodes.Tuple,
    nodes.Getattr,
)
_environment = ImmutableSandboxedEnvironment(autoescape=False)
_environment.globals = {}
_environment.filters = {}
_environment.tests = {}


class ConditionError(ValueError):
    """A condition that is not allowed or cannot be read."""


@dataclass(frozen=True)
class Condition:
    """A compiled condition and what it reads.

    `reads` holds question ids and names of the profile, found from the expression.
    `constants` holds the strings and numbers that the expression compares with.
    """

    text: str
    reads: frozenset[str]
    constants: frozenset[str]
    _run: Callable[..., Any] = field(repr=False, compare=False)

    def holds(self, values: Mapping[str, object]) -> bool:
        """Whether the condition is true for `values`, keyed by what `reads` names.

        Names without a value count as None. An operation that the values do not allow,
        such as comparing None with a number, makes the condition false.
        """
        context: dict[str, Any] = dict(RANKS)
        for name in self.reads:
            section, _, question = name.partition(".")
            if question:
                space = context.setdefault(section, SimpleNamespace())
                setattr(space, question, values.get(name))
            else:
                context[name] = values.get(name)
        try:
            return bool(self._run(context))
        except TypeError:
            return False


@lru_cache(maxsize=4096)
def compile_condition(text: str) -> Condition:
    """Compile `text`, or raise ConditionError with a reason that the bank's author can act on."""
    if len(text) > MAX_LENGTH:
        raise ConditionError(f"is longer than {MAX_LENGTH} characters")
    try:
        expression = _single_expression(_environment.parse("{{ " + text + " }}"))
        reads = frozenset(_reads(expression))
        run = _environment.compile_expression(text, undefined_to_none=True)
    except (TemplateSyntaxError, RecursionError, SyntaxError, ValueError) as error:
        if isinstance(error, ConditionError):
            raise
        raise ConditionError(f"is not a condition: {error}") from None
    constants = frozenset(str(node.value) for node in expression.find_all(nodes.Const))
    if isinstance(expression, nodes.Const):
        constants |= {str(expression.value)}
    return Condition(text, reads, constants, run)


def _single_expression(template: nodes.Template) -> nodes.Expr:
    match template.body:
        case [nodes.Output(nodes=[nodes.Expr() as expression])]:
            return expression
    raise ConditionError("must be one expression")


def _reads(node: nodes.Node, depth: int = 0) -> Iterator[str]:
    if not isinstance(node, _ALLOWED):
        raise ConditionError(f"may not use {type(node).__name__.lower()}")
    if depth > MAX_DEPTH:
        raise ConditionError(f"is nested more than {MAX_DEPTH} deep")
    match node:
        case nodes.Getattr(node=nodes.Name(name=section), attr=question):
            if section.startswith("_") or question.startswith("_") or section in (*TAKEN_NAMES, *RANKS):
                raise ConditionError(f"may not read {section}.{question}")
            yield f"{section}.{question}"
        case nodes.Getattr():
            raise ConditionError("may only read section.question")
        case nodes.Name(name=name):
            if name in RANKS:
                return
            if name not in PROFILE_NAMES:
                raise ConditionError(f"reads the unknown name {name!r}")
            yield name
        case nodes.Const(value=float() as number) if not math.isfinite(number):
            raise ConditionError("has a number that is too large")
        case _:
            for child in node.iter_child_nodes():
                yield from _reads(child, depth + 1)


def unknown_reads(condition: Condition, bank: Bank) -> list[str]:
    """What the condition reads that the bank does not have: questions, or ids compared with."""
    missing = [name for name in condition.reads if "." in name and name not in bank.questions]
    known = known_constants(condition, bank)
    if known is not None:
        missing += sorted(
            c for c in condition.constants if c not in known and c not in ("True", "False", "None")
        )
    return missing


def known_constants(condition: Condition, bank: Bank) -> set[str] | None:
    """Every id that a constant of the condition may name; None when free text is compared."""
    known: set[str] = set()
    for name in condition.reads:
        match name:
            case "change_types":
                known |= set(bank.change_types)
            case "traits":
                known |= set(bank.traits)
            case "template":
                known |= {"full", "compact"}
            case "risk":
                known |= {str(int(risk)) for risk in Risk}
            case _:
                options = _options(bank, name)
                if options is None or options.open:
                    return None
                known |= set(options.by_id)
    return known


def _options(bank: Bank, question_id: str) -> Enumeration | None:
    question = bank.questions.get(question_id)
    return bank.options_of(question) if question else None


class UnprovableError(ConditionError):
    """Conditions that tell apart more combinations of values than can be tried."""


def truth_table(condition: Condition, bank: Bank) -> Iterator[bool]:
    """The condition's value for every combination of values that it could tell apart.

    Raises UnprovableError as `assignments` does.
    """
    return (condition.holds(values) for values in assignments((condition,), bank))


def assignments(
    conditions: Sequence[Condition], bank: Bank, fixed: Mapping[str, object] = MappingProxyType({})
) -> Iterator[dict[str, object]]:
    """Every combination of values that `conditions` together could tell apart.

    Sets are enumerated over the ids that the conditions mention, risks over the four ranks, choices
    over their options and "unanswered"; what stands in `fixed` has that value only. A change type comes
    with the traits that it implies. Raises UnprovableError beyond MAX_ASSIGNMENTS combinations.
    """
    names = sorted(frozenset[str]().union(*(condition.reads for condition in conditions)))
    mentioned = sorted(frozenset[str]().union(*(condition.constants for condition in conditions)))
    domains: list[list[object]] = []
    size = 1
    for name in names:
        domain = iter([fixed[name]]) if name in fixed else _domain(name, mentioned, bank)
        domains.append(list(itertools.islice(domain, MAX_ASSIGNMENTS + 1)))
        size *= len(domains[-1])
        if size > MAX_ASSIGNMENTS:
            raise UnprovableError(
                f"tells apart more than {MAX_ASSIGNMENTS:,} combinations of values, too many to prove"
            )
    implied = _implied(bank, mentioned)
    for values in itertools.product(*domains):
        chosen = dict(zip(names, values, strict=True))
        if _is_possible(chosen, implied):
            yield chosen


def _implied(bank: Bank, mentioned: Sequence[str]) -> dict[str, frozenset[str]]:
    """The mentioned traits that each mentioned change type implies."""
    return {
        change.id: frozenset(change.implies).intersection(mentioned)
        for change in bank.file.change_types
        if change.id in mentioned
    }


def _is_possible(values: Mapping[str, object], implied: Mapping[str, frozenset[str]]) -> bool:
    changes, traits = values.get("change_types"), values.get("traits")
    if not isinstance(changes, frozenset) or not isinstance(traits, frozenset):
        return True
    return all(implied.get(change, frozenset()) <= traits for change in changes)


def _domain(name: str, mentioned: Sequence[str], bank: Bank) -> Iterator[object]:
    match name:
        case "risk":
            yield from (int(risk) for risk in Risk)
        case "template":
            yield from ("full", "compact")
        case "change_types":
            yield from map(frozenset, _subsets([c for c in mentioned if c in bank.change_types]))
        case "traits":
            yield from map(frozenset, _subsets([t for t in mentioned if t in bank.traits]))
        case _:
            yield from _answer_domain(bank.questions.get(name), bank, mentioned)


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(names) + 1):
        yield from itertools.combinations(names, size)


_ANOTHER = "\x00another value"


def _answer_domain(question: Question | None, bank: Bank, mentioned: Sequence[str]) -> Iterator[object]:
    yield None
    if question is None:
        return
    options = bank.options_of(question)
    closed = options is not None and not options.open
    match question.kind:
        case "flag":
            yield from (True, False)
        case "choice" if options is not None and closed:
            yield from options.by_id
        case "choices" | "list":
            others = [name for name in mentioned if options is None or options.open or name in options.by_id]
            for chosen in _subsets(others):
                yield chosen
                yield (*chosen, _ANOTHER)
        case "number":
            numbers = [float(name) for name in mentioned if _is_number(name)]
            yield from sorted({0.0, *(n + step for n in numbers for step in (-1, 0, 0.5, 1))})
        case "date":
            yield date(2026, 1, 1)
        case "table" | "records":
            yield from ((), (MappingProxyType({}),))
        case "sentence":
            yield MappingProxyType({"": ""})
        case _:
            yield from [*mentioned, _ANOTHER]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
