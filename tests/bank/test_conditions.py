"""Conditions: what they may say, what they read, and that nothing else gets in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import ImmutableSandboxedEnvironment
from msgspec.structs import replace

from app.bank.conditions import (
    MAX_ASSIGNMENTS,
    MAX_DEPTH,
    MAX_LENGTH,
    ConditionError,
    UnprovableError,
    assignments,
    compile_condition,
    truth_table,
    unknown_reads,
)
from app.bank.load import default_bank
from app.bank.model import Risk

PROFILE = {
    "change_types": frozenset({"add_table"}),
    "traits": frozenset({"replicas", "history"}),
    "risk": int(Risk.HIGH),
    "template": "full",
    "physical.engine": "postgresql",
    "physical.topology": ("single_primary", "read_replicas"),
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("'replicas' in traits", True),
        ("'lifecycle' in traits", False),
        ("'lifecycle' not in traits and risk >= HIGH", True),
        ("risk >= CRITICAL", False),
        ("risk < CRITICAL", True),
        ("risk in [MEDIUM, HIGH]", True),
        ("template == 'full' and not 'distributed' in change_types", True),
        ("physical.engine == 'postgresql'", True),
        ("'sharded' in physical.topology or 'read_replicas' in physical.topology", True),
        ("physical.version == none", True),
        ("physical.version", False),
        ("physical.version > 3", False),
        ("'a' in physical.version", False),
        ("true", True),
    ],
)
def test_a_condition_decides_from_the_profile_and_the_answers(text: str, holds: bool) -> None:
    assert compile_condition(text).holds(PROFILE) is holds


def test_critical_is_above_high() -> None:
    """Compared as words, it would not be."""
    assert [compile_condition("risk >= HIGH").holds({"risk": int(risk)}) for risk in Risk] == [
        False, False, True, True,
    ]  # fmt: skip


def test_what_a_condition_reads_is_found_from_its_text() -> None:
    condition = compile_condition("'replicas' in traits and (risk > LOW or physical.engine == 'mysql')")
    assert condition.reads == {"traits", "risk", "physical.engine"}
    assert condition.constants == {"replicas", "mysql"}


def shipped_conditions() -> set[str]:
    bank = default_bank()
    subsections = {sub.ask_when for section in bank.sections for sub in section.subsections}
    questions = {question.ask_when for question in bank.questions.values()}
    options = {option.ask_when for enumeration in bank.file.enumerations for option in enumeration.options}
    return (subsections | questions | options | {rule.when for rule in bank.file.reviewers}) - {""}


REFUSED = [
    "", " ", "risk >", "risk >= HIGH }}", "risk }}{{ risk", "risk }}{% raw %}", "{% if risk %}", "risk #}",
    "traits.add('x')", "range(10**9)", "'a' * 10**9", "risk + 1", "risk - 1", "-risk", "risk ~ risk",
    "risk % 2", "risk // 2", "risk / 2", "risk ** risk", "'%s' % risk",
    "risk | string", "traits | length > 1", "risk is defined", "risk if risk else LOW",
    "traits[0]", "traits['x']", "traits[1:]", "{'a': risk}",
    "''.__class__", "risk.__class__.__mro__", "physical.__dict__", "_private.x", "__import__('os')",
    "physical.engine.upper", "physical.engine.x.y", "traits.pop", "risk.real", "LOW.real", "template.format",
    "self.x", "super.x", "self", "loop", "cycler", "joiner", "namespace", "lipsum", "dict", "range",
    "[x for x in traits]", "(x for x in traits)", "lambda: risk", "risk = 1", "risk; risk", "import os",
    "1e999 > risk", "\x00", "risk\x00", "risk, LOW", "risk,", "true.x", "None.x", "risk] + [risk",
    "b'a' in traits", "f'{risk}'", "...", "1j", "risk is none", "(risk := 1)", "*traits", "await risk",
    "'\\q' in traits", "1or risk", "risk # HIGH",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        compile_condition(text)


@pytest.mark.parametrize(
    "text",
    [
        "'x' in traits or " * 40 + "risk",
        "(" * 150 + "risk" + ")" * 150,
        "[" * 200 + "risk" + "]" * 200,
        "not " * 110 + "risk",
        "a" + ".a" * 200,
        "risk == " * 60 + "risk",
    ],
)
def test_long_and_deep_conditions_are_refused_or_harmless(text: str) -> None:
    """Either an error that says so, or a condition that still evaluates to a bool."""
    try:
        condition = compile_condition(text)
    except ConditionError:
        return
    assert condition.holds(PROFILE) in (True, False)


def test_the_length_is_limited() -> None:
    with pytest.raises(ConditionError, match="longer than"):
        compile_condition("risk" + " " * MAX_LENGTH)


def test_depth_is_limited() -> None:
    with pytest.raises(ConditionError, match="deep"):
        compile_condition("not " * (MAX_DEPTH + 1) + "risk")


WORDS = [
    "risk", "traits", "change_types", "template", "physical.engine", "capacity.x", "LOW", "HIGH", "'a'",
    '"b"', "1", "0.5", "1e999", "none", "true", "and", "or", "not", "in", "not in", "==", "!=", "<", ">=",
    "(", ")", "[", "]", ",", "is", "if", "else", "|", "~", "*", "**", "-", "+", "%", ".", "..", "{{", "}}",
    "{%", "%}", "{#", "#}", "self", "super", "loop", "__class__", "_x", "for", "lambda", ":", "{", "}", "\n",
    "'%c'", "\\", "raw", "endraw", "async", "class", "context", "environment", "None", "True", "physical",
]  # fmt: skip
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.dates(), st.datetimes()
)
values = st.one_of(
    scalars,
    st.frozensets(st.sampled_from(["a", "b"])),
    st.lists(st.one_of(scalars, st.just(MappingProxyType({"a": "b"}))), max_size=3).map(tuple),
    st.dictionaries(st.text(max_size=3), scalars, max_size=2).map(MappingProxyType),
)


@given(texts, st.lists(values, min_size=8, max_size=8))
def test_any_text_is_a_condition_or_a_condition_error(text: str, given_values: list[object]) -> None:
    """And any condition is true or false, whatever the values are."""
    try:
        condition = compile_condition(text)
    except ConditionError:
        return
    held = condition.holds(dict(zip(sorted(condition.reads), given_values, strict=False)))
    assert isinstance(held, bool)


operands = st.sampled_from(
    ["risk", "traits", "template", "physical.engine", "capacity.x", "LOW", "'a'", "1", "none", "['a', 2]"]
)
comparisons = st.tuples(
    operands, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in"]), operands
).map(" ".join)
conditions = st.recursive(
    comparisons | operands,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda text: f"(not {text})"),
    ),
    max_leaves=6,
)


@given(conditions, st.lists(values, min_size=8, max_size=8))
def test_an_accepted_condition_evaluates_to_a_bool_for_any_values(
    text: str, given_values: list[object]
) -> None:
    condition = compile_condition(text)
    held = condition.holds(dict(zip(sorted(condition.reads), given_values, strict=False)))
    assert isinstance(held, bool)


JINJA = ImmutableSandboxedEnvironment(autoescape=False)


def as_jinja_says(text: str, values: Mapping[str, object]) -> bool:
    """What Jinja itself makes of a condition."""
    context: dict[str, Any] = {risk.name: int(risk) for risk in Risk}
    for name, value in values.items():
        section, _, question = name.partition(".")
        if question:
            setattr(context.setdefault(section, SimpleNamespace()), question, value)
        else:
            context[name] = value
    try:
        return bool(JINJA.compile_expression(text, undefined_to_none=True)(**context))
    except TypeError:
        return False


@given(conditions, st.lists(values, min_size=8, max_size=8))
def test_a_condition_means_what_it_means_in_jinja(text: str, given_values: list[object]) -> None:
    condition = compile_condition(text)
    said = dict.fromkeys(condition.reads)
    said |= dict(zip(sorted(condition.reads), given_values, strict=False))
    assert condition.holds(said) is as_jinja_says(text, said)


@pytest.mark.parametrize("condition", sorted(shipped_conditions()))
def test_the_conditions_that_ship_mean_what_they_mean_in_jinja(condition: str) -> None:
    compiled = compile_condition(condition)
    for said in assignments((compiled,), default_bank()):
        assert compiled.holds(said) is as_jinja_says(condition, said)


@pytest.mark.parametrize(
    ("text", "values", "holds"),
    [
        ("(template or 'none') == 'none'", {}, True),
        ("(risk and template) == 'full'", {"risk": 2, "template": "full"}, True),
        ("physical.topology == ['a']", {"physical.topology": ("a",)}, False),
        ("physical.topology == ('a',)", {"physical.topology": ("a",)}, True),
        ("LOW < risk <= HIGH", {"risk": 3}, True),
        ("LOW < risk <= HIGH", {"risk": 4}, False),
        ("'a' in traits\n or template", {"traits": frozenset("a")}, True),
        ("true and not false", {}, True),
    ],
)
def test_forms_of_conditions(text: str, values: dict[str, object], holds: bool) -> None:
    condition = compile_condition(text)
    said = {name: values.get(name) for name in condition.reads}
    assert condition.holds(values) is holds
    assert as_jinja_says(text, said) is holds


@given(conditions)
def test_conditions_do_not_change_what_they_read(text: str) -> None:
    before = dict(PROFILE)
    compile_condition(text).holds(PROFILE)
    assert before == PROFILE


def test_ids_that_the_bank_does_not_have_are_found() -> None:
    bank = default_bank()
    condition = compile_condition("'replica' in traits or physical.engin == 'mysql'")
    assert "physical.engin" in unknown_reads(condition, bank)
    assert unknown_reads(compile_condition("'replica' in traits"), bank) == ["replica"]
    assert unknown_reads(compile_condition("physical.engine == 'duckdb'"), bank) == []


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("'replicas' in traits", {True, False}),
        ("'replicas' in traits or 'replicas' not in traits", {True}),
        ("'replicas' in traits and not 'replicas' in traits", {False}),
        ("risk >= LOW", {True}),
        ("risk > CRITICAL", {False}),
        ("risk in [LOW, HIGH]", {True, False}),
        ("template == 'full' or template == 'compact'", {True}),
        ("migration.strategy == 'shadow_table'", {True, False}),
        ("migration.strategy == 'shadow_table' and migration.strategy == 'dual_write'", {False}),
        ("'sharded' in physical.topology and 'other' in physical.topology", {True, False}),
        ("physical.topology == none or physical.topology", {True, False}),
        ("physical.version == '16'", {True, False}),
        ("control.created", {True, False}),
        ("logical.grain", {True, False}),
        ("control.decision_summary", {True, False}),
        ("'x' in control.reviewers", {True, False}),
        ("LOW", {True}),
        ("'change_lifecycle' in change_types and 'lifecycle' not in traits", {False}),
        ("'change_lifecycle' in change_types", {True, False}),
    ],
)
def test_the_truth_table_knows_what_a_condition_can_be(text: str, outcomes: set[bool]) -> None:
    assert set(truth_table(compile_condition(text), default_bank())) == outcomes


def test_numbers_are_tried_on_both_sides_of_what_is_compared() -> None:
    bank = default_bank()
    section = bank.section_by_id["control"]
    title = replace(section.questions[0], kind="number")
    numbered = type(bank)(bank.file, (replace(section, questions=(title, *section.questions[1:])),))
    for text in ("control.title == 7", "control.title > 7 and control.title < 8", "control.title < 1"):
        assert set(truth_table(compile_condition(text), numbered)) == {True, False}, text


def test_fixed_values_are_not_varied() -> None:
    condition = compile_condition("risk >= HIGH and 'replicas' in traits")
    fixed = {"risk": int(Risk.LOW)}
    tried = list(assignments((condition,), default_bank(), fixed))
    assert tried == [
        {"risk": 1, "traits": frozenset()},
        {"risk": 1, "traits": frozenset({"replicas"})},
    ]


def test_more_combinations_than_can_be_tried_are_refused_at_once() -> None:
    """Thirty ids would make a thousand million sets."""
    text = " or ".join(f"'{chr(97 + n // 26)}{chr(97 + n % 26)}' in traits" for n in range(26))
    bank = default_bank()
    traits = tuple(
        replace(bank.file.traits[0], id=f"{chr(97 + n // 26)}{chr(97 + n % 26)}") for n in range(26)
    )
    wide = type(bank)(replace(bank.file, traits=traits), bank.sections)
    with pytest.raises(UnprovableError, match=f"{MAX_ASSIGNMENTS:,}"):
        list(truth_table(compile_condition(text), wide))


def test_dates_are_dates_in_the_truth_table() -> None:
    """A date is not equal to its text, so such a comparison is never true."""
    condition = compile_condition("control.created == '2026-01-01'")
    assert set(truth_table(condition, default_bank())) == {False}
    assert not condition.holds({"control.created": date(2026, 1, 1)})
