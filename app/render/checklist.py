"""The final review as it stands without verdicts: how much of what each item rests on is answered."""

from __future__ import annotations

from collections.abc import Callable

from app.bank.model import Bank, ChecklistItem
from app.interview.applicability import QuestionState, QuestionView, Survey
from app.render.markdown import Markdown, cell

NOTICE = (
    "Each line counts the answers that the item rests on. Verdicts stand in the appendix, under Final "
    "Review; where there is no such part, none of these items has been checked."
)

PartLink = Callable[[str], Markdown]
"""Number and title of the subsection of a part (question id, subsection number or section id), linked."""


def checklist_lines(bank: Bank, survey: Survey, part_link: PartLink) -> tuple[Markdown, ...]:
    """One line for each item of the final review."""
    return tuple(_line(bank, survey, item, part_link) for item in bank.file.checklist)


def _line(bank: Bank, survey: Survey, item: ChecklistItem, part_link: PartLink) -> Markdown:
    ids = dict.fromkeys(question_id for part in item.rests_on for question_id in bank.questions_in(part))
    links = dict.fromkeys(part_link(part) for part in item.rests_on)
    counted = _counted([survey.questions[question_id] for question_id in ids])
    return Markdown(f"{cell(item.title)}: {counted} ({', '.join(links)})")


def _counted(views: list[QuestionView]) -> str:
    asked = [view for view in views if view.shown]
    if not asked:
        return "nothing that it rests on is asked here"
    states = [view.state for view in asked]
    counts = [f"answered {states.count(QuestionState.ANSWERED)} of {len(asked)}"]
    for state, word in (
        (QuestionState.PARTIAL, "partly answered"),
        (QuestionState.NOT_APPLICABLE, "not applicable"),
        (QuestionState.DEFERRED, "deferred"),
    ):
        if states.count(state):
            counts.append(f"{states.count(state)} {word}")
    return ", ".join(counts)
