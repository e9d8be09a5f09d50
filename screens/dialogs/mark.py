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
from app.document.unfinished import with_words
from app.readiness.facts.texts import is_reason
from app.session import Session
from screens.dialogs.noting import Noting
from screens.dialogs.texts import Texts
from screens.plain import plain, plain_line
from screens.tabbing import TAB_KEYS
from screens.widgets.picks import Pick, Picks

ASKED, DEFERRED = "asked", "deferred"
_MARKS = {ASKED: "not said to the end", DEFERRED: "deferred"}


class MarkDialog(Noting[tuple[Operation, ...]]):
    """Returns the operations that say what the author chose; none when nothing is different."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "cancel", "Leave as it was"),
        ("ctrl+s", "keep", "Keep"),
        *TAB_KEYS,
    ]
    DEFAULT_CSS = """
    MarkDialog Label { width: 1fr; color: $text-muted; }
    MarkDialog TextBox { height: auto; min-height: 2; max-height: 6; }
    MarkDialog #wrong { color: $error; height: auto; }
    """

    AUTO_FOCUS = "#state"

    def __init__(self, session: Session, question_id: str) -> None:
        super().__init__()
        self.session = session
        self.question_id = question_id
        self.state = session.answers.states.get(question_id)
        self.note = session.answers.notes.get(question_id, "")
        self._texts = Texts()

    @property
    def about(self) -> str:
        return self.question_id

    def compose(self) -> ComposeResult:
        question = self.session.bank.questions[self.question_id]
        picks = [
            Pick(ASKED, "It is answered here"),
            *(Pick(name, f"Not applicable: {text}") for name, text in NOT_APPLICABLE_REASONS.items()),
            Pick(DEFERRED, "Deferred: somebody answers it later"),
        ]
        state, box_of = self.state or State("deferred"), self._texts.box
        until = state.until.isoformat() if state.until else ""
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = plain_line(f"{question.number} {question.title}", 60)
            keeps = "ctrl+s keeps" if "\n" in state.note + self.note else "enter keeps"
            box.border_subtitle = f"{keeps} · escape leaves all as it was"
            yield Picks(picks, [self._chosen()], name="state")
            yield Label("Why, in a sentence", classes="why")
            yield box_of("why", state.note, classes="why")
            yield Label("Who answers it", classes="later")
            yield box_of("owner", state.owner, classes="later")
            yield Label("By when", classes="later")
            yield box_of("until", until, placeholder="YYYY-MM-DD", classes="later")
            yield Label("Note beside the question, for those who write the document")
            yield box_of("note", self.note)
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
        lacking = self._lacking()
        if lacking and event.input.id != lacking[0]:
            self.query_one(f"#{lacking[0]}").focus()
        else:
            self.action_keep()

    def _needed(self) -> tuple[str, ...]:
        return {ASKED: (), DEFERRED: ("owner", "until")}.get(self._picked, ("why",))

    def _lacking(self) -> list[str]:
        return [name for name in self._needed() if not self._texts[name].strip()]

    def action_keep(self) -> None:
        """Return what was said, or explain what is missing."""
        try:
            self.dismiss(tuple(self._operations()))
        except ValueError as error:
            self.query_one("#wrong", Static).update(plain(f"⚠ {error}"))
            wrong = self._lacking()[:1] or self._needed()[-1:] or ["note"]
            self.query_one(f"#{wrong[0]}").focus()

    def note_left(self) -> str:
        """The note, and what was written for a mark, which is none without the author's word."""
        note, names = self._texts["note"], ("why", "owner", "until")
        if not self._texts.is_touched(*names):
            return note
        picked = self._picked
        reason = [picked] if picked in NOT_APPLICABLE_REASONS else []
        words = [text for text in (self._texts[name] for name in ("owner", "until", "why")) if text]
        return with_words(note, _MARKS.get(picked, "not applicable"), reason + words) if words else note

    def _operations(self) -> list[Operation]:
        """Raises ValueError with what is missing."""
        said = self._new_state()
        operations: list[Operation] = []
        if said != SetState.to(self.question_id, self.state):
            operations.append(said)
        if self._texts["note"] != self.note:
            operations.append(SetNote(question=self.question_id, note=self._texts["note"]))
        return operations

    def _new_state(self) -> SetState:
        picked, why = self._picked, self._texts["why"]
        if picked == ASKED:
            return SetState(question=self.question_id)
        if picked != DEFERRED:
            if not why:
                raise ValueError("Say in a sentence why it is not applicable.")
            if not is_reason(why) and (picked != self._chosen() or self._texts.is_touched("why")):
                raise ValueError("That does not say why; a reviewer needs a sentence.")
            return SetState(question=self.question_id, state="not_applicable", reason=picked, note=why)
        owner, until = self._texts["owner"], self._texts["until"]
        if not owner:
            raise ValueError("Say who answers it.")
        try:
            day = date.fromisoformat(until)
        except ValueError:
            raise ValueError("Say by when, as 2026-03-31.") from None
        return SetState(question=self.question_id, state="deferred", owner=owner, until=day, note=why)

    def action_cancel(self) -> None:
        self.dismiss(())
