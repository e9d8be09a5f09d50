"""Answers, states and progress as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from app.bank.model import Bank, Column, Question
from app.cli.output import columns, pages, wrap
from app.document.answers import NOT_APPLICABLE_REASONS, Answers, Value, thaw
from app.document.text import one_line, plural
from app.document.values import row_addresses, row_names
from app.interview.applicability import QuestionState, QuestionView, Survey, effective_traits, page_range
from app.interview.navigation import asking_order
from app.problems import Problem
from app.readiness.model import Step
from app.readiness.reports.data import evaluation_data
from app.readiness.reports.model import counts_text, gain_text, percent
from app.session import Session

AGAIN = "↺"
GLYPHS: Mapping[QuestionState, str] = {
    QuestionState.ANSWERED: "✓",
    QuestionState.PARTIAL: "◐",
    QuestionState.UNANSWERED: "○",
    QuestionState.NOT_APPLICABLE: "–",
    QuestionState.DEFERRED: "→",
    QuestionState.PARKED: "▪",
    QuestionState.NOT_ASKED: "·",
}
WORD = {state: state.value.replace("_", " ") for state in QuestionState}


def value_text(bank: Bank, thing: Question | Column, value: Value) -> str:
    """A single value in words: titles of options, yes and no, lists joined."""
    options = bank.options_of(thing)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value_text(bank, thing, item) for item in value)
    if isinstance(value, str) and options is not None and value in options.by_id:
        return options.by_id[value].title
    return str(value)


def value_lines(bank: Bank, thing: Question | Column, value: Value) -> list[str]:
    """A value as lines of text, whatever its kind."""
    if isinstance(thing, Question) and thing.has_rows and isinstance(value, tuple):
        rows = [row for row in value if isinstance(row, Mapping)]
        return [
            line
            for address, row in zip(row_addresses(thing, rows), rows, strict=True)
            for line in _row_lines(bank, thing, address, row)
        ]
    if isinstance(value, Mapping):
        return [f"{name}: {inner}" for name, inner in value.items()]
    if isinstance(value, tuple):
        return [f"• {value_text(bank, thing, item)}" for item in value]
    return value_text(bank, thing, value).split("\n")


def _row_lines(bank: Bank, question: Question, address: str, row: Mapping[str, Value]) -> Iterator[str]:
    yield f"[{address}]"
    for name, cell in row.items():
        column = question.column_by_id.get(name)
        text = value_text(bank, column, cell) if column else str(cell)
        first, *rest = text.split("\n")
        yield f"  {name}: {first}"
        yield from (f"    {line}" for line in rest)


def show_text(session: Session, question_ids: Sequence[str]) -> str:
    """The chosen questions with their answers, states and reasons."""
    survey = session.survey()
    blocks = []
    for view in survey.of(tuple(question_ids)):
        lines = [f"{_glyph(view)} {view.question.number} {view.question.title}  ({view.id})"]
        lines.append(f"  {_asked(view)}")
        value = session.answers.values.get(view.id)
        if value is not None:
            lines += [f"    {line}" for line in value_lines(session.bank, view.question, value)]
        lines += [f"    {text}" for text in _said_instead(session.answers, view.id)]
        lines += [f"  ! {text}" for text in misfit_texts(view, value)]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _glyph(view: QuestionView) -> str:
    return AGAIN if view.again else GLYPHS[view.state]


def _asked(view: QuestionView) -> str:
    word = WORD[view.state] + (f" by {view.answered_by}" if view.answered_by else "")
    word += ", to be looked at again" if view.again else ""
    if not view.applies:
        return f"{word} because {view.because[0]}"
    return f"{word}; asked because {view.because[0]}" if view.required else f"{word}; {view.because[0]}"


def misfit_texts(view: QuestionView, value: Value | None) -> list[str]:
    """What is wrong with an answer, each with the row that it is about and what to do."""
    names = row_names(view.question, value) if view.question.has_rows else []
    return [
        (f"[{names[misfit.row]}] " if misfit.row is not None else "")
        + misfit.message
        + (f" ({misfit.hint})" if misfit.hint else "")
        for misfit in view.misfits
    ]


def mark_text(answers: Answers, question_id: str) -> str:
    """How a question is marked, such as `not applicable (unchanged: …)`; "" when it is not."""
    state = answers.states.get(question_id)
    if state is None:
        return ""
    if state.state == "deferred":
        return f"deferred ({one_line(state.owner)}, {state.until})"
    return f"not applicable ({state.reason}: {one_line(state.note)})"


def _said_instead(answers: Answers, question_id: str) -> Iterator[str]:
    state = answers.states.get(question_id)
    if state is not None and state.state == "not_applicable":
        yield f"{NOT_APPLICABLE_REASONS.get(state.reason, state.reason)}: {state.note}"
    elif state is not None:
        yield f"{state.owner} answers it by {state.until}" + (f": {state.note}" if state.note else "")
    note = answers.notes.get(question_id)
    if note:
        yield f"note: {note}"


def show_data(session: Session, question_ids: Sequence[str]) -> dict[str, Any]:
    """The same as data."""
    survey = session.survey()
    return {view.id: _view_data(session.answers, view) for view in survey.of(tuple(question_ids))}


def _view_data(answers: Answers, view: QuestionView) -> dict[str, Any]:
    value = answers.values.get(view.id)
    return {
        "number": view.question.number,
        "title": view.question.title,
        "kind": view.question.kind,
        "state": view.state.value,
        "required": view.required,
        "due": view.due,
        "again": view.again,
        "because": list(view.because),
        "value": None if value is None else thaw(value),
        "note": answers.notes.get(view.id),
        "misfits": [
            {"message": m.message, "row": m.row, "column": m.column or None, "missing": m.missing}
            for m in view.misfits
        ],
    }


def extent_text(bank: Bank, answers: Answers, survey: Survey) -> str:
    """How long this interview is: subsections, pages, questions."""
    numbers = {view.question.number for view in survey.required}
    total = len({view.question.number for view in survey.questions.values()})
    parts = [f"{len(numbers)} of {total} subsections", pages(page_range(bank, answers))]
    parts.append(plural(len(survey.required), "required question"))
    return ", ".join(part for part in parts if part)


def profile_text(bank: Bank, answers: Answers) -> str:
    """Change types, risk and traits in one line."""
    profile = answers.profile
    types = [bank.change_types[c].title if c in bank.change_types else c for c in profile.change_types]
    traits = [t.title for t in bank.file.traits if t.id in effective_traits(bank, answers)]
    risk = bank.risks[profile.risk].title if profile.risk in bank.risks else "no risk said"
    parts = [" + ".join(types) or "no change type said", risk, ", ".join(traits), profile.template]
    return " · ".join(part for part in parts if part)


def status_text(session: Session, problems: Sequence[Problem]) -> str:
    """Progress by section, what is due, what is skipped and why, what is wrong."""
    bank, evaluation = session.bank, session.evaluate(date.today())
    survey = session.survey()
    lines = [
        f"{_title(session.answers)}",
        profile_text(bank, session.answers),
        extent_text(bank, session.answers, survey),
        str(survey.progress()),
        f"readiness {percent(evaluation.readiness)} %: {counts_text(evaluation)}",
        f"each item and what holds it back: dbcharter checklist {session.path.name}",
        "",
        columns(_section_rows(bank, survey)),
    ]
    skipped = list(_not_required(bank, survey))
    if skipped:
        lines += ["", "Not required:", *skipped]
    if evaluation.next_steps:
        lines += ["", "Next best steps:", *_next_steps(bank, evaluation.next_steps)]
    due = [view for view in survey.of(asking_order(bank)) if view.due and view.open]
    if due:
        lines += ["", f"Due now ({len(due)}):", columns(_due_rows(due))]
    if problems:
        lines += ["", f"Problems ({len(problems)}):", *(f"  {p}" for p in problems)]
    return "\n".join(lines)


def _title(answers: Answers) -> str:
    title = answers.values.get("control.title")
    return title if isinstance(title, str) and title.strip() else "(no title yet)"


def _section_rows(bank: Bank, survey: Survey) -> Iterator[list[str]]:
    for section in bank.sections:
        progress = survey.progress(bank.questions_in(section.id))
        if progress.required:
            glyph = "✓" if progress.done == progress.required else "◐" if progress.done else "○"
            yield [glyph, str(section.number), section.title, f"{progress.done}/{progress.required}"]


def _not_required(bank: Bank, survey: Survey) -> Iterator[str]:
    """The subsections of which nothing is required, grouped by reason."""
    by_reason: dict[str, list[str]] = {}
    for section in bank.sections:
        if not survey.progress(bank.questions_in(section.id)).required:
            for sub in section.subsections:
                if sub.number in survey.skipped:
                    by_reason.setdefault(survey.skipped[sub.number], []).append(f"{sub.number} {sub.title}")
    for reason, names in by_reason.items():
        yield wrap(f"{', '.join(names)}: {reason}.", "    ", "  · ")


def _due_rows(due: Sequence[QuestionView]) -> Iterator[list[str]]:
    for view in due[:12]:
        lacks = view.misfits[0].message if view.misfits else ""
        lacks = "look again: the DDL changed" if view.again else lacks
        yield ["  " + _glyph(view), view.question.number, view.question.title, view.id, lacks]
    if len(due) > 12:
        yield ["", "", f"and {len(due) - 12} more: dbcharter show FILE due"]


def _next_steps(bank: Bank, steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        question = bank.questions.get(step.question)
        name = f"{question.number} {question.title} ({step.question})" if question else step.question
        yield wrap(f"{gain_text(step)}  {name}: {one_line(step.reason, 160)}", "      ", "  ")


def status_data(session: Session, problems: Sequence[Problem]) -> dict[str, Any]:
    """The same as data."""
    bank, survey = session.bank, session.survey()
    evaluated = evaluation_data(session.evaluate(date.today()))
    progress = survey.progress()
    extent = page_range(bank, session.answers)
    return {
        "title": session.answers.values.get("control.title"),
        "profile": {
            "change_types": list(session.answers.profile.change_types),
            "risk": session.answers.profile.risk,
            "traits": sorted(effective_traits(bank, session.answers)),
            "template": session.answers.profile.template,
        },
        "pages": list(extent) if extent else None,
        "required": progress.required,
        "done": progress.done,
        "deferred": progress.deferred,
        **{key: evaluated[key] for key in ("readiness", "counts", "next_steps")},
        "due": [view.id for view in survey.of(asking_order(bank)) if view.due and view.open],
        "skipped": dict(survey.skipped),
        "states": {view.id: view.state.value for view in survey.questions.values()},
        "problems": [
            {"file": p.file, "line": p.line, "where": p.where, "message": p.message, "hint": p.hint}
            for p in problems
        ],
    }
