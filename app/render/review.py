"""The evidence of a review: who approved what, when and over which answers; what is still talked about."""

from __future__ import annotations

from collections.abc import Iterator

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.text import one_line
from app.readiness.model import Evaluation
from app.render.appendix import waiver_parts
from app.render.markdown import Markdown, anchor, cell, inline
from app.render.verdicts import verdict_parts
from app.render.view import AppendixPart, Block, Bullets, Table, Text
from app.review.anchors import Place, Spot
from app.review.approval import section_name
from app.review.digests import KeptDigests
from app.review.marks import MARK_WORDS, Marked, marks
from app.review.model import Records
from app.review.roles import role_title
from app.review.suggestions import Fate, proposals
from app.review.threads import Talk, anchor_of, threads
from app.review.verdicts import Digests, Standing, standing

TITLE = "Review"
ANCHOR = "appendix-review"
DIGEST_LENGTH = 16
"""How many characters of a digest are printed; the whole one is in the reviewer's file."""
_WORDS = {"approve": "approved", "request_changes": "asked for changes"}
_COLUMNS = ("Section", "Reviewer", "Verdict", "On", "Answers (SHA-256)")
_MARK_COLUMNS = ("Cross-check", "Reviewer", "Says", "On", "Answers (SHA-256)")
_LONGEST = 500
"""How much of the text of a thread or a mark is printed."""


def evaluated_and_reviewed(
    bank: Bank,
    answers: Answers,
    evaluation: Evaluation | None,
    records: Records | None,
    digests: Digests | None = None,
) -> tuple[AppendixPart, ...]:
    """What the appendix says beyond the answers: waivers that do nothing, the final review, the reviewers."""
    return (
        *waiver_parts(evaluation),
        *verdict_parts(bank, evaluation),
        *review_parts(bank, answers, records, digests),
    )


def review_parts(
    bank: Bank, answers: Answers, records: Records | None, digests: Digests | None = None
) -> tuple[AppendixPart, ...]:
    """The part of the appendix about the review; none where nothing was said.

    `digests` are those of these answers, for those who have them.
    """
    if records is None or not records.records:
        return ()
    known = KeptDigests(bank).of(answers) if digests is None else digests
    blocks = tuple(_blocks(bank, answers, records, known))
    return (AppendixPart(inline(TITLE), anchor(ANCHOR), blocks),) if blocks else ()


def _blocks(bank: Bank, answers: Answers, records: Records, digests: Digests) -> Iterator[Block]:
    held = standing(records, digests).values()
    if held:
        rows = [_row(bank, records, found) for found in held]
        order = {section_name(bank, section.id): at for at, section in enumerate(bank.sections)}
        rows.sort(key=lambda row: order.get(row[0], len(order)))
        yield Table(tuple(map(cell, _COLUMNS)), tuple(tuple(map(cell, row)) for row in rows))
    given = sorted(marks(records, digests).values(), key=lambda marked: marked.mark.check)
    if given:
        rows = [_mark_row(bank, records, marked) for marked in given]
        yield Table(tuple(map(cell, _MARK_COLUMNS)), tuple(tuple(map(cell, row)) for row in rows))
    open_threads = [talk for talk in threads(records) if talk.is_open]
    if open_threads:
        yield Text(inline("Open threads:"))
        yield Bullets(tuple(_thread(bank, answers, records, talk) for talk in open_threads))
    waiting = [p for p in proposals(bank, answers, records) if p.fate in (Fate.OPEN, Fate.OUTDATED)]
    if waiting:
        yield Text(inline(f"Suggestions that nobody has decided about: {len(waiting)}."))


def _row(bank: Bank, records: Records, found: Standing) -> tuple[str, ...]:
    verdict = found.verdict
    word = _WORDS[verdict.verdict] + ("; the section has changed since" if found.is_stale else "")
    role = f" ({role_title(bank, verdict.role)})" if verdict.role else ""
    return (
        section_name(bank, verdict.section),
        f"{one_line(records.name_of(verdict.person))}{role}",
        word,
        verdict.at[:10],
        verdict.digest[:DIGEST_LENGTH],
    )


def _mark_row(bank: Bank, records: Records, marked: Marked) -> tuple[str, ...]:
    mark = marked.mark
    check = bank.cross_checks.get(mark.check)
    title = check.title if check else ""
    since = "; a place has changed since" if marked.is_stale else ""
    words = f": {one_line(mark.text, _LONGEST)}" if mark.text else ""
    return (
        f"{mark.check} {title}".rstrip(),
        one_line(records.name_of(mark.person)),
        f"{MARK_WORDS[mark.mark]}{since}{words}",
        mark.at[:10],
        mark.digest[:DIGEST_LENGTH],
    )


def _thread(bank: Bank, answers: Answers, records: Records, talk: Talk) -> Markdown:
    thread = talk.thread
    found = anchor_of(bank, answers, thread)
    where = Spot(thread.row, thread.column).address(thread.question)
    why = "" if found.place == Place.IN_PLACE else f" ({found.why})"
    count = len(talk.replies)
    replies = f" ({count} {'reply' if count == 1 else 'replies'})" if count else ""
    by = f"{one_line(records.name_of(thread.person))}, {thread.at[:10]}"
    return inline(f"{thread.id}, {where}{why}, {by}: {one_line(thread.text, _LONGEST)}{replies}")
