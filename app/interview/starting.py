"""How a document begins: its first operations, the template proposed, and what the interview will be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from app.bank.model import Bank, Risk
from app.document.answers import Answers
from app.document.operations import Operation, Set, SetProfile
from app.document.typed import parse_text
from app.interview.applicability import page_range, survey


def first_operations(
    bank: Bank,
    *,
    title: str,
    change_types: Sequence[str],
    risk: str,
    traits: Sequence[str],
    engine: str,
    owner: str,
    template: str,
    today: date,
) -> list[Operation]:
    """The operations that a new document begins with."""
    profile = SetProfile(
        change_types=tuple(change_types),
        risk=risk,
        traits=tuple(traits),
        template="compact" if template == "compact" else "full",
    )
    said = {
        "control.title": title,
        "control.status": "draft",
        "control.owner": owner,
        "control.created": today,
        "physical.engine": _engine(bank, engine),
    }
    return [profile, *(Set(question=q, value=v) for q, v in said.items() if v and q in bank.questions)]


def _engine(bank: Bank, text: str) -> str:
    question = bank.questions.get("physical.engine")
    if question is None or not text:
        return text
    return str(parse_text(question, bank.options_of(question), text))


def proposed_template(bank: Bank, change_types: Sequence[str], risk: str) -> str:
    """Compact for small changes at low or medium risk, full otherwise."""
    small = all(
        bank.change_types[name].pages[-1] <= 6 and len(bank.change_types[name].pages) > 1
        for name in change_types
    )
    return "compact" if small and (not risk or Risk[risk.upper()] <= Risk.MEDIUM) else "full"


class Outlook(Struct, frozen=True):
    """How long an interview will be.

    `questions` are required, in `parts` of `all_parts` subsections; `pages` is None without a change
    type, and its upper end None for "or more". `sections` are the titles of the sections that are asked
    about, `not_required` those that are not, with the reason.
    """

    questions: int
    parts: int
    all_parts: int
    pages: tuple[int, int | None] | None
    sections: tuple[str, ...]
    not_required: tuple[tuple[str, str], ...]


def outlook(bank: Bank, answers: Answers) -> Outlook:
    """What the interview about `answers` will be."""
    looked = survey(bank, answers)
    sections: list[str] = []
    not_required: list[tuple[str, str]] = []
    for section in bank.sections:
        name = f"{section.number} {section.title}"
        if any(view.required for view in looked.of(bank.questions_in(section.id))):
            sections.append(name)
        elif bank.questions_in(section.id):
            reasons = (looked.skipped.get(sub.number, "") for sub in section.subsections)
            not_required.append((name, next((reason for reason in reasons if reason), "")))
    return Outlook(
        questions=len(looked.required),
        parts=len({view.question.number for view in looked.required}),
        all_parts=len({view.question.number for view in looked.questions.values()}),
        pages=page_range(bank, answers),
        sections=tuple(sections),
        not_required=tuple(not_required),
    )
