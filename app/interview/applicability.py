"""Which questions apply, which are required and why; how far each one is answered.

`survey(bank, answers)` is the pure result that the command line, the screens and the rendering share.
Requirement is a union over what every document, the change types, the risk and the traits require. A
question whose condition is false is not asked, whatever requires it; its answer is parked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from app.bank.conditions import compile_condition
from app.bank.dependencies import evaluation_order
from app.bank.model import Bank, DocumentStatus, Option, Question, Requirement, Risk, Subsection
from app.document.answers import Answers
from app.document.drafts import only_drafts
from app.document.values import Misfit, MisfitMemo, is_empty

STATUS_RANK: Mapping[str, int] = MappingProxyType({"draft": 1, "review": 2, "approval": 3})
_REACHED = {"draft": 1, "in_review": 2, "approved": 3, "superseded": 3}


class QuestionState(StrEnum):
    """How far a question is answered."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    UNANSWERED = "unanswered"
    NOT_APPLICABLE = "not_applicable"
    DEFERRED = "deferred"
    PARKED = "parked"
    NOT_ASKED = "not_asked"


class QuestionView(Struct, frozen=True):
    """One question under one profile.

    `applies`: its condition holds. `required`: something requires it, and it applies. `due`: required
    at the document's present status. `because`: every reason why it is asked, or why it is not.
    `misfits`: what is wrong with the answer or still missing in it. `answered_by`: the question whose
    answer stands for the one that is not there. `again`: the answer rests on something that has changed
    since, so that it is due and open whatever its state.
    """

    id: str
    question: Question
    applies: bool
    required: bool
    due: bool
    because: tuple[str, ...]
    state: QuestionState
    misfits: tuple[Misfit, ...] = ()
    answered_by: str = ""
    again: bool = False

    @property
    def shown(self) -> bool:
        """Whether a document has it to show: it was answered or settled, or an answer is required."""
        return self.applies and (self.required or self.state != QuestionState.UNANSWERED)

    @property
    def open(self) -> bool:
        """Whether it still wants an answer, or another look at the one it has."""
        return self.again or (
            self.applies and self.state in (QuestionState.UNANSWERED, QuestionState.PARTIAL)
        )

    @property
    def deferred(self) -> bool:
        """Whether somebody answers it later: it is no answer, and it does not want one now either."""
        return self.state == QuestionState.DEFERRED and not self.open


class Progress(Struct, frozen=True):
    """Required questions that are answered or said not to apply, and deferred ones, of those required."""

    done: int
    required: int
    deferred: int = 0

    def __str__(self) -> str:
        deferred = f", {self.deferred} deferred" if self.deferred else ""
        return f"{self.done} of {self.required} required questions answered{deferred}"

    @property
    def share(self) -> float:
        """How much is done, between 0 and 1; 1 when nothing is required."""
        return self.done / self.required if self.required else 1.0


class Survey(Struct, frozen=True):
    """Every question of the bank under one set of answers, in interview order."""

    questions: Mapping[str, QuestionView]
    skipped: Mapping[str, str]
    """Subsection numbers of which nothing is required, each with the reason."""

    def of(self, question_ids: tuple[str, ...]) -> Iterator[QuestionView]:
        return (self.questions[question_id] for question_id in question_ids)

    @property
    def required(self) -> tuple[QuestionView, ...]:
        return tuple(view for view in self.questions.values() if view.required)

    def progress(self, question_ids: tuple[str, ...] | None = None) -> Progress:
        """How many required questions are done, of all or of the given ones."""
        views = self.questions.values() if question_ids is None else self.of(question_ids)
        required = [view for view in views if view.required]
        deferred = sum(view.deferred for view in required)
        return Progress(sum(not view.open for view in required) - deferred, len(required), deferred)


class Applicability(Struct, frozen=True):
    """Which conditions hold.

    `values` is what conditions read: the profile, and the answers of the questions that apply.
    `subsections` and `questions` say of each number and each id whether it is asked.
    """

    values: Mapping[str, object]
    subsections: Mapping[str, bool]
    questions: Mapping[str, bool]


