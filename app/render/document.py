"""A whole document: from bank and answers to Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from app.bank.model import Bank, CompactHeading, Section, Subsection
from app.document.answers import Answers, Template
from app.document.values import is_empty
from app.interview.applicability import QuestionView, Survey, effective_traits, page_range, survey
from app.readiness.model import Evaluation
from app.render.anchors import section_anchor
from app.render.appendix import NOT_REQUIRED, appendix_anchor, compact_appendix, full_appendix
from app.render.body import (
    CONTROL,
    Material,
    field_table,
    material,
    subsection_part,
)
from app.render.checklist import NOTICE, PartLink, checklist_lines
from app.render.environment import render_template
from app.render.headings import heading_part, more_under
from app.render.markdown import NOTHING, Markdown, anchor, cell, emphasis, heading, inline, link
from app.render.review import evaluated_and_reviewed
from app.render.values import NOT_YET, plain
from app.render.view import Bullets, DocumentView, Part, SectionView, Table, Text
from app.review.model import Records
from app.schema.model import Schema

CHECKLIST = "checklist"
"""The section that the final review stands in."""

MakePart = Callable[[Material, Section, Subsection], Part | None]
"""What makes one subsection, as `subsection_part` does."""

MakeHeading = Callable[[Material, CompactHeading, Sequence[QuestionView]], Part]
"""What makes one heading, as `heading_part` does."""

_COMPACT_TITLE = "Database Change Design"
_TITLE_QUESTION = "control.title"


def render(
    bank: Bank,
    answers: Answers,
    template: Template = "full",
    folder: Path | None = None,
    records: Records | None = None,
    evaluation: Evaluation | None = None,
) -> str:
    """The design document as Markdown, by a template of `folder` or by the one that ships.

    With an `evaluation`, the appendix gives the verdicts of the final review, and relationships are drawn
    from the DDL where 6.3 has none; with `records`, it says who
    has approved what. Which parts are required is decided as if
    the answers' profile named `template`. Raises TemplateError, with file and line, when a template is
    refused or fails.
    """
    answers = under_template(answers, template)
    schema = evaluation.schema if evaluation is not None else None
    view = (compact_view if template == "compact" else full_view)(bank, answers, schema=schema)
    said = evaluated_and_reviewed(bank, answers, evaluation, records)
    view = replace(view, appendix=(*view.appendix, *said))
    text = render_template(f"{template}.md.jinja", {"document": view}, folder)
    return text.rstrip("\n") + "\n"


def under_template(answers: Answers, template: Template) -> Answers:
    """The answers as if their profile named `template`; the same object when it does."""
    if answers.profile.template == template:
        return answers
    return replace(answers, profile=replace(answers.profile, template=template))


def full_view(
    bank: Bank,
    answers: Answers,
    looked: Survey | None = None,
    make_part: MakePart = subsection_part,
    schema: Schema | None = None,
) -> DocumentView:
    """Every section of the bank, with what was left out and why in the appendix.

    `looked` is the survey of the answers, for those who have it, `schema` what the DDL says.
    """
    looked = looked or survey(bank, answers)
    source = material(bank, answers, looked, bank.questions, schema)
    parts = {
        sub.number: make_part(source, section, sub)
        for section in bank.sections
        for sub in section.subsections
    }
    part_link = _part_link(
        bank, {number for number, part in parts.items() if part} | _checklist_numbers(bank)
    )
    sections, left_out = [], []
    for section in bank.sections:
        found = [parts[sub.number] for sub in section.subsections]
        written = [part for part in found if part is not None]
        if section.id == CHECKLIST:
            written.append(_checklist(bank, looked, section, part_link))
        else:
            left_out += [s for s, part in zip(section.subsections, found, strict=True) if part is None]
        sections.append(_section(section, written))
    return DocumentView(
        title=_title(bank.file.title, answers),
        facts=_facts(bank, answers),
        overview=_master_questions(bank, part_link),
        sections=tuple(sections),
        appendix=full_appendix(bank, answers, looked, left_out),
    )


def compact_view(
    bank: Bank,
    answers: Answers,
    looked: Survey | None = None,
    make_heading: MakeHeading = heading_part,
    schema: Schema | None = None,
) -> DocumentView:
    """The headings of the compact template; see `full_view`."""
    looked = looked or survey(bank, answers)
    control = _control(bank)
    fields = list(bank.questions_in(control[1].number)) if control else []
    more = more_under(bank, looked, fields)
    printed = [part.question for compact in bank.file.compact for part in compact.parts]
    printed += [*fields, *(view.id for views in more.values() for view in views)]
    printed += [view.answered_by for view in looked.of(tuple(printed)) if view.answered_by]
    source = material(bank, answers, looked, printed, schema)
    return DocumentView(
        title=_title(_COMPACT_TITLE, answers),
        facts=_facts(bank, answers),
        overview=_control_table(source, control, looked, fields),
        headings=tuple(make_heading(source, c, more[c.id]) for c in bank.file.compact),
        appendix=compact_appendix(bank, answers, looked, frozenset(printed)),
    )


def _title(kind: str, answers: Answers) -> Markdown:
    said = answers.values.get(_TITLE_QUESTION)
    title = NOT_YET if is_empty(said) else heading(plain(said).strip())
    return Markdown(f"{inline(kind)} — {title}")


def _facts(bank: Bank, answers: Answers) -> Markdown:
    """The profile and what it means for the length, in a line."""
    profile = answers.profile
    changes = [bank.change_types[c].title if c in bank.change_types else c for c in profile.change_types]
    effective = effective_traits(bank, answers)
    traits = [trait.title for trait in bank.file.traits if trait.id in effective]
    traits += [name for name in profile.traits if name not in bank.traits]
    risk = bank.risks.get(profile.risk)
    facts = [
        ("Change types", cell(", ".join(changes)) or NOT_YET),
        ("Risk", cell(risk.title) if risk else NOT_YET),
        ("Traits", cell(", ".join(traits) or "none")),
    ]
    pages = page_range(bank, answers)
    if pages:
        low, high = pages
        facts.append(("Pages", cell(f"{low} or more" if high is None else f"{low} to {high}")))
    return Markdown(" · ".join(f"**{name}:** {value}" for name, value in facts))


def _part_link(bank: Bank, present: set[str]) -> PartLink:
    """Links to the subsections whose numbers are `present`, and plain words for the others."""

    def part_link(part: str) -> Markdown:
        number = bank.questions[part].number if part in bank.questions else part
        sub = bank.subsections.get(number)
        if sub is not None:
            words = Markdown(f"{number} {cell(sub.title)}")
            return link(words, section_anchor(number)) if number in present else words
        section = bank.section_by_id[part]
        return link(Markdown(f"{section.number} {cell(section.title)}"), section_anchor(str(section.number)))

    return part_link


def _master_questions(bank: Bank, part_link: PartLink) -> Table | None:
    rows = []
    for question in bank.file.master_questions:
        links = dict.fromkeys(part_link(part) for part in question.answered_in)
        rows.append((cell(question.title), Markdown(", ".join(links))))
    return Table((cell("Question"), cell("Answered in")), tuple(rows)) if rows else None


def _section(section: Section, parts: list[Part]) -> SectionView:
    number = str(section.number)
    if not parts:
        here = link(Markdown("the appendix"), appendix_anchor(NOT_REQUIRED))
        words = emphasis(f"Nothing here is required or answered; {here} says why.")
        parts = [Part(number, NOTHING, NOTHING, (Text(words),))]
    return SectionView(number, heading(section.title), anchor(section_anchor(number)), tuple(parts))


def _checklist_numbers(bank: Bank) -> set[str]:
    section = bank.section_by_id.get(CHECKLIST)
    return {sub.number for sub in section.subsections} if section else set()


def _checklist(bank: Bank, looked: Survey, section: Section, part_link: PartLink) -> Part:
    lines = checklist_lines(bank, looked, part_link)
    return Part(str(section.number), NOTHING, NOTHING, (Text(inline(NOTICE)), Bullets(lines)))


def _control(bank: Bank) -> tuple[Section, Subsection] | None:
    """The subsection with the fields that describe the document itself."""
    section = bank.section_by_id.get(CONTROL)
    subs = [sub for sub in section.subsections if sub.field_columns] if section else []
    return (section, subs[0]) if section and subs else None


def _control_table(
    source: Material, control: tuple[Section, Subsection] | None, looked: Survey, fields: list[str]
) -> Table | None:
    if control is None:
        return None
    section, sub = control
    assert sub.field_columns is not None
    return field_table(source, section, sub.field_columns, [v for v in looked.of(tuple(fields)) if v.shown])
