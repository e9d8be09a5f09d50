"""Rules made for one test, and an engine that has no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from app.bank.load import default_bank
from app.readiness.engine import Engine
from app.readiness.model import Found, NotChecked
from app.readiness.registry import FACTS, RULES, Fact, Rule


def rule_of(code: str, function: Callable[..., Any], *reads: str, **changes: Any) -> Rule:
    """A rule of class A that belongs to no item, unless `changes` say otherwise."""
    given: dict[str, Any] = {
        "name": "for-a-test",
        "rule_class": "A",
        "sections": ("1.2",),
        **dict.fromkeys(("what", "why", "fix", "wrong_when", "fires"), "x"),
        "silent": (),
        "scope": "document",
    }
    return Rule(code=code, reads=reads, function=function, **{**given, **changes})


def always(code: str, yields: Iterable[Found | NotChecked], **changes: Any) -> Rule:
    """A rule that yields the same whatever the document says."""
    kept = tuple(yields)
    return rule_of(code, lambda _bank: kept, "bank", **changes)


Only = Callable[..., Engine]


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Only:
    """Makes an engine with no other rules than the given ones, and more facts."""

    def build(*rules: Rule, facts: tuple[Fact, ...] = (), strict: bool = True) -> Engine:
        for code in list(RULES):
            monkeypatch.delitem(RULES, code)
        for rule in rules:
            monkeypatch.setitem(RULES, rule.code, rule)
        for fact in facts:
            monkeypatch.setitem(FACTS, fact.name, fact)
        return Engine(default_bank(), strict=strict)

    return build
