"""Commands for ratings that two people give independently."""

from __future__ import annotations

import secrets

from app.cli.output import columns, say
from app.cli.review import records_of, write
from app.document.machine import person as login
from app.document.text import clean, one_line, plural
from app.problems import OperationError
from app.review.model import HIGHEST, Opinion, Records
from app.review.opinions import (
    Ratings,
    disagreements,
    proposed_questions,
    ratings_for,
    subject_of,
)
from app.session import Session


def rate(session: Session, who: str, role: str, name: str, rating: int, text: str) -> int:
    """Give one's own rating, and print what others rated."""
    subject = subject_of(session.bank, session.answers, name)
    if not 1 <= rating <= HIGHEST:
        raise OperationError(subject.text, f"rate it from 1 to {HIGHEST}")
    words = {"subject": subject.id, "rating": rating, "text": clean(text).strip()}
    write(session, who, role, Opinion, words)
    records = records_of(session)
    for ratings in ratings_for(session.bank, session.answers, records, who or login()):
        if ratings.subject == subject:
            say(f"{subject.id}: {_rated(records, ratings)}")
    return 0


def show_ratings(session: Session, who: str) -> int:
    """Print what can be rated, with the ratings that this person may see."""
    records = records_of(session)
    found = ratings_for(session.bank, session.answers, records, who or login())
    say(columns([r.subject.id, _rated(records, r), r.subject.text] for r in found))
    return 0


def _rated(records: Records, ratings: Ratings) -> str:
    if ratings.hidden:
        return f"{plural(ratings.hidden, 'rating')}, shown once you have given yours"
    said = [f"{records.name_of(slug)} {o.rating}" for slug, o in sorted(ratings.shown.items())]
    return ", ".join(said) or "not rated"


def show_disagreements(session: Session, who: str) -> int:
    """Print the disagreements that this person may see; 1 when one is not among the open questions."""
    records, name = records_of(session), who or login()
    found = disagreements(session.bank, session.answers, records, name)
    proposed = proposed_questions(session.bank, session.answers, records, name)
    for ratings in found:
        say(f"{ratings.subject.id}: {_rated(records, ratings)}")
        for slug, opinion in sorted(ratings.shown.items()):
            if opinion.text:
                say(f"  {records.name_of(slug)}: {one_line(opinion.text, 300)}")
    if not found:
        say("no ratings are far apart")
    if proposed:
        say(f"{plural(len(proposed), 'open question')} to add: dbcharter review disagreements FILE --add")
    return 1 if proposed else 0


def add_disagreements(session: Session, who: str) -> int:
    """Add the disagreements to the document's open questions, as one step that can be undone."""
    proposed = proposed_questions(session.bank, session.answers, records_of(session), who or login())
    group = secrets.token_hex(6)
    for operation in proposed:
        session.apply(operation, group=group, who=who)
    session.save()
    say(f"{plural(len(proposed), 'open question')} added" + ("; say by when" if proposed else ""))
    return 0
