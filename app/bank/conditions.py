"""Conditions: small expressions over the profile and the answers.

`'multi_tenant' in traits and risk >= HIGH` is a condition. Its syntax is that of Jinja's expressions,
held to a short list of forms: names, constants, comparisons, `and`, `or`, `not`, lists, and
`section.question`. Calls, filters, arithmetic and every other attribute are refused. What is left means
the same in Python, whose parser reads it; nothing is compiled to code, a condition is a tree that
`_value` walks, so that it can neither reach into Python nor grow.
"""

from __future__ import annotations

import ast
import itertools
import math
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from app.bank.model import Bank, Enumeration, Question, Risk
from app.problems import nearest

RANKS = {risk.name: int(risk) for risk in Risk}
PROFILE_NAMES = frozenset({"change_types", "traits", "risk", "template"})
TAKEN_NAMES = PROFILE_NAMES | {"self", "super"}
"""Names that mean something inside a condition, so that no section may carry them."""
MAX_LENGTH = 500
MAX_DEPTH = 40
MAX_ASSIGNMENTS = 20_000
_WORDS: Mapping[str, object] = MappingProxyType({"true": True, "false": False, "none": None})
"""How Jinja writes these constants."""
_NO_SECTIONS = frozenset({*TAKEN_NAMES, *RANKS, *_WORDS})
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = MappingProxyType(
    {
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
        ast.In: lambda left, right: left in right,
        ast.NotIn: lambda left, right: left not in right,
    }
)


class ConditionError(ValueError):
    """A condition that is not allowed or cannot be read; `hint` is what to write instead, where one knows."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Condition(Struct, frozen=True):
    """A condition that was understood, and what it reads.

    `reads` holds question ids and names of the profile, found from the expression.
    `constants` holds the strings and numbers that the expression compares with.
    """

    text: str
    reads: frozenset[str]
    constants: frozenset[str]
    _tree: ast.expr

    def holds(self, values: Mapping[str, object]) -> bool:
        """Whether the condition is true for `values`, keyed by what `reads` names.

        Names without a value count as None. An operation that the values do not allow,
        such as comparing None with a number, makes the condition false.
        """
        try:
            return bool(_value(self._tree, values))
        except TypeError:
            return False


@lru_cache(maxsize=4096)
def compile_condition(text: str) -> Condition:
    """Understand `text`, or raise ConditionError with a reason that the bank's author can act on."""
    if len(text) > MAX_LENGTH:
        raise ConditionError(f"is longer than {MAX_LENGTH} characters")
    tree = _parsed(text)
    reads = frozenset(_reads(tree))
    return Condition(text, reads, frozenset(_constants(tree)), tree)


def _parsed(text: str) -> ast.expr:
    """The one expression that `text` is; inside brackets it may go over several lines."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = ast.parse(f"[{text}]", mode="eval").body
    except SyntaxError as error:
        raise ConditionError(f"is not a condition: {error.msg}") from None
    except (RecursionError, MemoryError, ValueError):
        raise ConditionError("is not a condition: it cannot be read") from None
    match tree:
        case ast.List(elts=[expression]) if not text.rstrip().endswith(","):
            return expression
    raise ConditionError("must be one expression")


def _constants(tree: ast.expr) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=value):
                yield str(value)
            case ast.Name(id=name) if name in _WORDS:
                yield str(_WORDS[name])


def _reads(node: ast.expr, depth: int = 0) -> Iterator[str]:
    """What the expression reads. Raises ConditionError for a form that is not on the list."""
    if depth > MAX_DEPTH:
        raise ConditionError(f"is nested more than {MAX_DEPTH} deep")
    inner: Sequence[ast.expr] = ()
    match node:
        case ast.Attribute(value=ast.Name(id=section), attr=question):
            if section.startswith("_") or question.startswith("_") or section in _NO_SECTIONS:
                raise ConditionError(f"may not read {section}.{question}")
            yield f"{section}.{question}"
        case ast.Attribute():
            raise ConditionError("may only read section.question")
        case ast.Name(id=name):
            if name in PROFILE_NAMES:
                yield name
            elif name not in RANKS and name not in _WORDS:
                known = nearest(name, sorted([*PROFILE_NAMES, *RANKS, *_WORDS]))
                raise ConditionError(f"reads the unknown name {name!r}", known)
        case ast.Constant(value=float() as number) if not math.isfinite(number):
            raise ConditionError("has a number that is too large")
        case ast.Constant(value=str() | int() | float() | None):
            pass
        case ast.BoolOp(values=inner) | ast.List(elts=inner) | ast.Tuple(elts=inner):
            pass
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = (operand,)
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(o) in _COMPARISONS for o in ops):
            inner = (left, *others)
        case _:
            raise ConditionError(f"may not use {_form(node)}")
    for child in inner:
        yield from _reads(child, depth + 1)


def _form(node: ast.expr) -> str:
    """What a refused expression is, in a word."""
    operation = getattr(node, "op", None) or next(iter(getattr(node, "ops", ())), node)
    return type(operation).__name__.lower()


def _value(node: ast.expr, values: Mapping[str, object]) -> Any:
    """The value of an expression that `_reads` has looked at. Raises TypeError as Python does."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            if name in _WORDS:
                return _WORDS[name]
            return RANKS[name] if name in RANKS else values.get(name)
        case ast.Attribute(value=ast.Name(id=section), attr=question):
            return values.get(f"{section}.{question}")
        case ast.BoolOp(op=operation, values=parts):
            return _joined(isinstance(operation, ast.And), parts, values)
        case ast.UnaryOp(operand=operand):
            return not _value(operand, values)
        case ast.Compare(left=left, ops=ops, comparators=others):
            return _compared(_value(left, values), ops, others, values)
        case ast.List(elts=parts):
            return [_value(part, values) for part in parts]
        case ast.Tuple(elts=parts):
            return tuple(_value(part, values) for part in parts)
    raise AssertionError(f"{type(node).__name__} is not allowed in a condition")


def _joined(is_and: bool, parts: Sequence[ast.expr], values: Mapping[str, object]) -> Any:
    """The value that decides: with `and` the first that is false, with `or` the first that is true."""
    value: Any = None
    for part in parts:
        value = _value(part, values)
        if bool(value) is not is_and:
            break
    return value


def _compared(
    left: Any, ops: Sequence[ast.cmpop], others: Sequence[ast.expr], values: Mapping[str, object]
) -> bool:
    for operation, other in zip(ops, others, strict=True):
        right = _value(other, values)
        if not _COMPARISONS[type(operation)](left, right):
            return False
        left = right
    return True


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
