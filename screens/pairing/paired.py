"""What the applications of the author and of guests have in common: who is where, and following."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget

from app.bank.model import Bank
from app.pairing.notices import (
    Notice,
    PersonCame,
    PersonLeft,
    PersonMoved,
)
from screens.actions import BY_ID, Scope, bindings
from screens.actions.registry import shown_key
from screens.application import DbcharterApp
from screens.interview.screen import InterviewScreen
from screens.pairing.company import (
    Company,
    others,
)
from screens.pairing.line import CompanyLine
from screens.pairing.words import presence
from screens.widgets.question_form import QuestionForm

if TYPE_CHECKING:
    from app.document.operations import Operation

Place = tuple[str, str]
"""Question and row."""
SHOW_AFTER = 0.05
"""Seconds until it is shown that somebody moved; who moves a lot costs no more."""
LOOK_EVERY = 0.5
"""Seconds between looks at which row this terminal is in."""


class PairedApp(DbcharterApp):
    """What the terminals of the author and of guests have in common: who is where, and following."""

    more_scopes: ClassVar[tuple[Scope, ...]] = ("paired",)
    CSS_PATH: ClassVar[Any] = [Path(__file__).parents[1] / name for name in DbcharterApp.CSS_PATH]
    BINDINGS: ClassVar[list[BindingType]] = bindings("paired")

    def __init__(self, bank: Bank, path: Path | None = None, **arguments: Any) -> None:
        super().__init__(bank, path, **arguments)
        self.company: Company | None = None
        self.following = ""
        self.place: Place = ("", "")
        self._led: Place = ("", "")
        self._soon: Timer | None = None

    def on_mount(self) -> None:
        self.set_interval(LOOK_EVERY, self._look_where)

    # the company

    def company_line(self) -> Widget:
        return CompanyLine()

    def who_is_in(self, section: str) -> str:
        return presence(self.company, section)

    def meet(self, company: Company) -> None:
        """Begin to show who is here."""
        self.company = company
        company.subscribe(self._noticed)
        self.company_changed()
        self._look_where(always=True)

    def company_changed(self) -> None:
        """Show the company as it is, on every screen."""
        from screens.pairing.dialog import PeopleDialog

        for screen in self.screen_stack:
            if isinstance(screen, PeopleDialog):
                screen.show()
            elif isinstance(screen, InterviewScreen):
                screen.show_sections()
            for line in screen.query(CompanyLine):
                line.show()

    def _noticed(self, notice: Notice) -> None:
        """Take a notice of the host or the guest; it never takes the focus."""
        if not self.is_running:
            return
        if isinstance(notice, PersonMoved):
            if notice.person.slug == self.following:
                self._go_after()
            if self._soon is None:
                self._soon = self.set_timer(SHOW_AFTER, self._show_soon)
        else:
            self.noticed(notice)
            self.company_changed()

    def _show_soon(self) -> None:
        self._soon = None
        self.company_changed()

    def noticed(self, notice: Notice) -> None:
        """Say what happened, as far as it matters here."""
        assert self.company is not None
        match notice:
            case PersonCame(person) | PersonLeft(person) if person.slug == self.company.me:
                pass  # what the others saw of a connection that was lost here
            case PersonCame(person):
                self.tell(f"◉ {person.name} is here", seconds=3)
            case PersonLeft(person, why):
                self.tell(f"◌ {person.name} has left{f': {why}' if why else ''}", seconds=4)
                if person.slug == self.following:
                    self.following = ""

    # where this terminal is

    @property
    def section(self) -> str:
        """The section that this terminal is in."""
        return self.place[0].partition(".")[0]

    def remember_place(self, question: str) -> None:
        super().remember_place(question)
        self._look_where()

    def _look_where(self, *, always: bool = False) -> None:
        """Tell the others when this terminal is somewhere else than before."""
        screen = next((s for s in self.screen_stack if isinstance(s, InterviewScreen)), None)
        if screen is None or self.company is None or not screen.query(QuestionForm):
            return
        field = screen.form.field
        row = field.current_row if field is not None and field.is_mounted else ""
        place = (screen.question_id, row)
        if place == self.place and not always:
            return
        if self.following and place[0] not in (self.place[0], self._led[0]):
            self.stop_following()
        is_other = place[0] != self.place[0]
        self.place = place
        self.company.here(self.section, *place)
        if is_other:
            self.moved()
            self.company_changed()

    def moved(self) -> None:
        """Called when this terminal is at another question."""

    # following

    def action_follow(self) -> None:
        """Follow the next person; after the last one nobody."""
        if self.company is None:
            return
        slugs = [person.slug for person in others(self.company)]
        if not slugs:
            self.tell("Nobody else is here", seconds=3)
            return
        at = slugs.index(self.following) + 1 if self.following in slugs else 0
        if at < len(slugs):
            self.follow(slugs[at])
        else:
            self.stop_following()

    def follow(self, slug: str) -> None:
        """Go where somebody goes from here on."""
        assert self.company is not None
        self.following = slug
        name = next(person.name for person in others(self.company) if person.slug == slug)
        key = self.shown_key("follow")
        self.tell(f"→ Following {name}; {key}, moving or writing leaves that", seconds=4)
        self._go_after()
        self.company_changed()

    def stop_following(self) -> None:
        if self.following:
            self.following = ""
            self.tell("Following nobody", seconds=2)
            self.company_changed()

    def _go_after(self) -> None:
        """Go where the person is who is followed."""
        assert self.company is not None
        person = next((p for p in others(self.company) if p.slug == self.following), None)
        screen = next((s for s in self.screen_stack if isinstance(s, InterviewScreen)), None)
        if person is not None and screen is not None and person.question in self.bank.questions:
            place = (person.question, person.row)
            if place != self._led or screen.question_id != person.question:
                self._led = place
                screen.go_to(*place)

    def apply(
        self, operation: Operation, group: str = "", by: Widget | None = None, *, who: str = ""
    ) -> bool:
        if by is not None:
            self.stop_following()
        return super().apply(operation, group, by, who=who)

    # keys

    def shown_key(self, action: str) -> str:
        """The key of an action as a person knows it."""
        return shown_key(self.keys.get(action, BY_ID[action].keys).split(",")[0])
