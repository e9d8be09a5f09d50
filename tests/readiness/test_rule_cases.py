"""Every rule fires at its case, stays silent at its near misses, and is documented."""

from __future__ import annotations

import pytest

from app.readiness.registry import RULES, Rule, load_rules
from tests.readiness.documents import evaluate

load_rules()


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_fires_at_its_case(rule: Rule) -> None:
    evaluation = evaluate(rule.fires, rule.files)
    assert rule.code in {finding.code for finding in evaluation.findings}


@pytest.mark.parametrize(
    ("rule", "case"),
    [(rule, case) for rule in RULES.values() for case in rule.silent],
    ids=lambda value: value.code if isinstance(value, Rule) else "",
)
def test_a_rule_is_silent_at_its_near_misses(rule: Rule, case: str) -> None:
    evaluation = evaluate(case, rule.files)
    assert [finding for finding in evaluation.findings if finding.code == rule.code] == []
    assert [blind for blind in evaluation.unchecked if blind.code == rule.code] == []


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_has_a_near_miss_and_says_what_why_and_how_to_fix(rule: Rule) -> None:
    assert rule.silent
    assert all([rule.what, rule.why, rule.fix, rule.wrong_when, rule.sections])
