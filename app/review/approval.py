"""Whether a document is approved: which role has approved which section as it is, and what is open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.text import one_line
from app.readiness.model import Evaluation, Finding
from app.review.digests import KeptDigests
from app.review.model import Records, Verdict
from app.review.roles import Role, people_of, required_roles, role_id
from app.review.status import becomes_approved
from app.review.verdicts import Digests, Standing, standing
from app.schema.sources import NO_SOURCES, Sources

if TYPE_CHECKING:
    from app.readiness.engine import Engine


class Say(StrEnum):
    """What a role says about a section."""

    APPROVED = "approved"
    STALE = "stale"
    CHANGES_REQUESTED = "changes requested"
    WAITING = "waiting"


class Voice(Struct, frozen=True):
    """What one role says about one section, by the verdict that decides it."""

    role: Role
    section: str
    say: Say
    verdict: Verdict | None = None
    is_stale: bool = False


class Approval(Struct, frozen=True):
    """All voices that the document needs, and what else keeps it from being approved.

    `missing` says which approvals it lacks and who could give them, `blocked` what else is open.
    """

    voices: tuple[Voice, ...]
    errors: tuple[Finding, ...]
    missing: tuple[str, ...]
    blocked: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Everything that keeps the document from being approved."""
        return (*self.missing, *self.blocked)

    @property
    def holds(self) -> bool:
        """Whether all required roles approved the present meaning of their sections and nothing is open."""
        return not self.reasons


def approval(
    bank: Bank, answers: Answers, records: Records, evaluation: Evaluation, digests: Digests | None = None
) -> Approval:
    """Who has approved what, and everything that is missing.

    `evaluation` is that of these answers, and so are the `digests`, for those who have them.
    """
    held = standing(records, KeptDigests(bank).of(answers) if digests is None else digests)
    roles = required_roles(bank, answers, evaluation.survey)
    voices = tuple(
        _voice(role, section, _counting(bank, records, role, section, held))
        for role in roles
        for section in role.sections
    )
    errors = tuple(finding for finding in evaluation.findings if finding.holds_back)
    missing = tuple(_missing(bank, records, roles, voices))
    return Approval(voices, errors, missing, tuple(_open(errors, len(answers.conflicts))))


def status_refusal(
    engine: Engine,
    before: Answers,
    after: Answers,
    records: Records,
    today: date,
    sources: Sources = NO_SOURCES,
) -> tuple[str, ...]:
    """Why the answers `after` may not say that the document is approved, where those `before` do not.

    Judged as the approved document will be: what is due from then on is due here already. `sources` are
    the files of DDL that the answers name.
    """
    if not becomes_approved(before, after):
        return ()
    return approval(engine.bank, after, records, engine.evaluate(after, today, sources)).reasons


def _counting(
    bank: Bank, records: Records, role: Role, section: str, held: Mapping[tuple[str, str, str], Standing]
) -> list[Standing]:
    """The verdicts on a section that are given for a role by those who may speak for it.

    Of one person, the verdict that was given last, whether for this role alone or for all roles.
    """
    found = []
    may_speak = people_of(bank, records, role)
    claims = {person for person, _, said in held if not role.named and role_id(bank, said) == role.id}
    for person in sorted({*may_speak, *claims}):
        own = [
            s
            for (who, what, said), s in held.items()
            if (who, what) == (person, section) and _is_for(bank, said, role, person in may_speak)
        ]
        found += [max(own, key=lambda s: s.verdict.number)] if own else []
    return found


def _is_for(bank: Bank, said: str, role: Role, has_role: bool) -> bool:
    return role_id(bank, said) == role.id if said else has_role


def _voice(role: Role, section: str, held: list[Standing]) -> Voice:
    """One request for changes outweighs every approval; one approval of the present meaning is enough."""
    for say, chosen in (
        (Say.CHANGES_REQUESTED, [s for s in held if s.verdict.verdict == "request_changes"]),
        (Say.APPROVED, [s for s in held if s.verdict.verdict == "approve" and not s.is_stale]),
        (Say.STALE, [s for s in held if s.verdict.verdict == "approve"]),
    ):
        if chosen:
            last = max(chosen, key=lambda s: (s.verdict.at, s.verdict.id))
            return Voice(role, section, say, last.verdict, last.is_stale)
    return Voice(role, section, Say.WAITING)


def _missing(
    bank: Bank, records: Records, roles: tuple[Role, ...], voices: tuple[Voice, ...]
) -> Iterator[str]:
    """For each role what it has not approved, and who could."""
    for role in roles:
        own = [voice for voice in voices if voice.role is role]
        for say in (Say.CHANGES_REQUESTED, Say.STALE, Say.WAITING):
            found = [voice for voice in own if voice.say == say]
            if not found:
                continue
            sections = ", ".join(section_name(bank, voice.section) for voice in found)
            match say:
                case Say.CHANGES_REQUESTED:
                    whom = ", ".join(dict.fromkeys(_who(records, voice) for voice in found))
                    yield f"{role.title}: {whom} asked for changes in {sections}"
                case Say.STALE:
                    yield f"{role.title}: {sections} changed since the approval; {_whom(role)}"
                case _:
                    yield f"{role.title}: {sections} not approved yet; {_whom(role)}"


def _who(records: Records, voice: Voice) -> str:
    return records.name_of(voice.verdict.person) if voice.verdict else ""


def _whom(role: Role) -> str:
    if role.named:
        return f"waits for {' or '.join(one_line(name, 60) for name in role.named)}"
    said = f" (it says {one_line(role.line, 60)!r})" if role.line else ""
    return f"control.reviewers names nobody for this role{said}"


def section_name(bank: Bank, section: str) -> str:
    """A section as people call it: `12 Security`."""
    found = bank.section_by_id.get(section)
    return f"{found.number} {found.title}" if found else section


def _open(errors: tuple[Finding, ...], conflicts: int) -> Iterator[str]:
    if errors:
        codes = ", ".join(f"{finding.code} {one_line(str(finding.target), 60)}" for finding in errors[:5])
        more = f" and {len(errors) - 5} more" if len(errors) > 5 else ""
        yield f"{len(errors)} {'error is' if len(errors) == 1 else 'errors are'} open: {codes}{more}"
    if conflicts:
        yield f"{conflicts} {'conflict is' if conflicts == 1 else 'conflicts are'} open"
