"""Documents: what stands where, and that nothing is lost, leaks or breaks out."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.bank.load import default_bank
from app.bank.model import Bank
from app.document.answers import Answers, Profile, State, Template, Waiver, freeze
from app.problems import TemplateError
from app.render.document import render
from tests.mermaid.parser import Verdict

from .documents import everything_answered, profile
from .reading import elements, hostile_line, texts

TEMPLATES: tuple[Template, ...] = ("full", "compact")
NOT_YET = "*Not yet answered*"


@pytest.fixture(scope="module")
def bank() -> Bank:
    return default_bank()


def said(*change_types: str, risk: str = "low", traits: Sequence[str] = (), **values: object) -> Answers:
    """Answers under a profile; the dot of a question id is written as two underscores."""
    answers = Answers(Profile(change_types, risk, tuple(traits)))
    for name, value in values.items():
        answers = answers.with_value(name.replace("__", "."), freeze(value))
    return answers


def under(document: str, heading: str) -> str:
    """What stands between a heading and the next one of any level."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |^<a id|\Z)", document, re.M | re.S)
    assert found, heading
    return found[1].strip()


def table(document: str, heading: str) -> list[str]:
    return [line for line in under(document, heading).splitlines() if line.startswith("|")]


def samples(bank: Bank) -> Iterator[tuple[str, Answers]]:
    yield "nothing, little asked", Answers(profile(bank, everything=False))
    yield "nothing, everything asked", Answers(profile(bank, everything=True))
    yield "everything", everything_answered(bank, lambda place: f"answer at {place}")
    yield (
        "everything, little asked",
        replace(everything_answered(bank, lambda place: f"answer at {place}"), profile=Profile()),
    )


# What stands where


def test_a_full_document_has_every_section_and_subsection_with_number_and_title(bank: Bank) -> None:
    lines = render(bank, everything_answered(bank, str)).splitlines()
    for section in bank.sections:
        assert f"## {section.number}. {section.title}" in lines
        for sub in section.subsections:
            assert (f"### {sub.number} {sub.title}" in lines) == ("." in sub.number)


def test_sections_keep_their_numbers_when_there_is_nothing_to_say(bank: Bank) -> None:
    document = render(bank, said("add_column"))
    assert [line for line in document.splitlines() if line.startswith("## ")][:-1] == [
        f"## {section.number}. {section.title}" for section in bank.sections
    ]
    assert under(document, "5. Conceptual Model") == (
        "*Nothing here is required or answered; [the appendix](#appendix-not-required) says why.*"
    )


def test_a_compact_document_has_the_eleven_headings(bank: Bank) -> None:
    document = render(bank, said("add_column"), "compact")
    headings = [line[3:] for line in document.splitlines() if line.startswith("## ")]
    assert headings == [*(compact.title for compact in bank.file.compact), "Appendix"]
    assert len(headings) == 12


def test_the_title_names_kind_of_document_and_change(bank: Bank) -> None:
    answers = said(control__title="Seat *holds* #")
    assert render(bank, answers).startswith("# Database Design Document — Seat \\*holds\\* \\#\n")
    assert render(bank, answers, "compact").startswith("# Database Change Design — Seat \\*holds\\* \\#\n")
    assert render(bank, said()).startswith(f"# Database Design Document — {NOT_YET}\n")


def test_the_line_below_the_title_says_the_profile(bank: Bank) -> None:
    document = render(bank, said("add_table", "change_lifecycle", risk="high", traits=["multi_tenant"]))
    assert document.splitlines()[2] == (
        "**Change types:** Add a new table, Change lifecycle/state · **Risk:** High · "
        "**Traits:** lifecycle, multi-tenant · **Pages:** 6 to 12"
    )
    assert render(bank, said(risk="")).splitlines()[2] == (
        f"**Change types:** {NOT_YET} · **Risk:** {NOT_YET} · **Traits:** none"
    )


