"""Findings that are accepted on purpose: which waiver accepts which finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec.structs import replace

from app.document.answers import Waiver
from app.readiness.facts.owners import generic
from app.readiness.facts.texts import is_bare
from app.readiness.model import Finding

WITHOUT_EFFECT = "CP12"
"""The rule that finds waivers which do not do what they were written for."""


def waiver_targets(finding: Finding) -> Iterator[str]:
    """What a waiver may name to accept `finding`: the exact place, its row, its question, its section."""
    yield str(finding.target)
    yield str(replace(finding.target, column=""))
    yield finding.target.question
    yield finding.target.question.partition(".")[0]


def is_valid(waiver: Waiver, today: date) -> bool:
    """Whether a waiver has not expired; it still holds on the day on which it expires."""
    return waiver.expires is None or waiver.expires >= today


def gives_reason(text: str) -> bool:
    """Whether a text says why something is accepted, in words that can be weighed where they stand.

    The number of a ticket, a link or a date alone is no reason. A word with letters beyond ASCII may be one:
    there are languages that write a sentence without blanks.
    """
    if is_bare(text):
        return False
    return len(text.split()) > 1 or any(sign.isalpha() and not sign.isascii() for sign in text)


def names_owner(text: str) -> bool:
    """Whether a text names a person or a team who answers for a waiver."""
    return not generic(text)


class Waivers:
    """Some waivers, by what they accept; of several that accept a finding, the narrowest does."""

    def __init__(self, waivers: Iterable[Waiver]) -> None:
        self._by_place = {(waiver.code, waiver.target): waiver for waiver in waivers}
        self._codes = {code for code, _ in self._by_place}

    def of(self, finding: Finding) -> Waiver | None:
        """The waiver that accepts `finding`."""
        if finding.code not in self._codes:
            return None
        found = (self._by_place.get((finding.code, target)) for target in waiver_targets(finding))
        return next(filter(None, found), None)


def in_force(waivers: Iterable[Waiver], today: date) -> Waivers:
    """The waivers that have not expired."""
    return Waivers(waiver for waiver in waivers if is_valid(waiver, today))


def accepted(findings: Iterable[Finding], waivers: Iterable[Waiver], today: date) -> list[Finding]:
    """The findings, those marked that a waiver accepts which has not expired."""
    valid = in_force(waivers, today)
    return [replace(f, waived=True) if valid.of(f) else f for f in findings]
