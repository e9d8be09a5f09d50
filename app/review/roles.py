"""Who has to review what: the roles that the bank requires here, and the people who have them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from app.bank.check import ROLES
from app.bank.model import Bank
from app.document.answers import Answers
from app.interview.applicability import Survey, condition_holds, condition_values
from app.problems import OperationError
from app.review.model import Records
from app.review.names import slug_of

REVIEWERS = "control.reviewers"
"""The list with one line per role, `role: name, name`."""
_NOBODY = re.compile(r"\s*(nobody|no one|none|n/?a|-+|tbd|\?)\b", re.IGNORECASE)
_BETWEEN = re.compile(r",|;|&|\band\b")


class Role(Struct, frozen=True):
    """A role that must approve `sections`, with every reason for it.

    `named` are the people whom the document names for it, as it says them; `line` is what it says when
    that names nobody.
    """

    id: str
    title: str
    sections: tuple[str, ...]
    because: tuple[str, ...]
    named: tuple[str, ...] = ()
    line: str = ""


def required_roles(bank: Bank, answers: Answers, survey: Survey) -> tuple[Role, ...]:
    """The roles that profile and risk require here, with those of their sections that say something."""
    values = condition_values(bank, answers)
    sections: dict[str, set[str]] = {}
    because: dict[str, list[str]] = {}
    for rule in bank.file.reviewers:
        present = [section for section in rule.sections if says_something(bank, survey, section)]
        if present and condition_holds(rule.when, values):
            sections.setdefault(rule.role, set()).update(present)
            because.setdefault(rule.role, []).append(rule.because)
    lines = dict(_lines(bank, answers))
    return tuple(
        Role(
            role,
            role_title(bank, role),
            tuple(section.id for section in bank.sections if section.id in sections[role]),
            tuple(because[role]),
            names_in(lines.get(role, "")),
            lines.get(role, ""),
        )
        for role in sections
    )


def role_title(bank: Bank, role: str) -> str:
    options = bank.enumerations.get(ROLES)
    option = options.by_id.get(role) if options else None
    return option.title if option else role


def role_id(bank: Bank, text: str) -> str:
    """The role that a person means, or ""."""
    options = bank.enumerations.get(ROLES)
    option = options.find(text) if options else None
    return option.id if option else ""


def known_role(bank: Bank, text: str) -> str:
    """The role that a person means; "" for "". Raises OperationError for one that there is not."""
    found = role_id(bank, text)
    if text and not found:
        roles = bank.enumerations.get(ROLES)
        raise OperationError(f"there is no role {text!r}", ", ".join(roles.by_id) if roles else "")
    return found


def says_something(bank: Bank, survey: Survey, section: str) -> bool:
    """Whether a section has a part that is required, answered or settled, and so is there to be read."""
    views = survey.of(bank.questions_in(section)) if section in bank.section_by_id else ()
    return any(view.shown for view in views)


def _lines(bank: Bank, answers: Answers) -> Iterator[tuple[str, str]]:
    """What the document says behind the colon, for each role that it names; lines of one role join."""
    said = answers.values.get(REVIEWERS)
    found: dict[str, str] = {}
    for line in said if isinstance(said, tuple) else ():
        role, colon, names = str(line).partition(":")
        known = role_id(bank, role) if colon else ""
        if known:
            found[known] = f"{found[known]}, {names.strip()}" if known in found else names.strip()
    yield from found.items()


def named_people(bank: Bank, answers: Answers) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The roles that the document names, each with its people."""
    for role, line in _lines(bank, answers):
        yield role, names_in(line)


def names_in(text: str) -> tuple[str, ...]:
    """The people in `Ana Costa (Payments), Bo`; none in `nobody; the reason`."""
    if _NOBODY.match(text):
        return ()
    return tuple(name.strip() for name in _BETWEEN.split(text) if slug_of(name))


def people_of(bank: Bank, records: Records, role: Role) -> frozenset[str]:
    """Slugs of those who may speak for a role.

    Where the document names people for it, only they may; otherwise those who say in their own files
    that they have it.
    """
    if role.named:
        return frozenset(map(slug_of, role.named))
    return frozenset(r.slug for r in records.reviewers if role_id(bank, r.role) == role.id)