def test_the_master_questions_lead_to_the_sections_that_answer_them(bank: Bank) -> None:
    document = render(bank, said("add_table"))
    rows = [line for line in document.splitlines() if line.startswith("| What state do we store?")]
    assert rows == ["| What state do we store? | [6.1 Entity Grain](#section-6-1), 5.1 Conceptual Entities |"]
    assert "What state do we store?" not in render(bank, said("add_table"), "compact")


def test_tables_have_the_template_s_columns_and_columns_within_share_a_cell(bank: Bank) -> None:
    row = {
        "id": "INV-001",
        "invariant": "one open hold per seat",
        "enforcement": "db_constraint",
        "constraint": "unique",
        "mechanism": "uq_hold_open",
    }
    document = render(bank, said(invariants__matrix=[row, {"id": "INV-002", "mechanism": "nightly job"}]))
    shown = table(document, "8. Invariants and Enforcement Matrix")
    titles = [c.title for c in bank.questions["invariants.matrix"].columns if c.within is None]
    assert shown[0] == f"| {' | '.join(titles)} |"
    first = [cell.strip() for cell in shown[2].split("|")]
    assert first[1:3] == ['<a id="invariants-matrix--inv-001"></a>INV-001', "one open hold per seat"]
    assert first[3].count(" · ") == 2
    assert first[3].endswith(" · uq_hold_open")
    assert f"{NOT_YET} · nightly job" in shown[3]


def test_single_values_stand_in_a_table_of_fields_where_the_bank_says_so(bank: Bank) -> None:
    document = render(
        bank,
        said(
            risk="high",
            control__title="Holds",
            control__status="in_review",
            control__created=date(2026, 10, 5),
            control__reviewers=["database: Ana", "SRE: Bo"],
        ),
    )
    shown = table(document, "0. Document Control")
    assert shown[:2] == ["| Field | Value |", "| --- | --- |"]
    for row in (
        "| Title | Holds |",
        "| Status | In Review |",
        "| Created | 2026-10-05 |",
        "| Reviewers | database: Ana, SRE: Bo |",
        f"| Owner | {NOT_YET} |",
        "| Risk Level | High |",
    ):
        assert row in shown


def test_list_items_that_hold_commas_stand_below_each_other_in_a_cell(bank: Bank) -> None:
    document = render(bank, said(control__reviewers=["database: Ana, Bo", "SRE: Cy"]))
    assert "| Reviewers | database: Ana, Bo<br>SRE: Cy |" in document


def test_records_have_a_heading_each_with_their_fields_below(bank: Bank) -> None:
    document = render(
        bank,
        said(
            workload__queries=[{"id": "Q-001", "description": "free seats", "sql": "select '```';"}],
            decisions__records=[{"id": "ADR-001", "title": "Keep holds", "status": "accepted"}],
        ),
    )
    assert under(document, "Q-001: free seats").endswith("````sql\nselect '```';\n````")
    assert table(document, "ADR-001: Keep holds") == [
        "| Field | Value |",
        "| --- | --- |",
        "| Status | Accepted |",
    ]


def test_a_sentence_is_prose_with_its_open_gaps_marked(bank: Bank) -> None:
    document = render(bank, said("add_table", authority__boundary={"owner": "{entity} of *box office*"}))
    assert under(document, "3.2 Ownership Boundary") == (
        "{entity} of \\*box office\\* alone writes *(not yet answered: canonical entity)*; "
        "every other copy is a projection and never decides anything."
    )


def test_prose_keeps_paragraphs_and_line_breaks(bank: Bank) -> None:
    document = render(bank, said("add_table", authority__current_truth="first\nsecond\n\nthird"))
    assert "**Which database may decide the current truth?**\n\nfirst\\\nsecond\n\nthird\n" in document


def test_lists_choices_and_flags_are_written_in_words(bank: Bank) -> None:
    document = render(
        bank,
        said(
            problem__goals=["- fewer", "2. faster"],
            problem__layers=["logical", "own words"],
            authority__source_of_truth=[{"data": "seats", "owner": "box", "rebuildable": False}],
        ),
    )
    assert under(document, "1.2 Goals") == "- \\- fewer\n- 2\\. faster"
    assert "**Layers touched:**\n\n- logical\n- own words\n" in document
    assert table(document, "3.1 Source of Truth")[2].endswith("| no |")


