"""A waiver that does not do what it was written for is told, and one that does is not."""

from __future__ import annotations

import pytest

from app.render.document import render
from tests.readiness.documents import answers_of, engine, evaluate, messages

GOALS = '[problem]\ngoals = ["TBD"]\n'
GOOD = {
    "code": "CP03",
    "target": "problem.goals",
    "reason": "The pilot decides.",
    "owner": "Ines Duarte",
    "expires": "2026-11-24",
}


def waiver(**changes: str) -> str:
    said = {**GOOD, **changes}
    lines = [f'{key} = "{value}"' for key, value in said.items() if key != "expires"]
    return "\n".join([GOALS, "[[waivers]]", *lines, f"expires = {said['expires']}", ""])


def trouble(**changes: str) -> list[str]:
    return messages(evaluate(waiver(**changes)), "CP12")


@pytest.mark.parametrize("target", ["problem.goals", "problem"])
def test_a_waiver_that_accepts_something_is_left_alone(target: str) -> None:
    assert trouble(target=target) == []


@pytest.mark.parametrize("reason", ["Few rows", "INC-42 decides", "试点期间数据很少。", "Ведутся_переговоры"])
def test_a_few_words_or_a_sentence_without_blanks_are_a_reason(reason: str) -> None:
    assert trouble(reason=reason) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"code": "CP99"}, "there is no such rule"),
        ({"code": "cp03"}, "there is no such rule"),
        ({"code": "placeholder-left"}, "there is no such rule"),
        ({"code": "CP"}, "there is no such rule"),
        ({"target": "problem.gaols"}, "there is no such question or section"),
        ({"target": "problem.non_goals"}, "CP03 finds nothing there"),
        ({"code": "XS03"}, "XS03 finds nothing there"),
        ({"expires": "2026-11-23"}, "expired on 2026-11-23"),
        ({"reason": "x"}, "gives no reason"),
        ({"reason": "n/a"}, "gives no reason"),
        ({"reason": "INC-42"}, "gives no reason"),
        ({"reason": "2026-03-02"}, "gives no reason"),
        ({"reason": "https://tracker.example/INC-42"}, "gives no reason"),
        ({"owner": "x"}, "nobody in particular"),
        ({"owner": "the team"}, "nobody in particular"),
    ],
)
def test_a_waiver_without_effect_is_told_once(changes: dict[str, str], says: str) -> None:
    (message,) = trouble(**changes)
    name = f"the waiver of {changes.get('code', 'CP03')} at {changes.get('target', 'problem.goals')} "
    assert message.startswith(name)
    assert says in message


@pytest.mark.parametrize(
    ("code", "fix"), [("cp03", "'CP03'"), ("placeholder-left", "'CP03'"), ("CP", "one rule, not a family")]
)
def test_the_rule_that_was_meant_is_named(code: str, fix: str) -> None:
    (finding,) = [f for f in evaluate(waiver(code=code)).findings if f.code == "CP12"]
    assert fix in finding.fix


def test_of_a_rule_that_could_not_look_nothing_is_said() -> None:
    ddl = '[physical]\nengine = "mongodb"\nddl = "db.createCollection(1)"\n'
    toml = ddl + waiver(code="MG01", target="physical.ddl")
    found = evaluate(toml)
    assert "MG01" in {blind.code for blind in found.unchecked}
    assert messages(found, "CP12") == []


def test_it_lowers_no_readiness() -> None:
    assert evaluate(waiver(code="CP99")).readiness == evaluate(GOALS).readiness


def test_the_appendix_tells_it() -> None:
    answers = answers_of(waiver(target="problem.gaols"))
    evaluation = evaluate(waiver(target="problem.gaols"))
    text = render(engine().bank, answers, evaluation=evaluation)
    part = text[text.index("### Waivers without effect") :]
    assert "- the waiver of CP03 at problem.gaols accepts nothing" in part
    good = render(engine().bank, answers_of(waiver()), evaluation=evaluate(waiver()))
    assert "Waivers without effect" not in good
