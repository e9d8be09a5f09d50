"""The setup of a new document, and the same questions about a document that is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Input, Label, Static

from app.bank.model import Bank
from app.document.operations import SetProfile
from app.interview.starting import first_operations
from screens.actions import bindings
from screens.base import DocumentScreen
from screens.messages import DocumentChanged, SaveStateChanged
from screens.plain import plain
from screens.setup.form import Choices, SetupForm
from screens.widgets.inputs import LineInput
from screens.widgets.key_line import KeyLine
from screens.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from screens.application import DbcharterApp

BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]


class NewForm(SetupForm):
    """The setup with title, file and owner."""

    def __init__(self, bank: Bank, file: str) -> None:
        super().__init__(bank, Choices(), engine=True)
        self._file = file

    def compose_head(self) -> ComposeResult:
        yield Label("What is the change called?")
        yield LineInput(placeholder="in words that somebody will search for in two years", id="title")
        yield Label("Who owns the document?")
        yield LineInput(placeholder="a name; can wait", id="owner")
        yield Label("Answer file")
        yield LineInput(self._file, id="file")


class SetupScreen(Screen[None]):
    """A new document: what kind of change it is, and what will be asked."""

    scope = "setup"
    BINDINGS: ClassVar[list[BindingType]] = bindings("setup")
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    AUTO_FOCUS = "#title"

    def __init__(self, bank: Bank, path: Path) -> None:
        super().__init__()
        self.bank = bank
        self.path = path

    def compose(self) -> ComposeResult:
        yield Static(" New document", id="setup-title", markup=False)
        yield NewForm(self.bank, str(self.path))
        yield Static(id="setup-wrong", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.call_after_refresh(self.query_one("#setup-questions").scroll_home, animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", LineInput).value.strip()

    def action_setup_done(self) -> None:
        """Write the file and begin, or say what is missing."""
        choices = self.query_one(SetupForm).choices
        missing = {"#title": not self._text("title"), "#change_types": not choices.change_types,
                   "#risk": not choices.risk, "#file": not self._text("file")}  # fmt: skip
        words = {
            "#title": "a title",
            "#change_types": "the kind of change",
            "#risk": "the risk",
            "#file": "a file",
        }
        lacking = [name for name, is_missing in missing.items() if is_missing]
        if lacking:
            self.query_one("#setup-wrong", Static).update(
                f" ⚠ Still needed: {', '.join(words[n] for n in lacking)}"
            )
            self.query_one(lacking[0]).focus()
            return
        name = self._text("file")
        path = Path(name if name.endswith(".toml") else f"{name}.toml").expanduser()
        app = cast("DbcharterApp", self.app)
        operations = first_operations(
            self.bank,
            title=self._text("title"),
            change_types=choices.change_types,
            risk=choices.risk,
            traits=choices.traits,
            engine=choices.engine,
            owner=self._text("owner"),
            template=choices.chosen_template(self.bank),
            today=app.today(),
        )
        if path.exists():
            self.query_one("#setup-wrong", Static).update(
                plain(f" ⚠ {path} is already there; choose another name")
            )
            self.query_one("#file").focus()
        else:
            app.begin_document(path, operations)

    def action_setup_cancel(self) -> None:
        cast("DbcharterApp", self.app).show_start()


class ProfileScreen(DocumentScreen):
    """The setup of the open document; every choice takes effect at once and can be undone."""

    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    AUTO_FOCUS = "#change_types"

    def compose(self) -> ComposeResult:
        yield StatusLine(self.session)
        writable = not self.session.read_only_reason
        yield SetupForm(self.session.bank, self._choices(), engine=False, enabled=writable)
        yield KeyLine()

    def _choices(self) -> Choices:
        profile = self.session.answers.profile
        return Choices(profile.change_types, profile.risk, profile.traits, profile.template)

    def on_setup_form_changed(self, event: SetupForm.Changed) -> None:
        event.stop()
        profile = event.choices.profile(self.session.bank)
        self.dbcharter.apply(
            SetProfile(
                change_types=profile.change_types,
                risk=profile.risk,
                traits=profile.traits,
                template=profile.template,
            )
        )

    def on_document_changed(self, event: DocumentChanged) -> None:
        del event
        self.query_one(SetupForm).show(self._choices())
        self.query_one(StatusLine).show()

    def on_save_state_changed(self, event: SaveStateChanged) -> None:
        del event
        self.query_one(StatusLine).show()
