"""One prompt after another about one question: lines, the words among them, marks, notes, the editor."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from app.approving import may_apply
from app.bank.model import Column, Option, Question
from app.bank.references import named_by
from app.cli.output import say, wrap
from app.cli.prompter import Prompter
from app.cli.show import value_lines
from app.cli.words import WORDS, Back, Quit, Settled, Skip, ask_line, numbered, show_words, walk
from app.document.answers import NOT_APPLICABLE_REASONS, Value
from app.document.operations import Operation, SetNote, SetState
from app.document.text import normalise
from app.document.typed import parse_text
from app.document.unfinished import with_words
from app.document.values import column_values, is_empty
from app.interview.applicability import QuestionView, offered_options
from app.problems import DbcharterError, nearest
from app.review.anchors import words_of
from app.session import Session

Said = TypeVar("Said")
Mark = Literal["not_applicable", "deferred"]

LONG = ("prose", "code", "list")
"""Kinds that take several lines."""
HINTS: Mapping[str, str] = {
    "prose": "; an empty line ends it",
    "code": "; a line with only . ends it",
    "list": "; one per line, an empty line ends it",
    "choices": "; several with commas",
    "flag": " (yes/no)",
    "date": " (YYYY-MM-DD)",
}
ENTER = "keep what is there and go on"


class Place(Struct, frozen=True):
    """What one prompt asks for: an answer, a slot, a cell, a note.

    `keep` stores a value, and removes it when that is None.
    """

    view: QuestionView
    thing: Question | Column
    label: str
    current: Value | None
    keep: Callable[[Value | None], object]


class Cleared(Exception):  # noqa: N818 - a move of the author, not an error
    """The word `clear` has removed what the prompt asks for."""


class _Edited(Exception):  # noqa: N818 - a move of the author, not an error
    """The word `edit` has brought a text."""


class Dialogue:
    """Asks through one prompter, and keeps in one session what is said."""

    def __init__(self, session: Session, prompter: Prompter) -> None:
        self.session = session
        self.bank = session.bank
        self.prompter = prompter

    def apply(self, operation: Operation, group: str = "") -> bool:
        """Apply and save; says why when it does not fit, is not true, or cannot be saved."""
        try:
            may_apply(self.session, operation, date.today())
            self.session.apply(operation, group)
            self.session.save()
        except DbcharterError as error:
            say(f"  {error}")
            return False
        return True

    # one place

    def answer(self, place: Place) -> None:
        """Ask for the value of one place, until it fits, and keep it; Enter leaves it as it is.

        When the author goes elsewhere in the middle of several lines, the lines are kept first.
        """
        offered = self.offer(place.thing)
        if place.current is not None and not is_empty(place.current):
            say("\n".join(f"  now: {line}" for line in value_lines(self.bank, place.thing, place.current)))
        completions = [option.title for option in offered] or self.references(place.thing)
        label = place.label + HINTS.get(place.thing.kind, "")
        while True:
            try:
                text = self.line(place.view, label, completions, place=place)
                if not text.strip():
                    return
                if place.thing.kind in LONG:
                    self._lines(place, [text])
                    return
            except Cleared:
                return
            except _Edited as edited:
                text = str(edited)
            try:
                place.keep(self.value(place.thing, text))
            except ValueError as error:
                say(f"  {error}")
            else:
                return

    def _lines(self, place: Place, lines: list[str]) -> None:
        """The lines behind the first one, up to the end of the answer."""
        end = "." if place.thing.kind == "code" else ""
        try:
            while True:
                begun = replace(place, current="\n".join(lines))
                line = self.line(place.view, "  …", place=begun, exactly=True)
                if line.strip() == end:
                    return
                lines.append(line)
        except (Cleared, _Edited):
            lines.clear()
            raise
        finally:
            if lines:
                place.keep(self.value(place.thing, "\n".join(lines)))

    def line(
        self,
        view: QuestionView,
        label: str,
        completions: Sequence[str] = (),
        default: str = "",
        place: Place | None = None,
        exactly: bool = False,
    ) -> str:
        """One line, with the words understood; blank when the author only pressed Enter."""

        def obey(word: str) -> None:
            self._obey(view, word, place)

        return ask_line(self.prompter, obey, label, completions, default, exactly)

    def value(self, thing: Question | Column, text: str) -> Value:
        """The value that a text means, with numbers for the options offered. Raises ValueError."""
        ids = [option.id for option in self.offered(thing)]
        if thing.kind in ("choice", "choices"):
            parts = re.split(r"[,\n]", text) if thing.kind == "choices" else [text]
            text = "\n".join(numbered(part, ids) for part in parts)
        return parse_text(thing, self.bank.options_of(thing), text)

    def offer(self, thing: Question | Column) -> Sequence[Option]:
        """Print the options of a thing with their numbers; returns them."""
        offered, options = self.offered(thing), self.bank.options_of(thing)
        for number, option in enumerate(offered, 1):
            say(f"  {number}) {option.title}" + (f": {option.help}" if option.help else ""))
        if offered and options is not None and options.open:
            say("  or your own words")
        return offered

    def offered(self, thing: Question | Column) -> Sequence[Option]:
        """The options of a thing that make sense for this change."""
        options = self.bank.options_of(thing)
        return () if options is None else offered_options(self.bank, options.id, self.session.answers)

    def references(self, thing: Question | Column) -> list[str]:
        """What a column refers to: rows of another table, and names that the DDL knows."""
        found: list[str] = []
        if thing.refers_to:
            question_id, _, column = thing.refers_to.rpartition(".")
            found += column_values(self.session.answers, question_id, column)
        names = self.session.known_names
        if isinstance(thing, Column) and names is not None:
            found += [name.name for sort in named_by(self.bank, thing) for name in names.of(sort)]
        return list(dict.fromkeys(found))

    # words

    def _obey(self, view: QuestionView, word: str, place: Place | None) -> None:
        match word:
            case "back":
                raise Back
            case "skip":
                raise Skip
            case "quit":
                raise Quit
            case "why":
                say(wrap(view.question.why, "  "))
                for reason in view.because:
                    say(wrap(f"Asked because {reason}.", "  "))
            case "example":
                say(_example("  good: ", view.question.good))
                say(_example("  weak: ", view.question.weak))
            case "clear":
                self._clear(view, place)
            case "edit":
                self._edit(place)
            case "na":
                self._mark(view, "not_applicable", {"reason": self._reason, "note": self._sentence})
            case "defer":
                self._mark(view, "deferred", {"owner": self._owner, "until": self._until})
            case "note":
                self._note(view)
            case _:
                show_words(WORDS, ENTER)

    def _clear(self, view: QuestionView, place: Place | None) -> None:
        state = self.session.answers.states.get(view.id)
        if state is not None:
            if self.apply(SetState(question=view.id)):
                say(f"  Taken back: {state.state.replace('_', ' ')}.")
        elif place is None or place.current is None:
            say("  There is nothing to remove here.")
        else:
            place.keep(None)
            say(f"  Removed; to bring it back: dbcharter undo {self.session.path}")
            raise Cleared

    def _edit(self, place: Place | None) -> None:
        """Let the author write in $EDITOR what the prompt asks for, beginning with what is there."""
        from app.editor import edit_text

        if place is None or (isinstance(place.thing, Question) and place.thing.has_rows):
            say("  There is nothing to edit here.")
            return
        text = "" if isinstance(place.current, Mapping) else words_of(place.current)
        try:
            edited, removed = normalise(edit_text(text, ".sql" if place.thing.kind == "code" else ".md"))
        except DbcharterError as error:
            say(f"  {error}")
            return
        if removed:
            say(f"  removed: {', '.join(removed)}")
        if not edited.strip():
            say("  The text was left empty: nothing is changed. To remove the answer, type clear.")
        elif edited.rstrip() != text.rstrip():
            raise _Edited(edited)

    def _note(self, view: QuestionView) -> None:
        def keep(value: Value | None) -> None:
            self.apply(SetNote(question=view.id, note=str(value or "")))

        thing = Column(id="note", title="Note")
        with contextlib.suppress(Back):
            self.answer(Place(view, thing, "Note", self.session.answers.notes.get(view.id), keep))

    # marks: not applicable, deferred

    def _mark(self, view: QuestionView, state: Mark, steps: Mapping[str, Callable[..., object]]) -> None:
        """Ask for what a mark needs and set it; raises Settled then, and returns when the author goes back.

        One who goes elsewhere before the end finds what was said in the note beside the question.
        """
        said: dict[str, Any] = {}

        def ask(name: str) -> None:
            said[name] = steps[name](view, str(said.get(name, "")))

        try:
            walk(list(steps), ask)
        except Back:
            return
        except BaseException:
            self._keep_as_note(view, state, said)
            raise
        if self.apply(SetState(question=view.id, state=state, **said)):
            raise Settled

    def _keep_as_note(self, view: QuestionView, state: str, said: Mapping[str, object]) -> None:
        if said:
            what, words = state.replace("_", " "), list(map(str, said.values()))
            note = with_words(self.session.answers.notes.get(view.id, ""), what, words)
            if self.apply(SetNote(question=view.id, note=note)):
                say(f"\n  Not said to the end; kept as a note: {what}: {', '.join(words)}")

    def _until_right(
        self,
        view: QuestionView,
        label: str,
        default: str,
        read: Callable[[str], Said],
        completions: Sequence[str] = (),
    ) -> Said:
        while True:
            try:
                return read(self.line(view, label, completions, default).strip())
            except ValueError as error:
                say(f"  {error}")

    def _reason(self, view: QuestionView, default: str) -> str:
        names = list(NOT_APPLICABLE_REASONS)
        for number, (reason, meaning) in enumerate(NOT_APPLICABLE_REASONS.items(), 1):
            say(f"  {number}) {reason}: {meaning}")

        def read(text: str) -> str:
            name = numbered(text.casefold(), names)
            if name not in NOT_APPLICABLE_REASONS:
                hint = nearest(name, names) or "say one of the reasons, or back"
                raise ValueError(f"{text!r} is none of them; {hint}")
            return name

        return self._until_right(view, "Reason", default, read, names)

    def _sentence(self, view: QuestionView, default: str) -> str:
        return self._until_right(view, "Why, in a sentence", default, _needed)

    def _owner(self, view: QuestionView, default: str) -> str:
        return self._until_right(view, "Who will answer it", default, _needed)

    def _until(self, view: QuestionView, default: str) -> Value:
        thing = Column(id="until", title="By when", kind="date")

        def read(text: str) -> Value:
            return parse_text(thing, None, text)

        return self._until_right(view, "By when (YYYY-MM-DD)", default, read)


def _needed(text: str) -> str:
    if not text:
        raise ValueError("this is needed; to leave it, type back")
    return text


def _example(label: str, text: str) -> str:
    lines = text.strip().split("\n")
    return "\n".join([label + lines[0], *(" " * len(label) + line for line in lines[1:])])
