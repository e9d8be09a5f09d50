"""Ratings that two people give without seeing each other's, and what they disagree about.

The files hold them in plain text: that nobody looks before having rated is a matter of manners, which
this module keeps for whoever reads through it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.operations import AddRow, Operation
from app.document.text import one_line
from app.document.values import column_values, row_addresses
from app.problems import OperationError, nearest
from app.review.model import Opinion, Records
from app.review.names import slug_of

FAR_APART = 2
"""Ratings that differ by this much are a disagreement; by less, people mean the same."""
INVARIANTS = "invariants.matrix"
QUESTIONS = "open_questions.questions"
OWNER = "control.owner"
_SUBJECTS = {
    "risk": "How risky is this change? (1 little, 5 very)",
    "reversibility": "How easily is it undone in production? (1 not at all, 5 easily)",
}
_ENFORCEMENT = "How well is {} enforced? (1 by hope, 5 by the database)"


class Subject(Struct, frozen=True):
    """Something that is rated: its id, the question to ask, and where the answer stands."""

    id: str
    text: str
    place: str


class Ratings(Struct, frozen=True):
    """What people rate one subject, by their slugs. `hidden` counts the ratings not shown yet."""

    subject: Subject
    shown: Mapping[str, Opinion]
    hidden: int = 0

    @property
    def disagree(self) -> bool:
        ratings = [opinion.rating for opinion in self.shown.values()]
        return len(ratings) > 1 and max(ratings) - min(ratings) >= FAR_APART


def subjects(bank: Bank, answers: Answers) -> tuple[Subject, ...]:
    """What is to be rated: risk, reversibility, and how each invariant is enforced."""
    found = [Subject(name, text, "the whole change") for name, text in _SUBJECTS.items()]
    if INVARIANTS in bank.questions:
        for address in row_addresses(bank.questions[INVARIANTS], answers.rows(INVARIANTS)):
            place = f"{INVARIANTS}[{address}]"
            found.append(Subject(place, _ENFORCEMENT.format(address), place))
    return tuple(found)


def subject_of(bank: Bank, answers: Answers, text: str) -> Subject:
    """The subject that a person means: its id, or the key of an invariant. Raises OperationError."""
    known = {subject.id: subject for subject in subjects(bank, answers)}
    found = known.get(text) or known.get(f"{INVARIANTS}[{text}]")
    if found is None:
        raise OperationError(f"there is nothing to rate called {text!r}", nearest(text, known))
    return found


def ratings_for(bank: Bank, answers: Answers, records: Records, person: str) -> tuple[Ratings, ...]:
    """What `person` may see: of each subject, all ratings once the person has given one."""
    return tuple(
        _as_seen(subject, _latest(records, subject), slug_of(person)) for subject in subjects(bank, answers)
    )


def _latest(records: Records, subject: Subject) -> Mapping[str, Opinion]:
    return {opinion.person: opinion for opinion in records.of(Opinion) if opinion.subject == subject.id}


def _as_seen(subject: Subject, given: Mapping[str, Opinion], slug: str) -> Ratings:
    if slug in given:
        return Ratings(subject, given)
    return Ratings(subject, {}, len(given))


def disagreements(bank: Bank, answers: Answers, records: Records, person: str) -> tuple[Ratings, ...]:
    """The subjects on which ratings that `person` may see are far apart."""
    return tuple(found for found in ratings_for(bank, answers, records, person) if found.disagree)


def proposed_questions(bank: Bank, answers: Answers, records: Records, person: str) -> tuple[Operation, ...]:
    """One row for the open questions of each disagreement that is not among them yet.

    The owner of the document owns it; the deadline is left for the author to say.
    """
    if QUESTIONS not in bank.questions:
        return ()
    there = {one_line(text, 1000).casefold() for text in column_values(answers, QUESTIONS, "question")}
    found = [_row(answers, records, ratings) for ratings in disagreements(bank, answers, records, person)]
    return tuple(
        AddRow(question=QUESTIONS, row=row)
        for row in found
        if not any(text.startswith(_asked(row)) for text in there)
    )


def _asked(row: Mapping[str, Any]) -> str:
    """What a row asks, without what each of them said: that may change meanwhile."""
    return str(row["question"]).partition(" (")[0].casefold()


def _row(answers: Answers, records: Records, ratings: Ratings) -> dict[str, Any]:
    said = ", ".join(_said(records, ratings))
    owner = answers.values.get(OWNER)
    question = ratings.subject.text.partition(" (")[0]
    row = {"question": f"{question} ({said})", "needed_for": ratings.subject.place}
    return row | ({"owner": owner} if isinstance(owner, str) and owner.strip() else {})


def _said(records: Records, ratings: Ratings) -> Iterator[str]:
    for slug, opinion in sorted(ratings.shown.items()):
        yield f"{records.name_of(slug)} says {opinion.rating} of 5"
