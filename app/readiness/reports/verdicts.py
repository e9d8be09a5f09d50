"""The final review as a person reads it: every item with its state, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from app.bank.model import Bank
from app.document.text import one_line, plural
from app.readiness.model import Evaluation, Finding, ItemState, ItemVerdict, Target, Unchecked
from app.readiness.reports.model import percent

_LONGEST = 160
"""How much of a message is shown."""


GLYPHS: Mapping[ItemState, str] = {
    ItemState.MET: "✓",
    ItemState.PARTLY: "◐",
    ItemState.UNMET: "✗",
    ItemState.NOT_APPLICABLE: "–",
    ItemState.NOT_CHECKED: "?",
}
WORDS = {state: state.value.replace("_", " ") for state in ItemState}
_SMELLS = {**WORDS, ItemState.MET: "not found", ItemState.PARTLY: "perhaps", ItemState.UNMET: "found"}
_PATHS = {**WORDS, ItemState.MET: "answered", ItemState.UNMET: "not answered"}


class Group(Struct, frozen=True):
    """Items of one kind, and what their states are called; `graded` ones have a degree beside the state."""

    title: str
    items: tuple[ItemVerdict, ...]
    words: Mapping[ItemState, str]
    graded: bool = False

    def summary(self) -> str:
        """How many items are in each state, such as `5 not found, 1 not checked`."""
        states = [item.state for item in self.items]
        return ", ".join(f"{states.count(s)} {self.words[s]}" for s in ItemState if s in states)

    def state(self, item: ItemVerdict) -> str:
        """The state in words, with the degree of what is neither all nor nothing."""
        graded = self.graded and item.state in (ItemState.PARTLY, ItemState.NOT_CHECKED)
        return self.words[item.state] + (f", {percent(item.degree)} %" if graded else "")

    def hinders(self, cause: Cause) -> bool:
        """Whether a cause keeps its item from being met: not what is waived, nor a mere warning about one."""
        finding = cause.finding
        if finding is None:
            return True
        if finding.waived:
            return False
        return finding.holds_back or finding.void or not self.graded


class Cause(Struct, frozen=True):
    """Something that stands in the way of an item, or explains its state; `target` is where that is."""

    text: str
    target: Target | None = None
    finding: Finding | None = None


def groups(evaluation: Evaluation) -> tuple[Group, ...]:
    """Checklist, smells, cross-checks and failure paths."""
    return (
        Group("Checklist", evaluation.checklist, WORDS, graded=True),
        Group("Document smells", evaluation.smells, _SMELLS),
        Group("Reviewer cross-checks", evaluation.cross_checks, WORDS),
        Group("Failure paths", evaluation.failure_paths, _PATHS),
    )


def evidence(bank: Bank, item: ItemVerdict) -> tuple[str, ...]:
    """Numbers and titles of the subsections that an item rests on; none where it does not apply."""
    if item.state == ItemState.NOT_APPLICABLE:
        return ()
    numbers = dict.fromkeys(bank.questions[question].number for question in item.rests_on)
    return tuple(f"{number} {bank.subsections[number].title}" for number in numbers)


def causes(bank: Bank, item: ItemVerdict) -> Iterator[Cause]:
    """What an item lacks, what was found about it, the worst first, and what was not checked."""
    if item.reason:
        where = item.deferred or item.missing
        yield Cause(item.reason, Target(where[0]) if where else None)
    for question in item.missing:
        yield Cause(f"{_title(bank, question)} is open", Target(question))
    for finding in sorted(item.findings, key=lambda found: found.waived):
        yield Cause(_finding(finding), finding.target, finding)
    yield from _blind(item.unchecked)


def not_checked(unchecked: Sequence[Unchecked]) -> tuple[str, ...]:
    """The rules that could not look and why, each reason once."""
    return tuple(cause.text for cause in _blind(unchecked))


def _title(bank: Bank, question_id: str) -> str:
    question = bank.questions[question_id]
    return f"{question.number} {question.title}"


def _finding(finding: Finding) -> str:
    word = "waived" if finding.waived else finding.severity.value
    return f"{word} {finding.code} {finding.target}: {one_line(finding.message, _LONGEST)}"


def _blind(unchecked: Sequence[Unchecked]) -> Iterator[Cause]:
    found: dict[tuple[str, str], list[Target | None]] = {}
    for blind in unchecked:
        found.setdefault((blind.code, blind.reason), []).append(blind.target)
    for (code, reason), targets in found.items():
        where = f" {targets[0]}" if targets[0] else ""
        more = f" and {plural(len(targets) - 1, 'more place')}" if len(targets) > 1 else ""
        yield Cause(f"{code}{where}{more} not checked: {one_line(reason, _LONGEST)}", targets[0])