def applicability(bank: Bank, answers: Answers) -> Applicability:
    """Evaluate every condition, each after the ones that decide whether the answers it reads count.

    An answer whose question does not apply is parked: to the conditions of others it is unanswered.
    """
    values: dict[str, object] = {
        **answers.values,
        "change_types": frozenset(answers.profile.change_types),
        "traits": effective_traits(bank, answers),
        "risk": risk_rank(answers),
        "template": answers.profile.template,
    }
    subsections: dict[str, bool] = {}
    questions: dict[str, bool] = {}
    for question_id in evaluation_order(bank):
        question, sub = bank.questions[question_id], bank.subsection_of(question_id)
        if sub.number not in subsections:
            subsections[sub.number] = condition_holds(sub.ask_when, values)
        questions[question_id] = subsections[sub.number] and condition_holds(question.ask_when, values)
        if not questions[question_id]:
            values.pop(question_id, None)
    for number, sub in bank.subsections.items():
        if number not in subsections:
            subsections[number] = condition_holds(sub.ask_when, values)
    return Applicability(values, subsections, questions)


def survey(bank: Bank, answers: Answers, memo: MisfitMemo | None = None) -> Survey:
    """Look at every question of `bank` under `answers`. A `memo` saves looking at the same value twice."""
    found = applicability(bank, answers)
    reasons = required_because(bank, answers)
    rank = reached_status(answers)
    memo = memo or MisfitMemo(bank)
    views = {
        question_id: _view(bank, answers, question_id, found, reasons, rank, memo)
        for question_id in bank.questions
    }
    return Survey(MappingProxyType(views), MappingProxyType(dict(_skipped(bank, views, found.subsections))))


def with_again(seen: Survey, again: Collection[str]) -> Survey:
    """The survey with the answers to these questions due and open again."""
    views = {
        name: replace(seen.questions[name], again=True, due=True)
        for name in again
        if name in seen.questions and seen.questions[name].applies
    }
    return replace(seen, questions=MappingProxyType({**seen.questions, **views})) if views else seen


def reached_status(answers: Answers) -> int:
    """The rank of the document's status: 1 draft, 2 in review, 3 approved."""
    status = answers.values.get("control.status")
    return _REACHED.get(status, 1) if isinstance(status, str) else 1


def effective_traits(bank: Bank, answers: Answers) -> frozenset[str]:
    """The traits that were said, and those that the change types imply."""
    implied = (
        t
        for c in answers.profile.change_types
        if c in bank.change_types
        for t in bank.change_types[c].implies
    )
    return frozenset({*answers.profile.traits, *implied})


def risk_rank(answers: Answers) -> int:
    """The rank of the risk; one that was not said, or that nobody knows, counts as low."""
    return int(Risk.__members__.get(answers.profile.risk.upper(), Risk.LOW))


def condition_values(bank: Bank, answers: Answers) -> Mapping[str, object]:
    """The values that conditions read, by the names that they use; parked answers are left out."""
    return applicability(bank, answers).values


def condition_holds(condition: str, values: Mapping[str, object]) -> bool:
    return not condition or compile_condition(condition).holds(values)


def offered_options(bank: Bank, enumeration: str, answers: Answers) -> tuple[Option, ...]:
    """The options of an enumeration that make sense for this change."""
    values = condition_values(bank, answers)
    return tuple(o for o in bank.enumerations[enumeration].options if condition_holds(o.ask_when, values))


def page_range(bank: Bank, answers: Answers) -> tuple[int, int | None] | None:
    """The widest page range of the change types; None as upper end means "or more"."""
    ranges = [bank.change_types[c].pages for c in answers.profile.change_types if c in bank.change_types]
    if not ranges:
        return None
    low = max(pages[0] for pages in ranges)
    return low, None if any(len(p) == 1 for p in ranges) else max(pages[-1] for pages in ranges)


