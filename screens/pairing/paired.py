"""What the applications of the author and of guests have in common: who is where, and following."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from app.bank.model import Bank
from app.pairing.notices import Notice, PersonCame, PersonLeft, PersonMoved
from app.pairing.wire import Here
from app.review.names import slug_of
from screens.actions import Scope, bindings
from screens.actions.registry import shown_key
from screens.application import DbcharterApp
from screens.base import DocumentScreen
from screens.interview.screen import InterviewScreen
from screens.pairing.company import Company, others
from screens.pairing.line import CompanyLine
from screens.pairing.pace import Pace
from screens.pairing.words import presence
from screens.pairing.written_over import OwnWords
from screens.widgets.question_form import QuestionForm

if TYPE_CHECKING:
    from app.document.history import Step
    from app.document.operations import Operation
    from app.session import Session


Place = tuple[str, str]
"""Question and row."""
SHOW_EVERY = 0.05
"""Seconds between two times that it is shown what others do, however much they do."""
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
        self._here, self._led = Here(), Here()
        self._moves = Pace(self, SHOW_EVERY, self.company_changed)
        self._own_words = OwnWords()
        self._theirs: Step | None = None
        self._changes = Pace(self, SHOW_EVERY, self._others_changed)

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
            self._moves.ask()
        else:
            self.noticed(notice)
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
        screen = self._interview_screen
        if screen is None or self.company is None or not screen.query(QuestionForm):
            return
        place = (screen.question_id, screen.form.here.row)
        here = self._reviewed_place() or Here.at(place[0].partition(".")[0], *place)
        if here == self._here and not always:
            return
        if self.following and _spot(here) not in (_spot(self._here), _spot(self._led)):
            self.stop_following()
        is_other = _spot(here) != _spot(self._here)
        self.place, self._here = place, here
        self.company.here(here)
        if is_other:
            self.moved()
            self.company_changed()

    def _reviewed_place(self) -> Here | None:
        """What is read on the reviewer's screen, when that is what this terminal shows."""
        screen = next((s for s in reversed(self.screen_stack) if isinstance(s, DocumentScreen)), None)
        reading: tuple[str, str, str] | None = getattr(screen, "reading", None)
        if reading is None:
            return None
        section, question, row = reading
        return Here.at(section, question, row, "reviewing")

    @property
    def _interview_screen(self) -> InterviewScreen | None:
        return next((s for s in self.screen_stack if isinstance(s, InterviewScreen)), None)

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
        from screens.review.screen import ReviewScreen

        assert self.company is not None
        person = next((p for p in others(self.company) if p.slug == self.following), None)
        screen = self._interview_screen
        if person is None or screen is None:
            return
        before, self._led = self._led, Here.at(person.section, person.question, person.row, person.doing)
        if person.doing:
            self._review_after(screen, person.section)
        elif person.question in self.bank.questions:
            if isinstance(self.screen, ReviewScreen):
                self.pop_screen()
            if self._led != before or screen.question_id != person.question:
                screen.go_to(person.question, person.row)

    def _review_after(self, interview: InterviewScreen, section: str) -> None:
        """Go to a section on the reviewer's screen, unless something else is being done here."""
        from screens.review.screen import ReviewScreen

        if self.screen is interview:
            interview.flush()
            self.push_screen(ReviewScreen(interview.session))
        if isinstance(self.screen, ReviewScreen):
            self.screen.read_section(section)

    def apply(
        self, operation: Operation, group: str = "", by: Widget | None = None, *, who: str = ""
    ) -> bool:
        if by is not None:
            self.stop_following()
        return super().apply(operation, group, by, who=who)

    def _session_changed(self, session: Session, operation: Operation | None) -> None:
        """Show at once what was said here; what others say costs the same however fast they type."""
        if session is self.session:
            self._look_whose(session)
        if self._by is not None:
            super()._session_changed(session, operation)
        elif session is self.session:
            self._changes.ask()

    def _look_whose(self, session: Session) -> None:
        """Tell by name who wrote over what was written here a moment ago."""
        if self.company is None or not session.history:
            return
        if self._by is not None:
            self._own_words.said(session.history[-1].changes)
            return
        theirs = next((step for step in reversed(session.history) if self._is_of_others(step)), None)
        if theirs is None or theirs == self._theirs:
            return
        self._theirs = theirs
        for question in self._own_words.lost(theirs.changes):
            about = self.bank.questions[question]
            self.tell(
                f"✎ {theirs.who} wrote over what you said in {about.number} {about.title}; "
                f"{self.key_of('undo')} brings it back",
                "warning",
                12,
            )

    def _is_of_others(self, step: Step) -> bool:
        """Whether a step is somebody else's; the author's journal may have another name for who sits here."""
        assert self.company is not None
        slug = slug_of(step.who)
        if self.company.is_host:
            return slug in {person.slug for person in others(self.company)}
        return slug != self.company.me

    def _others_changed(self) -> None:
        if self.session is not None and self.is_running:
            super()._session_changed(self.session, None)

    # keys

    def shown_key(self, action: str) -> str:
        """The key of an action as a person knows it."""
        return shown_key(self.key_of(action))


def _spot(here: Here) -> tuple[str, str]:
    """What tells one place from another for who follows: sections in a review, questions otherwise."""
    return here.doing, here.section if here.doing else here.question