# Links


def test_a_reference_leads_to_its_row(bank: Bank) -> None:
    document = render(
        bank,
        said(
            traits=["lifecycle"],
            logical__grain=[{"entity": "Seat Hold", "grain": "one hold"}],
            logical__keys=[{"entity": "seat hold", "primary_identity": "id"}, {"entity": "ticket"}],
        ),
    )
    shown = table(document, "6.2 Keys and Identity")
    assert "[seat hold](#logical-grain--seat-hold)" in shown[2]
    assert "ticket" in shown[3]
    assert "[ticket]" not in shown[3]
    assert '<a id="logical-grain--seat-hold"></a>Seat Hold' in document


def test_a_reference_to_a_state_means_that_of_the_same_entity(bank: Bank) -> None:
    document = render(
        bank,
        said(
            traits=["lifecycle"],
            logical__states=[{"entity": e, "state": "open"} for e in ("a", "b")],
            logical__transitions=[{"entity": "b", "from_state": "open", "to_state": "gone"}],
        ),
    )
    assert "[open](#logical-states--b-open)" in document
    assert "[open](#logical-states--a-open)" not in document


@pytest.mark.parametrize("template", TEMPLATES)
def test_anchors_are_unique_ascii_and_every_link_has_one(bank: Bank, template: Template) -> None:
    for name, answers in samples(bank):
        page = elements(render(bank, answers, template))
        anchors = Counter(e.attributes["id"] for e in page if e.tag == "a" and "id" in e.attributes)
        links = {e.attributes["href"] for e in page if e.tag == "a" and "href" in e.attributes}
        assert max(anchors.values()) == 1, name
        assert all(re.fullmatch(r"[a-z0-9_-]+", anchor or "") for anchor in anchors), name
        assert links <= {f"#{anchor}" for anchor in anchors}, name


# Gaps and what is left out


def test_required_questions_without_an_answer_are_marked_and_others_left_out(bank: Bank) -> None:
    document = render(bank, said("add_table"))
    assert under(document, "6.1 Entity Grain") == NOT_YET
    assert "5.1 Conceptual Entities" in under(document, "Not required")
    assert "### 5.1" not in document


def test_every_part_that_is_left_out_is_named_with_its_reason(bank: Bank) -> None:
    listed = under(render(bank, said("add_column")), "Not required").splitlines()
    neither = "neither the change types nor the risk nor the traits require it"
    assert f"- 5.1 Conceptual Entities: {neither}" in listed
    assert f"- 12.3 Tenant Isolation: {bank.subsections['12.3'].because_not}" in listed
    drawn = "the diagram is drawn from 2.4 Commands and Events, which has no rows"
    assert f"- 2.2 Business Process Diagram: {drawn}" in listed
    assert all(re.fullmatch(r"- [0-9.]+ [^:]+: .*\w.*", line) for line in listed if line.startswith("- "))


def test_an_answer_is_shown_though_nothing_requires_it(bank: Bank) -> None:
    document = render(
        bank, said("add_column", conceptual__concepts=[{"concept": "Bag", "meaning": "luggage"}])
    )
    assert "luggage" in under(document, "5.1 Conceptual Entities")
    assert "5.1 Conceptual Entities" not in under(document, "Not required")


def test_what_was_settled_says_so_in_its_place_and_in_the_appendix(bank: Bank) -> None:
    answers = said("add_table", logical__keys=[{"entity": "kept"}])
    answers = answers.with_state("logical.keys", State("not_applicable", "unchanged", "See *ADR-7*"))
    answers = answers.with_state("logical.grain", State("deferred", owner="Bo", until=date(2027, 1, 31)))
    document = render(bank, answers)
    assert under(document, "6.2 Keys and Identity") == (
        "*Not applicable: it stays as it is and is described elsewhere. See \\*ADR-7\\**"
    )
    assert under(document, "6.1 Entity Grain") == "*Deferred to 2027-01-31, owner Bo*"
    assert "6.2 Keys and Identity: Not applicable" in under(document, "Not applicable")
    assert "is kept in the answer file" in under(document, "Not applicable")
    assert "6.1 Entity Grain: Deferred to 2027-01-31, owner Bo" in under(document, "Deferred")


