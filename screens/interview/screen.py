"""The interview screen: sections, one group of questions, a pane on the right."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from app.document.operations import Operation
from app.document.text import plural
from app.interview.navigation import asking_order, next_question
from app.readiness.model import Evaluation, Target
from app.session import Session
from screens.actions import bindings
from screens.background import Newest
from screens.base import DocumentScreen
from screens.messages import DocumentChanged, GoTo, ReviewChanged, SaveStateChanged
from screens.plain import plain, plain_line
from screens.widgets.fields.base import Field
from screens.widgets.key_line import KeyLine
from screens.widgets.question_form import QuestionForm, QuestionLines
from screens.widgets.quiet import QuietLine
from screens.widgets.section_tree import SectionTree
from screens.widgets.side_pane import SidePane
from screens.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from app.readiness.ddl_proposals import DdlProposals

PANE_FROM = 140
"""Columns from which the pane is there without being asked for."""
EVALUATE_AFTER = 0.15
"""Seconds without a change until sections, checklist and findings follow."""
EVALUATE_SLOWER = 5
"""How many times as long as the evaluation takes that is at least, up to `EVALUATE_LATEST`: who types on
should not meet it."""
EVALUATE_LATEST = 1.0


@dataclass
class _Evaluated(Message):
    """From the thread: what the rules say, and how many seconds they took."""

    evaluation: Evaluation
    took: float


class InterviewScreen(DocumentScreen):
    """Asks; `question` is where it begins."""

    scope = "interview"
    BINDINGS: ClassVar[list[BindingType]] = bindings("interview")
    AUTO_FOCUS = ""

    def __init__(self, session: Session, question: str = "") -> None:
        super().__init__(session)
        self.question_id = self._begin(question)
        self._evaluation_timer: Timer | None = None
        self._evaluation_took = 0.0
        self._again: set[str] = set()
        self._evaluating = Newest[_Evaluated](self, self.post_message)
        self._moving = asyncio.Lock()
        self._wanted = GoTo(self.question_id)
        self._came_to = (Target(""), Target(""))

    def compose(self) -> ComposeResult:
        yield StatusLine(self.session)
        if self.session.read_only_reason and self.dbcharter.company_line() is None:
            text = f"Read-only: {self.session.read_only_reason}"
            yield Static(plain(text), id="banner", markup=False)
        yield QuietLine(id="crumb")
        with Container(id="body"):
            yield SectionTree(self.session)
            yield QuestionForm(self.session)
            yield SidePane(self.session)
        yield KeyLine()

    async def on_mount(self) -> None:
        wide = self.app.size.width >= PANE_FROM
        self.pane.turn_to(self.dbcharter.settings.pane if wide else "none")
        await self.form.show(GoTo(self.question_id))
        self._show_place()
        self._evaluate_soon()

    @property
    def form(self) -> QuestionForm:
        return self.query_one(QuestionForm)

    @property
    def pane(self) -> SidePane:
        return self.query_one(SidePane)

    # where we are

    def _begin(self, question: str) -> str:
        survey = self.session.survey()
        if question in survey.questions and survey.questions[question].applies:
            return question
        order = asking_order(self.session.bank)
        return (
            next_question(order, survey, None, "due")
            or next_question(order, survey, None, "unanswered")
            or next((name for name in order if survey.questions[name].applies), order[0])
        )

    def go_to(self, question: str, row: str = "", column: str = "") -> None:
        """Open a question, and in it a row (by address) and a column or slot."""
        self.go(GoTo(question, row, column))

    def go(self, place: GoTo) -> None:
        """Open a question at a place in it."""
        if place.question in self.session.bank.questions:
            self.question_id = place.question
            self._wanted = place
            self.dbcharter.stop_telling()
            going: Any = partial(self._go_to, self._wanted)  # what Textual says of functions fits none
            self.run_worker(going, group="go")

    async def _go_to(self, place: GoTo) -> None:
        """Go to a place, one at a time and only to the one that was asked for last."""
        async with self._moving:
            if place is self._wanted:
                await self.form.show(place)
                self._show_place()
                target = Target(place.question, place.row, place.column, place.line)
                self._came_to = (target, self.form.here)
                self.dbcharter.remember_place(place.question)

    def _show_place(self) -> None:
        bank = self.session.bank
        question = bank.questions[self.question_id]
        section = bank.section_of(self.question_id)
        self.show_sections()
        group = bank.questions_in(question.number)
        title = bank.subsections[question.number].title
        place = f" {question.number} {title} · {group.index(self.question_id) + 1} of {len(group)}"
        place += f" › {question.title}" if question.title != title else ""
        whole = f" {section.number} {section.title} ›{place}" if title != section.title else place
        width = max(self.size.width, 40)
        shown = whole if cell_len(whole) <= width else place
        self.query_one("#crumb", QuietLine).show_text(plain_line(shown, width))
        self.pane.follow(self.question_id)

    # what changes

    async def on_document_changed(self, event: DocumentChanged) -> None:
        if self._is_going:
            return
        self.form.changed(event)
        self.query_one(StatusLine).show()
        self.pane.document_changed()
        self._evaluate_soon()

    def on_review_changed(self, event: ReviewChanged) -> None:
        del event
        self.pane.document_changed()

    def on_save_state_changed(self, event: SaveStateChanged) -> None:
        del event
        if not self._is_going:
            self.query_one(StatusLine).show()

    def show_sections(self) -> None:
        """Show the sections as they are by now, and where we and others are."""
        for tree in self.query(SectionTree):
            tree.show(self.session.bank.questions[self.question_id].number)

    def renew(self) -> None:
        """Make the field anew, since whether it may be written into has become different."""
        row = self.form.here.row
        self.form.forget()
        self.go_to(self.question_id, row)

    def _evaluate_soon(self) -> None:
        if self._evaluation_timer is not None:
            self._evaluation_timer.stop()
        after = max(EVALUATE_AFTER, min(EVALUATE_SLOWER * self._evaluation_took, EVALUATE_LATEST))
        self._evaluation_timer = self.set_timer(after, self._evaluate)

    @property
    def _is_going(self) -> bool:
        """Whether the widgets are being removed, while messages from threads may still arrive."""
        there = (self.query("QuestionForm"), self.query("SidePane"), self.query("StatusLine"))
        # A form that is being removed is not displayed any more; its parts may have left it already.
        return not all(there) or not self.form.display

    def _evaluate(self) -> None:
        """Bring everything beside the question up to date; what the rules say follows from a thread."""
        if self._is_going:
            return
        self.show_sections()
        job = self.session.evaluation_job(self.dbcharter.today())

        def timed() -> _Evaluated:
            begin = perf_counter()
            return _Evaluated(job(), perf_counter() - begin)

        self._evaluating.ask(timed)

    def on__evaluated(self, event: _Evaluated) -> None:
        """Show what the rules say, unless the screen is being taken away meanwhile."""
        event.stop()
        self._evaluation_took = event.took
        if self._is_going:
            return
        again = {found.question for found in event.evaluation.reopening.again}
        if again != self._again:
            self._again = again
            self.show_sections()
        self.pane.evaluated(event.evaluation)
        self.form.evaluated(event.evaluation)
        self.query_one(StatusLine).show(event.evaluation)

    def flush(self) -> None:
        self.form.flush()

    async def settle(self) -> None:
        await self.form.settle()

    # moves

    def on_section_tree_chosen(self, event: SectionTree.Chosen) -> None:
        self.go_to(event.question)

    def on_question_lines_chosen(self, event: QuestionLines.Chosen) -> None:
        self.go_to(event.question)

    async def on_field_finished(self, event: Field.Finished) -> None:
        event.stop()
        await self.action_next()

    def turned(self, which: str, what: str) -> None:
        """Show the question that an undo or redo changed."""
        super().turned(which, what)
        changed = next((c.question for c in self.session.history[-1].changes if c.question), "")
        if changed in self.session.bank.questions and changed != self.question_id:
            self.go_to(changed)

    async def action_next(self) -> None:
        await self._step(1)

    async def action_previous(self) -> None:
        await self._step(-1)

    async def _step(self, by: int) -> None:
        await self.settle()
        survey = self.session.survey()
        order = [name for name, view in survey.questions.items() if view.applies or name == self.question_id]
        at = order.index(self.question_id) + by
        if 0 <= at < len(order):
            self.go_to(order[at])
        else:
            self.form.stay()
            self.dbcharter.tell("This is the first question" if by < 0 else "This was the last question")

    async def action_next_due(self) -> None:
        await self._next("due", "Nothing else is due")

    async def action_next_unanswered(self) -> None:
        await self._next("unanswered", "No other required question is open")

    async def _next(self, which: str, otherwise: str) -> None:
        await self.settle()
        survey = self.session.survey()
        order = asking_order(self.session.bank)
        found = next_question(order, survey, self.question_id, which)
        if found is None:
            self.dbcharter.tell(otherwise)
        else:
            self.go_to(found)

    async def action_next_finding(self) -> None:
        """The next place with a finding, or with what does not fit, in interview order.

        It is the next one behind the place where we came to last, as long as the cursor has not moved since.
        """
        from screens.interview.findings import finding_places, next_place

        await self.settle()
        places = finding_places(self.session, self.form.evaluation)
        if not places:
            self.dbcharter.tell("Nothing was found to be wrong")
            return
        came_to, cursor = self._came_to
        here = came_to if cursor == self.form.here else self.form.here
        self.go(GoTo.to_finding(next_place(self.session, places, here)))

    async def action_jump(self) -> None:
        from screens.dialogs.jump import JumpDialog

        def go(place: GoTo | Literal["letters"] | None) -> None:
            if place == "letters":
                self.action_jump_mode()
            elif place is not None:
                self.go(place)

        await self.settle()
        self.app.push_screen(JumpDialog(self.session), go)

    def action_jump_mode(self) -> None:
        from screens.dialogs.jump_mode import JumpMode, JumpTarget, jump_targets

        def go(target: JumpTarget | None) -> None:
            if target is not None:
                target.go()

        self.app.push_screen(JumpMode(jump_targets(self)), go)

    async def action_mark(self) -> None:
        from screens.dialogs.mark import MarkDialog

        def keep(operations: tuple[Operation, ...] | None) -> None:
            for operation in operations or ():
                self.dbcharter.apply(operation)

        await self.settle()
        self.app.push_screen(MarkDialog(self.session, self.question_id), keep)

    async def action_waive(self) -> None:
        """Waive a finding of this question, or take that back."""
        from screens.interview.waiving import waive

        await waive(self)

    async def action_confirm(self) -> None:
        """Say that what a changed file of DDL put in doubt at this question is still right."""
        await self.settle()
        if not self.session.survey().questions[self.question_id].again:
            self.dbcharter.tell("No changed file of DDL puts this answer in doubt")
            return
        confirmed = self.session.confirm(self.dbcharter.today(), (self.question_id,))
        self.dbcharter.tell(f"Still right: {', '.join(confirmed[:3])}{', …' if len(confirmed) > 3 else ''}")

    def action_prefill(self) -> None:
        """Offer the rows that the DDL of the document proposes; it is read in the background."""
        work: Any = self._prefill  # what Textual says of functions fits none
        self.run_worker(work, group="prefill", exclusive=True)

    async def _prefill(self) -> None:
        from app.readiness.ddl_proposals import ddl_of_document, propose
        from screens.dialogs.reading import LARGE, ReadingDialog

        await self.settle()
        bank, answers = self.session.bank, self.session.answers
        ddl = ddl_of_document(answers, self.session.sources())
        if ddl is None:
            self.dbcharter.tell("There is no DDL yet: write it in 7.2, or name its files there")
        elif len(ddl.text) < LARGE:
            self._offer_rows(await asyncio.to_thread(propose, bank, answers, ddl))
        elif self.is_active:
            reading = ReadingDialog(
                "Reading the DDL", lambda tell: propose(bank, answers, ddl, progress=tell)
            )
            self.app.push_screen(reading, self._offer_rows)

    def _offer_rows(self, found: DdlProposals | None) -> None:
        """Ask for which questions the rows are wanted; None when the author stopped the reading."""
        from screens.dialogs.prefill import PrefillDialog, unread_words

        if found is None or not found.new:
            words = (
                f"The DDL proposes no row that is not there already.{unread_words(found)}" if found else ""
            )
            self.dbcharter.tell(words or "Stopped reading the DDL; nothing was added")
            return

        def add(questions: tuple[str, ...] | None) -> None:
            operation = found.rows(questions or ())
            if operation.rows and self.dbcharter.apply(operation):
                rows = plural(sum(map(len, operation.rows.values())), "draft row")
                where = plural(len(operation.rows), "question")
                self.dbcharter.tell(f"{rows} added in {where}; ctrl+z takes them back.{unread_words(found)}")

        if self.is_active:
            self.app.push_screen(PrefillDialog(self.session, found), add)

    def action_neighbours(self) -> None:
        """Show the table of the present row, or the first one of the DDL, and the tables around it."""
        self.run_worker(self._neighbours(), group="neighbours", exclusive=True)

    async def _neighbours(self) -> None:
        from app.readiness.ddl_proposals import ddl_of_document
        from app.schema.neighbourhood import neighbourhood, table_in
        from screens.dialogs.neighbours import NeighboursDialog

        await self.settle()
        words = self.form.field.current_words if self.form.field is not None else ()
        ddl = ddl_of_document(self.session.answers, self.session.sources())
        schema = await asyncio.to_thread(ddl.read) if ddl is not None else None
        table = table_in(schema, words) if schema is not None else None
        if schema is None or table is None:
            self.dbcharter.tell("There is no table in the DDL yet: write it in 7.2, or name its files there")
        elif self.is_active:
            self.app.push_screen(NeighboursDialog(neighbourhood(schema, table.name)))

    async def action_suggest_here(self) -> None:
        """Suggest what was written into the field, or another value for the place with the cursor."""
        from screens.review.suggesting import suggest_at_field

        await self.settle()
        suggest_at_field(self, self.question_id, self.form.field)

    async def action_comment_here(self) -> None:
        """Begin a thread on this question, or on the row with the cursor."""
        from app.review.anchors import Spot
        from screens.review.talking import comment_at

        await self.settle()
        comment_at(self, self.question_id, Spot(self.form.here.row or None))

    def action_sections(self) -> None:
        self.query_one(SectionTree).focus()

    async def action_back(self) -> None:
        """Back into the field."""
        await self.settle()
        field = self.form.field
        if field is not None and field.is_attached and field.is_mounted:
            field.focus_row()

    # what is shown

    def action_example(self) -> None:
        self.form.turn_examples()

    def action_pane(self) -> None:
        """Turn the pane; where it is wide enough to be there anyway, the choice is remembered."""
        self.pane.turn()
        if self.form.field is not None:
            self.call_after_refresh(self.form.field.have_in_sight)
        if self.has_class("-very-wide"):
            self.dbcharter.remember_settings(pane=self.pane.mode)
