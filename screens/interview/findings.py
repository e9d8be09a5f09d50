"""The places where something is wrong, in the order of the interview, and what is waived there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache

from app.document.answers import Waiver
from app.document.values import row_addresses
from app.interview.applicability import QuestionState
from app.readiness.model import Evaluation, Finding, Target
from app.readiness.waivers import in_force
from app.session import Session
from screens.naming import titles_of
from screens.widgets.grid_model import columns_shown

Order = tuple[int, int, str, int, int]
"""Where a place is: ranks of its question and row, the row's address, rank of its column, line of text."""


def finding_places(session: Session, evaluation: Evaluation | None) -> list[Target]:
    """Where there are open findings, or answers that do not fit; each place once, in interview order."""
    found = dict.fromkeys(
        _with_cursor(session, place) for place in (*_of_findings(session, evaluation), *_of_misfits(session))
    )
    return sorted(found, key=order_of(session))


def _with_cursor(session: Session, place: Target) -> Target:
    """`place` without a column that no cursor can be in."""
    question = session.bank.questions[place.question]
    column = place.column if place.column in titles_of(question) else ""
    return Target(place.question, place.row, column, place.line)


def _of_findings(session: Session, evaluation: Evaluation | None) -> Iterator[Target]:
    views = session.survey().questions
    for finding in evaluation.findings if evaluation is not None else ():
        target = finding.target
        if finding.waived or target.question not in views:
            continue
        # what is incomplete is found where the misfits are
        if views[target.question].state != QuestionState.PARTIAL or not finding.gap:
            yield target


def _of_misfits(session: Session) -> Iterator[Target]:
    for name, view in session.survey().questions.items():
        if view.misfits and view.applies:
            addresses = row_addresses(view.question, session.answers.rows(name))
            for misfit in view.misfits:
                there = misfit.row is not None and misfit.row < len(addresses)
                yield Target(name, addresses[misfit.row or 0] if there else "", misfit.column)


def next_place(session: Session, places: Sequence[Target], here: Target) -> Target:
    """The first of some places behind `here`, or the first one of all."""
    order = order_of(session)
    at = order(here)
    return next((place for place in places if order(place) > at), places[0])


def order_of(session: Session) -> Callable[[Target], Order]:
    """What places are sorted by; the whole question comes before its rows, and a row before its cells."""
    ranks = {name: rank for rank, name in enumerate(session.bank.questions)}

    @cache
    def rows(name: str) -> dict[str, int]:
        question = session.bank.questions[name]
        return _ranks(row_addresses(question, session.answers.rows(name)))

    @cache
    def columns(name: str) -> dict[str, int]:
        question = session.bank.questions[name]
        shown = [column.id for column in columns_shown(question)]
        return _ranks(shown + [slot.id for slot in question.slots])

    def order(place: Target) -> Order:
        name = place.question
        row = rows(name).get(place.row, len(rows(name))) if place.row else -1
        column = columns(name).get(place.column, len(columns(name))) if place.column else -1
        return ranks[name], row, place.row, column, place.line

    return order


def _ranks(names: Sequence[str]) -> dict[str, int]:
    return {name: rank for rank, name in enumerate(names)}


def findings_to_waive(session: Session, findings: Sequence[Finding], here: Target) -> list[Finding]:
    """Findings at a question, the likeliest to be waived first.

    Open ones come before waived ones, then those of the row or the line with the cursor, then those that
    are listed, in the order of their places.
    """
    order = order_of(session)

    def rank(finding: Finding) -> tuple[bool, bool, bool, Order]:
        target = finding.target
        elsewhere = (target.row, target.line) != (here.row, here.line)
        return finding.waived, elsewhere, finding.gap, order(target)

    return sorted(findings, key=rank)


def waiver_of(waivers: Sequence[Waiver], finding: Finding, today: date) -> Waiver | None:
    """The waiver that accepts a finding on the day `today`, the narrowest one first."""
    return in_force(waivers, today).of(finding)
