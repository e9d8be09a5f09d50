"""Who takes part and where they are, as the host tells it to everybody."""

from __future__ import annotations

from app.document.text import clean, one_line
from app.pairing.broadcast import Broadcast
from app.pairing.members import Member, Members
from app.pairing.notices import Bell, PersonCame, PersonLeft, PersonMoved
from app.pairing.wire import Came, Here, Left, Person, Where
from app.review.desk import Desk
from app.review.names import slug_of


class Presence:
    """The author and the guests that were admitted."""

    def __init__(self, members: Members, desk: Desk, broadcast: Broadcast, bell: Bell) -> None:
        self._members, self._desk, self._broadcast, self._bell = members, desk, broadcast, bell
        self._place = Here()
        self.changed()

    @property
    def people(self) -> list[Person]:
        """Everybody, the author first."""
        return self._broadcast.people

    def changed(self) -> None:
        """Look again at who is there."""
        author, place = self._desk.person, self._place
        first = Person(
            slug=slug_of(author) or "author",
            name=author[:80] or "author",
            role=self._desk.role[:80],
            is_author=True,
            section=place.section,
            question=place.question,
            row=place.row,
            doing=place.doing,
        )
        self._broadcast.people = [first, *(member.person for member in self._members.admitted)]

    def author_is(self, place: Here) -> None:
        """Tell where the author is."""
        self._place = place
        self.changed()
        self._broadcast.frame(_where(self.people[0].slug, place))

    def guest_is(self, member: Member, place: Here) -> None:
        """Tell where a guest is, in words without control characters."""
        section, question, row = (
            one_line(clean(text), 400) for text in (place.section, place.question, place.row)
        )
        place = Here(section=section, question=question, row=row, doing=place.doing)
        member.place = place
        self.changed()
        self._broadcast.frame(_where(member.slug, place), but=member)
        self._bell.ring(PersonMoved(member.person))

    def came(self, member: Member) -> None:
        self._broadcast.event(Came(person=member.person), member.name)
        self._bell.ring(PersonCame(member.person))

    def gone(self, person: Person, why: str, *, is_removed: bool = False) -> None:
        """Tell that somebody is not here any more; `why` is "" for who left."""
        self.changed()
        self._broadcast.event(Left(slug=person.slug, is_removed=is_removed), person.name)
        self._bell.ring(PersonLeft(person, why))


def _where(slug: str, place: Here) -> Where:
    return Where(slug=slug, **place.model_dump(exclude={"type"}))
