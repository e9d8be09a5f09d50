"""Which roles a change needs, for which sections, and who may speak for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from app.bank.load import load_bank, read_bank
from app.bank.prove import condition_problems
from app.document.answers import Answers, Profile
from app.interview.applicability import survey
from app.review.model import Records, Reviewer
from app.review.roles import Role, names_in, people_of, required_roles
from tests.bank import small
from tests.interview.banks import profiles

from .people import BANK


def roles(
    *change_types: str, risk: str = "low", traits: tuple[str, ...] = (), lines: tuple[str, ...] = ()
) -> dict[str, Role]:
    answers = Answers(Profile(change_types, risk, traits))
    if lines:
        answers = answers.with_value("control.reviewers", lines)
    return {role.id: role for role in required_roles(BANK, answers, survey(BANK, answers))}


@pytest.mark.parametrize(
    ("change", "risk", "traits", "expected"),
    [
        ("add_column", "low", (), {"backend", "database"}),
        ("add_column", "medium", (), {"backend", "database", "sre"}),
        ("add_column", "low", ("existing_data",), {"backend", "database", "sre"}),
        ("add_column", "low", ("personal_data",), {"backend", "database", "security"}),
        ("add_table", "high", ("derived_stores",), {"backend", "database", "sre", "security", "data"}),
        ("regulated_data", "critical", (), {"backend", "database", "sre", "security", "data"}),
    ],
)
def test_the_roles_follow_from_change_risk_and_traits(
    change: str, risk: str, traits: tuple[str, ...], expected: set[str]
) -> None:
    assert set(roles(change, risk=risk, traits=traits)) == expected


def test_the_sections_of_a_role_are_those_of_all_rules_that_hold_in_interview_order() -> None:
    assert "physical" not in roles("add_table", risk="high")["security"].sections
    both = roles("add_table", risk="high", traits=("personal_data",))["security"]
    assert both.sections == ("physical", "security")
    assert len(both.because) == 2


def test_every_section_of_a_large_change_is_read_by_somebody() -> None:
    answers = Answers(Profile(tuple(BANK.change_types), "critical", tuple(BANK.traits)))
    read = {s for role in required_roles(BANK, answers, survey(BANK, answers)) for s in role.sections}
    assert {section.id for section in BANK.sections if section.questions} == read


@given(profiles())
def test_nobody_must_approve_a_section_that_has_nothing_to_read(profile: Profile) -> None:
    answers = Answers(profile)
    looked = survey(BANK, answers)
    for role in required_roles(BANK, answers, looked):
        assert role.because
        for section in role.sections:
            views = list(looked.of(BANK.questions_in(section)))
            assert any(view.required for view in views)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ana Costa", ("Ana Costa",)),
        ("Ana Costa (Payments), Bo", ("Ana Costa (Payments)", "Bo")),
        ("Ana and Bo; Cy", ("Ana", "Bo", "Cy")),
        ("Andrea Brandt", ("Andrea Brandt",)),
        ("nobody; the warehouse reads none of these tables", ()),
        ("n/a", ()),
        ("-", ()),
        ("", ()),
        ("Noneta Bell", ("Noneta Bell",)),
    ],
)
def test_a_line_names_people_or_says_why_nobody(line: str, names: tuple[str, ...]) -> None:
    assert names_in(line) == names


def test_lines_are_read_by_role_however_it_is_written() -> None:
    found = roles("add_column", risk="medium", lines=("Sre: Bo", "database:Ana", "the guild", "SRE: Cy"))
    assert found["sre"].named == ("Bo", "Cy")
    assert found["database"].named == ("Ana",)
    assert found["backend"].named == ()


PEOPLE = Records((Reviewer("ana-costa", "Ana Costa", "SRE"), Reviewer("bo", "Bo", "database")))


def test_where_the_document_names_people_nobody_else_speaks_for_the_role() -> None:
    named = roles("add_column", risk="medium", lines=("SRE: Bo (Platform)",))["sre"]
    assert people_of(BANK, PEOPLE, named) == {"bo"}


def test_where_it_names_nobody_those_speak_who_say_that_they_have_the_role() -> None:
    unnamed = roles("add_column", risk="medium", lines=("SRE: nobody",))["sre"]
    assert people_of(BANK, PEOPLE, unnamed) == {"ana-costa"}


RULE = """
[[reviewer]]
role = "small"
when = "'abroad' in traits"
because = "it crosses a border"
sections = ["parcel"]
"""
ROLE_BANK = small.BANK.replace('id = "size"', 'id = "reviewer_role"') + RULE
PARCEL = small.PARCEL.replace('options = "size"', 'options = "reviewer_role"')


def test_a_bank_of_ones_own_says_its_own_reviewers(tmp_path: Path) -> None:
    bank = load_bank(small.write(tmp_path, bank=ROLE_BANK, parcel=PARCEL))
    for traits, expected in (((), []), (("abroad",), ["Small"])):
        answers = Answers(Profile(("add_depot",), "low", traits)) if traits else Answers(Profile())
        assert [role.title for role in required_roles(bank, answers, survey(bank, answers))] == expected


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('role = "small"', 'role = "smal"', "did you mean 'small'?"),
        ('sections = ["parcel"]', 'sections = ["parcels"]', "did you mean 'parcel'?"),
        ("when = \"'abroad' in traits\"", "when = \"'abrod' in traits\"", "did you mean 'abroad'?"),
        ("when = \"'abroad' in traits\"", 'when = "open(1)"', "may not use call"),
        ('because = "it crosses a border"\n', "", "because: is missing"),
    ],
)
def test_a_reviewer_rule_that_names_what_is_not_there_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    text = small.changed(ROLE_BANK, old, new)
    (problem,) = read_bank(small.write(tmp_path, bank=text, parcel=PARCEL))[1]
    assert says in str(problem)
    assert problem.file == "bank.toml"
    assert problem.line == (small.line_with(text, new) if new else small.line_with(text, "[[reviewer]]"))


def test_a_reviewer_rule_that_always_holds_is_no_condition(tmp_path: Path) -> None:
    text = small.changed(ROLE_BANK, "'abroad' in traits", "risk >= LOW")
    bank = load_bank(small.write(tmp_path, bank=text, parcel=PARCEL))
    assert any("always true" in problem.message for _, _, problem in condition_problems(bank))
