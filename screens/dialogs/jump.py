"""Jump: type some words of a question, section or row, and go there."""

from __future__ import annotations

from typing import ClassVar, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from app.document.values import row_addresses
from app.session import Session
from screens.leaving import Dialog
from screens.messages import GoTo
from screens.plain import plain_line
from screens.states import mark_of
from screens.widgets.inputs import LineInput
from screens.widgets.option_lines import OptionLines

LIMIT = 60
"""How many places are listed."""


class JumpDialog(Dialog[GoTo | Literal["letters"] | None]):
    """Where to go; None to stay, and `letters` for jump mode instead."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "stay", "Stay"),
        ("ctrl+o", "letters", "Jump mode"),
        ("down", "move(1)", "Down"),
        ("up", "move(-1)", "Up"),
        ("pagedown", "move(8)", "Page down"),
        ("pageup", "move(-8)", "Page up"),
    ]
    DEFAULT_CSS = """
    JumpDialog OptionList {
        height: auto; max-height: 16; border: none; padding: 0; background: $surface;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._found: list[tuple[GoTo, Text]] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = "Jump to"
            box.border_subtitle = "ctrl+o again: letters on all that can be focused"
            yield LineInput(placeholder="a number, or words of a question, section or row")
            yield OptionLines(markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._find("")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._find(event.value)

    def _find(self, text: str) -> None:
        self._found = places(self.session, text)
        options = self.query_one(OptionList)
        options.set_options(Option(line) for _, line in self._found)
        options.highlighted = 0 if self._found else None

    def action_move(self, by: int) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            options.highlighted = max(0, min(options.highlighted + by, len(self._found) - 1))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        del event
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self.dismiss(self._found[at][0])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._found[event.option_index][0])

    def action_letters(self) -> None:
        self.dismiss("letters")

    def action_stay(self) -> None:
        self.dismiss(None)


def places(session: Session, text: str, limit: int = LIMIT) -> list[tuple[GoTo, Text]]:
    """Questions and rows that have all words of `text`, in interview order, numbers that begin so first."""
    words = text.casefold().split()
    found: list[tuple[int, GoTo, Text]] = []
    for name, view in session.survey().questions.items():
        section = session.bank.section_of(name)
        question = view.question
        about = f"{question.number} {question.title} {section.title} {name}".casefold()
        if all(word in about for word in words):
            exact = bool(words) and question.number == words[0]
            line = Text(f"{mark_of(view).glyph} {question.number:<5}")
            line.append_text(plain_line(question.title, 38)).append(" " * max(46 - line.cell_len, 2))
            line.append_text(plain_line(section.title, 24, "dim"))
            found.append((0 if exact else 1, GoTo(name), line))
        if words and question.has_rows:
            for address in row_addresses(question, session.answers.rows(name)):
                if (
                    all(word in f"{about} {address}".casefold() for word in words)
                    and words[-1] in address.casefold()
                ):
                    line = Text("     ").append_text(
                        plain_line(f"{address}  in {question.number} {question.title}", 66)
                    )
                    found.append((2, GoTo(name, address), line))
    return [(place, line) for _, place, line in sorted(found, key=lambda entry: entry[0])[:limit]]
