"""Choose for which questions the rows that the DDL proposes are added."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from app.document.text import plural
from app.readiness.ddl_proposals import DdlProposals
from app.session import Session
from screens.leaving import Dialog
from screens.plain import plain, plain_line
from screens.widgets.picks import Pick, Picks

UNREAD_SHOWN = 3
"""How many statements that could not be read are told."""


class PrefillDialog(Dialog[tuple[str, ...] | None]):
    """Returns the ids of the questions that were ticked, None to add nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "add", "Add the rows", priority=True),
        ("escape", "cancel", "Add nothing"),
    ]
    DEFAULT_CSS = """
    PrefillDialog Static { height: auto; width: 1fr; }
    PrefillDialog #unread { color: $warning; margin: 1 0 0 0; }
    PrefillDialog #sum { margin: 1 0 0 0; }
    """

    def __init__(self, session: Session, found: DdlProposals) -> None:
        super().__init__()
        self.session = session
        self.found = found

    def compose(self) -> ComposeResult:
        counts = self.found.counts()
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = "Fill in from the DDL"
            box.border_subtitle = "space ticks · enter adds the drafts · escape adds nothing"
            yield Static(self._read(), id="read", markup=False)
            picks = [Pick(name, self._title(name, count)) for name, count in counts.items()]
            yield Picks(picks, list(counts), several=True, name="questions")
            yield Static(self._sum(list(counts)), id="sum", markup=False)
            if self.found.unread:
                yield Static(unread_text(self.found), id="unread", markup=False)

    def _read(self) -> str:
        schema = self.found.schema
        tables = plural(len(schema.tables), "table")
        return f"{tables} of {schema.dialect}. Rows that are there stay as they are."

    def _title(self, name: str, count: int) -> str:
        view = self.session.survey().questions[name]
        there = self.found.there.get(name, 0)
        known = f", {there} there already" if there else ""
        parked = "" if view.applies else ", not asked at present"
        question = view.question
        return f"{question.number} {question.title}: {plural(count, 'row')}{known}{parked}"

    def _sum(self, names: list[str]) -> str:
        counts = self.found.counts()
        rows = sum(counts[name] for name in names)
        return f"{plural(rows, 'draft row')} to add; a draft counts only once you accept or change it."

    @property
    def ticked(self) -> tuple[str, ...]:
        """The questions that are ticked."""
        return tuple(str(name) for name in self.query_one(Picks).chosen)

    def on_picks_changed(self, event: Picks.Changed) -> None:
        event.stop()
        self.query_one("#sum", Static).update(self._sum([str(name) for name in event.chosen]))

    def action_add(self) -> None:
        self.dismiss(self.ticked)


def unread_text(found: DdlProposals) -> Text:
    """What could not be read, the first of it with its place."""
    lines = [plain(f"⚠ Could not be read: {len(found.unread)}")]
    lines += [plain_line(f"  {one}", 72) for one in found.unread[:UNREAD_SHOWN]]
    more = len(found.unread) - UNREAD_SHOWN
    return Text("\n").join([*lines, *([Text(f"  and {more} more")] if more > 0 else [])])


def unread_words(found: DdlProposals) -> str:
    """The same as a sentence for a notice, or ""."""
    if not found.unread:
        return ""
    return f" Could not be read: {len(found.unread)}, the first at {found.unread[0]}"
