"""The way through the questions: what comes next, and which questions a person means by a word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from app.bank.model import Bank
from app.interview.applicability import QuestionState, QuestionView, Survey
from app.problems import OperationError, nearest

FILTERS: dict[str, Callable[[QuestionView], bool]] = {
    "required": lambda view: view.required,
    "due": lambda view: view.due and view.open,
    "unanswered": lambda view: view.required and view.open,
    "optional": lambda view: view.applies and not view.required,
    "deferred": lambda view: view.state == QuestionState.DEFERRED,
    "again": lambda view: view.again,
    "parked": lambda view: view.state == QuestionState.PARKED,
    "all": lambda view: view.applies,
}


def select(bank: Bank, survey: Survey, words: Sequence[str]) -> list[str]:
    """Question ids, in the order of the document, that any of `words` names.

    A word is a filter (`due`, `unanswered`, …), a question id, a subsection number, a section id or
    number, or a glob over question ids such as `security.*`; a plain number is that of the section.
    Raises OperationError for a word that names nothing.
    """
    chosen: set[str] = set()
    for word in words:
        chosen |= _named(bank, survey, word)
    return [question_id for question_id in bank.questions if question_id in chosen]


def asking_order(bank: Bank) -> tuple[str, ...]:
    """Question ids in the order in which they can be answered; `bank.questions` has that of the document.

    A question that says `ask_after` stands behind the last question of that part.
    """
    rank = {question_id: position for position, question_id in enumerate(bank.questions)}

    def place(question_id: str) -> tuple[int, ...]:
        first = bank.questions_in(bank.questions[question_id].ask_after)
        own = rank[question_id]
        return (max(rank[other] for other in first), own) if first else (own,)

    return tuple(sorted(bank.questions, key=place))


def _named(bank: Bank, survey: Survey, word: str) -> set[str]:
    if word in FILTERS:
        keep = FILTERS[word]
        return {question_id for question_id, view in survey.questions.items() if keep(view)}
    found: set[str] = set()
    if word.isdigit():
        found = {qid for qid in bank.questions if str(bank.section_of(qid).number) == word}
    found = found or set(bank.questions_in(word))
    if not found:
        found = {qid for qid in bank.questions if fnmatchcase(qid, word)}
    if not found:
        known = [*FILTERS, *bank.questions, *bank.subsections, *bank.section_by_id]
        raise OperationError(f"no question is called {word!r}", nearest(word, known))
    return found


def next_question(
    order: Sequence[str], survey: Survey, after: str | None, which: str = "unanswered"
) -> str | None:
    """The next question of `order` behind `after` that the filter `which` keeps, starting over at the end."""
    keep = FILTERS[which]
    start = order.index(after) + 1 if after in order else 0
    turned = [*order[start:], *order[:start]]
    return next((qid for qid in turned if qid != after and keep(survey.questions[qid])), None)
