"""Who can be expected to review a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Answers
from app.review.model import Records
from app.review.names import slug_of
from app.review.roles import Role, named_people, role_id


class Participant(Struct, frozen=True):
    """A reviewer by name, and the role that he or she speaks for, by its id; "" for none."""

    name: str
    role: str = ""


def participants(bank: Bank, answers: Answers, records: Records) -> tuple[Participant, ...]:
    """The people whom the document names for a role, then those who have said something already.

    Who has several roles comes without a role first, and speaks for all of them then.
    """
    found: dict[str, dict[str, Participant]] = {}
    for participant in _known(bank, answers, records):
        own = found.setdefault(slug_of(participant.name), {})
        own.setdefault(participant.role, participant)
    return tuple(participant for slug, own in found.items() if slug for participant in _as(own))


def _as(own: Mapping[str, Participant]) -> Iterator[Participant]:
    """One person, in each role and in all of them."""
    roles = [participant for role, participant in own.items() if role]
    if len(roles) != 1:
        yield Participant(next(iter(own.values())).name)
    yield from roles


def _known(bank: Bank, answers: Answers, records: Records) -> Iterator[Participant]:
    for role, names in named_people(bank, answers):
        yield from (Participant(name, role) for name in names)
    for reviewer in records.reviewers:
        yield Participant(reviewer.name, role_id(bank, reviewer.role))


def roles_without_people(roles: tuple[Role, ...], known: tuple[Participant, ...]) -> tuple[Role, ...]:
    """The required roles that nobody among the known people has."""
    taken = {participant.role for participant in known}
    return tuple(role for role in roles if role.id not in taken)
