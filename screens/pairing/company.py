"""Those who work on one document together, as a screen at one of the terminals sees them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

from app.pairing.wire import Baton, Here, Person
from app.review.names import slug_of

if TYPE_CHECKING:
    from app.bank.model import Bank
    from app.pairing.guest import Guest
    from app.pairing.host import Host
    from app.pairing.notices import Listener

State = Literal["live", "lost", "ended"]


class Company(Protocol):
    """The people of a session and what each of them may do."""

    is_host: bool

    @property
    def why(self) -> str:
        """Why the session has ended or the connection is lost, or ""."""

    @property
    def me(self) -> str:
        """The slug of who sits here."""

    @property
    def state(self) -> State: ...

    @property
    def people(self) -> Sequence[Person]:
        """Who takes part, the author first."""

    @property
    def waiting(self) -> Sequence[tuple[str, str]]:
        """Names and roles of those who ask to be admitted."""

    @property
    def batons(self) -> Sequence[Baton]: ...

    @property
    def unsent(self) -> int:
        """How much was said here that the host has not taken yet."""

    def here(self, place: Here) -> None:
        """Say where who sits here is."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` called with every notice; returns the way to stop that."""


class Hosting:
    """The company at the author's terminal. `asked` are the slugs and sections of batons asked for."""

    is_host = True
    unsent = 0

    def __init__(self, host: Host) -> None:
        self.host = host
        self.why = ""
        self.asked: dict[str, str] = {}

    @property
    def me(self) -> str:
        return slug_of(self.host.desk.person) or "author"

    @property
    def state(self) -> State:
        return "ended" if self.why else "live"

    @property
    def people(self) -> Sequence[Person]:
        return self.host.people

    @property
    def waiting(self) -> Sequence[tuple[str, str]]:
        return self.host.waiting

    @property
    def batons(self) -> Sequence[Baton]:
        return self.host.batons

    def here(self, place: Here) -> None:
        if not self.why:
            self.host.here(place.section, place.question, place.row, place.doing)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        return self.host.subscribe(listener)


class Visiting:
    """The company at a guest's terminal, once the author has admitted the guest."""

    is_host = False
    waiting: Sequence[tuple[str, str]] = ()

    def __init__(self, guest: Guest) -> None:
        self.guest = guest

    @property
    def why(self) -> str:
        return self.guest.session_end if self.state == "ended" else self.guest.session.connection

    @property
    def me(self) -> str:
        return self.guest.slug

    @property
    def state(self) -> State:
        match self.guest.state:
            case "live":
                return "live"
            case "ended":
                return "ended"
        return "lost"

    @property
    def people(self) -> Sequence[Person]:
        return self.guest.people

    @property
    def batons(self) -> Sequence[Baton]:
        return self.guest.session.batons.all()

    @property
    def unsent(self) -> int:
        return len(self.guest.session.ledger.entries)

    def here(self, place: Here) -> None:
        self.guest.here(place.section, place.question, place.row, place.doing)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        return self.guest.subscribe(listener)


def others(company: Company) -> list[Person]:
    """Who is here beside the one who sits here."""
    return [person for person in company.people if person.slug != company.me and person.is_here]


def author_of(company: Company) -> str:
    """The name of the author."""
    return next((person.name for person in company.people if person.is_author), "the author")


def holder_of(company: Company, section: str) -> str:
    """The slug of the guest who may write in a section beside the author, or ""."""
    return next((baton.slug for baton in company.batons if baton.section == section), "")


def may_write(company: Company, section: str) -> bool:
    """Whether who sits here may change a section's answers."""
    return company.is_host or (company.state != "ended" and holder_of(company, section) == company.me)


def section_name(bank: Bank, section: str) -> str:
    """`6 Logical Model` for a section's id."""
    found = bank.section_by_id.get(section)
    return section if found is None else f"{found.number} {found.title}"


def where_words(bank: Bank, person: Person) -> str:
    """`at 6.1 Entity Grain, row hold`, `reviewing 6 Logical Model`, or "" while nobody knows."""
    if person.doing:
        return f"{person.doing} {section_name(bank, person.section)}".rstrip()
    question = bank.questions.get(person.question)
    if question is None:
        return f"in {section_name(bank, person.section)}" if person.section else ""
    row = f", row {person.row}" if person.row else ""
    return f"at {question.number} {question.title}{row}"
