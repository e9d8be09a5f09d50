"""Conditions: small Jinja expressions over the profile and the answers.

`'multi_tenant' in traits and risk >= HIGH` is a condition. The expression is parsed by Jinja and
then held to a short list of node types: names, constants, comparisons, `and`, `or`, `not`, lists,
and `section.question`. Calls, filters, arithmetic and every other attribute are refused before
anything is compiled, so a condition can neither reach into Python nor grow.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.bank.model import Bank, Enumeration, Question, Risk

RANKS = {risk.name: int(risk) for risk in Risk}
PROFILE_NAMES = frozenset({"change_types", "traits", "risk", "template"})
MAX_LENGTH = 500
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
            return bool(self._run(**context))
        except TypeError:
            return False


@lru_cache(maxsize=4096)
def compile_condition(text: str) -> Condition:
    """Compile `text`, or raise ConditionError with a reason that the bank's author can act on."""
    if len(text) > MAX_LENGTH:
        raise ConditionError(f"is longer than {MAX_LENGTH} characters")
    try:
        template = _environment.parse("{{ " + text + " }}")
    except (TemplateSyntaxError, RecursionError) as error:
        raise ConditionError(f"is not a condition: {error}") from None
    expression = _single_expression(template)
    reads = frozenset(_reads(expression))
    constants = frozenset(str(node.value) for node in expression.find_all(nodes.Const))
    if isinstance(expression, nodes.Const):
        constants |= {str(expression.value)}
    run = _environment.compile_expression(text, undefined_to_none=True)
    return Condition(text, reads, constants, run)


def _single_expression(template: nodes.Template) -> nodes.Expr:
    match template.body:
        case [nodes.Output(nodes=[nodes.Expr() as expression])]:
            return expression
    raise ConditionError("must be one expression")


def _reads(node: nodes.Node) -> Iterator[str]:
    if not isinstance(node, _ALLOWED):
        raise ConditionError(f"may not use {type(node).__name__.lower()}")
    match node:
        case nodes.Getattr(node=nodes.Name(name=section), attr=question):
            if section.startswith("_") or question.startswith("_"):
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
        case _:
            for child in node.iter_child_nodes():
                yield from _reads(child)


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


def truth_table(condition: Condition, bank: Bank, limit: int = 20_000) -> Iterator[bool]:
    """The condition's value for every combination of values that it could tell apart.

    Sets are enumerated over the ids that the condition mentions, risks over the four ranks,
    choices over their options and "unanswered". Stops after `limit` combinations.
    """
    names = sorted(condition.reads)
    domains = [list(_domain(name, condition, bank)) for name in names]
    for values in itertools.islice(itertools.product(*domains), limit):
        yield condition.holds(dict(zip(names, values, strict=True)))


def _domain(name: str, condition: Condition, bank: Bank) -> Iterator[object]:
    mentioned = sorted(condition.constants)
    match name:
        case "risk":
            yield from (int(risk) for risk in Risk)
        case "template":
            yield from ("full", "compact")
        case "change_types" | "traits":
            ids = [
                c for c in mentioned if c in (bank.change_types if name == "change_types" else bank.traits)
            ]
            for size in range(len(ids) + 1):
                yield from (frozenset(chosen) for chosen in itertools.combinations(ids, size))
        case _:
            yield from _answer_domain(bank.questions.get(name), bank, mentioned)


def _answer_domain(question: Question | None, bank: Bank, mentioned: list[str]) -> Iterator[object]:
    yield None
    if question is None:
        return
    options = bank.options_of(question)
    values = list(options.by_id) if options else mentioned
    match question.kind:
        case "flag":
            yield from (True, False)
        case "choices" | "list":
            for size in range(min(len(values), 4) + 1):
                yield from (list(chosen) for chosen in itertools.combinations(values, size))
        case "number":
            yield from (0, 1, 10**9)
        case "table" | "records":
            yield from ([], [{"": ""}])
        case _:
            yield from [*values, "\x00another value"]
