"""One group of questions: the present one open with its field, the others a line each."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import Click, Resize
from textual.message import Message

from app.readiness.model import Evaluation, Target
from app.session import Session
from screens.found import how_to_waive
from screens.interview.texts import Painter
from screens.messages import DocumentChanged, GoTo
from screens.painting import LaidOutOnce
from screens.settling import lay_out, settled
from screens.widgets.fields import make_field
from screens.widgets.fields.base import Field
from screens.widgets.inputs import LineInput
from screens.widgets.quiet import QuietText


class QuestionLines(QuietText):
    """Questions of the group, one line each; a click goes there."""

    @dataclass
    class Chosen(Message):
        question: str

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self.questions: list[str] = []

    def show(self, questions: list[str], lines: list[Text]) -> None:
        self.questions = questions
        self.display = bool(questions)
        self.show_text(Text("\n").join(lines))

    def on_click(self, event: Click) -> None:
        if 0 <= event.y < len(self.questions):
            event.stop()
            self.post_message(self.Chosen(self.questions[event.y]))


class QuestionForm(VerticalScroll, LaidOutOnce, can_focus=False):
    """Shows one subsection with one open question."""

    def __init__(self, session: Session) -> None:
        super().__init__(id="form")
        self.session = session
        self.question_id = ""
        self.field: Field | None = None
        self.evaluation: Evaluation | None = None
        self.examples = False
        self._is_stale = False

    def compose(self) -> ComposeResult:
        yield QuietText(id="subsection")
        yield QuestionLines("before")
        yield QuietText(id="question")
        yield QuietText(id="example")
        yield QuietText(id="under")
        yield QuestionLines("after")

    def on_resize(self, event: Resize) -> None:
        del event
        self.paint()

    async def show(self, place: GoTo) -> None:
        """Open a question and put the cursor to a place in its field."""
        await self.settle()
        question_id = place.question
        waiting = [] if self.field is None else list(self.field.query(LineInput))
        if question_id != self.question_id or self.field is None or self._is_stale:
            self._is_stale = False
            old, self.field = self.field, make_field(self.session, question_id)
            self.question_id = question_id
            with self.app.batch_update():
                self.paint()
                if old is not None:
                    await old.remove()
                await self.mount(self.field, after="#example")
                if self.evaluation is not None:
                    self.field.evaluated(self.evaluation)
                lay_out(self.screen)
            self.scroll_to_widget(self.query_one("#question"), animate=False, top=True)
        self.field.focus_row(place.row, place.column)
        if place.line:
            self.field.focus_line(place.line)
        if place.explained:
            self.paint()
            self.call_after_refresh(self._have_explained, self.field, in_row=bool(place.row))
        for line in waiting:
            line.release()

    def _have_explained(self, field: Field, *, in_row: bool) -> None:
        """Have in sight what was found, and above it the cursor if there is room for both."""
        if field is self.field and field.is_attached:
            beside = field.explanation if in_row else None
            self.scroll_to_widget(beside or self.query_one("#under"), animate=False, immediate=True)
            field.have_in_sight()

    @property
    def here(self) -> Target:
        """Where the cursor is."""
        field = self.field  # one that is being removed is displayed no more, and may have lost its inputs
        if field is None or not (field.is_mounted and field.display):
            return Target(self.question_id)
        return Target(self.question_id, field.current_row, field.current_column, field.current_line)

    def on_field_moved(self, event: Field.Moved) -> None:
        """Say what was found at the line that the cursor is in."""
        event.stop()
        self.paint()

    def forget(self) -> None:
        """Have the field made anew when a question is shown the next time."""
        self._is_stale = True

    def stay(self) -> None:
        """Go on with this field where the author wanted to leave it."""
        if self.field is not None:
            for line in self.field.query(LineInput):
                line.release()

    async def settle(self) -> None:
        """Have all keys that were sent to the field handled, and what they say applied."""
        focused = self.screen.focused
        if self.field is not None and focused is not None and self.field in focused.ancestors_with_self:
            await settled(focused)
        self.flush()

    def flush(self) -> None:
        """Have what was typed last applied."""
        if self.field is not None:
            self.field.flush()

    def changed(self, event: DocumentChanged) -> None:
        """Show what is different; the field from which the change came shows it already."""
        if self.field is not None and event.by is not self.field:
            self.field.flush()  # what was typed while somebody else changed something
            self.field.reload()
        self.paint()

    def evaluated(self, evaluation: Evaluation) -> None:
        """Show what the evaluation found."""
        self.evaluation = evaluation
        if self.field is not None:
            self.field.evaluated(evaluation)
        self.paint()

    def turn_examples(self) -> None:
        """Show or hide the examples."""
        self.examples = not self.examples
        self.paint()
        if self.examples:
            self.scroll_to_widget(self.query_one("#example"), animate=False)

    def paint(self) -> None:
        """Show everything but the field."""
        if not self.question_id:
            return
        width = max(self.size.width - 4, 20)
        line, hint = self.here.line, how_to_waive(self)
        painter = Painter(self.session, self.app.theme_variables, width, self.evaluation, line, hint)
        number = self.session.bank.questions[self.question_id].number
        group = painter.group(number, self.question_id)
        at = group.index(self.question_id)
        about = painter.subsection(number, titled=not self.screen.has_class("-narrow"))
        self._show("subsection", about, there=bool(about))
        before, after = group[:at], group[at + 1 :]
        self.query_one("#before", QuestionLines).show(before, [painter.line(name) for name in before])
        self.query_one("#after", QuestionLines).show(after, [painter.line(name) for name in after])
        self._show("question", painter.question(self.question_id), there=True)
        example = painter.example(self.question_id) if self.examples else Text()
        self._show("example", example, there=self.examples)
        explains = self.field is not None and self.field.explains
        under = painter.under(self.question_id, misfits=not explains)
        self._show("under", under, there=bool(under))

    def _show(self, name: str, text: Text, *, there: bool) -> None:
        widget = self.query_one(f"#{name}", QuietText)
        widget.display = there
        widget.show_text(text)