def test_parked_answers_are_named_in_the_appendix_only(bank: Bank) -> None:
    document = render(bank, said("add_table", security__tenant_key="every table carries org_id"))
    assert "org_id" not in document
    assert "### 12.3" not in document
    reason = f"not asked because {bank.subsections['12.3'].because_not}"
    title = bank.questions["security.tenant_key"].title
    assert f"- 12.3 {title}: {reason}" in under(document, "Parked answers").splitlines()


def test_waivers_are_listed_with_reason_owner_and_expiry(bank: Bank) -> None:
    answers = replace(said(), waivers=(Waiver("DBC | 1", "x.y", "no *time*", "Bo", date(2027, 2, 1)),))
    for template in TEMPLATES:
        shown = table(render(bank, answers, template), "Waivers")
        assert shown[2] == "| DBC \\| 1 | x.y | no \\*time\\* | Bo | 2027-02-01 |"


def test_values_that_do_not_fit_are_listed_with_place_and_text(bank: Bank) -> None:
    document = render(
        bank,
        said(
            logical__grain=[{"entity": "hold", "grain": "one", "colour": "*red*"}, "no row"],
            problem__goals=7,
            control__created="soon",
            authority__boundary={"owner": "x", "gap": "said"},
        ),
    )
    listed = under(document, "Values that do not fit")
    assert "row hold: colour: the table has no column 'colour'. It says: \\*red\\*" in listed
    assert re.search(r"6\.1 Entity Grain: row 2: must be a row.* It says: no row", listed)
    assert re.search(r"1\.2 Goals: must be .* It says: 7", listed)
    assert "It says: soon" in listed
    assert "It says: said" in listed
    assert "soon" in table(document, "0. Document Control")[-2] + "".join(
        table(document, "0. Document Control")
    )


def test_the_checklist_counts_answers_and_claims_nothing(bank: Bank) -> None:
    document = render(bank, said("add_table", risk="medium", problem__goals=["fewer"]))
    lines = under(document, "22. Final Review Checklist").splitlines()
    assert "none of these items has been checked" in lines[0]
    items = [line for line in lines if line.startswith("- ")]
    assert len(items) == len(bank.file.checklist) == 20
    assert items[1] == (
        "- goals and non-goals are explicit: answered 1 of 2 "
        "([1.2 Goals](#section-1-2), [1.3 Non-Goals](#section-1-3))"
    )
    assert not re.search(r"\bmet\b(?! is)|✓|✔|\[x\]|☑", "\n".join(items))


def test_what_is_required_follows_the_template_that_is_rendered(bank: Bank) -> None:
    full, compact = (
        replace(said("add_column"), profile=Profile(("add_column",), "low", (), t)) for t in TEMPLATES
    )
    for template in TEMPLATES:
        assert render(bank, full, template) == render(bank, compact, template)
    assert "### 7.4" not in render(bank, compact, "full")


# Nothing leaks, nothing is lost, nothing breaks out


def instructions(bank: Bank) -> list[tuple[str, str]]:
    """Where and what; single words, which any document may contain, left out."""
    return [(place, text) for place, text in all_instructions(bank) if len(squeezed(text)) > 12]


def all_instructions(bank: Bank) -> Iterator[tuple[str, str]]:
    for question_id, question in bank.questions.items():
        for name in ("prompt", "why", "help", "good", "weak"):
            yield f"{question_id}.{name}", getattr(question, name)
        for column in question.columns:
            yield f"{question_id}.{column.id}.help", column.help
    for section in bank.sections:
        yield f"{section.id}.why", section.why
    for compact in bank.file.compact:
        yield f"compact.{compact.id}", compact.prompt


