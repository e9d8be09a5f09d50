"""The line on top of every screen: which document, who sits here, how far, is it saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.events import Resize

from app.readiness.model import Evaluation, ItemState
from app.readiness.reports.model import percent
from app.session import Session
from screens.plain import plain_line
from screens.widgets.quiet import QuietLine

if TYPE_CHECKING:
    from screens.review.sitting import Sitting

_BAR = 10
_SEAT = 13
"""Columns that the seat has at least."""


class StatusLine(QuietLine):
    """Document, seat, profile, progress, readiness and save state, as much as there is room for."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.evaluation: Evaluation | None = None

    def on_mount(self) -> None:
        self.show()

    def on_resize(self, event: Resize) -> None:
        del event
        self.show()

    def show(self, evaluation: Evaluation | None = None) -> None:
        """Say how things stand; without an evaluation the last one is kept."""
        self.evaluation = evaluation or self.evaluation
        sitting: Sitting | None = getattr(self.app, "sitting", None)
        if sitting is not None and evaluation is not None:
            sitting.count()
        if self.size.width:
            self.show_text(status_text(self.session, self.evaluation, self.size.width, sitting))


def save_word(session: Session) -> str:
    """The save state as a person reads it."""
    if session.read_only_reason:
        return "read-only"
    return "saving" if session.save_state == "unsaved" else session.save_state


def status_text(
    session: Session, evaluation: Evaluation | None, width: int, sitting: Sitting | None = None
) -> Text:
    """One line of exactly `width` columns: document and seat, then how things stand."""
    state, wide = save_word(session), width >= 100
    waiting = [f"⚑ {sitting.waiting} wait"] if sitting is not None and sitting.waiting else []
    counted = wide or sitting is None or not sitting.reviewing
    progress = [_progress(session)] if counted else []
    roomy = width >= 80 and not waiting
    right = [*waiting, *progress, *_readiness(evaluation, wide=wide, roomy=roomy), state]
    tail = Text(("   " if wide else "  ").join(right) + " ", style="bold" if state.startswith("not") else "")
    tail.truncate(max(width - 8 - _SEAT, 8), overflow="ellipsis")
    room = width - tail.cell_len - 2
    seat = _seat(session, sitting, room - 16 if room - 16 > _SEAT else _SEAT)
    head = plain_line(f" {session.path.name}", max(room - seat.cell_len - 2, 4), "bold")
    head.append("  ").append_text(seat)
    profile = _profile(session)
    if room - head.cell_len > len(profile) + 3:
        head.append(f"   {profile}")
    head.append(" " * max(width - tail.cell_len - head.cell_len, 1))
    return head.append_text(tail)


def _seat(session: Session, sitting: Sitting | None, width: int) -> Text:
    """Who sits here, in at most `width` columns."""
    if sitting is None:
        return Text()
    seat, role = sitting.seat, ""
    if seat.role:
        from app.review.roles import role_title

        role = role_title(session.bank, seat.role)
    return Text(f"{seat.glyph} ").append_text(plain_line(seat.words(role), max(width - 2, 4)))


def _profile(session: Session) -> str:
    profile = session.answers.profile
    known = session.bank.change_types
    types = " + ".join(known[name].title for name in profile.change_types if name in known)
    risk = session.bank.risks[profile.risk].title.upper() if profile.risk in session.bank.risks else ""
    return " · ".join(part for part in (types, risk) if part)


def _progress(session: Session) -> str:
    progress = session.survey().progress()
    return f"{progress.done}/{progress.required} answered"


def _readiness(evaluation: Evaluation | None, *, wide: bool, roomy: bool) -> list[str]:
    if evaluation is None:
        return []
    counts = evaluation.counts()
    asked = len(evaluation.checklist) - counts[ItemState.NOT_APPLICABLE]
    full = int(evaluation.readiness * _BAR)
    bar = " " + "▰" * full + "▱" * (_BAR - full) + " " if wide else ""
    met = f"{counts[ItemState.MET]}/{asked}" + (" met" if roomy else "")
    return [f"ready {percent(evaluation.readiness)}%{bar} {met}"]
