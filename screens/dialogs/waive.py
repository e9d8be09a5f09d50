"""Accept a finding on purpose, with a reason and an owner, or take that back."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Label, Static

from app.document.answers import Waiver
from app.document.operations import Operation, Unwaive, Waive
from app.document.unfinished import with_words
from app.readiness.model import Finding
from app.readiness.waivers import gives_reason, names_owner
from app.session import Session
from screens.dialogs.noting import Noting
from screens.dialogs.texts import Texts
from screens.naming import named
from screens.plain import plain, plain_line
from screens.tabbing import TAB_KEYS
from screens.widgets.inputs import LineInput
from screens.widgets.picks import Pick, Picks

STAYS, BACK = "stays", "back"
_BOXES = ("reason", "owner", "expires")


class WaiveDialog(Noting[Operation | None]):
    """Returns the operation that says what the author decided, None to leave all as it was.

    `waiver` is the one that accepts the finding now, if it is waived; `owner` who answers for a new one if
    nobody else is named.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "cancel", "Leave as it was"),
        ("ctrl+s", "keep", "Keep"),
        *TAB_KEYS,
    ]
    DEFAULT_CSS = """
    WaiveDialog Label { width: 1fr; color: $text-muted; }
    WaiveDialog #finding, WaiveDialog #wrong { height: auto; width: 1fr; }
    WaiveDialog #finding { margin: 0 0 1 0; }
    WaiveDialog #wrong { color: $error; }
    WaiveDialog TextBox { height: auto; min-height: 2; max-height: 6; }
    """
    AUTO_FOCUS = "#reason"

    def __init__(
        self, session: Session, finding: Finding, waiver: Waiver | None, today: date, owner: str = ""
    ) -> None:
        super().__init__()
        self.session = session
        self.finding = finding
        self.waiver = waiver
        self.today = today
        self.owner = owner
        self._texts = Texts()

    @property
    def about(self) -> str:
        return self.finding.target.question

    def compose(self) -> ComposeResult:
        old, box_of = self.waiver, self._texts.box
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = "Waived finding" if old else "Waive a finding"
            box.border_subtitle = "enter goes on and then keeps · escape leaves all as it was"
            yield Static(self._about(), id="finding", markup=False)
            if old is not None:
                picks = [Pick(STAYS, "It stays waived"), Pick(BACK, "Take the waiver back")]
                yield Picks(picks, [STAYS], name="waived")
            yield Label("Why it is accepted")
            yield box_of("reason", old.reason if old else "", holds=True)
            yield Label("Who answers for that")
            yield box_of("owner", old.owner if old else self.owner, holds=True)
            yield Label("Until when, if it ends")
            expires = old.expires.isoformat() if old and old.expires else ""
            yield box_of("expires", expires, placeholder="YYYY-MM-DD")
            yield Static(id="wrong", markup=False)

    def _about(self) -> str:
        """The finding and what the waiver covers, as plain text."""
        finding, bank = self.finding, self.session.bank
        row = f", {finding.target.row}" if finding.target.row else ""
        lines = [f"{finding.code} at {named(bank, finding.target.question)}{row}", finding.message]
        if self.waiver is not None and self.waiver.target != str(finding.target):
            lines.append(f"The waiver covers all of {self.waiver.target}.")
        elif finding.target.line and self.waiver is None:
            lines.append(f"It covers every {finding.code} at this question, on whatever line.")
        return plain("\n".join(lines)).plain

    def on_picks_changed(self, event: Picks.Changed) -> None:
        event.stop()
        if event.chosen == [BACK] and self.waiver is not None:
            self.dismiss(Unwaive(code=self.waiver.code, target=self.waiver.target))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "expires":
            self.action_keep()
        else:
            self.focus_next()
            if isinstance(event.input, LineInput):
                event.input.release()

    def action_keep(self) -> None:
        """Return the waiver, or say what is missing and go there."""
        reason, owner, expires = (self._texts[name] for name in _BOXES)
        if not reason:
            self._refuse("reason", "A waiver needs a reason that a reviewer can weigh.")
        elif self._is_new("reason") and not gives_reason(reason):
            self._refuse("reason", "That is no reason that a reviewer can weigh; say it in a sentence.")
        elif not owner or (self._is_new("owner") and not names_owner(owner)):
            self._refuse("owner", "A waiver needs an owner who answers for it: a person, or a team's name.")
        elif expires and (wrong := self._wrong_day(expires)):
            self._refuse("expires", wrong)
        else:
            self.dismiss(self._operation(reason, owner, date.fromisoformat(expires) if expires else None))

    def _is_new(self, name: str) -> bool:
        """Whether something was written that no waiver says yet."""
        return self.waiver is None or self._texts.is_touched(name)

    def _operation(self, reason: str, owner: str, expires: date | None) -> Operation | None:
        old, finding = self.waiver, self.finding
        if old is not None and (old.reason, old.owner, old.expires) == (reason, owner, expires):
            return None
        code, target = (old.code, old.target) if old else (finding.code, str(finding.target))
        return Waive(code=code, target=target, reason=reason, owner=owner, expires=expires)

    def _wrong_day(self, text: str) -> str:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return "Say the day as 2026-03-31, or leave it empty."
        return "" if day >= self.today else f"{day} is over; the waiver would accept nothing."

    def _refuse(self, name: str, why: str) -> None:
        self.query_one("#wrong", Static).update(plain_line(f"⚠ {why}", 74))
        self.query_one(f"#{name}").focus()

    def note_left(self) -> str:
        note = self.session.answers.notes.get(self.about, "")
        names = [name for name in _BOXES if self.waiver is not None or self._texts.is_touched(name)]
        words = [self._texts[name] for name in names if self._texts[name]]
        is_said = self._texts.is_touched(*_BOXES) and words
        return with_words(note, f"waiver of {self.finding.code}", words) if is_said else note
