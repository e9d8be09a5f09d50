"""Compact documents: every answer has a heading, and what was left out is named with its reason."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from msgspec.structs import replace

from app.bank.load import default_bank
from app.bank.model import Bank, CompactPart
from app.document.answers import Answers, Profile, State, freeze
from app.interview.applicability import survey
from app.render.document import render
from app.render.headings import headings_of

from .documents import everything_answered, profile
from .reading import elements
from .test_document import NOT_YET, said, under

NEITHER = "neither the change types nor the risk nor the traits require it"


@pytest.fixture(scope="module")
def bank() -> Bank:
    return default_bank()


def without_more(bank: Bank) -> Bank:
    """The bank with nothing under its compact headings but their own parts."""
    headings = tuple(replace(heading, also=()) for heading in bank.file.compact)
    return Bank(replace(bank.file, compact=headings), bank.sections)


def heading_changed(bank: Bank, heading: str, **changes: object) -> Bank:
    """The bank with one compact heading changed."""
    compact = tuple(replace(h, **changes) if h.id == heading else h for h in bank.file.compact)
    return Bank(replace(bank.file, compact=compact), bank.sections)


def answered_by(bank: Bank, question_id: str, other: str) -> Bank:
    """The bank with one question whose answer another one can stand for."""
    section = bank.section_of(question_id)
    questions = tuple(
        replace(q, or_else=other) if q is bank.questions[question_id] else q for q in section.questions
    )
    sections = (replace(s, questions=questions) if s is section else s for s in bank.sections)
    return Bank(bank.file, tuple(sections))


def test_every_question_of_the_bank_has_a_heading_or_is_a_control_field(bank: Bank) -> None:
    headed = {*headings_of(bank), *bank.questions_in("0")}
    assert set(bank.questions) - headed == set()


def test_every_answer_stands_in_the_compact_document_once(bank: Bank) -> None:
    places: list[str] = []

    def say(place: str) -> str:
        places.append(f"<{place}>")
        return places[-1]

    document = render(bank, everything_answered(bank, say), "compact")
    shown = "\n".join(e.text for e in elements(document) if e.tag in ("p", "td", "li", "code", "h1", "h4"))
    assert len(places) > 400
    assert [place for place in places if place not in shown] == []
    assert "Answered without a heading" not in document
    labels = Counter(re.findall(r"^\*\*[^*]+:\*\*$", document, re.M))
    assert labels["**Query Catalog:**"] == 1


def test_what_a_change_requires_beyond_the_headings_is_asked_for_under_the_nearest(bank: Bank) -> None:
    document = render(bank, said("add_table"), "compact")
    assert f"**Entity Grain:** {NOT_YET}" in under(document, "Data Meaning")
    assert f"**Query Catalog:** {NOT_YET}" in under(document, "Index and Query Impact")
    assert "Open without a heading" not in document


def test_sections_that_a_heading_is_about_come_first_and_keep_the_order_of_the_interview(bank: Bank) -> None:
    answers = everything_answered(bank, lambda place: place)
    document = render(bank, answers, "compact")
    text = document[document.index("## Index and Query Impact") : document.index("## Migration Plan")]
    titles = [
        "**Index Plan:**",
        "**Workload Classification:**",
        "**Query Catalog:**",
        "**Query-to-Index Mapping:**",
    ]
    places = [text.index(title) for title in titles]
    assert places == sorted(places)
    assert places[-1] < text.index("**Growth Model:**")


def test_what_was_settled_stands_under_its_heading(bank: Bank) -> None:
    answers = said("add_table").with_state("logical.keys", State("deferred", owner="Bo"))
    assert "**Keys and Identity:** *Deferred" in under(render(bank, answers, "compact"), "Data Meaning")


def test_a_reference_leads_to_a_row_that_stands_under_a_heading(bank: Bank) -> None:
    answers = said(
        "add_table",
        workload__queries=[{"id": "Q-9", "description": "one seat"}],
        workload__query_indexes=[{"query": "Q-9"}],
    )
    document = render(bank, answers, "compact")
    assert document.count('<a id="workload-queries--q-9"></a>') == 1
    assert document.count("[Q-9](#workload-queries--q-9)") == 1


def test_an_answer_that_stands_for_another_is_printed_once(bank: Bank) -> None:
    answers = said("add_table", physical__ddl_files=["schema/seats.sql"])
    document = render(bank, answers, "compact")
    assert document.count("schema/seats.sql") == 1
    assert "schema/seats.sql" in under(document, "Proposed Schema Change")
    changed = answered_by(bank, "problem.pain_points", "problem.current_workflow")
    answers = said("redesign_module", problem__current_workflow="a queue at the desk")
    assert render(changed, answers, "compact").count("a queue at the desk") == 1


def test_a_field_of_the_control_table_is_not_printed_again(bank: Bank) -> None:
    changed = heading_changed(bank, "summary", also=("control",))
    assert render(changed, said("add_column", control__owner="Ines"), "compact").count("Ines") == 1


def test_a_table_that_a_heading_shows_twice_is_anchored_once(bank: Bank) -> None:
    parts = tuple(CompactPart(question="testing.matrix", columns=c) for c in (("type",), ("example",)))
    changed = heading_changed(bank, "test_plan", parts=parts)
    answers = said("add_column", testing__matrix=[{"type": "unit", "proves": "it", "example": "one"}])
    document = render(changed, answers, "compact")
    assert document.count('<a id="testing-matrix--') == 1
    assert document.count("**Test Matrix:**") == 2


def test_one_question_alone_needs_no_label(bank: Bank) -> None:
    document = render(bank, said("add_column"), "compact")
    assert under(document, "Data Meaning") == NOT_YET


def test_fields_of_records_stand_in_the_table_that_their_subsection_has(bank: Bank) -> None:
    answers = said("add_column", decisions__records=[{"id": "ADR-1", "title": "One table", "status": "x"}])
    document = render(bank, answers, "compact")
    assert "| Field | Value |\n| --- | --- |\n| Status | x |" in document


def test_questions_that_nobody_asked_and_nobody_answered_take_no_room(bank: Bank) -> None:
    document = render(bank, said("add_column"), "compact")
    assert "Entity Grain:" not in document.partition("## Appendix")[0]


def test_without_a_place_an_answer_and_a_gap_are_named_in_the_appendix(bank: Bank) -> None:
    answers = said("add_table", risk="high", conceptual__concepts=[{"concept": "Bag", "meaning": "luggage"}])
    document = render(without_more(bank), answers, "compact")
    assert "luggage" not in document
    assert "5.1 Conceptual Entities" in under(document, "Answered without a heading")
    assert "6.2 Keys and Identity" in under(document, "Open without a heading")


@pytest.mark.parametrize("more", [True, False])
def test_what_was_not_required_is_named_with_the_reason(bank: Bank, more: bool) -> None:
    answers = said("add_column", conceptual__concepts=[{"concept": "Bag", "meaning": "luggage"}])
    listed = under(render(bank if more else without_more(bank), answers, "compact"), "Not required")
    reasons = dict(line.removeprefix("- ").split(": ", 1) for line in listed.splitlines() if line[:1] == "-")
    assert "2.3 Actors" in reasons[NEITHER].split("; ")
    assert "12.3 Tenant Isolation" in reasons[bank.subsections["12.3"].because_not].split("; ")
    assert "5.1 Conceptual Entities" not in listed, "it was answered"
    assert "7.3 Column Semantics" not in listed, "it is required"
    assert "2.2 Business Process Diagram" not in listed, "diagrams are in the full document"


def test_every_subsection_with_questions_stands_in_a_compact_document_or_is_named(bank: Bank) -> None:
    for answers in (Answers(Profile()), Answers(profile(bank, everything=True)), said("add_table")):
        compact = replace(answers, profile=replace(answers.profile, template="compact"))
        document = render(bank, compact, "compact")
        named = under(document, "Not required") if "### Not required" in document else ""
        views = survey(bank, compact).questions
        shown = {view.question.number for view in views.values() if view.shown}
        for number, sub in bank.subsections.items():
            if bank.questions_in(number):
                assert (f"{number} {sub.title}" in named) == (number not in shown), number


def test_no_column_of_a_table_is_left_out(bank: Bank) -> None:
    rows = [
        {"sequence": "1", "change": "column", "flag": "use_it", "validation": "counted", "rollback": "off"}
    ]
    answers = said("add_column").with_value("rollout.sequence", freeze(rows))
    document = render(bank, answers, "compact")
    for cell in ("use_it", "counted", "off"):
        assert re.search(rf"^\|.* {cell} \|", document, re.M), cell
