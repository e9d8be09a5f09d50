"""What a reviewer goes through: what changed, cross-checks, sections, findings, waivers."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Waiver
from app.readiness.model import Finding, ItemVerdict, Severity, Target
from app.review.approval import Say, Voice
from app.review.canonical import question_of, section_of
from app.review.marks import Marked
from app.review.model import CheckMark, Verdict
from app.review.roles import says_something
from app.review.state import ReviewState
from app.review.verdicts import Standing

BARE = "CP04"
"""The rule that finds answers that say no and nothing else."""


class Group(StrEnum):
    """The parts of the list, in their order."""

    CHANGED = "Changed since my verdict"
    CHECKS = "Cross-checks"
    SECTIONS = "Sections"
    ERRORS = "Errors"
    WARNINGS = "Warnings"
    HINTS = "Information"
    BARE = "Bare answers"
    WAIVERS = "Waivers"


_BY_SEVERITY = {Severity.ERROR: Group.ERRORS, Severity.WARNING: Group.WARNINGS, Severity.INFO: Group.HINTS}


class SectionVoices(Struct, frozen=True):
    """A section: what the roles say about it, and what the reviewer said last."""

    section: str
    voices: tuple[Voice, ...]
    own: Standing | None


class Accepted(Struct, frozen=True):
    """A waiver, and who has approved the section that it belongs to as it is: that agrees to it."""

    waiver: Waiver
    agreed: tuple[str, ...]


class Checked(Struct, frozen=True):
    """A cross-check: what the rules found, and the mark of everybody who has given one."""

    verdict: ItemVerdict
    marks: tuple[Marked, ...] = ()


About: TypeAlias = Verdict | CheckMark | Checked | SectionVoices | Finding | Accepted


class Entry(Struct, frozen=True):
    """One thing to look at. `sides` are the places to read, each as parts of the bank: one, or two to
    hold against each other. `waits`: the reviewer has not said yet what only the reviewer can say.
    """

    key: str
    group: Group
    about: About
    sides: tuple[tuple[str, ...], ...]
    waits: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(part for side in self.sides for part in side)

    def questions(self, bank: Bank) -> tuple[str, ...]:
        """The questions that stand in its places."""
        return tuple(dict.fromkeys(name for part in self.parts for name in bank.questions_in(part)))

    @property
    def target(self) -> Target | None:
        """The place that a finding names."""
        return self.about.target if isinstance(self.about, Finding) else None

    def sections(self, bank: Bank) -> tuple[str, ...]:
        """The section that it is about, or else those that its places stand in."""
        if isinstance(self.about, SectionVoices | Verdict):
            return (self.about.section,)
        return tuple(dict.fromkeys(bank.section_of(name).id for name in self.questions(bank)))


def agenda(state: ReviewState, person: str, role: str = "") -> tuple[Entry, ...]:
    """Everything there is to look at for one reviewer, group by group."""
    found = [
        *_changed(state, person),
        *_checks(state),
        *_sections(state, person, role),
        *_findings(state),
        *_waivers(state, person),
    ]
    order = list(Group)
    return tuple(sorted(found, key=lambda entry: order.index(entry.group)))


def waiting_for(state: ReviewState, person: str, role: str = "") -> int:
    """How many of these things wait for the reviewer's word."""
    found = (*_changed(state, person), *_sections(state, person, role), *_waivers(state, person))
    return sum(entry.waits for entry in found)


def _changed(state: ReviewState, person: str) -> Iterator[Entry]:
    for section in state.bank.section_by_id:
        held = state.held_by(person, section)
        if held is not None and held.is_stale:
            yield Entry(f"changed:{section}", Group.CHANGED, held.verdict, ((section,),), waits=True)
    for check, marked in state.marks_of(person).items():
        if marked.is_stale:
            sides = _sides(state.bank, check)
            read = (tuple(part for side in sides for part in side),)
            yield Entry(f"changed:{marked.mark.about}", Group.CHANGED, marked.mark, read, waits=True)


def _checks(state: ReviewState) -> Iterator[Entry]:
    for verdict in state.evaluation.cross_checks:
        about = Checked(verdict, state.marks_on(verdict.id))
        yield Entry(f"check:{verdict.id}", Group.CHECKS, about, _sides(state.bank, verdict.id))


def _sides(bank: Bank, check: str) -> tuple[tuple[str, ...], ...]:
    known = bank.cross_checks.get(check)
    return (tuple(known.left), tuple(known.right)) if known else ()


def _sections(state: ReviewState, person: str, role: str) -> Iterator[Entry]:
    own_roles = state.roles_of(person, role)
    mine = {name for own in own_roles for name in own.sections}
    for section in state.bank.section_by_id:
        voices = state.voices_on(section)
        if not voices and not says_something(state.bank, state.evaluation.survey, section):
            continue
        own = state.held_by(person, section)
        waits = own is None and (section in mine or not own_roles)
        about = SectionVoices(section, voices, own)
        yield Entry(f"section:{section}", Group.SECTIONS, about, ((section,),), waits)


def _findings(state: ReviewState) -> Iterator[Entry]:
    seen: dict[str, int] = {}
    for finding in state.evaluation.findings:
        if finding.waived:
            continue
        group = Group.BARE if finding.code == BARE else _BY_SEVERITY[finding.severity]
        key = f"finding:{finding.code}:{finding.target}"
        seen[key] = seen.get(key, 0) + 1
        yield Entry(f"{key}:{seen[key]}", group, finding, ((finding.target.question,),))


def _waivers(state: ReviewState, person: str) -> Iterator[Entry]:
    for waiver in state.answers.waivers:
        section = section_of(waiver)
        agreed = tuple(
            dict.fromkeys(
                held.verdict.person
                for (_, what, _), held in state.standing.items()
                if what == section and held.verdict.verdict == "approve" and not held.is_stale
            )
        )
        own = state.held_by(person, section)
        key = f"waiver:{waiver.code}:{waiver.target}"
        waits = own is None or own.is_stale
        yield Entry(key, Group.WAIVERS, Accepted(waiver, agreed), ((question_of(waiver),),), waits)


def next_waiting(entries: tuple[Entry, ...], at: int) -> int | None:
    """The position of the next entry behind `at` that waits for the reviewer, from the top again."""
    order = [*range(at + 1, len(entries)), *range(min(at + 1, len(entries)))]
    return next((position for position in order if entries[position].waits), None)


def is_blocking(voice: Voice) -> bool:
    """Whether a voice keeps the document from being approved."""
    return voice.say != Say.APPROVED
