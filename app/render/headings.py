"""The headings of a compact document, and what stands under each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from app.bank.model import Bank, CompactHeading
from app.interview.applicability import QuestionView, Survey
from app.render.body import Material, question_blocks
from app.render.markdown import anchor, cell, emphasis, heading
from app.render.view import Block, Part, Text


def headings_of(bank: Bank) -> Mapping[str, tuple[str, ...]]:
    """Under which headings, by their ids, each question stands when there is something of it to show."""
    found: dict[str, tuple[str, ...]] = {}
    for compact in bank.file.compact:
        for part in compact.parts:
            found[part.question] = (*found.get(part.question, ()), compact.id)
    for compact in bank.file.compact:
        for name in compact.also:
            for question_id in bank.questions_in(name):
                found.setdefault(question_id, (compact.id,))
    return found


def more_under(bank: Bank, survey: Survey, elsewhere: Collection[str]) -> dict[str, list[QuestionView]]:
    """By heading, the questions that stand under it besides its parts, and that have something to show.

    `elsewhere` are those that the document shows outside of its headings. An answer that stands for
    another one is shown once, as what it stands for.
    """
    placed = headings_of(bank)
    parts = {part.question for compact in bank.file.compact for part in compact.parts}
    taken = {*parts, *elsewhere, *(survey.questions[name].answered_by for name in parts)}
    more: dict[str, list[QuestionView]] = {compact.id: [] for compact in bank.file.compact}
    for question_id, view in survey.questions.items():
        again = question_id in taken or view.answered_by in placed
        if view.shown and not again and question_id in placed:
            more[placed[question_id][0]].append(view)
    return more


def heading_part(source: Material, compact: CompactHeading, more: Sequence[QuestionView]) -> Part:
    """One heading with its parts and the questions `more`."""
    blocks = tuple(_blocks(source, compact, more))
    return Part("", heading(compact.title), anchor(f"compact-{compact.id}"), blocks)


def _blocks(source: Material, compact: CompactHeading, more: Sequence[QuestionView]) -> Iterator[Block]:
    placed, printed = headings_of(source.bank), set[str]()
    entries = _ordered(source, compact, more)
    for view, columns in entries:
        if not view.applies:
            reason = view.because[0] if view.because else ""
            yield Text(emphasis(f"{cell(view.question.title)}: not asked because {cell(reason)}."))
            continue
        name = view.answered_by or view.id
        yield from question_blocks(
            source,
            view,
            labelled=len(entries) > 1,
            fields=source.bank.subsection_of(name).field_columns,
            columns=columns,
            anchored=name not in printed and placed.get(name, (compact.id,))[0] == compact.id,
        )
        printed.add(name)


def _ordered(
    source: Material, compact: CompactHeading, more: Sequence[QuestionView]
) -> list[tuple[QuestionView, tuple[str, ...]]]:
    """What stands under a heading, with the columns that do: the sections of its parts in their order, then
    the others; within a section in the order of the interview."""
    bank, views = source.bank, source.survey.questions
    entries = [(views[part.question], part.columns) for part in compact.parts]
    entries += [(view, ()) for view in more]
    sections = list(dict.fromkeys(bank.section_of(view.id).id for view, _ in entries))
    places = {question_id: place for place, question_id in enumerate(bank.questions)}
    return sorted(entries, key=lambda e: (sections.index(bank.section_of(e[0].id).id), places[e[0].id]))
