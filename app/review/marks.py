"""Marks on cross-checks: who has held both places against each other, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from app.bank.model import Bank, CrossCheck
from app.problems import OperationError, nearest
from app.readiness.model import Evaluation, ItemState, ItemVerdict
from app.review.model import CheckMark, MarkKind, Records
from app.review.verdicts import Digests

MARK_WORDS: Mapping[MarkKind, str] = {
    "holds": "holds",
    "does_not_hold": "does not hold",
    "open": "open",
}


class Held(StrEnum):
    """What reviewers say about a cross-check."""

    HOLDS = "holds"
    FAILS = "does not hold"
    STALE = "stale"
    OPEN = "open"


class Marked(Struct, frozen=True):
    """A person's mark that stands until the same person gives another one.

    `is_stale`: one of the two places means something else by now.
    """

    mark: CheckMark
    is_stale: bool

    @property
    def held(self) -> Held:
        if self.is_stale:
            return Held.STALE
        return Held.HOLDS if self.mark.mark == "holds" else Held.FAILS


def marks(records: Records, digests: Digests) -> Mapping[tuple[str, str], Marked]:
    """The mark that stands of each person on each cross-check; `open` leaves none.

    A cross-check that the bank does not have makes a mark stale.
    """
    found: dict[tuple[str, str], Marked] = {}
    for mark in records.of(CheckMark):
        found.pop((mark.person, mark.check), None)
        if mark.mark != "open":
            found[mark.person, mark.check] = Marked(mark, digests.get(mark.about) != mark.digest)
    return found


def held_by_all(given: Iterable[Marked]) -> Held:
    """What the marks of several people say together: one that does not hold outweighs the others."""
    said = {marked.held for marked in given}
    return next((held for held in (Held.FAILS, Held.HOLDS, Held.STALE) if held in said), Held.OPEN)


def asked(evaluation: Evaluation) -> tuple[ItemVerdict, ...]:
    """The cross-checks whose places are there to be held against each other."""
    return tuple(item for item in evaluation.cross_checks if item.state != ItemState.NOT_APPLICABLE)


def looked_at(checks: Iterable[ItemVerdict], given: Iterable[Marked]) -> int:
    """How many of some cross-checks have a mark that is not stale."""
    current = {marked.mark.check for marked in given if not marked.is_stale}
    return sum(check.id in current for check in checks)


def check_called(bank: Bank, name: str) -> CrossCheck:
    """A cross-check by its id, in whatever case. Raises OperationError."""
    known = {check.casefold(): check for check in bank.cross_checks}
    if name.casefold() not in known:
        raise OperationError(f"there is no cross-check {name!r}", nearest(name.upper(), bank.cross_checks))
    return bank.cross_checks[known[name.casefold()]]
