"""A document in pieces is the document, and pieces that nothing touched stay the same objects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.bank.model import CompactHeading
from app.document.answers import Answers, State, Template
from app.document.operations import Clear, Set, SetCell, SetProfile, apply
from app.document.store import read_document
from app.interview.applicability import QuestionView
from app.render.body import Material
from app.render.document import render
from app.render.headings import heading_part
from app.render.sections import APPENDIX, HEAD, Sections, render_sections
from app.render.view import Part

BANK = default_bank()
TEMPLATES: tuple[Template, ...] = get_args(Template)


@pytest.fixture(scope="module")
def good() -> Answers:
    return read_document(BANK, Path(__file__).parents[2] / "examples/meter-readings.toml").answers


def joined(pieces: list[tuple[str, str]]) -> str:
    return "".join(text for _, text in pieces).rstrip("\n") + "\n"


@pytest.mark.parametrize("template", TEMPLATES)
def test_pieces_joined_are_the_document(good: Answers, template: Template) -> None:
    for answers in (Answers(), good):
        assert joined(render_sections(BANK, answers, template)) == render(BANK, answers, template)


def test_pieces_are_named_after_sections_and_headings(good: Answers) -> None:
    full = [name for name, _ in render_sections(BANK, good)]
    compact = [name for name, _ in render_sections(BANK, good, "compact")]
    assert full == [HEAD, *(section.id for section in BANK.sections), APPENDIX]
    assert compact == [HEAD, *(heading.id for heading in BANK.file.compact), APPENDIX]


def test_only_the_piece_that_is_different_is_made_anew(good: Answers) -> None:
    sections = Sections(BANK)
    before = sections.render(good)
    changed = apply(BANK, good, Set(question="problem.goals", value=["one goal"]))
    after = sections.render(changed)
    assert [name for (name, old), (_, new) in zip(before, after, strict=True) if old is not new] == [
        "problem"
    ]


def test_a_heading_that_nothing_touched_is_not_made_again(
    good: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def recorded(source: Material, compact: CompactHeading, more: Sequence[QuestionView]) -> Part:
        made.append(compact.id)
        return heading_part(source, compact, more)

    monkeypatch.setattr("app.render.sections.heading_part", recorded)
    sections = Sections(BANK)
    sections.render(good, "compact")
    assert made == [heading.id for heading in BANK.file.compact]
    made.clear()
    changed = apply(BANK, good, Set(question="problem.non_goals", value=["none"]))
    assert joined(sections.render(changed, "compact")) == render(BANK, changed, "compact")
    assert made == ["summary"]


def test_rows_that_others_refer_to_change_the_pieces_of_both(good: Answers) -> None:
    sections = Sections(BANK)
    sections.render(good)
    changed = apply(
        BANK, good, SetCell(question="workload.queries", row="Q-001", column="id", value="Q-renamed")
    )
    assert joined(sections.render(changed)) == render(BANK, changed)


def test_a_heading_follows_the_answer_that_stands_for_one_of_its_own(good: Answers) -> None:
    sections = Sections(BANK)
    answers = apply(BANK, good, Clear(question="physical.ddl"))
    for name in ("one.sql", "two.sql"):
        answers = apply(BANK, answers, Set(question="physical.ddl_files", value=[name]))
        assert name in joined(sections.render(answers, "compact"))


CHANGES = st.lists(
    st.sampled_from(
        [
            Set(question="control.title", value="another"),
            Clear(question="problem.goals"),
            Clear(question="physical.ddl"),
            Set(question="physical.ddl_files", value=["a.sql"]),
            Clear(question="transactions.boundaries"),
            Clear(question="workload.queries"),
            Clear(question="logical.states"),
            Clear(question="domain.commands"),
            Set(question="control.status", value="draft"),
            Set(question="migration.steps", value=[{"step": "one"}]),
            Set(question="problem.goals", value="no list"),
            SetProfile(risk="low"),
            SetProfile(change_types=("add_column",)),
            SetProfile(traits=()),
            SetProfile(template="compact"),
        ]
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=12, deadline=None)
@given(changes=CHANGES)
def test_after_any_changes_the_pieces_are_those_of_the_answers(changes: list[Set]) -> None:
    answers = read_document(BANK, Path(__file__).parents[2] / "examples/meter-readings.toml").answers
    sections = Sections(BANK)
    sections.render(answers)
    for change in changes:
        answers = apply(BANK, answers, change)
        answers = answers.with_state("physical.ddl", State("deferred", owner="Ana"))
        for template in TEMPLATES:
            assert joined(sections.render(answers, template)) == render(BANK, answers, template)
