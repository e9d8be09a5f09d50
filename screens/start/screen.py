"""The start screen: documents worked on lately, those of this folder, a new one, another one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from msgspec import Struct
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from app.bank.model import Bank
from app.document.recent import answer_files, recent_documents
from app.document.text import plural
from screens.actions import bindings
from screens.plain import plain_line
from screens.widgets.key_line import KeyLine
from screens.widgets.option_lines import OptionLines

if TYPE_CHECKING:
    from screens.application import DbcharterApp

NEW = "new"


class Known(Struct, frozen=True):
    """A document that can be gone on with; `when` is "" for one that was never open here.

    `readiness` is in percent, None where it is not known; `place` is the question at which it was left.
    """

    path: Path
    done: int = 0
    required: int = 0
    when: str = ""
    readiness: int | None = None
    place: str = ""


def known_documents(folder: Path, now: datetime) -> list[Known]:
    """Recent documents that are there, newest first, then the other answer files of `folder`."""
    recent = [
        Known(
            Path(entry.path), entry.done, entry.required, ago(entry.at, now), entry.readiness, entry.question
        )
        for entry in recent_documents()
        if entry.is_there
    ]
    there = {known.path for known in recent}
    others = [Known(path.absolute()) for path in answer_files(folder) if path.absolute() not in there]
    return recent + others


def ago(at: str, now: datetime) -> str:
    """How long ago a time in ISO 8601 was, in words; "" when it is none."""
    try:
        minutes = int((now - datetime.fromisoformat(at)).total_seconds() // 60)
    except (ValueError, TypeError):
        return ""
    for size, word in ((60 * 24, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            return f"{plural(minutes // size, word)} ago"
    return "just now"


class StartScreen(Screen[None]):
    """Enter goes on with a document."""

    scope = "start"
    BINDINGS: ClassVar[list[BindingType]] = bindings("start")
    AUTO_FOCUS = "#documents"

    def __init__(self) -> None:
        super().__init__()
        self._known: list[Known] = []

    def compose(self) -> ComposeResult:
        yield Static(" dbcharter", id="start-title", markup=False)
        yield Static("A database design, question by question.", id="start-lead", markup=False)
        yield OptionLines(id="documents", markup=False)
        yield Static(id="start-detail", markup=False)
        yield KeyLine()

    def on_screen_resume(self) -> None:
        self._known = known_documents(Path(), datetime.now(UTC))
        self.show()

    def on_resize(self) -> None:
        self.show()

    def show(self) -> None:
        """List what can be opened."""
        width = max(min(self.size.width, 110) - 6, 30)
        column = any(known.readiness is not None for known in self._known)
        lines = [document_line(known, width, ready_column=column) for known in self._known]
        rows = [Option(line, id=f"d{n}") for n, line in enumerate(lines)]
        options = self.query_one("#documents", OptionList)
        at = options.highlighted
        options.set_options([*rows, Option(Text("＋ New document"), id=NEW)])
        options.highlighted = min(at or 0, len(rows))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        shown = self.query_one("#start-detail", Static)
        if event.option_index < len(self._known):
            shown.update(detail(self._app.bank, self._known[event.option_index], self.size.width - 4))
        else:
            shown.update("")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id == NEW:
            self.action_start_new()
        else:
            self._app.open_document(self._known[event.option_index].path)

    @property
    def _app(self) -> DbcharterApp:
        return cast("DbcharterApp", self.app)

    def action_start_new(self) -> None:
        from screens.setup.screen import SetupScreen

        self._app.show_screen(SetupScreen(self._app.bank, None))

    def action_start_open(self) -> None:
        from screens.dialogs.path import PathDialog

        def open_it(path: Path | None) -> None:
            if path is not None:
                self._app.open_document(path)

        self.app.push_screen(PathDialog(), open_it)


def detail(bank: Bank, known: Known, width: int) -> Text:
    """Where a document is and, if that is known, where it was left: lines of at most `width` columns."""
    question = bank.questions.get(known.place)
    path = str(known.path)
    lines = [plain_line(path if len(path) <= width else f"…{path[1 - width :]}", width, "dim")]
    if question is not None:
        lines.insert(0, plain_line(f"Left at {question.number} {question.title}", width))
    return Text("\n").join(lines)


def document_line(known: Known, width: int, *, ready_column: bool = False) -> Text:
    """Name, progress, when, and the folder, in columns on one line of at most `width` columns.

    With `ready_column` the readiness has a column of its own where there is room.
    """
    wide = width >= 90
    name = 30 if wide else 24
    line = plain_line(known.path.name, name, "bold")
    line.append(" " * (name + 2 - line.cell_len))
    if known.required:
        full = round(8 * known.done / known.required)
        word = "done" if known.done >= known.required else "half-finished"
        counts = f"{known.done}/{known.required}"
        ready = "" if known.readiness is None else f"readiness {known.readiness} %"
        # Where there is room for one of them only, the bar says already that it is half-finished.
        state = f"{word:13}  {ready:15}" if wide and ready_column else f"{ready or word:15}"
        line.append(f"{'▰' * full}{'▱' * (8 - full)} {counts:7} {state}{known.when:14}  ")
    else:
        line.append(f"{'in this folder':{63 if wide and ready_column else 48}}", style="dim")
    if width - line.cell_len > 8:
        line.append_text(plain_line(known.path.parent, width - line.cell_len, "dim"))
    line.truncate(width, overflow="ellipsis")
    return line
