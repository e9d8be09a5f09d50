"""The history as rows: what was said together, by whom and when, and how to get back to there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import SequenceMatcher

from msgspec import Struct
from msgspec.structs import replace
from rich.text import Text

from app.bank.model import Bank
from app.document.changes import UNSAID, Change
from app.document.history import Step, describe, stacks, turns
from app.session import Session
from screens.naming import named
from screens.plain import plain, plain_line
from screens.states import Mark, colour_of
from screens.values import value_lines

NOW = Mark("▶", "now", "primary")
KEPT = Mark("✓", "in force", "success")
UNDONE = Mark("○", "undone", "warning")
LEFT = Mark("·", "left behind", "muted")
TURNED = {"undo": Mark("↶", "", "muted"), "redo": Mark("↷", "", "muted")}
"""Steps that said nothing new."""

LINES_SHOWN = 200
"""Lines of one change that are shown."""


class Row(Struct, frozen=True):
    """Steps that were said as one, the last of them last; `last` for the newest row. `turns` are the undos
    (negative) or redos that lead there."""

    steps: tuple[Step, ...]
    turns: int | None
    last: bool = False

    @property
    def mark(self) -> Mark:
        if self.last:
            return NOW
        kind = self.steps[-1].kind if self.steps else ""
        if kind in TURNED:
            return TURNED[kind]
        if self.turns is None:
            return LEFT
        return KEPT if self.turns <= 0 else UNDONE

    @property
    def question(self) -> str:
        """The question that was changed last, or ""."""
        return next((c.question for step in reversed(self.steps) for c in changes_of(step) if c.question), "")


def rows(session: Session) -> list[Row]:
    """The history, newest first, and at the end its beginning (a row without steps) if one can go there."""
    steps = session.history
    found: list[Row] = []
    together: list[Step] = []
    for step, way in zip(steps, turns(steps), strict=True):
        if together and not _goes_on(together[-1], step):
            together = []
        if together:
            found.pop()
        together.append(step)
        found.append(Row(tuple(together), way))
    undone = len(stacks(steps).undo)
    if found:
        found[-1] = replace(found[-1], last=True)
    return [*reversed(found), *([Row((), -undone)] if undone else [])]


def _goes_on(last: Step, step: Step) -> bool:
    return bool(step.group) and last.kind == step.kind == "edit" and last.group == step.group


def row_line(session: Session, row: Row, width: int, colours: dict[str, str]) -> Text:
    """Sign, when, who and what on one line."""
    mark = row.mark
    style = colour_of(mark, colours)
    text = Text(f"{mark.glyph} {mark.word:<12}", style=style, no_wrap=True)
    if not row.steps:
        text.append_text(plain_line("The beginning: as it was before all that can be undone", width - 14))
        return text
    step = row.steps[-1]
    text.append(f"{when(step.at)}  ", style="dim")
    who = plain_line(step.who, 14)
    text.append_text(who).append(" " * (16 - who.cell_len))
    more = f" (and {len(row.steps) - 1} more)" if len(row.steps) > 1 else ""
    text.append_text(plain_line(named(session.bank, describe(step)) + more, max(width - text.cell_len, 8)))
    text.truncate(width, overflow="ellipsis")
    return text


def when(at: str) -> str:
    """A time in ISO 8601 as it is here, to the minute."""
    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return plain_line(at, 16).plain


def changes_of(step: Step) -> tuple[Change, ...]:
    """What a step changed; nothing where its text is damaged."""
    try:
        return tuple(change for change in step.changes if change.part not in UNSAID)
    except ValueError:
        return ()


def details(bank: Bank, row: Row, colours: dict[str, str]) -> Text:
    """What was there before and what is there after, of every change of a row."""
    if not row.steps:
        return Text("Enter takes back every change that can be undone. They can all be done again.")
    text = Text()
    for step in row.steps:
        for change in changes_of(step):
            if change.part == "conflicts":
                text.append("A conflict was settled\n", style="bold")
                continue
            part = "" if change.part == "value" else f" ({change.part})"
            title = f"{named(bank, change.question)}{part}".strip()
            text.append_text(plain(title, "bold")).append("\n")
            for sign, line in _lines(bank, change):
                style = {"−": colours.get("error", ""), "+": colours.get("success", "")}.get(sign, "dim")
                text.append_text(plain(f"{sign} {line}\n", style))
    return text if text else Text("Nothing that is an answer was changed.")


def _lines(bank: Bank, change: Change) -> Iterator[tuple[str, str]]:
    old, new = (
        [] if value is None or value == () else value_lines(bank, change.question, value)
        for value in (change.old, change.new)
    )
    found = list(_compared(old, new))
    yield from found[:LINES_SHOWN]
    if len(found) > LINES_SHOWN:
        yield " ", f"and {len(found) - LINES_SHOWN} more lines"


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    for tag, left, left_end, right, right_end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            yield from ((" ", line) for line in old[left:left_end])
        else:
            yield from (("−", line) for line in old[left:left_end])
            yield from (("+", line) for line in new[right:right_end])
