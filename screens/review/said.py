"""What was said at a place: threads, suggestions, and remarks on its section."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from app.review.anchors import Spot
from app.review.model import Verdict
from app.review.state import ReviewState
from app.review.suggestions import Proposal
from app.review.threads import Talk
from screens.plain import plain_line
from screens.review.texts import Painter
from screens.widgets.option_lines import OptionLines

Words: TypeAlias = Talk | Proposal | Verdict


class SaidPane(Vertical):
    """Lists what was said; the one under the cursor is answered and decided."""

    DEFAULT_CSS = """
    SaidPane #said-title { height: 1; color: $primary; text-style: bold; padding: 0 1; }
    SaidPane OptionList {
        height: 1fr; max-height: 100%; border: none; padding: 0 1; background: $background;
    }
    """

    @dataclass
    class Looked(Message):
        """The cursor is on something; `question` and `spot` say where it belongs."""

        question: str
        spot: Spot
        quote: str

    def __init__(self) -> None:
        super().__init__(id="said")
        self.words: list[Words] = []

    def compose(self) -> ComposeResult:
        yield Static(id="said-title", markup=False)
        yield OptionLines(id="said-list", markup=False)

    @property
    def chosen(self) -> Words | None:
        """What the cursor is on."""
        at = self._options.highlighted
        return self.words[at] if at is not None and at < len(self.words) else None

    @property
    def _options(self) -> OptionList:
        return self.query_one("#said-list", OptionList)

    def show(self, words: Sequence[Words], painter: Painter, *, keep: bool) -> None:
        """List what was said, the cursor on what it was on if that is to be kept, else on the first."""
        options, before = self._options, self.chosen if keep else None
        self.words = list(words)
        width = max(self.size.width - 14, 20)
        rows = [_painted(one, painter, width) for one in self.words]
        nothing = [Option(Text("Nothing was said here."), disabled=True)]
        options.set_options([Option(row.append("\n")) for row in rows] or nothing)
        same = (at for at, one in enumerate(self.words) if before is not None and _id(one) == _id(before))
        options.highlighted = next(same, 0) if self.words else None
        count = sum(1 for one in self.words if isinstance(one, Talk) and one.is_open)
        title = plain_line(f"Said here: {len(self.words)}, {count} open", max(self.size.width - 2, 20))
        self.query_one("#said-title", Static).update(title)

    def move(self, by: int) -> None:
        """Put the cursor on the next one, from the top again."""
        if self.words:
            self._options.highlighted = ((self._options.highlighted or 0) + by) % len(self.words)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        place = place_of(self.chosen)
        if place is not None:
            self.post_message(self.Looked(*place))


def said_at(state: ReviewState, questions: Iterable[str], sections: Iterable[str]) -> list[Words]:
    """What was said about questions, and about sections as a whole."""
    names = frozenset(questions)
    remarks = [remark for section in sections for remark in state.remarks_on(section)]
    return [*state.talks_at(names), *state.proposals_at(names), *remarks]


def place_of(words: Words | None) -> tuple[str, Spot, str] | None:
    """The question, the spot in it and the quoted words that something was said about."""
    match words:
        case Talk(thread=thread):
            return thread.question, Spot(thread.row, thread.column), thread.quote
        case Proposal(suggestion=said):
            return said.question, Spot(said.row, said.column), ""
    return None


def _id(words: Words) -> str:
    match words:
        case Talk(thread=thread):
            return thread.id
        case Proposal(suggestion=said):
            return said.id
    return words.id


def _painted(words: Words, painter: Painter, width: int) -> Text:
    match words:
        case Talk():
            return painter.talk(words, width)
        case Proposal():
            return painter.proposal(words, width)
    return painter.remark(words)
