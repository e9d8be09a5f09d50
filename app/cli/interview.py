"""The plain interview: one question at a time, line by line, everything said saved at once.

At every prompt the words of `app.cli.words` are understood; a backslash before one makes it an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from app.bank.model import Column, Slot
from app.cli.dialogue import Dialogue, Place
from app.cli.interview_rows import Rows
from app.cli.output import say, wrap
from app.cli.prompter import Prompter
from app.cli.show import mark_text, misfit_texts
from app.cli.words import Back, Quit, Settled, Skip, walk
from app.document.answers import Answers, Value
from app.document.operations import Clear, Set, SetSlot
from app.interview.applicability import QuestionView
from app.session import Session


class Interview:
    """Asks the questions of one session through one prompter."""

    def __init__(
        self, session: Session, prompter: Prompter, visited: Callable[[QuestionView], object] = id
    ) -> None:
        self.session = session
        self.visited = visited
        self.bank = session.bank
        self.dialogue = Dialogue(session, prompter)

    def run(self, order: Sequence[str]) -> bool:
        """Ask the questions of `order` that apply; returns False when the author left before the end.

        A question that a new answer brings in or rules out is asked or passed over as it comes up.
        """
        places = {question_id: place for place, question_id in enumerate(order, 1)}

        def ask(question_id: str) -> None:
            self._visit(self._view(question_id), f"{places[question_id]} of {len(order)}")

        try:
            while True:
                try:
                    walk(order, ask, lambda question_id: self._view(question_id).applies)
                    return True
                except Back:
                    say("This is the first question.")
        except (Quit, KeyboardInterrupt, EOFError):
            say(f"\nStopped. Everything said is in {self.session.path}.")
            return False

    def _view(self, question_id: str) -> QuestionView:
        return self.session.survey().questions[question_id]

    def _visit(self, view: QuestionView, place: str) -> None:
        """Ask one question. Raises Back."""
        self.visited(view)
        self._introduce(view, place)
        before = self.session.answers
        try:
            self._ask(view)
        except (Skip, Settled):
            pass
        finally:
            self._tell_mark(view.id, before)

    def _tell_mark(self, question_id: str, before: Answers) -> None:
        """Say that an answer which has been given since `before` counts for nothing, if so."""
        after = self.session.answers
        answered = after.values.get(question_id) is not before.values.get(question_id)
        if answered and before.states.get(question_id) == after.states.get(question_id):
            mark = mark_text(after, question_id)
            if mark:
                say(wrap(f"It is kept, and counts for nothing while this is {mark}.", "  "))

    def _introduce(self, view: QuestionView, place: str) -> None:
        section = self.bank.section_of(view.id)
        sub = self.bank.subsections[view.question.number]
        part = section.title if sub.title == section.title else f"{section.title} › {sub.title}"
        say(f"\n── {view.question.number} {part} ── {place} ── {view.id}")
        say(view.question.title)
        say(wrap(view.question.prompt))
        if view.question.help:
            say(wrap(view.question.help, "  "))
        say(wrap(f"Asked because {view.because[0]}.", "  "))
        mark = mark_text(self.session.answers, view.id)
        if mark:
            say(wrap(f"This is {mark}; clear takes that back.", "  "))
        if view.again:
            say(
                f"  ↺ The DDL in its files has changed since: dbcharter confirm {self.session.path} says why."
            )
        for text in misfit_texts(view, self.session.answers.values.get(view.id))[:3]:
            say(f"  ! {text}")

    def _ask(self, view: QuestionView) -> None:
        match view.question.kind:
            case "table" | "records":
                Rows(self.dialogue, view).ask()
            case "sentence":
                self._ask_slots(view)
            case _:
                self._ask_value(view)

    def _ask_value(self, view: QuestionView) -> None:
        def keep(value: Value | None) -> None:
            question = view.id
            self.dialogue.apply(
                Clear(question=question) if value is None else Set(question=question, value=value)
            )

        current = self.session.answers.values.get(view.id)
        self.dialogue.answer(Place(view, view.question, "Answer", current, keep))

    def _ask_slots(self, view: QuestionView) -> None:
        say(wrap(re.sub(r"\{(\w+)\}", r"<\1>", view.question.sentence), "  "))

        def ask(slot: Slot) -> None:
            def keep(value: Value | None) -> None:
                self.dialogue.apply(SetSlot(question=view.id, slot=slot.id, value=str(value or "")))

            said = self.session.answers.values.get(view.id)
            current = said.get(slot.id) if isinstance(said, Mapping) else None
            thing = Column(id=slot.id, title=slot.title)
            self.dialogue.answer(Place(view, thing, f"<{slot.id}> {slot.title}", current, keep))

        walk(view.question.slots, ask)
