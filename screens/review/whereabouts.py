"""Where a reviewer is in the list of what there is to look at, as others are told it."""

from __future__ import annotations

from collections.abc import Sequence

from app.bank.model import Bank
from app.review.agenda import Entry, SectionVoices


def place_of_entry(bank: Bank, entry: Entry) -> tuple[str, str, str]:
    """The section that an entry is about, and the question and row if it is about one."""
    section, target = entry.sections(bank)[:1], entry.target
    if target is None or target.question not in bank.questions:
        return "".join(section), "", ""
    return bank.section_of(target.question).id, target.question, target.row or ""


def entry_about(bank: Bank, entries: Sequence[Entry], section: str) -> Entry | None:
    """The section itself, or else the first entry that has to do with it."""
    found = [entry for entry in entries if section in entry.sections(bank)]
    return next((entry for entry in found if isinstance(entry.about, SectionVoices)), None) or next(
        iter(found), None
    )
