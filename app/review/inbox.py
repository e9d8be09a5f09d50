"""What waits for the author: suggestions, threads, verdicts that went stale, and who still blocks what."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from app.review.agenda import is_blocking
from app.review.approval import Voice
from app.review.canonical import questions_about
from app.review.marks import Held, Marked
from app.review.state import ReviewState
from app.review.suggestions import Fate, Proposal
from app.review.threads import Talk
from app.review.verdicts import Standing


class Tray(StrEnum):
    """The parts of the inbox, in their order."""

    SUGGESTIONS = "Suggestions to decide"
    OUTDATED = "Suggestions that are outdated"
    THREADS = "Open threads"
    FAILS = "Cross-checks that do not hold"
    STALE = "Changed since the verdict"
    BLOCKED = "Not approved yet"


class Blocked(Struct, frozen=True):
    """A section, and the roles that have not approved it as it is."""

    section: str
    voices: tuple[Voice, ...]


Matter: TypeAlias = Proposal | Talk | Standing | Marked | Blocked


class Item(Struct, frozen=True):
    """One thing in the inbox. `question` is where it stands, or the first question of its section."""

    key: str
    tray: Tray
    matter: Matter
    question: str
    row: str | None = None
    column: str | None = None


def inbox(state: ReviewState) -> tuple[Item, ...]:
    """Everything that waits for the author, and who blocks what."""
    found = [*_suggestions(state), *_threads(state), *_marks(state), *_stale(state), *_blocked(state)]
    order = list(Tray)
    return tuple(sorted(found, key=lambda item: order.index(item.tray)))


def waiting(state: ReviewState) -> int:
    """How many things wait for the author."""
    return sum(1 for _ in (*_suggestions(state), *_threads(state), *_marks(state), *_stale(state)))


def _suggestions(state: ReviewState) -> Iterator[Item]:
    for proposal in state.proposals:
        said = proposal.suggestion
        if proposal.fate in (Fate.OPEN, Fate.OUTDATED):
            tray = Tray.SUGGESTIONS if proposal.fate == Fate.OPEN else Tray.OUTDATED
            yield Item(f"suggestion:{said.id}", tray, proposal, said.question, said.row, said.column)


def _threads(state: ReviewState) -> Iterator[Item]:
    for talk in state.talks:
        if talk.is_open:
            said = talk.thread
            yield Item(f"thread:{said.id}", Tray.THREADS, talk, said.question, said.row, said.column)


def _marks(state: ReviewState) -> Iterator[Item]:
    """Cross-checks that do not hold; a mark that holds asks for nothing until it is stale."""
    for (person, check), marked in state.marks.items():
        if marked.held != Held.HOLDS:
            tray = Tray.STALE if marked.is_stale else Tray.FAILS
            yield Item(f"mark:{person}:{check}", tray, marked, _first(state, marked.mark.about))


def _stale(state: ReviewState) -> Iterator[Item]:
    for (person, section, role), held in state.standing.items():
        if held.is_stale:
            yield Item(f"stale:{person}:{section}:{role}", Tray.STALE, held, _first(state, section))


def _blocked(state: ReviewState) -> Iterator[Item]:
    for section in state.bank.section_by_id:
        voices = tuple(voice for voice in state.voices_on(section) if is_blocking(voice))
        if voices:
            matter = Blocked(section, voices)
            yield Item(f"blocked:{section}", Tray.BLOCKED, matter, _first(state, section))


def _first(state: ReviewState, about: str) -> str:
    """The first question of a section or cross-check that is asked, or its first one, or ""."""
    names = questions_about(state.bank, about)
    views = state.evaluation.survey.questions
    return next((name for name in names if views[name].applies), next(iter(names), ""))
