"""Rules about wording where wording binds: goals, invariants, migration, failures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.document.text import one_line
from app.readiness.facts.tables import addressed, cell, lines, numbered, rows, text
from app.readiness.facts.vague_words import vague_words
from app.readiness.registry import Yield, at, fact, rule
from app.schema.names import word_set

_NUMBER = patterns.compile(
    r"(?<![\w.-])[<>≤≥=~±]?\s?\d[\d,.]*\s?(?:%|‰|[a-zA-Zµ$€£]|[/,.;:)]|$)|\bp\d\d\b", re.IGNORECASE
)
_QUANTIFIER = patterns.compile(
    r"\b(?:zero|no|none|nobody|nothing|never|not a single|without any|all|any|each|every|everyone|only|"
    r"exactly|always|at most|at least|once|within (?:a|an|one)|the same|"
    r"(?:one|two|three|four|five|six|ten|twelve) (?:\w+ )?(?:per|of|within|in)|"
    r"(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|ninety|hundred) "
    r"(?:milliseconds?|seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|times|percent))\b",
    re.IGNORECASE,
)
_ID = patterns.compile(r"\b(?:[A-Za-z]{1,5}-?\d{1,4})\b")
_WORD = patterns.compile(r"[^\W\d_]{4,}")
_COMMON = word_set(
    "that this with from have been will when they their which every into over than then more less able must "
    "should system data database table tables change improve support make users user test tests"
)


@rule(
    "VG01",
    "goal-not-verifiable",
    "B",
    sections=("1.2", "1.4", "18"),
    checklist=("CHK02",),
    what="A goal has neither a threshold nor a word such as zero, every or never, and no success criterion "
    "or test is about it; or a success criterion has neither.",
    why="Nobody can say afterwards whether it was reached, so nobody will say that it was not.",
    fix="Give the goal a number with its unit, or write the observation that would prove it under 1.4.",
    wrong_when="A goal that is simply reached or not, such as supporting a second currency: a success "
    "criterion in the same words clears it (two that tell, or the only one that does).",
    fires="""
[problem]
goals = ["improve the performance of the boarding list"]
""",
    silent=(
        """
[problem]
goals = [
    "the boarding list opens within 400 ms at P95",
    "no bag is ever loaded without its passenger",
    "an unclaimed bag is announced within ten minutes",
]
success_criteria = ["0 bags without a passenger in the nightly report, 14 nights in a row"]
""",
        """
