"""Who can sit down at this terminal."""

from __future__ import annotations

from app.document.machine import person
from app.review.names import slug_of
from app.review.people import participants, roles_without_people
from screens.base import DocumentScreen
from screens.dialogs.seat import SeatDialog
from screens.review.sitting import Seat, Sitting


def choose_seat(screen: DocumentScreen) -> None:
    """Have a person chosen, who then sits down."""
    sitting, app = screen.dbcharter.sitting, screen.dbcharter
    if sitting is None:
        return
    if not sitting.can_switch:
        app.tell("This program belongs to one person; the seat cannot be changed here", "warning")
        return

    def sit(seat: Seat | None) -> None:
        if seat is not None:
            app.sit(seat)

    state = sitting.state()
    known = participants(state.bank, state.answers, state.records)
    missing = [role.id for role in roles_without_people(state.roles, known)]
    app.push_screen(SeatDialog(sitting, seats(sitting), missing), sit)


def seats(sitting: Sitting) -> tuple[Seat, ...]:
    """The author, the reviewers who are known, and who sits here or sat here before."""
    state = sitting.state()
    known = participants(state.bank, state.answers, state.records)
    found = [sitting.author, *(Seat(p.name, p.role) for p in known if not _is_author(p.name, p.role))]
    found += [seat for seat in (sitting.seat, sitting.before) if seat is not None]
    return tuple(dict.fromkeys(found))


def _is_author(name: str, role: str) -> bool:
    """Whether somebody is known only because the author said something as the author."""
    return not role and slug_of(name) == slug_of(person())