def requirements(bank: Bank, answers: Answers) -> Iterator[tuple[str, Requirement]]:
    """What requires something under this profile, with the reason to show."""
    for requirement in bank.file.requires:
        yield f"every document needs: {requirement.title}", requirement
    for name in answers.profile.change_types:
        change = bank.change_types.get(name)
        for requirement in change.requires if change else ():
            yield f"“{change.title}” needs: {requirement.title}" if change else "", requirement
    rank = risk_rank(answers)
    for level in bank.file.risks:
        if level.rank <= rank:
            for requirement in level.requires:
                yield f"the risk is at least {level.title}: {requirement.title}", requirement
    traits = effective_traits(bank, answers)
    for trait in bank.file.traits:
        if trait.id in traits:
            for requirement in trait.requires:
                yield requirement.title, requirement
    if answers.profile.template == "compact":
        for heading in bank.file.compact:
            parts = tuple(dict.fromkeys(part.question for part in heading.parts))
            yield (
                f"the compact template has the heading {heading.title}",
                Requirement(title=heading.title, parts=parts),
            )


def required_because(bank: Bank, answers: Answers) -> dict[str, list[str]]:
    """For each question that something requires, the reasons."""
    reasons: dict[str, list[str]] = {}
    for reason, requirement in requirements(bank, answers):
        for part in requirement.parts:
            for question_id in bank.required_by(part):
                known = reasons.setdefault(question_id, [])
                if reason not in known:
                    known.append(reason)
    return reasons


def _view(
    bank: Bank,
    answers: Answers,
    question_id: str,
    found: Applicability,
    reasons: Mapping[str, list[str]],
    rank: int,
    memo: MisfitMemo,
) -> QuestionView:
    question = bank.questions[question_id]
    sub = bank.subsection_of(question_id)
    applies = found.questions[question_id]
    required = applies and question_id in reasons
    faults = memo.misfits(question_id, answers.values.get(question_id))
    state = _state(answers, question_id, applies, faults)
    stands_in = ""
    if state == QuestionState.UNANSWERED and _stands_in(answers, question.or_else, found, memo):
        state, stands_in = QuestionState.ANSWERED, question.or_else
    return QuestionView(
        question_id,
        question,
        applies,
        required,
        required and _is_due(question.due, rank),
        _because(question, sub, found.subsections[sub.number], applies, reasons.get(question_id, [])),
        state,
        faults,
        stands_in,
    )


def _stands_in(answers: Answers, question_id: str, found: Applicability, memo: MisfitMemo) -> bool:
    """Whether a question is answered, so that its answer can stand for that of another one."""
    if not question_id or not found.questions[question_id]:
        return False
    faults = memo.misfits(question_id, answers.values.get(question_id))
    return _state(answers, question_id, True, faults) == QuestionState.ANSWERED


def _is_due(due: DocumentStatus, rank: int) -> bool:
    return STATUS_RANK[due] <= rank


def _because(
    question: Question, sub: Subsection, sub_holds: bool, applies: bool, reasons: list[str]
) -> tuple[str, ...]:
    if not sub_holds:
        return (sub.because_not,)
    if not applies:
        return (question.because_not,)
    conditions = [text for text in (sub.because, question.because) if text]
    return tuple(dict.fromkeys([*conditions, *reasons])) or ("it applies, but nothing here requires it",)


def _state(answers: Answers, question_id: str, applies: bool, found: tuple[Misfit, ...]) -> QuestionState:
    value = answers.values.get(question_id)
    empty = is_empty(value)
    if not applies:
        return QuestionState.NOT_ASKED if empty else QuestionState.PARKED
    said = answers.states.get(question_id)
    if said is not None:
        return QuestionState(said.state)
    if empty or (found and only_drafts(value)):
        return QuestionState.UNANSWERED
    return QuestionState.PARTIAL if found else QuestionState.ANSWERED


def _skipped(
    bank: Bank, views: Mapping[str, QuestionView], holds: Mapping[str, bool]
) -> Iterator[tuple[str, str]]:
    by_number: dict[str, list[QuestionView]] = {}
    for view in views.values():
        by_number.setdefault(view.question.number, []).append(view)
    for number, sub in bank.subsections.items():
        inside = by_number.get(number, [])
        if not inside:
            if not holds[number]:
                yield number, sub.because_not
        elif not any(view.applies for view in inside):
            yield number, inside[0].because[0]
        elif not any(view.required for view in inside):
            yield number, "neither the change types nor the risk nor the traits require it"