[problem]
goals = ["support tips in a second currency at the hotel bar"]
success_criteria = ["a tip in the second currency is booked, refunded and exported on 3 consecutive days"]
""",
    ),
)
def goal_not_verifiable(
    problem_goals: Value | None, problem_success_criteria: Value | None, testing_matrix: Value | None
) -> Iterator[Yield]:
    proofs = [
        *lines(problem_success_criteria),
        *(f"{cell(row, 'proves')} {cell(row, 'example')}" for row in rows(testing_matrix)),
    ]
    for number, goal in numbered(problem_goals):
        if not _verifiable(goal) and not any(_about(goal, proof) for proof in proofs):
            yield at(
                "problem.goals",
                f"nobody can tell whether {one_line(goal, 60)!r} was reached",
                fix="add a number with its unit, or a success criterion in the same words",
                line=number,
            )
    for number, criterion in numbered(problem_success_criteria):
        if not _verifiable(criterion) and not _ID.search(criterion):
            yield at(
                "problem.success_criteria",
                f"{one_line(criterion, 60)!r} does not say what is to be observed",
                fix="name the number, the query or the test, and for how long",
                line=number,
            )


def _verifiable(sentence: str) -> bool:
    return _NUMBER.search(sentence) is not None or _QUANTIFIER.search(sentence) is not None


def _about(goal: str, proof: str) -> bool:
    """Whether a criterion or test is about the goal: an id in common, two telling words, or its only one."""
    if {i.casefold() for i in _ID.findall(goal)} & {i.casefold() for i in _ID.findall(proof)}:
        return True
    wanted = _telling(goal)
    return len(wanted & _telling(proof)) >= min(2, max(1, len(wanted)))


def _telling(sentence: str) -> set[str]:
    return {w[:6] for w in map(str.casefold, _WORD.findall(sentence)) if w not in _COMMON}


_BINDING = {
    "problem.goals": (),
    "problem.non_goals": (),
    "problem.success_criteria": (),
    "logical.invariants": ("invariant",),
    "migration.strategy_reason": (),
    "migration.steps": ("action", "safety_guard", "rollback"),
    "migration.retry_behavior": (),
    "migration.idempotency": (),
    "migration.locking_impact": (),
    "migration.alert_thresholds": (),
    "failure.failure_modes": ("detection", "mitigation"),
    "failure.risks": ("risk",),
}


@fact
def binding_texts(
    problem_goals: Value | None,
    problem_non_goals: Value | None,
    problem_success_criteria: Value | None,
    logical_invariants: Value | None,
    migration_strategy_reason: Value | None,
    migration_steps: Value | None,
    migration_retry_behavior: Value | None,
    migration_idempotency: Value | None,
    migration_locking_impact: Value | None,
    migration_alert_thresholds: Value | None,
    failure_failure_modes: Value | None,
    failure_risks: Value | None,
) -> dict[str, Value | None]:
    """The answers whose wording binds, by question id."""
    given = locals()
    return {question_id: given[question_id.replace(".", "_")] for question_id in _BINDING}


@rule(
    "VG02",
    "vague-term",
    "C",
    sections=("0.1", "1.2", "1.3", "1.4", "6.5", "11", "17"),
    what="A vague, hedging, open-ended or deferring word, or a scope without bounds, in a text that has no "
    "number and no id.",
    why="The word is where the author did not know. A reader takes it for knowledge.",
    fix="Replace it by the number, the condition or the list.",
    wrong_when="Terms of art such as fast path and eventual consistency, words of the glossary, and what "
    "stands in backticks or quotation marks are not looked at.",
    fires="""
[[failure.failure_modes]]
failure_mode = "the loan import stops"
impact = "due dates are missing"
detection = "monitoring usually shows it"
mitigation = "it is restarted as needed"
path = "fp7"
""",
    silent=(
        """
[[failure.failure_modes]]
failure_mode = "the loan import stops"
impact = "due dates are missing"
detection = "no row in import_run for 30 min pages somebody, usually the desk lead"
mitigation = "the branch reads over the fast path; eventual consistency is accepted"
path = "fp7"
""",
        """
[[glossary.terms]]
term = "Fast loan"
definition = "a loan of a book that must be back on the same day"

[problem]
goals = ["every Fast loan ends at closing time"]
""",
    ),
)
def vague_term(
    bank: Bank,
    binding_texts: Mapping[str, Value | None],
    control_decision_summary: Value | None,
    glossary_terms: Value | None,
) -> Iterator[Yield]:
    terms = {cell(row, "term").casefold() for row in rows(glossary_terms)}
    summary = control_decision_summary if isinstance(control_decision_summary, Mapping) else {}
    yield from _vague("control.decision_summary", "", "rollback", cell(summary, "rollback"), terms)
    for question_id, value in binding_texts.items():
        columns = _BINDING[question_id]
        if columns:
            for address, row in addressed(bank, question_id, value):
                for column in columns:
                    yield from _vague(question_id, address, column, cell(row, column), terms)
        else:
            for said in lines(value) or (text(value),):
                yield from _vague(question_id, "", "", said, terms)


def _vague(question_id: str, row: str, column: str, said: str, terms: set[str]) -> Iterator[Yield]:
    known = [term for term in terms if term and term in said.casefold()]
    found = [(w, k) for w, k in vague_words(said) if not any(w in term for term in known)]
    if found:
        word, kind = found[0]
        others = "".join(f", {word!r}" for word, _ in found[1:4])
        message = f"{word!r}{others} is {kind}" if not others else f"{word!r}{others} are vague"
        yield at(question_id, message, row=row, column=column, fix="say how much, when or which")
