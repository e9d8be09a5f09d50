"""Write the design document to a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Label, Static

from app.document.answers import Answers, Template
from app.document.outputs import why_not_written, write_output
from app.problems import DbcharterError, DocumentError
from app.review.model import Records
from app.schema.sources import references
from app.session import Session
from screens.leaving import Dialog
from screens.plain import plain
from screens.widgets.inputs import LineInput
from screens.widgets.picks import Pick, Picks

if TYPE_CHECKING:
    from app.readiness.model import Evaluation
    from screens.application import DbcharterApp


class ExportDialog(Dialog[Path | None]):
    """Returns the file that was written, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "cancel", "Leave")]
    DEFAULT_CSS = """
    ExportDialog Label { color: $text-muted; margin: 1 0 0 0; }
    ExportDialog #said { height: auto; min-height: 1; }
    """
    AUTO_FOCUS = "#path"

    @dataclass
    class Written(Message):
        """The file is there, or `failure` says why not."""

        path: Path
        lines: int = 0
        failure: str = ""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._busy = False

    def compose(self) -> ComposeResult:
        said = self.session.answers.profile.template
        with Vertical(classes="dialog") as box:
            box.border_title = "Export as Markdown"
            box.border_subtitle = "enter writes · tab moves · escape leaves"
            picks = [
                Pick("full", "Full: every section, with an appendix of what was left out"),
                Pick("compact", "Compact: eleven headings"),
            ]
            yield Picks(picks, [said], name="template")
            yield Label("To the file")
            yield LineInput(str(self.session.path.with_suffix(".md")), id="path")
            yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self._say_what_is_there()

    @property
    def target(self) -> Path:
        return Path(self.query_one(LineInput).value.strip()).expanduser()

    def on_picks_changed(self, event: Picks.Changed) -> None:
        event.stop()
        if event.again:
            self._write()
        else:
            self.query_one(LineInput).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._say_what_is_there()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._write()

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(plain(text))

    def _say_what_is_there(self) -> None:
        path = self.target
        try:
            there = path.is_file()
            at = datetime.fromtimestamp(path.stat().st_mtime).astimezone() if there else None
        except (OSError, ValueError):
            at = None
        self._say("" if at is None else f"replaces the file of {at:%Y-%m-%d %H:%M}")

    def _write(self) -> None:
        """Render and write in a thread; what is said meanwhile is not in it."""
        if self._busy:
            return
        path, refusal = self.target, self._refusal(self.target)
        if refusal:
            self._say(f"⚠ {refusal}")
            return
        self._busy = True
        self._say("writing …")
        app = cast("DbcharterApp", self.app)
        answers, evaluate = self.session.answers, self.session.evaluation_job(app.today())
        sitting = app.sitting
        records = sitting.desk.records if sitting is not None else None
        template: Template = "compact" if self.query_one(Picks).chosen == ["compact"] else "full"
        self.run_worker(lambda: self._work(answers, evaluate, records, template, path), thread=True)

    def _refusal(self, path: Path) -> str:
        """Why nothing is written to `path`, or ""."""
        if not self.query_one(LineInput).value.strip():
            return "say to which file"
        if path.is_dir():
            return f"{path} is a folder; name a file in it"
        reason = why_not_written(path, self._inputs())
        if reason:
            return f"{reason}; the document needs another name, such as one ending in .md"
        if not path.absolute().parent.is_dir():
            return f"there is no folder {path.absolute().parent}"
        return ""

    def _inputs(self) -> list[Path]:
        """The answer file, and the files that its answers name."""
        path = self.session.path
        return [path, *(path.parent / name for name in references(self.session.answers))]

    def _work(
        self,
        answers: Answers,
        evaluate: Callable[[], Evaluation],
        records: Records | None,
        template: Template,
        path: Path,
    ) -> None:
        from app.render.document import render

        try:
            text = render(self.session.bank, answers, template, None, records, evaluate())
            write_output(path, text)
        except DbcharterError as error:
            shown = error.message if isinstance(error, DocumentError) else str(error)
            self.post_message(self.Written(path, failure=shown))
        else:
            self.post_message(self.Written(path, text.count("\n")))

    def on_export_dialog_written(self, event: Written) -> None:
        event.stop()
        self._busy = False
        if event.failure:
            self._say(f"⚠ {event.failure}")
            return
        app = cast("DbcharterApp", self.app)
        app.tell(f"Written: {event.path.absolute()}, {event.lines:,} lines")
        self.dismiss(event.path)
