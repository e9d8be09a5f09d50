"""The registry of facts and rules, and the form that each is written in.

A fact or rule is one module-level function that declares what it reads by its parameters:

* `logical_grain`: the answer of the question `logical.grain`, or None. Only answers that apply and
  are not marked not applicable are given; parked answers count for nothing.
* the name of a fact: its value.
* `traits`, `change_types` (frozensets), `risk` (rank), `engine`, `today`, `survey`, `bank`, `states`,
  `waivers`, `heading_status` (rank of the document's status).
* `existing_ddl`, `file_ddl`: the text of the files of DDL that answers name; `seen_outlines`, `looked_at`:
  what the answer file keeps of them.
* `values`: every answer that counts, by question id; `memo`: a dictionary that outlives the evaluation,
  in which a fact that reads `values` remembers what it found at objects that did not change.
* `findings`, `unchecked`: what the other rules say, of which waivers accept some; for rules only.

It runs again only when one of these is a different object. A rule with `scope="text"` takes
`(text: Text, bank: Bank)`, is given every text of the document one at a time, and yields `here(…)`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Set
from typing import Any, Literal, TypeVar

from msgspec import Struct

from app.bank.model import Bank, Column, Question, Slot
from app.readiness.model import Found, NotChecked, RuleClass, Severity, Target

Yield = Found | NotChecked
_F = TypeVar("_F", bound=Callable[..., Any])

FACTS: dict[str, Fact] = {}
RULES: dict[str, Rule] = {}


class Fact(Struct, frozen=True):
    """A named value derived from answers."""

    name: str
    reads: tuple[str, ...]
    function: Callable[..., Any]


class Rule(Struct, frozen=True):
    """A rule with its documentation and its cases.

    `fires` is a TOML answer document, given without its heading, at which the rule yields a finding;
    each of `silent` is a near miss at which it must not. `checklist`, `cross_checks`, `smells` and
    `failure_paths` name the items that its findings hold back. `files` holds by path the text of the DDL
    files that the cases name.
    """

    code: str
    name: str
    rule_class: RuleClass
    sections: tuple[str, ...]
    what: str
    why: str
    fix: str
    wrong_when: str
    fires: str
    silent: tuple[str, ...]
    reads: tuple[str, ...]
    function: Callable[..., Iterable[Any]]
    scope: Literal["document", "text"]
    checklist: tuple[str, ...] = ()
    cross_checks: tuple[str, ...] = ()
    smells: tuple[str, ...] = ()
    failure_paths: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()

    @property
    def family(self) -> str:
        return self.code[:2]


class Text(Struct, frozen=True):
    """One text of a document: an answer, a cell, a slot, or a line of a list.

    `thing` is the question, column or slot that it answers.
    """

    question_id: str
    question: Question
    thing: Question | Column | Slot
    text: str

    @property
    def is_code(self) -> bool:
        return not isinstance(self.thing, Slot) and self.thing.kind == "code"


def fact(function: _F) -> _F:
    """Register a function as the fact of its name."""
    name = function.__name__
    if name in FACTS:
        raise ValueError(f"the fact {name} is registered twice")
    FACTS[name] = Fact(name, tuple(inspect.signature(function).parameters), function)
    return function


def rule(
    code: str,
    name: str,
    rule_class: RuleClass,
    *,
    sections: tuple[str, ...],
    what: str,
    why: str,
    fix: str,
    wrong_when: str,
    fires: str,
    silent: tuple[str, ...],
    checklist: tuple[str, ...] = (),
    cross_checks: tuple[str, ...] = (),
    smells: tuple[str, ...] = (),
    failure_paths: tuple[str, ...] = (),
    scope: Literal["document", "text"] = "document",
    files: tuple[tuple[str, str], ...] = (),
) -> Callable[[_F], _F]:
    """Register a function as a rule. See `Rule` for what each part means."""

    def register(function: _F) -> _F:
        if code in RULES:
            raise ValueError(f"the rule {code} is registered twice")
        RULES[code] = Rule(
            code=code,
            name=name,
            rule_class=rule_class,
            sections=sections,
            what=what,
            why=why,
            fix=fix,
            wrong_when=wrong_when,
            fires=fires,
            silent=silent,
            reads=() if scope == "text" else tuple(inspect.signature(function).parameters),
            function=function,
            scope=scope,
            checklist=checklist,
            cross_checks=cross_checks,
            smells=smells,
            failure_paths=failure_paths,
            files=files,
        )
        return function

    return register


def at(
    question: str,
    message: str,
    *,
    row: str = "",
    column: str = "",
    fix: str = "",
    line: int = 0,
    severity: Severity | None = None,
    void: bool = False,
    gap: bool = False,
) -> Found:
    """A finding at a question, or at a row, column or slot of it."""
    return Found(Target(question, row, column, line), message, fix, severity, void, gap)


def here(message: str, fix: str = "", severity: Severity | None = None, void: bool = False) -> Found:
    """A finding of a text rule at the text it was given."""
    return Found(Target(""), message, fix, severity, void)


def questions_beside(bank: Bank, name: str) -> frozenset[str]:
    """The questions that a rule reads, itself or through facts, beside the fact called `name`.

    What the fact itself is made of is left out.
    """
    found: set[str] = set()
    for known in RULES.values():
        names = all_read(known.reads)
        if name in names:
            found |= names
    return questions_called(bank, found - all_read((name,)))


def questions_called(bank: Bank, names: Set[str]) -> frozenset[str]:
    """The questions whose answers are read under these names."""
    return frozenset(question for question in bank.questions if question.replace(".", "_") in names)


def all_read(names: Iterable[str]) -> set[str]:
    """`names`, and everything that the facts among them read."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += FACTS[name].reads if name in FACTS else ()
    return found


def load_rules() -> None:
    """Import every module of `app.readiness.rules` and the facts, which registers what they hold."""
    from app.readiness import facts, rules

    for package in (facts, rules):
        for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
            importlib.import_module(f"{package.__name__}.{module.name}")
