"""Verdicts on sections and marks on cross-checks, and what has changed since they were given."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Answers
from app.review.canonical import canonical, digest_of, judged
from app.review.model import Bound, Records, Verdict

Digests: TypeAlias = Mapping[str, str]
"""The digest of the present answers of everything that can be judged."""


class Standing(Struct, frozen=True):
    """A person's verdict on a section that holds until the same person gives another one.

    `is_stale`: the section means something else by now.
    """

    verdict: Verdict
    is_stale: bool


def standing(records: Records, digests: Digests) -> Mapping[tuple[str, str, str], Standing]:
    """The verdict that holds of each person on each section in each role; a comment replaces none.

    A section that the bank does not have makes a verdict stale.
    """
    found: dict[tuple[str, str, str], Standing] = {}
    for verdict in records.of(Verdict):
        if verdict.verdict != "comment":
            is_stale = digests.get(verdict.section) != verdict.digest
            found[verdict.person, verdict.section, verdict.role] = Standing(verdict, is_stale)
    return found


def difference_since(bank: Bank, answers: Answers, record: Bound) -> str:
    """What is said now and was not said at a verdict or mark, as a unified diff; "" when it is the same.

    A record whose text is not the one that its digest was made from is compared all the same, and says so.
    """
    now = canonical(bank, answers, record.about) if record.about in judged(bank) else ""
    before = record.answers
    if digest_of(now) == record.digest:
        return ""
    lines = difflib.unified_diff(
        before.split("\n"),
        now.split("\n"),
        f"{record.about} at {record.at}",
        f"{record.about} now",
        lineterm="",
    )
    note = (
        ""
        if digest_of(before) == record.digest
        else "The text kept with the verdict is not the one it was given on.\n"
    )
    return note + "".join(f"{line}\n" for line in lines)
