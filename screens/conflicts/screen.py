"""Conflicts: both sides of what a merge could not decide, one by one."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.widgets import Static

from app.document.answers import Conflict, Value
from app.document.operations import Side
from app.session import Session
from screens.actions import bindings
from screens.conflicts.sides import (
    compared,
    is_single,
    place_words,
    settling,
    side_lines,
    text_of,
    written,
)
from screens.looking import LookingScreen
from screens.messages import GoTo
from screens.plain import plain, plain_line
from screens.widgets.key_line import KeyLine
from screens.widgets.status_line import StatusLine


class ConflictsScreen(LookingScreen):
    """Shows one conflict: mine, theirs, and what it was before both."""

    scope = "conflicts"
    BINDINGS: ClassVar[list[BindingType]] = bindings("conflicts")
    CSS_PATH = "conflicts.tcss"
    AUTO_FOCUS = "#mine"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.at = 0
        self._settled = ""

    def compose(self) -> ComposeResult:
        yield StatusLine(self.session)
        yield Static(id="place", markup=False)
        with Container(id="sides"):
            for name in ("mine", "theirs", "before"):
                with VerticalScroll(id=name) as side:
                    side.border_title = name
                    yield Static(id=f"{name}-text", markup=False)
        yield KeyLine()

    def begin(self) -> None:
        self.query_one("#mine").border_title = "Mine · F2 takes it"
        self.query_one("#theirs").border_title = "Theirs · F3 takes it"
        self.query_one("#before").border_title = "Before both"

    @property
    def conflict(self) -> Conflict | None:
        """The conflict that is shown."""
        conflicts = self.session.answers.conflicts
        return conflicts[min(self.at, len(conflicts) - 1)] if conflicts else None

    def look(self) -> None:
        conflict, conflicts = self.conflict, self.session.answers.conflicts
        self.query_one("#sides").display = conflict is not None
        place = self.query_one("#place", Static)
        if conflict is None:
            place.update(
                plain(f"{self._settled}\nNo conflict is open. Escape goes back; ctrl+z undoes a choice.")
            )
            return
        self.at = min(self.at, len(conflicts) - 1)
        bank, width = self.session.bank, max(self.size.width - 2, 40)
        words = f"Conflict {self.at + 1} of {len(conflicts)} · {place_words(bank, conflict)}"
        line = plain_line(words, width, "bold")
        place.update(line.append("\n").append_text(plain_line(self._settled, width, "dim not bold")))
        mine, theirs = (side_lines(bank, conflict, side) for side in (conflict.ours, conflict.theirs))
        colour = self.app.theme_variables.get("accent", "")
        self.query_one("#mine-text", Static).update(compared(mine, theirs, colour))
        self.query_one("#theirs-text", Static).update(compared(theirs, mine, colour))
        self.query_one("#before").display = conflict.base is not None
        before = "\n".join(side_lines(bank, conflict, conflict.base))
        self.query_one("#before-text", Static).update(plain(before))

    def _settle(self, take: Side, value: Value | None = None) -> bool:
        conflict = self.conflict
        if conflict is None:
            return False
        where = place_words(self.session.bank, conflict)
        if not self.dbcharter.apply(settling(self.session.answers, conflict, take, value)):
            return False
        self._settled = f"Settled: {where}"
        self.look()
        return True

    def turned(self, which: str, what: str) -> None:
        self._settled = ""
        super().turned(which, what)

    def action_take_ours(self) -> None:
        self._settle("ours")

    def action_take_theirs(self) -> None:
        self._settle("theirs")

    def action_edit_conflict(self) -> None:
        """Have the value written anew; what is not one value is opened in its question."""
        from screens.dialogs.edit_text import EditTextDialog

        conflict = self.conflict
        if conflict is None:
            return
        bank = self.session.bank
        if is_single(bank, conflict):
            theirs = "\n".join(side_lines(bank, conflict, conflict.theirs))
            title = place_words(bank, conflict)

            def keep(text: str | None) -> None:
                if text is not None and self.conflict is conflict:
                    self._settle("value", written(bank, conflict, text))

            self.app.push_screen(EditTextDialog(title, text_of(conflict), f"Theirs: {theirs}"), keep)
        elif conflict.question in bank.questions:
            if self._settle("ours"):
                self.post_message(GoTo(conflict.question, conflict.row or ""))
        else:
            self.dbcharter.tell("Take one side; it can be changed afterwards", "warning")

    def action_conflict_next(self) -> None:
        self._step(1)

    def action_conflict_previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        self._settled = ""
        count = len(self.session.answers.conflicts)
        if count:
            self.at = (self.at + by) % count
            self.look()
