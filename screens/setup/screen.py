"""The setup of a new document, and the same questions about a document that is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input, Label, Static

from app.bank.model import Bank
from app.document import unfinished
from app.document.machine import USER_VARIABLE, environment_name, proposed_person
from app.document.naming import answer_file, file_name
from app.document.operations import SetProfile
from app.interview.starting import first_operations
from app.review.names import slug_of
from screens.actions import bindings
from screens.base import DocumentScreen
from screens.leaving import Leavable
from screens.messages import DocumentChanged, SaveStateChanged
from screens.plain import plain, plain_line
from screens.settling import settled
from screens.setup.form import Choices, SetupForm
from screens.widgets.inputs import LineInput
from screens.widgets.key_line import KeyLine
from screens.widgets.quiet import QuietLine
from screens.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from screens.application import DbcharterApp

BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]


class Proposed(LineInput):
    """A line that holds what is proposed for it until somebody writes something else, or `said` it before."""

    def __init__(self, proposal: str, said: str = "", **arguments: Any) -> None:
        super().__init__(said or proposal, **arguments)
        self._proposal = self.validate_value(proposal)

    @property
    def said(self) -> str:
        """What somebody wrote, "" as long as it is what is proposed."""
        return "" if self.value == self._proposal else self.value.strip()

    def propose(self, proposal: str) -> None:
        """Propose something else; what was written stays."""
        is_followed, self._proposal = self.value == self._proposal, self.validate_value(proposal)
        if is_followed:
            self.value = self._proposal


class NewForm(SetupForm):
    """The setup with title, people and file.

    The owner is who sets the document up, and the file is called after the title, until somebody says
    otherwise. A `file` that was asked for by name keeps it. `before` is what was said before and not brought
    to its end.
    """

    def __init__(self, bank: Bank, file: Path | None, before: Mapping[str, str]) -> None:
        super().__init__(bank, Choices.of(bank, before), engine=True)
        self._file = file
        self._before = before

    def said(self) -> dict[str, str]:
        """What somebody said here, by the names of what is asked."""
        title = self.query_one("#title", LineInput).value.strip()
        lines = {name: self.query_one(f"#{name}", Proposed).said for name in ("file", "you", "owner")}
        return {name: text for name, text in {"title": title, **lines}.items() if text} | self.choices.said()

    def compose_head(self) -> ComposeResult:
        you, is_said = proposed_person(Path()), bool(environment_name())
        before = self._before.get
        title = before("title", "")
        yield Label("What is the change called?")
        yield LineInput(title, placeholder="in words that somebody will search for in two years", id="title")
        with Horizontal(id="people"):
            with Vertical():
                yield Label(f"You, as {USER_VARIABLE} says" if is_said else "Who are you?")
                yield Proposed(you, "" if is_said else before("you", ""), id="you", disabled=is_said)
            with Vertical():
                yield Label("Who owns the document?")
                yield Proposed(you, before("owner", ""), placeholder="a name; can wait", id="owner")
        yield Label("Answer file")
        file = "" if self._file else before("file", "")
        yield Proposed(str(self._file or file_name(title, Path())), file, id="file")

    def catch_up(self) -> None:
        """Propose what follows from what was written so far."""
        self._name_file()
        self._follow_you()

    @on(Input.Changed, "#title")
    def _name_file(self) -> None:
        if self._file is None:
            title = self.query_one("#title", LineInput).value
            self.query_one("#file", Proposed).propose(file_name(title, Path()))

    @on(Input.Changed)
    def _follow_you(self) -> None:
        self.query_one("#owner", Proposed).propose(self.query_one("#you", LineInput).value)


class SetupScreen(Screen[None], Leavable):
    """A new document, at `path` or named after its title: what kind of change it is, what will be asked."""

    scope = "setup"
    BINDINGS: ClassVar[list[BindingType]] = bindings("setup")
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    AUTO_FOCUS = "#title"
    _is_kept = True
    _is_refused = False

    def __init__(self, bank: Bank, path: Path | None) -> None:
        super().__init__()
        self.bank = bank
        self.path = path
        self._before = unfinished.kept(bank.id)

    def compose(self) -> ComposeResult:
        yield QuietLine(id="setup-title")
        yield NewForm(self.bank, self.path, self._before)
        yield Static(id="setup-wrong", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.call_after_refresh(self.query_one("#setup-questions").scroll_home, animate=False)
        if self._before:
            cast("DbcharterApp", self.app).tell(
                "A new document was begun before; what was said is here again"
            )
        self._show_name()

    def _show_name(self) -> None:
        """Say on top which file it will be, wherever the questions have been scrolled to."""
        title = Text(" New document  ").append_text(plain_line(self._text("file")))
        self.query_one("#setup-title", QuietLine).show_text(title)

    def on_input_changed(self) -> None:
        self._show_name()
        self._show_trouble()

    def on_setup_form_changed(self) -> None:
        self._show_trouble()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", LineInput).value.strip()

    def action_setup_done(self) -> None:
        """Write the file and begin, or say what is missing."""
        form = self.query_one(NewForm)
        form.catch_up()
        trouble = self._trouble()
        if trouble is None:
            self._begin(answer_file(self._text("file")), form.choices, self._text("you"))
        else:
            self._is_refused = True
            self._show_trouble()
            self.query_one(f"#{trouble[0]}").focus()

    def _trouble(self) -> tuple[str, str] | None:
        """The field that keeps the document from beginning, and why; None where nothing does."""
        choices, you = self.query_one(NewForm).choices, self._text("you")
        path = answer_file(self._text("file"))
        said = {
            "title": (self._text("title"), "a title"),
            "you": (you, "who you are"),
            "file": (self._text("file"), "a file"),
            "change_types": (choices.change_types, "the kind of change"),
            "risk": (choices.risk, "the risk"),
        }
        lacking = [name for name, (value, _) in said.items() if not value]
        if lacking:
            return lacking[0], f"Still needed: {', '.join(said[name][1] for name in lacking)}"
        if not slug_of(you):
            return "you", "A name needs a letter or a digit"
        try:
            is_there = path.exists()
        except OSError as error:
            return "file", f"{error.strerror}; choose another name"
        return ("file", f"{path} is already there; choose another name") if is_there else None

    def _show_trouble(self) -> None:
        """Once the document was refused, say what keeps it from beginning until nothing does."""
        if self._is_refused:
            trouble = self._trouble()
            self._is_refused = trouble is not None
            self.query_one("#setup-wrong", Static).update(plain(f" ⚠ {trouble[1]}" if trouble else ""))

    def _begin(self, path: Path, choices: Choices, you: str) -> None:
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
        app.introduce(you)
        if app.begin_document(path, operations):
            unfinished.forget()

    async def leave(self) -> None:
        """Keep what was said for the next time."""
        await settled(self.focused)
        said = self.query_one(NewForm).said()
        if not said:
            unfinished.forget()
        self._is_kept = not said or unfinished.keep(self.bank.id, said)

    def unsaid(self) -> list[str]:
        if self._is_kept:
            return []
        said = self.query_one(NewForm).said()
        words = ", ".join(f"{name}: {text}" for name, text in said.items())
        return [plain(f"not kept for the next time: {words}").plain]

    async def action_setup_cancel(self) -> None:
        await self.leave()
        app = cast("DbcharterApp", self.app)
        for line in self.unsaid():
            app.tell(line, "warning")
        app.show_start()


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
