"""Jump: type some words of a question, section or row, and go there."""

from __future__ import annotations

from typing import ClassVar, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from app.document.values import row_addresses
from app.session import Session
from screens.dialogs.finding import LIMIT, FindingDialog
from screens.messages import GoTo
from screens.plain import plain_line
from screens.states import mark_of
from screens.widgets.inputs import LineInput
from screens.widgets.option_lines import OptionLines


class JumpDialog(FindingDialog[GoTo | Literal["letters"]]):
    """Where to go; None to stay, and `letters` for jump mode instead."""

    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+o", "letters", "Jump mode")]
    DEFAULT_CSS = "JumpDialog OptionList { max-height: 16; }"
    nothing = "No question, section or row that is asked for has these words."

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = "Jump to"
            box.border_subtitle = "ctrl+o again: letters on all that can be focused"
            yield LineInput(placeholder="a number, or words of a question, section or row")
            yield OptionLines(markup=False)

    def find(self, text: str) -> list[tuple[GoTo, Text]]:
        return places(self.session, text)

    def action_letters(self) -> None:
        self.dismiss("letters")


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
