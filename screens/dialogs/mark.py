"""F9: say that a question is not applicable or deferred; keep a note."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Label, Static

from app.document.answers import NOT_APPLICABLE_REASONS, State
from app.document.operations import Operation, SetNote, SetState
from app.session import Session
from screens.leaving import Dialog
from screens.plain import plain, plain_line
from screens.tabbing import TAB_KEYS
from screens.widgets.inputs import LineInput
from screens.widgets.picks import Pick, Picks

ASKED, DEFERRED = "asked", "deferred"


class MarkDialog(Dialog[tuple[Operation, ...]]):
    """Returns the operations that say what the author chose; none when nothing is different."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "cancel", "Leave as it was"),
        ("ctrl+s", "keep", "Keep"),
        *TAB_KEYS,
    ]
    DEFAULT_CSS = """
    MarkDialog Label { width: 1fr; color: $text-muted; }
    MarkDialog #wrong { color: $error; height: auto; }
    """

    AUTO_FOCUS = "#state"

    def __init__(self, session: Session, question_id: str) -> None:
        super().__init__()
        self.session = session
        self.question_id = question_id
        self.state = session.answers.states.get(question_id)
        self.note = session.answers.notes.get(question_id, "")

    def compose(self) -> ComposeResult:
        question = self.session.bank.questions[self.question_id]
        picks = [
            Pick(ASKED, "It is answered here"),
            *(Pick(name, f"Not applicable: {text}") for name, text in NOT_APPLICABLE_REASONS.items()),
            Pick(DEFERRED, "Deferred: somebody answers it later"),
        ]
        state = self.state or State("deferred")
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = plain_line(f"{question.number} {question.title}", 60)
            box.border_subtitle = "enter keeps · escape leaves all as it was"
            yield Picks(picks, [self._chosen()], name="state")
            yield Label("Why, in a sentence", classes="why")
            yield LineInput(state.note, id="why", classes="why")
            yield Label("Who answers it", classes="later")
            yield LineInput(state.owner, id="owner", classes="later")
            yield Label("By when", classes="later")
            yield LineInput(
                state.until.isoformat() if state.until else "",
                placeholder="YYYY-MM-DD",
                id="until",
                classes="later",
            )
            yield Label("Note beside the question, for those who write the document")
            yield LineInput(self.note, id="note")
            yield Static(id="wrong", markup=False)

    def on_mount(self) -> None:
        self._show_needed()

    def _chosen(self) -> str:
        if self.state is None:
            return ASKED
        return DEFERRED if self.state.state == "deferred" else self.state.reason

    @property
    def _picked(self) -> str:
        return str(self.query_one(Picks).chosen[0])

    def _show_needed(self) -> None:
        self.query(".why").set(display=self._picked != ASKED)
        self.query(".later").set(display=self._picked == DEFERRED)

    def on_picks_changed(self, event: Picks.Changed) -> None:
        event.stop()
        self._show_needed()
        if not event.again and self._picked == ASKED:
            return
        wanted = {ASKED: "#note", DEFERRED: "#owner"}.get(self._picked, "#why")
        self.query_one(wanted).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        empty = [box for box in self._needed() if not box.value.strip()]
        if empty and event.input is not empty[0]:
            empty[0].focus()
        else:
            self.action_keep()

    def _needed(self) -> list[LineInput]:
        names = {ASKED: (), DEFERRED: ("#owner", "#until")}.get(self._picked, ("#why",))
        return [self.query_one(name, LineInput) for name in names]

    def action_keep(self) -> None:
        """Return what was said, or explain what is missing."""
        try:
            self.dismiss(tuple(self._operations()))
        except ValueError as error:
            self.query_one("#wrong", Static).update(plain(f"⚠ {error}"))
            empty = [box for box in self._needed() if not box.value.strip()]
            (empty or self._needed() or [self.query_one("#note", LineInput)])[-1 if not empty else 0].focus()

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", LineInput).value.strip()

    def _operations(self) -> list[Operation]:
        """Raises ValueError with what is missing."""
        said = self._new_state()
        operations: list[Operation] = []
        if said != SetState.to(self.question_id, self.state):
            operations.append(said)
        if self._text("note") != self.note:
            operations.append(SetNote(question=self.question_id, note=self._text("note")))
        return operations

    def _new_state(self) -> SetState:
        picked, why = self._picked, self._text("why")
        if picked == ASKED:
            return SetState(question=self.question_id)
        if picked != DEFERRED:
            if not why:
                raise ValueError("Say in a sentence why it is not applicable.")
            return SetState(question=self.question_id, state="not_applicable", reason=picked, note=why)
        owner, until = self._text("owner"), self._text("until")
        if not owner:
            raise ValueError("Say who answers it.")
        try:
            day = date.fromisoformat(until)
        except ValueError:
            raise ValueError("Say by when, as 2026-03-31.") from None
        return SetState(question=self.question_id, state="deferred", owner=owner, until=day, note=why)

    def action_cancel(self) -> None:
        self.dismiss(())