def squeezed(text: str) -> str:
    """Letters and digits only, so that escapes and line breaks hide nothing."""
    return re.sub(r"[\W_]+", "", text)


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_instruction_leaks(bank: Bank, template: Template) -> None:
    for name, answers in samples(bank):
        document = squeezed(render(bank, answers, template))
        leaked = [place for place, text in instructions(bank) if squeezed(text) in document]
        assert leaked == [], name


def test_every_answer_stands_in_the_full_document(bank: Bank) -> None:
    places: list[str] = []

    def say(place: str) -> str:
        places.append(f"<{place}>")
        return places[-1]

    document = render(bank, everything_answered(bank, say))
    shown = "\n".join(e.text for e in elements(document) if e.tag in ("p", "td", "li", "code", "h1", "h4"))
    assert len(places) > 400
    assert [place for place in places if place not in shown] == []


SHAPE = (
    "h1",
    "h2",
    "h3",
    "h4",
    "table",
    "tr",
    "th",
    "td",
    "ul",
    "ol",
    "li",
    "pre",
    "code",
    "hr",
    "blockquote",
)


def shape(markdown: str) -> list[str]:
    page = elements(markdown)
    return [element.tag for element in page if element.tag in SHAPE or element.tag in ("img", "script", "b")]


@settings(max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(hostile_line.filter(str.strip), min_size=40, max_size=40))
@pytest.mark.parametrize("template", TEMPLATES)
def test_hostile_text_does_not_change_the_shape_of_a_document(template: Template, texts: list[str]) -> None:
    bank = default_bank()
    turn = itertools.cycle(texts)
    hostile = render(bank, everything_answered(bank, lambda _: next(turn)), template)
    tame = render(bank, everything_answered(bank, lambda place: place), template)
    assert Counter(shape(hostile.split("## Appendix")[0])) == Counter(shape(tame.split("## Appendix")[0]))


def test_braces_are_not_a_template(bank: Bank) -> None:
    document = render(
        bank, said("add_table", problem__goals=["{{ 7 * 7 }}", "{% for x in y %}", "{# gone #}"])
    )
    assert texts(document, "li")[:3] == ["{{ 7 * 7 }}", "{% for x in y %}", "{# gone #}"]


def test_all_diagrams_of_a_document_are_valid(
    bank: Bank, mermaid: Callable[[Sequence[str]], list[Verdict]]
) -> None:
    answers = everything_answered(bank, lambda place: f"{place} → [x]; end")
    diagrams = re.findall(r"^```mermaid\n(.*?)^```$", render(bank, answers), re.M | re.S)
    verdicts = mermaid(diagrams)
    assert {verdict.get("type") for verdict in verdicts} == {"flowchart-v2", "er", "stateDiagram", "sequence"}
    assert [verdict for verdict in verdicts if "error" in verdict] == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_documents_end_with_one_line_end_and_have_no_empty_stretches(bank: Bank, template: Template) -> None:
    for name, answers in samples(bank):
        document = render(bank, answers, template)
        assert document.endswith("\n"), name
        assert "\n\n\n" not in document, name


def test_rendering_the_same_answers_gives_the_same_document(bank: Bank) -> None:
    answers = everything_answered(bank, str)
    assert render(bank, answers) == render(bank, answers)


# Templates of a team


def test_a_team_s_template_gets_the_document_and_its_macros(bank: Bank, tmp_path: Path) -> None:
    (tmp_path / "full.md.jinja").write_text(
        "{% from '_blocks.md.jinja' import block %}{{ document.title }}\n"
        "{% for section in document.sections %}{{ section.title }};{% endfor %}\n"
    )
    document = render(bank, said(control__title="A*"), folder=tmp_path)
    assert document.splitlines()[0] == "Database Design Document — A\\*"
    assert "Logical Model;Physical" in document


def test_a_failing_template_names_file_and_line(bank: Bank, tmp_path: Path) -> None:
    (tmp_path / "full.md.jinja").write_text("\n\n{{ document.author }}\n")
    with pytest.raises(TemplateError, match=r"full\.md\.jinja:3: .*author"):
        render(bank, said(), folder=tmp_path)
