"""A reviewer's mark on a cross-check, and the thread that is offered where it does not hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.containers import Container

from app.document.text import one_line
from app.problems import DbcharterError
from app.readiness.model import ItemVerdict
from app.review.agenda import Checked, Entry
from app.review.marks import MARK_WORDS
from app.review.model import CheckMark, MarkKind
from app.review.saying import mark_words
from app.review.state import ReviewState
from screens.base import DocumentScreen
from screens.dialogs.say import Said, SayDialog
from screens.review.talking import choices, choose_place, comment_at, sitting_of

_LABELS: Mapping[MarkKind, str] = {
    "holds": "Why it holds (may be left empty)",
    "does_not_hold": "What does not agree (may be left empty)",
}


class Worksheet(Container):
    """Holds what the keys of cross-checks are for; its scope is theirs where the cursor is on one."""

    scope = ""


def check_of(state: ReviewState, entry: Entry | None) -> ItemVerdict | None:
    """The cross-check that an entry is about, or that a mark in it is about."""
    match entry:
        case Entry(about=Checked(verdict=verdict)):
            return verdict
        case Entry(about=CheckMark(check=check)):
            return next((known for known in state.evaluation.cross_checks if known.id == check), None)
    return None


def mark_check(screen: DocumentScreen, check: ItemVerdict, questions: Sequence[str], mark: MarkKind) -> None:
    """Mark a cross-check whose places hold `questions`, with a sentence, or take one's mark back."""
    if mark == "open":
        _take_back(screen, check)
        return
    said = Said("")

    def keep(written: Said) -> None:
        nonlocal said
        said = written
        _say(screen, check, mark, written.text)

    def offer(kept: bool | None) -> None:
        if kept and mark == "does_not_hold":
            find = choices(screen.session, (), questions, values=False)
            title = f"{check.id} does not hold: begin a thread on"
            choose_place(screen, title, find, lambda c: comment_at(screen, c.question, c.spot, said.text))

    beside = f"{check.title}{_said_before(screen, check)}"
    title = f"{check.id} {MARK_WORDS[mark]}"
    screen.app.push_screen(SayDialog(title, keep, beside=beside, label=_LABELS[mark]), offer)


def _say(screen: DocumentScreen, check: ItemVerdict, mark: MarkKind, text: str) -> None:
    sitting, session = sitting_of(screen), screen.session
    words = mark_words(session.bank, session.answers, check.id, mark, sitting.seat.role, text)
    sitting.say(CheckMark, words)


def _take_back(screen: DocumentScreen, check: ItemVerdict) -> None:
    sitting = sitting_of(screen)
    if check.id not in sitting.state().marks_of(sitting.seat.person):
        screen.dbcharter.tell(f"{check.id} has no mark of yours", seconds=3)
        return
    try:
        _say(screen, check, "open", "")
    except DbcharterError as error:
        screen.dbcharter.tell(str(error), "error")
    else:
        screen.dbcharter.tell(f"{check.id} is open again", seconds=3)


def _said_before(screen: DocumentScreen, check: ItemVerdict) -> str:
    sitting = sitting_of(screen)
    before = sitting.state().marks_of(sitting.seat.person).get(check.id)
    if before is None:
        return ""
    words = f": {one_line(before.mark.text, 200)}" if before.mark.text else ""
    return f"\nYou said on {before.mark.at[:10]}: {MARK_WORDS[before.mark.mark]}{words}"
