"""Answers as blocks: what stands in a subsection, in the words of its author."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from app.bank.model import Bank, Column, Question, Section, Subsection
from app.document.answers import NOT_APPLICABLE_REASONS, Answers, Row, State, Value
from app.document.drafts import without_drafts
from app.document.values import is_empty
from app.interview.applicability import QuestionState, QuestionView, Survey
from app.render.anchors import RowAnchors, section_anchor
from app.render.diagrams import SOURCES, draw
from app.render.key_diagram import draw_keys
from app.render.markdown import (
    NOTHING,
    Markdown,
    anchor,
    cell,
    emphasis,
    fence,
    heading,
    inline,
    joined,
    link,
    prose,
)
from app.render.values import NOT_YET, in_cell, listed, plain
from app.render.view import Block, Bullets, Code, Diagram, Heading, Part, Table, Text
from app.schema.model import Schema

SAID = (QuestionState.ANSWERED, QuestionState.PARTIAL)
CONTROL = "control"
"""The section whose table of fields also says the risk, which is part of the profile."""

_DESCRIPTIVE = ("title", "description")
_GAP = re.compile(r"\{([a-z0-9_\\]+)\}")
_TABLE_KINDS = frozenset({"text", "prose", "choice", "choices", "flag", "date", "number", "list"})


class Material(Struct, frozen=True):
    """What a document is made from. `answers` holds only those that its body may show."""

    bank: Bank
    answers: Answers
    survey: Survey
    anchors: RowAnchors
    schema: Schema | None = None


def material(
    bank: Bank, answers: Answers, survey: Survey, questions: Iterable[str], schema: Schema | None = None
) -> Material:
    """The material for a document in which `questions` have their place; `schema` is what its DDL says."""
    wanted = set(questions)
    values = {
        q: without_drafts(v)
        for q, v in answers.values.items()
        if q in wanted and survey.questions[q].state in SAID
    }
    shown = replace(answers, values=MappingProxyType(values))
    return Material(bank, shown, survey, RowAnchors(bank, shown, frozenset(values)), schema)


def subsection_part(source: Material, section: Section, sub: Subsection) -> Part | None:
    """One subsection, or None when it has nothing to say."""
    views = [view for view in source.survey.questions.values() if view.question.number == sub.number]
    views = [view for view in views if view.shown]
    # An answer that stands for another one in the same subsection is shown once, as itself.
    views = [view for view in views if view.answered_by not in {other.id for other in views}]
    in_table = [view for view in views if sub.field_columns and view.question.kind in _TABLE_KINDS]
    blocks: list[Block] = []
    if sub.field_columns and in_table:
        blocks.append(field_table(source, section, sub.field_columns, in_table))
    for view in views:
        if view not in in_table:
            named = view.question.title.casefold() in (sub.title.casefold(), section.title.casefold())
            blocks += question_blocks(source, view, labelled=not named, fields=sub.field_columns)
    blocks += _diagram_blocks(source, sub, has_questions=bool(views))
    if not blocks:
        return None
    if "." not in sub.number:
        return Part(sub.number, NOTHING, NOTHING, tuple(blocks))
    return Part(sub.number, heading(sub.title), anchor(section_anchor(sub.number)), tuple(blocks))


def field_table(
    source: Material, section: Section, columns: tuple[str, str], views: Iterable[QuestionView]
) -> Table:
    """Single values as a table of two columns."""
    rows = [(cell(view.question.title), mark(source, view) or _value_cell(source, view)) for view in views]
    if section.id == CONTROL:
        risk = source.bank.risks.get(source.answers.profile.risk)
        rows.append((cell("Risk Level"), cell(risk.title) if risk else NOT_YET))
    return Table(tuple(map(cell, columns)), tuple(rows))


def _value_cell(source: Material, view: QuestionView) -> Markdown:
    return in_cell(source.bank, view.question, source.answers.values.get(view.id))


def mark(source: Material, view: QuestionView) -> Markdown:
    """What stands in the place of an answer, or nothing when there is one."""
    if view.state in SAID:
        return NOTHING
    said = source.answers.states.get(view.id)
    return emphasis(settled(said)) if said else NOT_YET


def settled(state: State) -> Markdown:
    """What was said about a question instead of answering it, as a sentence."""
    note = state.note.strip()
    if state.state == "deferred":
        until = state.until.isoformat() if state.until else "a later date"
        words = f"Deferred to {until}, owner {cell(state.owner.strip())}"
        return Markdown(f"{words}. {cell(note)}" if note else words)
    reason = NOT_APPLICABLE_REASONS.get(state.reason, state.reason)
    return Markdown(f"Not applicable: {cell(reason)}. {cell(note)}")


def question_blocks(
    source: Material,
    view: QuestionView,
    *,
    labelled: bool,
    fields: tuple[str, str] | None = None,
    columns: tuple[str, ...] = (),
    anchored: bool = True,
) -> Iterator[Block]:
    """One question with its answer or mark.

    `fields` renders the fields of records as a table with these titles; `columns` leaves out the other
    columns of a table; `anchored` makes its rows places that links lead to.
    """
    if view.answered_by:
        view, labelled = source.survey.questions[view.answered_by], True
    question, value = view.question, source.answers.values.get(view.id)
    label = question.title if labelled else ""
    instead = mark(source, view)
    if instead:
        yield Text(_labelled(label, instead))
    elif question.has_rows and isinstance(value, tuple):
        if label:
            yield Text(_label(label))
        anchors = source.anchors.of(view.id) if anchored else []
        if question.kind == "table":
            yield _table(source, view, columns, anchors)
        else:
            yield from _records(source, view, fields, anchors)
    elif question.kind == "sentence" and isinstance(value, Mapping):
        if label:
            yield Text(_label(label))
        yield Text(_sentence(question, value))
    else:
        yield from value_blocks(source.bank, question, value, label)


def value_blocks(bank: Bank, thing: Question | Column, value: Value | None, label: str) -> Iterator[Block]:
    """A single value under its label, which may be "". A value of the wrong type comes as its text."""
    if thing.kind in ("list", "choices") and isinstance(value, tuple):
        if label:
            yield Text(_label(label))
        options = bank.options_of(thing)
        yield Bullets(tuple(inline(plain(item, options)) for item in value if not is_empty(item)))
    elif thing.kind == "code" and isinstance(value, str):
        if label:
            yield Text(_label(label))
        yield Code(fence(value.rstrip("\n"), thing.language))
    else:
        text = plain(value, bank.options_of(thing)).strip("\n")
        if "\n" in text or not label:
            if label:
                yield Text(_label(label))
            yield Text(prose(text))
        else:
            yield Text(_labelled(label, cell(text)))


def _label(title: str) -> Markdown:
    end = "" if title.endswith(("?", ":", ".")) else ":"
    return Markdown(f"**{inline(title + end)}**")


def _labelled(title: str, text: Markdown) -> Markdown:
    return Markdown(f"{_label(title)} {text}") if title else text


def _sentence(question: Question, slots: Mapping[str, Value]) -> Markdown:
    """The sentence with its gaps filled, or marked where they are not."""
    titles = {slot.id: slot.title for slot in question.slots}

    def filled(gap: re.Match[str]) -> str:
        name = gap[1].replace("\\", "")
        said = plain(slots.get(name)).strip()
        if not said:
            return emphasis(f"(not yet answered: {cell(titles.get(name, name))})")
        return cell(said) if gap.start() else inline(said)

    return Markdown(_GAP.sub(filled, inline(question.sentence.strip())))


def _table(source: Material, view: QuestionView, wanted: tuple[str, ...], anchors: list[str]) -> Table:
    columns = [c for c in view.question.columns if not wanted or c.id in wanted]
    hosts = [c for c in columns if c.within is None or all(c.within != host.id for host in columns)]
    cells = {host.id: [c for c in columns if c is host or c.within == host.id] for host in hosts}
    rows = []
    for position, row in enumerate(source.answers.rows(view.id)):
        shown = [joined((_cell(source, view, c, row) for c in cells[h.id]), " · ") for h in hosts]
        if position < len(anchors) and anchors[position]:
            shown[0] = Markdown(anchor(anchors[position]) + shown[0])
        rows.append(tuple(shown))
    return Table(tuple(cell(host.title) for host in hosts), tuple(rows))


def _cell(source: Material, view: QuestionView, column: Column, row: Row) -> Markdown:
    value = row.get(column.id)
    if value is None or is_empty(value):
        return NOT_YET if column.required or column.id in view.question.key_columns else NOTHING
    if not column.refers_to or not isinstance(value, str | tuple):
        return in_cell(source.bank, column, value)
    items = [
        item.strip() for item in (value if isinstance(value, tuple) else (value,)) if isinstance(item, str)
    ]
    if isinstance(value, tuple) and len(items) < len(value):
        return in_cell(source.bank, column, value)
    return listed([_reference(source, column, item, row) for item in items if item], items)


def _reference(source: Material, column: Column, text: str, row: Row) -> Markdown:
    target = source.anchors.target(column, text, row)
    options = source.bank.options_of(column)
    shown = cell(plain(text, options))
    return link(shown, target) if target else shown


def _records(
    source: Material, view: QuestionView, fields: tuple[str, str] | None, anchors: list[str]
) -> Iterator[Block]:
    question = view.question
    described = next((c.id for c in question.columns if c.id in _DESCRIPTIVE and c.kind == "text"), "")
    named = {*question.key_columns, described}
    for position, row in enumerate(source.answers.rows(view.id)):
        name = anchors[position] if position < len(anchors) else ""
        yield Heading(_record_title(source, view, described, row), anchor(name) if name else NOTHING)
        columns = [
            c for c in question.columns if c.id not in named and (c.required or not is_empty(row.get(c.id)))
        ]
        in_table = [c for c in columns if fields and c.kind in _TABLE_KINDS]
        if fields and in_table:
            pairs = tuple((cell(c.title), _cell(source, view, c, row)) for c in in_table)
            yield Table(tuple(map(cell, fields)), pairs)
        for column in columns:
            if column not in in_table:
                yield from _field_blocks(source, view, column, row)


def _record_title(source: Material, view: QuestionView, described: str, row: Row) -> Markdown:
    columns = view.question.column_by_id
    key = joined((_cell(source, view, columns[c], row) for c in view.question.key_columns), " / ")
    words = plain(row.get(described)).strip() if described else ""
    title = f"{key}: {cell(words)}" if words else key
    return Markdown(title.replace("\n", " "))


def _field_blocks(source: Material, view: QuestionView, column: Column, row: Row) -> Iterator[Block]:
    value = row.get(column.id)
    if is_empty(value) or column.refers_to:
        yield Text(_labelled(column.title, _cell(source, view, column, row)))
    else:
        yield from value_blocks(source.bank, column, value, column.title)


def draws_keys(source: Material, sub: Subsection) -> bool:
    """Whether a diagram of relationships is drawn from the DDL, as its table has no answer yet."""
    if sub.diagram != "relationships" or source.schema is None:
        return False
    origin = source.survey.questions.get(SOURCES[sub.diagram][0])
    return origin is not None and origin.applies and origin.state == QuestionState.UNANSWERED


def _diagram_blocks(source: Material, sub: Subsection, *, has_questions: bool) -> Iterator[Block]:
    if sub.diagram is None or (not has_questions and sub.number in source.survey.skipped):
        return
    drawings = draw(sub.diagram, source.bank, source.answers)
    if not drawings and draws_keys(source, sub):
        drawings = tuple(filter(None, [draw_keys(source.schema)]))
    for drawing in drawings:
        yield Diagram(inline(drawing.caption), fence(drawing.source, "mermaid"))
    origin = source.survey.questions.get(SOURCES[sub.diagram][0])
    if not drawings and not has_questions and origin and origin.required and origin.open:
        yield Text(NOT_YET)
