"""What every field is: a widget that shows one answer of a session and posts what the author says."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from app.bank.model import Enumeration, Question
from app.document.answers import Value
from app.document.operations import Clear, Operation, Set
from app.document.text import normalise
from app.document.typed import parse_text
from app.document.values import is_empty
from app.problems import DbcharterError
from app.session import Session
from screens.actions import available, bindings
from screens.painting import LaidOutOnce

if TYPE_CHECKING:
    from app.readiness.model import Evaluation
    from screens.application import DbcharterApp

POST_AFTER = 0.03
"""Seconds from the first key that is not posted yet until it is; the key is painted before that."""
NEW_STEP_AFTER = 2.0
"""Seconds without a key after which typing begins another step of the undo history."""

_steps = itertools.count(1)


class Field(LaidOutOnce):
    """The field of one question.

    A subclass composes its inputs, shows the answer in `load`, and says what the author does: `typed()`
    after every key (then `operation` is asked for soon), or `post` at once. It holds no answer of its
    own: what it shows comes from the session or is about to be posted.
    """

    DEFAULT_CSS = "Field { height: auto; width: 1fr; }"

    BINDINGS: ClassVar[list[BindingType]] = bindings("field")
    explains = False
    """Whether the field itself explains what is wrong with the answer; otherwise the form does, below it."""
    outside_suffix = ""
    """The suffix of the file for the author's own editor; "" when the answer cannot be written there."""

    @dataclass
    class Finished(Message):
        """The author is through with this field (Enter in a line): go on to the next question."""

    @dataclass
    class Moved(Message):
        """The cursor is in another line, about which something else may be said."""

    def __init__(self, session: Session, question_id: str) -> None:
        super().__init__()
        self.session = session
        self.question_id = question_id
        self.question: Question = session.bank.questions[question_id]
        self.options: Enumeration | None = session.bank.options_of(self.question)
        self._timer: Timer | None = None
        self._last_key = 0.0
        self._group = ""
        self._posted: object = None

    # for subclasses

    @property
    def value(self) -> Value | None:
        """The present answer."""
        return self.session.answers.values.get(self.question_id)

    @property
    def read_only(self) -> bool:
        return bool(self.session.read_only_reason)

    def load(self) -> None:
        """Show the present answer; posts nothing."""
        raise NotImplementedError

    def said(self) -> object:
        """The raw contents of the inputs; `operation` is asked only when they have become different."""
        return None

    def operation(self) -> Operation | None:
        """What the inputs say now, or None when that is what the session holds."""
        return None

    def focus_row(self, row: str = "", column: str = "") -> None:
        """Put the cursor into the field: at a row (by address) and column or slot where there are some."""
        del row, column
        found = next((widget for widget in self.query("*") if widget.focusable), None)
        if found is not None:
            found.focus()

    @property
    def current_row(self) -> str:
        """The address of the row with the cursor; "" where there is none."""
        return ""

    @property
    def current_column(self) -> str:
        """The id of the column with the cursor; "" where there is none."""
        return ""

    @property
    def current_line(self) -> int:
        """The number of the line of the text with the cursor; 0 where there is none."""
        return 0

    @property
    def explanation(self) -> Widget | None:
        """The widget that says what was found at the row with the cursor, where the field has one."""
        return None

    def focus_line(self, line: int) -> None:
        """Put the cursor into a line of the text."""

    @property
    def current_words(self) -> tuple[str, ...]:
        """The texts of the row with the cursor, that of the cell with the cursor first."""
        return ()

    def evaluated(self, evaluation: Evaluation) -> None:
        """Take note of what the rules say; called after every evaluation, and once at the beginning."""

    def text_outside(self) -> str:
        """The answer as the author's own editor gets it."""
        return ""

    def take_text(self, text: str) -> None:
        """Take the answer as the author's own editor left it, as one step."""
        raise NotImplementedError

    # actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "edit_outside" and not self.outside_suffix:
            return False
        reviewing = self.dbcharter.reviewing
        works = available(action, parameters, self.session, reviewing=reviewing)
        return works and super().check_action(action, parameters)

    def action_edit_outside(self) -> None:
        from screens.external_editor import edit_outside

        self.flush()
        before = self.text_outside()
        try:
            after, removed = normalise(edit_outside(self.dbcharter, before, self.outside_suffix))
        except DbcharterError as error:
            self.dbcharter.tell(str(error), "warning")
        else:
            self.dbcharter.tell_removed(removed, "written in the editor")
            if after.rstrip("\n") != before.rstrip("\n"):
                self.take_text(after)

    def action_clear_answer(self) -> None:
        self.flush()
        if self.value is not None:
            self.dbcharter.apply(Clear(question=self.question_id))

    # posting

    def on_mount(self) -> None:
        self.load()  # the answer may have changed since the inputs were composed
        self.posted()

    def have_in_sight(self) -> None:
        """Scroll so that what has the cursor is in sight."""
        if self.has_focus_within and self.screen.focused is not None:
            self.screen.focused.scroll_visible(animate=False)

    def scroll_form(self, top: int, height: int) -> None:
        """Scroll the form so that `height` lines from the line `top` of this field on are in sight."""
        form = next((node for node in self.ancestors if isinstance(node, VerticalScroll)), None)
        if form is not None:
            form.scroll_to_region(Region(0, self.virtual_region.y + top, 1, height), animate=False)

    def reload(self) -> None:
        """Show the present answer, which somebody else may have changed.

        A field whose inputs are not there yet is about to compose them from the present answer.
        """
        if self.is_mounted:
            self.load()
            self.posted()

    def posted(self) -> None:
        """The inputs show what the session holds."""
        self._posted = self.said()

    def typed(self) -> None:
        """Have `operation` posted soon; keys without a pause between them are one step to undo."""
        at = monotonic()
        if not self._group or at - self._last_key > NEW_STEP_AFTER:
            self.new_step()
        self._last_key = at
        if self._timer is None:
            self._timer = self.set_timer(POST_AFTER, self.flush)

    def new_step(self) -> str:
        """What is said from here on is another step of the undo history; returns its group."""
        self._group = f"{self.question_id}:{next(_steps)}"
        return self._group

    def flush(self) -> None:
        """Have what was typed and not posted yet applied now."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.is_mounted and not self.read_only and self.said() != self._posted:
            operation = self.operation()
            self.posted()
            if operation is not None:
                self.post(operation, self._group or self.new_step())

    def post(self, operation: Operation, group: str = "") -> None:
        """Have an operation applied at once; the field shows its result already."""
        if not self.read_only:
            self.dbcharter.apply(operation, group, self)

    @property
    def dbcharter(self) -> DbcharterApp:
        """The application."""
        return cast("DbcharterApp", self.app)

    def set_or_clear(self, value: Value | None) -> Operation | None:
        """The operation after which the answer is `value`, empty values being none; None if it is."""
        if is_empty(value):
            return None if self.value is None else Clear(question=self.question_id)
        return None if value == self.value else Set(question=self.question_id, value=value)

    def parsed(self, text: str) -> Value:
        """The value that `text` means, or the text itself: wrong input is kept."""
        try:
            return parse_text(self.question, self.options, text)
        except ValueError:
            return text.strip()
