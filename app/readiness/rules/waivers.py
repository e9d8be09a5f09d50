"""Waivers that do not do what they were written for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from app.bank.model import Bank
from app.document.answers import Waiver
from app.document.text import one_line
from app.problems import nearest
from app.readiness.model import Finding, Found, Target, Unchecked
from app.readiness.registry import RULES, rule
from app.readiness.waivers import WITHOUT_EFFECT, gives_reason, is_valid, names_owner, waiver_targets

_SHOWN = 60
"""How much of a code or place is repeated, in characters."""


@rule(
    WITHOUT_EFFECT,
    "waiver-without-effect",
    "B",
    sections=("S22",),
    what="A waiver names a rule or a place that there is none of, has expired, accepts nothing because there "
    "is no such finding, or has no reason or no owner to speak of.",
    why="Whoever wrote it believes that something is accepted which is not, or that somebody answers for it. "
    "A waiver of what was mended long ago hides the next finding at that place.",
    fix="Correct the code or the place, give it a new day, name one person and the reason, or remove it.",
    wrong_when="The finding comes and goes, such as one about a deadline: give the waiver a day on which it "
    "ends. Of a rule that could not look everywhere, nothing is said.",
    fires="""
[[waivers]]
code = "XS04"
target = "invariants.matrx"
reason = "The counter is rebuilt every night."
owner = "Ilse Brandt"
""",
    silent=(
        """
[problem]
goals = ["TBD"]

[[waivers]]
code = "CP03"
target = "problem.goals"
reason = "The library council decides on Monday."
owner = "Ilse Brandt (Lending)"
expires = 2026-12-01
""",
        """
[problem]
goals = ["TBD"]

[[waivers]]
code = "CP03"
target = "problem"
reason = "The library council decides on Monday."
owner = "Ilse Brandt (Lending)"
""",
    ),
)
def waiver_without_effect(
    waivers: Sequence[Waiver],
    findings: Sequence[Finding],
    unchecked: Sequence[Unchecked],
    bank: Bank,
    today: date,
) -> Iterator[Found]:
    codes = {waiver.code for waiver in waivers}
    told = [f for f in findings if f.code in codes] if codes else []
    there = {(f.code, target) for f in told for target in waiver_targets(f)}
    blind = {u.code for u in unchecked}
    for waiver in waivers:
        place = _place(bank, waiver.target)
        said = _trouble(waiver, place is not None, today)
        if not said and (waiver.code, waiver.target) not in there and waiver.code not in blind:
            said = f"accepts nothing: {waiver.code} finds nothing there", "remove it"
        if said := said or _nobody(waiver):
            name = f"the waiver of {one_line(waiver.code, _SHOWN)} at {one_line(waiver.target, _SHOWN)}"
            target = place or Target("waivers", waiver.address)
            yield Found(target, f"{name} {said[0]}", said[1])


def _place(bank: Bank, target: str) -> Target | None:
    """The question that a waiver is about, or its section; None where the bank has none of that name."""
    question = ".".join(target.partition("[")[0].split(".")[:2])
    return Target(question) if question in bank.questions or question in bank.section_by_id else None


def _trouble(waiver: Waiver, known: bool, today: date) -> tuple[str, str] | None:
    """What keeps a waiver from accepting anything, and what to do; None where nothing does."""
    if waiver.code not in RULES:
        return "accepts nothing: there is no such rule", _meant(waiver.code) or "see: dbcharter explain"
    if not known:
        return "accepts nothing: there is no such question or section", "name the place as the finding does"
    if not is_valid(waiver, today):
        return f"expired on {waiver.expires}", "mend what it accepted, give it a new day, or remove it"
    return None


def _meant(code: str) -> str:
    if any(known.family == code.upper() for known in RULES.values()):
        return "a waiver names one rule, not a family"
    named = [known.code for known in RULES.values() if code.casefold() in (known.code.casefold(), known.name)]
    return f"did you mean {named[0]!r}?" if named else nearest(code.upper(), RULES)


def _nobody(waiver: Waiver) -> tuple[str, str] | None:
    if not gives_reason(waiver.reason):
        return "gives no reason", "say why it is right here, in a sentence"
    if not names_owner(waiver.owner):
        return f"is owned by {one_line(waiver.owner, _SHOWN)!r}, nobody in particular", "name one person"
    return None
