"""Choose the place that something is about: a section, a question, a row or a single value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from msgspec import Struct, field
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical

from app.review.anchors import Spot
from screens.dialogs.finding import LIMIT, FindingDialog
from screens.plain import plain_line
from screens.widgets.inputs import LineInput
from screens.widgets.option_lines import OptionLines


class PlaceChoice(Struct, frozen=True):
    """A place: a whole section (then `question` is ""), or a spot of a question; and the words for it.

    `change` says what could become of a row there: `add`, `change` or `remove`.
    """

    words: str
    section: str = ""
    question: str = ""
    spot: Spot = field(default_factory=Spot)
    change: str = ""


Find = Callable[[str], Iterable[PlaceChoice]]
"""Gives the places that have all of some words, in their order."""


class PlaceDialog(FindingDialog[PlaceChoice]):
    """Returns the place; `find` gives those that have all of some words."""

    nothing = "Nothing here."

    def __init__(self, title: str, find: Find, text: str = "") -> None:
        super().__init__()
        self._title = title
        self._find = find
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = plain_line(self._title, 60)
            box.border_subtitle = "type to find · enter chooses · escape leaves it"
            yield LineInput(self._text, placeholder="words of a question, a row or a column")
            yield OptionLines(markup=False)

    def find(self, text: str) -> list[tuple[PlaceChoice, Text]]:
        return [(choice, plain_line(choice.words, 70)) for choice in islice(self._find(text), LIMIT)]
