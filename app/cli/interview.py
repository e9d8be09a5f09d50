"""The plain interview: one question at a time, line by line, everything said saved at once.

At every prompt the words of `WORDS` are understood; a backslash before one makes it an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from app.approving import may_apply
from app.bank.model import Column, Question
from app.bank.references import named_by
from app.cli.output import say, wrap
from app.cli.prompter import Prompter
from app.cli.show import value_lines
from app.document.answers import NOT_APPLICABLE_REASONS, Value
from app.document.operations import (
    AddRow,
    Clear,
    Operation,
    RemoveRow,
    Set,
    SetCell,
    SetNote,
    SetSlot,
    SetState,
)
from app.document.values import column_values, is_empty, parse_text, row_addresses
from app.interview.applicability import QuestionView, offered_options
from app.problems import DbcharterError
from app.session import Session

WORDS: Mapping[str, str] = {
    "back": "go to the question before",
    "skip": "leave it as it is and go on",
    "why": "why this is asked",
    "example": "a good and a weak answer",
    "na": "mark as not applicable, with a reason",
    "defer": "put off, with an owner and a date",
    "note": "keep a note beside the question",
    "clear": "remove the answer",
    "edit": "write the answer in $EDITOR",
    "quit": "stop; everything said is kept",
    "help": "these words",
}


class Back(Exception):  # noqa: N818 - a move of the author, not an error
    """Go to the question before."""


class Skip(Exception):  # noqa: N818 - a move of the author, not an error
    """Leave the question and go on."""


class Quit(Exception):  # noqa: N818 - a move of the author, not an error
    """Leave the interview."""


class Interview:
    """Asks the questions of one session through one prompter."""

    def __init__(
        self, session: Session, prompter: Prompter, visited: Callable[[QuestionView], object] = id
    ) -> None:
        self.session = session
        self.visited = visited
        self.bank = session.bank
        self.prompter = prompter
        self._left = False  # the author left in the middle of an answer of several lines

    def run(self, order: Sequence[str]) -> bool:
        """Ask the questions of `order` that apply; returns False when the author left before the end.

        A question that a new answer brings in or rules out is asked or passed over as it comes up.
        """
        position, step = 0, 1
        try:
            while 0 <= position < len(order):
                view = self.session.survey().questions[order[position]]
                if view.applies:
                    step = self._visit(view, position, len(order))
                position = position + step
                if position < 0:
                    say("This is the first question.")
                    position, step = 0, 1
        except (Quit, KeyboardInterrupt, EOFError):
            say(f"\nStopped. Everything said is in {self.session.path}.")
            return False
        return True

    def _visit(self, view: QuestionView, position: int, total: int) -> int:
        """Ask one question; 1 to go on, -1 to go back."""
        self.visited(view)
        self._introduce(view, position, total)
        try:
            self._ask(view)
        except Back:
            return -1
        except Skip:
            pass
        if self._left:
            raise Quit
        return 1

    def _introduce(self, view: QuestionView, position: int, total: int) -> None:
        section = self.bank.section_of(view.id)
        sub = self.bank.subsections[view.question.number]
        place = section.title if sub.title == section.title else f"{section.title} › {sub.title}"
        say(f"\n── {view.question.number} {place} ── {position + 1} of {total} ── {view.id}")
        say(view.question.title)
        say(wrap(view.question.prompt))
        if view.question.help:
            say(wrap(view.question.help, "  "))
        say(wrap(f"Asked because {view.because[0]}.", "  "))
        if view.again:
            say(
                f"  ↺ The DDL in its files has changed since: dbcharter confirm {self.session.path} says why."
            )
        for misfit in view.misfits[:3]:
            say(f"  ! {misfit.message}" + (f" ({misfit.hint})" if misfit.hint else ""))

    def _ask(self, view: QuestionView) -> None:
        match view.question.kind:
            case "table" | "records":
                self._ask_rows(view)
            case "sentence":
                self._ask_slots(view)
            case _:
                self._ask_value(view)

    # one value

    def _ask_value(self, view: QuestionView) -> None:
        current = self.session.answers.values.get(view.id)
        value = self._read(view, view.question, "Answer", current)
        if value is not None:
            self.apply(Set(question=view.id, value=value))

    def _read(
        self, view: QuestionView, thing: Question | Column, label: str, current: Value | None
    ) -> Value | None:
        """The value typed for a question or column; None when the author leaves it as it is."""
        options = self.bank.options_of(thing)
        offered = offered_options(self.bank, options.id, self.session.answers) if options else ()
        if offered:
            for number, option in enumerate(offered, 1):
                say(f"  {number}) {option.title}" + (f": {option.help}" if option.help else ""))
            if options and options.open:
                say("  or your own words")
        if current is not None and not is_empty(current):
            say("\n".join(f"  now: {line}" for line in value_lines(self.bank, thing, current)))
        completions = [option.title for option in offered] or self._references(thing)
        while True:
            text = self._read_text(view, thing, label, completions)
            if text is None:
                return None
            try:
                return parse_text(thing, options, self._numbers_as_titles(text, thing, offered))
            except ValueError as error:
                say(f"  {error}")

    def _numbers_as_titles(self, text: str, thing: Question | Column, offered: Sequence[object]) -> str:
        """Numbers of the list of options, as their ids."""
        if thing.kind not in ("choice", "choices"):
            return text
        ids = [getattr(option, "id", "") for option in offered]
        parts = re.split(r"[,\n]", text) if thing.kind == "choices" else [text]
        return "\n".join(
            ids[int(part) - 1] if part.strip().isdigit() and 0 < int(part) <= len(ids) else part
            for part in parts
        )

    def _references(self, thing: Question | Column) -> list[str]:
        """What a column refers to: rows of another table, and names that the DDL knows."""
        found: list[str] = []
        if thing.refers_to:
            question_id, _, column = thing.refers_to.rpartition(".")
            found += column_values(self.session.answers, question_id, column)
        names = self.session.known_names
        if isinstance(thing, Column) and names is not None:
            found += [name.name for sort in named_by(self.bank, thing) for name in names.of(sort)]
        return list(dict.fromkeys(found))

    def _read_text(
        self, view: QuestionView, thing: Question | Column, label: str, completions: Sequence[str]
    ) -> str | None:
        """What was typed; None for nothing. Prose ends with an empty line, code with a line `.`."""
        hint = {
            "prose": "; an empty line ends it",
            "code": "; a line with only . ends it",
            "list": "; one per line, an empty line ends it",
            "choices": "; several with commas",
            "flag": " (yes/no)",
            "date": " (YYYY-MM-DD)",
        }.get(thing.kind, "")
        first = self._line(view, label + hint, completions, thing)
        if first is None or thing.kind not in ("prose", "code", "list"):
            return first
        lines = [first]
        end = "." if thing.kind == "code" else ""
        try:
            while (line := self.prompter.ask("  …")).strip() != end:
                lines.append(line)
        except (KeyboardInterrupt, EOFError):
            self._left = True
        return "\n".join(lines)

    def _line(
        self,
        view: QuestionView,
        label: str,
        completions: Sequence[str] = (),
        thing: Question | Column | None = None,
    ) -> str | None:
        """One line, with the words of the interview understood; None for an empty one."""
        while True:
            text = self.prompter.ask(label, completions)
            word = text.strip().casefold()
            if not word:
                return None
            if word == "edit" and thing is not None:
                edited = self._edit(view, thing)
                if edited is not None:
                    return edited
            elif word in WORDS:
                self._word(view, word)
            else:
                return text.replace("\\", "", 1) if word.startswith("\\") and word[1:] in WORDS else text

    def _word(self, view: QuestionView, word: str) -> None:
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
                self.apply(Clear(question=view.id))
                raise Skip
            case "na":
                self._not_applicable(view)
            case "defer":
                self._defer(view)
            case "note":
                self.apply(SetNote(question=view.id, note=self.prompter.ask("Note")))
            case _:
                for name, meaning in WORDS.items():
                    say(f"  {name:8} {meaning}")
                say("  Enter    keep what is there and go on")

    def _edit(self, view: QuestionView, thing: Question | Column) -> str | None:
        """What $EDITOR leaves in a file that starts with the present answer; None when nothing changed."""
        from app.editor import edit_text

        current = self.session.answers.values.get(view.id)
        text = current if isinstance(current, str) else ""
        try:
            edited = edit_text(text, ".sql" if thing.kind == "code" else ".md")
        except DbcharterError as error:
            say(f"  {error}")
            return None
        return edited if edited.strip() and edited != text else None

    # not applicable, deferred

    def _not_applicable(self, view: QuestionView) -> None:
        for number, (reason, meaning) in enumerate(NOT_APPLICABLE_REASONS.items(), 1):
            say(f"  {number}) {reason}: {meaning}")
        reason = self.prompter.ask("Reason", list(NOT_APPLICABLE_REASONS)).strip()
        names = list(NOT_APPLICABLE_REASONS)
        if reason.isdigit() and 0 < int(reason) <= len(names):
            reason = names[int(reason) - 1]
        note = self.prompter.ask("Why, in a sentence")
        if self.apply(SetState(question=view.id, state="not_applicable", reason=reason, note=note)):
            raise Skip

    def _defer(self, view: QuestionView) -> None:
        owner = self.prompter.ask("Who will answer it")
        until = self.prompter.ask("By when (YYYY-MM-DD)")
        try:
            day = date.fromisoformat(until.strip()) if until.strip() else None
            operation = SetState(question=view.id, state="deferred", owner=owner, until=day)
        except ValueError:
            say(f"  {until!r} is not a date; write it as 2026-03-31")
            return
        if self.apply(operation):
            raise Skip

    # sentences

    def _ask_slots(self, view: QuestionView) -> None:
        say(wrap(re.sub(r"\{(\w+)\}", r"<\1>", view.question.sentence), "  "))
        position = 0
        slots = view.question.slots
        while position < len(slots):
            slot = slots[position]
            value = self.session.answers.values.get(view.id)
            current = value.get(slot.id) if isinstance(value, Mapping) else None
            default = current if isinstance(current, str) else ""
            try:
                text = self._line(view, f"<{slot.id}> {slot.title}" + (f" [{default}]" if default else ""))
            except Back:
                if position == 0:
                    raise
                position -= 1
                continue
            if text is not None:
                self.apply(SetSlot(question=view.id, slot=slot.id, value=text))
            position += 1

    # tables and records

    def _ask_rows(self, view: QuestionView) -> None:
        self._show_rows(view)
        if not self._starter_rows(view):
            return
        say("  Type the first cell of a new row, 'change ROW', 'remove ROW', or Enter to go on.")
        while True:
            text = self._line(view, f"{view.question.columns[0].title} of a new row")
            if text is None:
                return
            command, _, name = text.strip().partition(" ")
            if command in ("change", "remove") and name:
                self._change_row(view, command, name.strip())
            else:
                self._new_row(view, view.question.columns[0], text)
            if self._left:
                return

    def _show_rows(self, view: QuestionView) -> None:
        rows = self.session.answers.rows(view.id)
        for address, row in zip(row_addresses(view.question, rows), rows, strict=True):
            say(f"  [{address}] " + " | ".join(_cell(row.get(c.id)) for c in view.question.columns))

    def _starter_rows(self, view: QuestionView) -> bool:
        """Propose a row for each option of the starter column that no row has yet."""
        column = view.question.column_by_id.get(view.question.starters or "")
        if column is None or not column.options:
            return True
        present = set(column_values(self.session.answers, view.id, column.id))
        for option in offered_options(self.bank, column.options, self.session.answers):
            if option.id in present:
                continue
            say(f"  {option.title}?")
            rest = [c for c in view.question.columns if c.id != column.id]
            text = self._line(view, f"  {rest[0].title} (Enter for no such row)")
            if text is not None:
                self._new_row(view, rest[0], text, {column.id: option.id})
            if self._left:
                break
        return not self._left

    def _new_row(
        self, view: QuestionView, first: Column, text: str, known: Mapping[str, Value] | None = None
    ) -> None:
        """Ask for the other cells of a row whose cell in `first` is `text`, and add it."""
        cells: dict[str, Value] = dict(known or {})
        try:
            cells[first.id] = parse_text(first, self.bank.options_of(first), text)
        except ValueError as error:
            say(f"  {error}")
            return
        try:
            for column in view.question.columns:
                if column.id not in cells and not self._left:
                    self._ask_cell(view, column, cells)
        except (Skip, Back):
            pass
        except (Quit, KeyboardInterrupt, EOFError):
            self.apply(AddRow(question=view.id, row=cells))
            raise
        self.apply(AddRow(question=view.id, row=cells))

    def _ask_cell(self, view: QuestionView, column: Column, cells: dict[str, Value]) -> None:
        if column.help:
            say(wrap(column.help, "    "))
        label = f"  {column.title}" + ("" if column.required else " (optional)")
        value = self._read(view, column, label, None)
        if value is not None:
            cells[column.id] = value

    def _change_row(self, view: QuestionView, command: str, name: str) -> None:
        if command == "remove":
            self.apply(RemoveRow(question=view.id, row=name))
            return
        rows = self.session.answers.rows(view.id)
        addresses = row_addresses(view.question, rows)
        if name not in addresses:
            say(f"  there is no row {name!r}")
            return
        position = addresses.index(name)
        for column in view.question.columns:
            if self._left:
                return
            row = self.session.answers.rows(view.id)[position]
            value = self._read(view, column, f"  {column.title}", row.get(column.id))
            if value is not None:
                address = row_addresses(view.question, self.session.answers.rows(view.id))[position]
                self.apply(SetCell(question=view.id, row=address, column=column.id, value=value))

    def apply(self, operation: Operation) -> bool:
        """Apply and save; says why when it does not fit, is not true, or cannot be saved."""
        try:
            may_apply(self.session, operation, date.today())
            self.session.apply(operation)
            self.session.save()
        except DbcharterError as error:
            say(f"  {error}")
            return False
        return True


def _cell(value: Value | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())


def _example(label: str, text: str) -> str:
    lines = text.strip().split("\n")
    return "\n".join([label + lines[0], *(" " * len(label) + line for line in lines[1:])])
