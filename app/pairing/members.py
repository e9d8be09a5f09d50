"""The guests that a host knows: who waits, who was admitted with which token, who was removed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.document.text import clean, one_line
from app.pairing.bucket import Bucket
from app.pairing.codes import is_token, new_token
from app.pairing.limits import Limits
from app.pairing.permissions import State
from app.pairing.wire import Here, Person
from app.review.names import slug_of

if TYPE_CHECKING:
    from app.pairing.link import Link

_CHANGES_BYTES = 2_000_000


class UnwelcomeError(Exception):
    """Why somebody is not let in, in words for that person."""


class Results:
    """What became of the frames that one guest sent, so that each is done once whatever arrives twice."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._reasons: dict[int, str] = {}
        self._changes: dict[int, str] = {}
        self._bytes = 0
        self.seen = 0

    def has(self, number: int) -> bool:
        return number <= self.seen

    def reason(self, number: int) -> str:
        """Why a frame was refused, or "" for one that was taken, or so long ago that nobody knows."""
        return self._reasons.get(number, "")

    def keep(self, number: int, reason: str = "", change: str = "") -> None:
        """Note that a frame was refused for a reason, or taken and what it changed."""
        self.seen = max(self.seen, number)
        if reason:
            self._reasons[number] = reason
        if change:
            self._changes[number] = change
            self._bytes += len(change)
        while len(self._reasons) > self._most:
            del self._reasons[next(iter(self._reasons))]
        while len(self._changes) > self._most or (self._bytes > _CHANGES_BYTES and len(self._changes) > 1):
            self._bytes -= len(self._changes.pop(next(iter(self._changes))))

    def change(self, number: int) -> str | None:
        """What a frame changed, while that is kept."""
        return self._changes.get(number)


@dataclass(eq=False)
class Member:
    """One guest. `link` is the connection, when there is one; `decided` is set when the author has."""

    name: str
    slug: str
    role: str
    results: Results
    frames: Bucket
    words: Bucket
    snapshots: Bucket
    state: State = "waiting"
    token: str = ""
    place: Here = field(default_factory=Here)
    link: Link | None = None
    came_from: str = ""
    decided: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def person(self) -> Person:
        place = self.place
        return Person(
            slug=self.slug,
            name=self.name,
            role=self.role,
            is_here=self.link is not None,
            section=place.section,
            question=place.question,
            row=place.row,
            doing=place.doing,
        )


class Members:
    """All guests of one session. `invitation` lets somebody ask; a person's own token lets that one in."""

    def __init__(self, author: str, limits: Limits) -> None:
        self.invitation = new_token()
        self._author = slug_of(author)
        self._limits = limits
        self._members: list[Member] = []

    def __iter__(self) -> Iterator[Member]:
        return iter(tuple(self._members))

    @property
    def admitted(self) -> list[Member]:
        return [member for member in self._members if member.state == "admitted"]

    @property
    def waiting(self) -> list[Member]:
        return [member for member in self._members if member.state == "waiting"]

    def knows(self, token: str) -> bool:
        """Whether a token opens the door."""
        return self.is_invitation(token) or self.of_token(token) is not None

    def is_invitation(self, token: str) -> bool:
        return is_token(token, self.invitation)

    def of_token(self, token: str) -> Member | None:
        """The admitted guest who has this token. Every token is compared, whichever fits."""
        found = [member for member in self.admitted if is_token(token, member.token)]
        return found[0] if found else None

    def find(self, name: str, state: State) -> Member | None:
        """Somebody in a state, by name or slug."""
        slug = slug_of(name)
        return next((m for m in self._members if m.state == state and m.slug == slug), None)

    def ask(self, name: str, role: str, came_from: str) -> Member:
        """Put somebody on the list of those who wait. Raises UnwelcomeError."""
        name, role = one_line(clean(name), 80), one_line(clean(role), 80)
        slug = slug_of(name)
        if not slug:
            raise UnwelcomeError("this is not a name; join with --as NAME")
        if slug == self._author or self.find(slug, "waiting"):
            raise UnwelcomeError(f"{name} is here already; join with --as and another name")
        present = self.find(slug, "admitted")
        if present is not None and present.link is not None:
            raise UnwelcomeError(f"{name} is here already; join with --as and another name")
        if self.find(slug, "removed"):
            raise UnwelcomeError("the author has removed you from this session")
        if len(self.waiting) >= self._limits.waiting:
            raise UnwelcomeError("too many people wait to be admitted; try again later")
        limits = self._limits
        member = Member(
            name,
            slug,
            role,
            Results(limits.kept_results),
            Bucket(limits.frames_a_second, limits.burst),
            Bucket(limits.words_a_second, limits.words_burst),
            Bucket(0.5, 6),
            came_from=came_from,
        )
        self._members.append(member)
        return member

    def admit(self, member: Member) -> None:
        """Give somebody a token of their own. Raises UnwelcomeError when the table is full."""
        before = self.find(member.slug, "admitted")
        if before is None and len(self.admitted) >= self._limits.guests:
            raise UnwelcomeError("there are as many guests as this session takes")
        if before is not None:
            self._members.remove(before)
        member.state, member.token = "admitted", new_token()
        member.decided.set()

    def remove(self, member: Member) -> None:
        """Take the token back, for good."""
        member.state, member.token = "removed", ""
        member.decided.set()

    def forget(self, member: Member) -> None:
        """Drop somebody who gave up waiting, or left for good."""
        if member.state != "removed" and member in self._members:
            self._members.remove(member)

    def renew_invitation(self) -> None:
        """Make the join code worthless for those who are not in yet; who was removed may ask again."""
        self.invitation = new_token()
        self._members = [member for member in self._members if member.state != "removed"]
