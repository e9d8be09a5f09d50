"""Jump mode: a letter on everything that can be focused or opened; typing it goes there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from msgspec import Struct
from rich.text import Text
from textual.app import ComposeResult
from textual.events import Key
from textual.geometry import Offset
from textual.screen import Screen
from textual.widgets import OptionList, Static

from screens.leaving import Dialog
from screens.widgets.question_form import QuestionLines

LETTERS = "asdfghjklqwertyuiopzxcvbnm1234567890"


class JumpTarget(Struct, frozen=True):
    """A place on the screen and what happens when its letter is typed."""

    at: Offset
    go: Callable[[], object]


def jump_targets(screen: Screen[Any]) -> list[JumpTarget]:
    """What can be reached on a screen, from top to bottom."""
    found = {target.at: target for target in _all_targets(screen) if screen.region.contains_point(target.at)}
    return sorted(found.values(), key=lambda target: (target.at.y, target.at.x))[: len(LETTERS)]


def _all_targets(screen: Screen[Any]) -> Iterator[JumpTarget]:
    for lines in screen.query(QuestionLines):
        for number, question in enumerate(lines.questions if lines.region.height else ()):
            at = lines.region.offset + Offset(0, number)
            yield JumpTarget(at, partial(lines.post_message, lines.Chosen(question)))
    for widget in screen.focus_chain:
        yield JumpTarget(widget.region.offset, widget.focus)
        if isinstance(widget, OptionList) and widget.id == "sections":
            for number in range(widget.option_count):
                at = widget.content_region.offset + Offset(0, number - round(widget.scroll_y))
                if widget.region.contains_point(at):
                    yield JumpTarget(at, partial(_select, widget, number))


def _select(options: OptionList, number: int) -> None:
    options.highlighted = number
    options.action_select()


class JumpMode(Dialog[JumpTarget | None]):
    """Letters over the screen below; any other key goes back."""

    DEFAULT_CSS = """
    JumpMode { background: $background 40%; align: left top; layers: labels; }
    JumpMode Static {
        position: absolute; width: 3; height: 1; background: $accent; color: $background; text-style: bold;
    }
    """

    def __init__(self, targets: list[JumpTarget]) -> None:
        super().__init__()
        self.targets = targets

    def compose(self) -> ComposeResult:
        for letter, target in zip(LETTERS, self.targets, strict=False):
            label = Static(Text(f" {letter} "))
            label.styles.offset = (target.at.x, target.at.y)
            yield label

    def on_key(self, event: Key) -> None:
        event.stop()
        event.prevent_default()
        at = LETTERS.find(event.character or "\0")
        self.dismiss(self.targets[at] if 0 <= at < len(self.targets) else None)

    def on_click(self) -> None:
        self.dismiss(None)
