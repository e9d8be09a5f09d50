"""Where a review stands: who has approved what, what is talked about, what is suggested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.bank.model import Bank
from app.cli.output import say, say_json
from app.cli.review import records_of
from app.cli.review_checks import check_data, check_lines, state_of
from app.document.text import one_line, plural
from app.review.anchors import Spot, words_of
from app.review.approval import Say, Voice, section_name
from app.review.model import Records, Suggestion
from app.review.row_suggestions import ROW_WORDS, cell_changes, gist
from app.review.state import ReviewState
from app.review.suggestions import Fate
from app.review.threads import Talk, anchor_of
from app.session import Session

GLYPHS: Mapping[Say, str] = {
    Say.APPROVED: "✓",
    Say.STALE: "◐",
    Say.CHANGES_REQUESTED: "✗",
    Say.WAITING: "○",
}


def show_overview(session: Session, as_json: bool) -> int:
    """Print where the review stands; 1 while the document is not approved or a file has problems."""
    records = records_of(session)
    state = state_of(session, records)
    if as_json:
        say_json(_overview_data(state))
    else:
        say("\n".join(_overview(session, state)))
    return 0 if state.approval.holds and not records.problems else 1


def _overview(session: Session, state: ReviewState) -> Iterator[str]:
    found, records = state.approval, state.records
    yield f"{session.path}: {'approved by all who have to' if found.holds else 'not approved'}"
    yield from (f"  {reason}" for reason in found.reasons)
    yield from _voice_lines(session.bank, records, found.voices)
    if state.checks:
        first, *rest = check_lines(state, every=False)
        yield f"\n{first}"
        yield from rest
    yield from _thread_lines(state)
    yield from _proposal_lines(state)
    if records.problems:
        yield f"\nProblems ({len(records.problems)}):"
        yield from (f"  {problem}" for problem in records.problems)


def _voice_lines(bank: Bank, records: Records, voices: Sequence[Voice]) -> Iterator[str]:
    role = None
    for voice in voices:
        if voice.role is not role:
            role = voice.role
            yield f"\n{role.title}, because {' and because '.join(role.because)}"
        yield f"  {GLYPHS[voice.say]} {section_name(bank, voice.section)}: {_voice(records, voice)}"


def _voice(records: Records, voice: Voice) -> str:
    if voice.verdict is None:
        return voice.say.value
    changed = ", and it has changed since" if voice.is_stale else ""
    by = f"{records.name_of(voice.verdict.person)}, {voice.verdict.at[:10]}{changed}"
    said = f": {one_line(voice.verdict.text)}" if voice.verdict.text else ""
    return f"{voice.say.value} ({by}){said}"


def _thread_lines(state: ReviewState) -> Iterator[str]:
    talks, records = state.talks, state.records
    still_open = [talk for talk in talks if talk.is_open]
    if talks:
        yield f"\nThreads: {len(still_open)} open, {len(talks) - len(still_open)} resolved"
    for talk in still_open:
        thread = talk.thread
        found = anchor_of(state.bank, state.answers, thread)
        where = Spot(thread.row, thread.column).address(thread.question)
        yield f"  {thread.id}  {where}: {found.why or found.place.value}"
        if thread.quote:
            yield f"      > {one_line(thread.quote)}"
        yield from _words(records.name_of(thread.person), thread.text)
        for answer in talk.replies:
            yield from _words(records.name_of(answer.person), answer.text)


def _words(name: str, text: str) -> Iterator[str]:
    first, *rest = text.split("\n")
    yield f"      {name}: {first}"
    yield from (f"        {line}" for line in rest)


def _proposal_lines(state: ReviewState) -> Iterator[str]:
    found, records = state.proposals, state.records
    if found:
        yield f"\nSuggestions: {plural(len(found), 'suggestion')}"
    for proposal in found:
        suggestion = proposal.suggestion
        where = Spot(suggestion.row, suggestion.column).address(suggestion.question)
        why = f", {proposal.why}" if proposal.why else ""
        by = records.name_of(suggestion.person)
        yield f"  {suggestion.id}  {where}, by {by}: {proposal.fate.value}{why}"
        if proposal.fate in (Fate.OPEN, Fate.OUTDATED):
            yield from _new_lines(state.bank, suggestion)
        elif suggestion.change:
            yield f"      {one_line(gist(state.bank, suggestion))}"


def _new_lines(bank: Bank, suggestion: Suggestion) -> Iterator[str]:
    """Old and new of a value, or of each cell of a row."""
    if not suggestion.change:
        yield f"      {one_line(suggestion.old) or 'nothing'} → {one_line(words_of(suggestion.new))}"
        return
    yield f"      {ROW_WORDS[suggestion.change]}"
    for change in cell_changes(bank, suggestion):
        old = f"{one_line(change.old) or 'nothing'} → " if suggestion.change == "change" else ""
        new = change.old if suggestion.change == "remove" else change.new or "nothing"
        yield f"        {one_line(change.title)}: {old}{one_line(new)}"


def _overview_data(state: ReviewState) -> dict[str, Any]:
    found, records = state.approval, state.records
    return {
        "approved": found.holds,
        "reasons": list(found.reasons),
        "sections": [
            {
                "role": voice.role.id,
                "section": voice.section,
                "state": voice.say.value,
                "changed_since": voice.is_stale,
                "by": records.name_of(voice.verdict.person) if voice.verdict else None,
                "at": voice.verdict.at if voice.verdict else None,
                "digest": voice.verdict.digest if voice.verdict else None,
            }
            for voice in found.voices
        ],
        "cross_checks": check_data(state),
        "threads": [_talk_data(state, talk) for talk in state.talks],
        "suggestions": [
            {**p.suggestion.model_dump(), "state": p.fate.value, "why": p.why} for p in state.proposals
        ],
        "problems": [str(problem) for problem in records.problems],
    }


def _talk_data(state: ReviewState, talk: Talk) -> dict[str, Any]:
    found = anchor_of(state.bank, state.answers, talk.thread)
    return {
        **talk.thread.model_dump(),
        "open": talk.is_open,
        "place": found.place.value,
        "why": found.why,
        "spots": [spot.address(talk.thread.question) for spot in found.spots],
        "replies": [answer.model_dump() for answer in talk.replies],
    }
