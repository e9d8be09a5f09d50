"""The line on top of every screen: which document, how far, is it saved."""

from __future__ import annotations

from rich.text import Text
from textual.events import Resize
from textual.widgets import Static

from app.readiness.model import Evaluation, ItemState
from app.readiness.reports.model import percent
from app.session import Session
from screens.plain import plain_line

_BAR = 10


class StatusLine(Static):
    """Document, profile, progress, readiness and save state on one line, as much as there is room for."""

    def __init__(self, session: Session) -> None:
        super().__init__(markup=False)
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
        if self.size.width:
            self.update(status_text(self.session, self.evaluation, self.size.width))


def save_word(session: Session) -> str:
    """The save state as a person reads it."""
    if session.read_only_reason:
        return "read-only"
    return "saving" if session.save_state == "unsaved" else session.save_state


def status_text(session: Session, evaluation: Evaluation | None, width: int) -> Text:
    """One line of exactly `width` columns: the document on the left, progress and save state on the right."""
    state = save_word(session)
    right = [_progress(session), *_readiness(evaluation, wide=width >= 100), state]
    tail = Text("   ".join(right) + " ", style="bold" if state.startswith("not") else "")
    tail.truncate(max(width - 8, 8), overflow="ellipsis")
    room = width - tail.cell_len - 1
    head = plain_line(f" {session.path.name}", max(room, 1), "bold")
    profile = _profile(session)
    if room - head.cell_len > len(profile) + 4:
        head.append(f"   {profile}")
    head.append(" " * (width - tail.cell_len - head.cell_len))
    return head.append_text(tail)


def _profile(session: Session) -> str:
    profile = session.answers.profile
    known = session.bank.change_types
    types = " + ".join(known[name].title for name in profile.change_types if name in known)
    risk = session.bank.risks[profile.risk].title.upper() if profile.risk in session.bank.risks else ""
    return " · ".join(part for part in (types, risk) if part)


def _progress(session: Session) -> str:
    progress = session.survey().progress()
    return f"{progress.done}/{progress.required} answered"


def _readiness(evaluation: Evaluation | None, *, wide: bool) -> list[str]:
    if evaluation is None:
        return []
    counts = evaluation.counts()
    asked = len(evaluation.checklist) - counts[ItemState.NOT_APPLICABLE]
    full = int(evaluation.readiness * _BAR)
    bar = " " + "▰" * full + "▱" * (_BAR - full) if wide else ""
    return [f"ready {percent(evaluation.readiness)}%{bar}  {counts[ItemState.MET]}/{asked} met"]
