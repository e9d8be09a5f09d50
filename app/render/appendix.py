"""What a document does not show in its body, and why: nothing is left out silently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.bank.model import Bank, Subsection
from app.document.answers import Answers, Value
from app.document.drafts import count_drafts
from app.document.values import Misfit, is_empty, row_names
from app.interview.applicability import QuestionState, QuestionView, Survey
from app.readiness.model import Evaluation
from app.readiness.waivers import WITHOUT_EFFECT
from app.render.anchors import slug
from app.render.body import SAID, settled
from app.render.diagrams import SOURCES
from app.render.markdown import Markdown, anchor, cell, inline
from app.render.values import plain
from app.render.view import AppendixPart, Block, Bullets, Table, Text

NOT_REQUIRED = "Not required"
_KEPT = " The answer given earlier is kept in the answer file."


def appendix_anchor(title: str) -> str:
    return f"appendix-{slug(title)}"


def full_appendix(
    bank: Bank, answers: Answers, survey: Survey, left_out: Iterable[Subsection]
) -> tuple[AppendixPart, ...]:
    """The appendix of a full document, in whose body the subsections `left_out` are missing."""
    items = [_numbered(sub.number, sub.title, cell(_left_out_because(bank, survey, sub))) for sub in left_out]
    return _parts(
        (NOT_REQUIRED, _list("These parts were neither required nor answered.", items)),
        *_settled(answers, survey),
    )


def compact_appendix(
    bank: Bank, answers: Answers, survey: Survey, printed: frozenset[str]
) -> tuple[AppendixPart, ...]:
    """The appendix of a compact document, under whose headings the questions `printed` stand."""
    others = [view for view in survey.questions.values() if view.id not in printed]
    answered = [_title(view) for view in others if view.state in SAID]
    still_open = [_title(view) for view in others if view.required and view.open]
    lead = "These parts were neither required nor answered; diagrams are in the full document only."
    return _parts(
        (NOT_REQUIRED, _list(lead, _by_reason(bank, survey))),
        ("Answered without a heading", _run("In the answer file and the full document only", answered)),
        ("Open without a heading", _run("Required by this change, and not yet complete", still_open)),
        *_settled(answers, survey),
    )


def waiver_parts(evaluation: Evaluation | None) -> tuple[AppendixPart, ...]:
    """The waivers that do not do what they were written for, of a document that was evaluated."""
    found = evaluation.findings if evaluation is not None else ()
    items = [inline(f"{f.message}; {f.fix}") for f in found if f.code == WITHOUT_EFFECT]
    lead = "Of the waivers above, these accept nothing, or nobody in particular answers for them."
    return _parts(("Waivers without effect", _list(lead, items)))


def _by_reason(bank: Bank, survey: Survey) -> Iterator[Markdown]:
    """For each reason not to require something, the subsections of which nothing is said."""
    said = {view.question.number for view in survey.questions.values() if view.shown}
    reasons: dict[str, list[str]] = {}
    for number, reason in survey.skipped.items():
        if number not in said:
            reasons.setdefault(reason, []).append(f"{number} {cell(bank.subsections[number].title)}")
    for reason, names in reasons.items():
        yield Markdown(f"{cell(reason)}: {'; '.join(names)}")


def _settled(answers: Answers, survey: Survey) -> Iterator[tuple[str, list[Block]]]:
    views = survey.questions.values()
    for title, state in (
        ("Not applicable", QuestionState.NOT_APPLICABLE),
        ("Deferred", QuestionState.DEFERRED),
    ):
        items = [_settled_item(answers, view) for view in views if view.state == state]
        yield title, _list("", items)
    parked = [_parked_item(answers, view) for view in views if _is_parked(answers, view)]
    yield (
        "Parked answers",
        _list(
            "Not asked as things stand. The answers are kept in the answer file and count for nothing.",
            parked,
        ),
    )
    lead = "Taken over from the DDL and not accepted yet; they count for nothing."
    yield "Drafts", _list(lead, _drafts(answers, survey))
    yield "Waivers", _waivers(answers)
    yield (
        "Values that do not fit",
        _list("Kept as they are; the questions ask for something else.", _misfits(answers, survey)),
    )


def _parts(*contents: tuple[str, list[Block]]) -> tuple[AppendixPart, ...]:
    return tuple(
        AppendixPart(inline(title), anchor(appendix_anchor(title)), tuple(blocks))
        for title, blocks in contents
        if blocks
    )


def _list(lead: str, items: Iterable[Markdown]) -> list[Block]:
    found = tuple(items)
    if not found:
        return []
    return [*([Text(inline(lead))] if lead else []), Bullets(found)]


def _run(lead: str, items: list[Markdown]) -> list[Block]:
    return [Text(Markdown(f"{inline(lead)}: {'; '.join(items)}."))] if items else []


def _numbered(number: str, title: str, words: Markdown | str) -> Markdown:
    return Markdown(f"{number} {cell(title)}: {words}")


def _title(view: QuestionView) -> Markdown:
    return Markdown(f"{view.question.number} {cell(view.question.title)}")


def _left_out_because(bank: Bank, survey: Survey, sub: Subsection) -> str:
    reason = survey.skipped.get(sub.number, "")
    if reason or sub.diagram is None:
        return reason
    sources = [bank.questions[q] for q in SOURCES[sub.diagram][:1] if q in bank.questions]
    return "".join(f"the diagram is drawn from {q.number} {q.title}, which has no rows" for q in sources)


def _settled_item(answers: Answers, view: QuestionView) -> Markdown:
    kept = "" if is_empty(answers.values.get(view.id)) else _KEPT
    return _numbered(view.question.number, view.question.title, f"{settled(answers.states[view.id])}{kept}")


def _is_parked(answers: Answers, view: QuestionView) -> bool:
    return view.state == QuestionState.PARKED or (not view.applies and view.id in answers.states)


def _parked_item(answers: Answers, view: QuestionView) -> Markdown:
    state = answers.states.get(view.id)
    said = f" ({settled(state)})" if state else ""
    reason = cell(view.because[0]) if view.because else ""
    return _numbered(view.question.number, view.question.title, f"not asked because {reason}{said}")


def _drafts(answers: Answers, survey: Survey) -> Iterator[Markdown]:
    for view in survey.questions.values():
        number = count_drafts(answers.values.get(view.id)) if view.applies else 0
        if number:
            words = f"{number} {'row' if number == 1 else 'rows'}"
            yield _numbered(view.question.number, view.question.title, words)


def _waivers(answers: Answers) -> list[Block]:
    if not answers.waivers:
        return []
    rows = tuple(
        (
            cell(waiver.code),
            cell(waiver.target),
            cell(waiver.reason),
            cell(waiver.owner),
            cell(waiver.expires.isoformat() if waiver.expires else "never"),
        )
        for waiver in answers.waivers
    )
    return [Table(tuple(map(cell, ("Code", "Target", "Reason", "Owner", "Expires"))), rows)]


def _misfits(answers: Answers, survey: Survey) -> Iterator[Markdown]:
    for view in survey.questions.values():
        wrong = [misfit for misfit in view.misfits if not misfit.missing]
        names = row_names(view.question, answers.values.get(view.id)) if wrong else []
        for misfit in wrong:
            where, value = _place(answers, view, misfit, names)
            text = plain(value).strip()
            said = f" It says: {cell(text)}" if text else ""
            hint = f"; {cell(misfit.hint)}" if misfit.hint else ""
            words = f"{cell(misfit.message)}{hint}.{said}"
            yield _numbered(view.question.number, view.question.title, f"{where}{words}")


def _place(
    answers: Answers, view: QuestionView, misfit: Misfit, names: list[str]
) -> tuple[str, Value | None]:
    """Where a value that does not fit stands inside its question, and the value."""
    value = answers.values.get(view.id)
    where: list[str] = []
    if misfit.row is not None and isinstance(value, tuple):
        where.append(f"row {names[misfit.row]}")
        value = value[misfit.row]
    if misfit.column and isinstance(value, Mapping):
        column = view.question.column_by_id.get(misfit.column)
        where.append(column.title if column else misfit.column)
        value = value.get(misfit.column)
    return "".join(f"{cell(part)}: " for part in where), value
