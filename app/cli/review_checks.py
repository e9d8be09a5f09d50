"""Commands for the cross-checks that reviewers work through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from app.cli.output import say
from app.cli.review import comment, records_of, write
from app.document.text import one_line
from app.problems import OperationError, nearest
from app.readiness.model import ItemVerdict
from app.review.digests import KeptDigests
from app.review.marks import MARK_WORDS, Held, Marked, held_by_all, looked_at
from app.review.model import CheckMark, MarkKind, Records
from app.review.roles import known_role
from app.review.saying import mark_words
from app.review.state import ReviewState
from app.session import Session

_GLYPHS: Mapping[Held, str] = {Held.HOLDS: "✓", Held.FAILS: "✗", Held.STALE: "◐", Held.OPEN: "○"}
_BY_WORD: Mapping[str, MarkKind] = {words.replace(" ", "-"): kind for kind, words in MARK_WORDS.items()}


def state_of(session: Session, records: Records) -> ReviewState:
    """The document and all that was said about it, as of today."""
    bank, answers = session.bank, session.answers
    return ReviewState(bank, answers, records, session.evaluate(date.today()), KeptDigests(bank).of(answers))


def mark(session: Session, who: str, role: str, check: str, word: str, text: str, place: str) -> int:
    """Mark a cross-check as its places are now, and begin a thread with the text at `place`, if given."""
    kind = _BY_WORD.get(word.casefold().replace("_", "-").replace(" ", "-"))
    if kind is None:
        raise OperationError(f"{word!r} is no mark", nearest(word, _BY_WORD) or ", ".join(_BY_WORD))
    known = known_role(session.bank, role)
    words = mark_words(session.bank, session.answers, check, kind, known, text)
    if place:
        comment(session, who, role, place, text, "")
    write(session, who, role, CheckMark, words)
    say(f"{words['check']}: {MARK_WORDS[kind]}" + ("" if kind == "open" else ", as it is now"))
    if kind == "does_not_hold" and not place:
        say(f"begin a thread on it: dbcharter review comment {session.path} ADDRESS TEXT")
    return 0


def show_checks(session: Session) -> int:
    """Print every cross-check with what the rules found and what people say."""
    say("\n".join(check_lines(state_of(session, records_of(session)), every=True)))
    return 0


def check_lines(state: ReviewState, *, every: bool) -> Iterator[str]:
    """How many cross-checks somebody looked at, and those that have a mark, or `every` one."""
    count = looked_at(state.checks, state.marks.values())
    yield f"Cross-checks: {count} of {len(state.checks)} looked at"
    for verdict in state.evaluation.cross_checks:
        given = state.marks_on(verdict.id)
        if given or every:
            yield from _check_lines(state.records, verdict, given)


def _check_lines(records: Records, verdict: ItemVerdict, given: tuple[Marked, ...]) -> Iterator[str]:
    held = held_by_all(given)
    rules = verdict.state.value.replace("_", " ")
    yield f"  {_GLYPHS[held]} {verdict.id} {verdict.title}: {held.value} (the rules: {rules})"
    for marked in given:
        mark = marked.mark
        since = ", and a place has changed since" if marked.is_stale else ""
        words = f": {one_line(mark.text)}" if mark.text else ""
        yield f"      {records.name_of(mark.person)}, {mark.at[:10]}: {MARK_WORDS[mark.mark]}{since}{words}"


def check_data(state: ReviewState) -> list[dict[str, Any]]:
    """The cross-checks as JSON has them."""
    return [
        {
            "id": verdict.id,
            "title": verdict.title,
            "rules": verdict.state.value,
            "state": held_by_all(given := state.marks_on(verdict.id)).value,
            "marks": [_mark_data(state.records, marked) for marked in given],
        }
        for verdict in state.evaluation.cross_checks
    ]


def _mark_data(records: Records, marked: Marked) -> dict[str, Any]:
    mark = marked.mark
    return {
        "by": records.name_of(mark.person),
        "at": mark.at,
        "mark": mark.mark,
        "changed_since": marked.is_stale,
        "digest": mark.digest,
        "text": mark.text,
    }
