"""Owners and deadlines: who is somebody, and which day has passed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.answers import Answers, Profile, State, freeze
from app.readiness.facts.owners import generic, several
from app.readiness.model import Finding
from tests.readiness.documents import TODAY, engine


@pytest.mark.parametrize(
    "text",
    [
        "Ana Sousa / Jon Berg",
        "Ana Sousa and Jon Berg",
        "João da Silva / Pieter van Dijk",
        "@ana, @jon",
        "ana@example.org; jon@example.org",
        "ana / jon",
        "Ana Sousa, Jon Berg",
        "A. Sousa & J. Berg",
        "DBA/SRE",
        "Ana; Jon",
    ],
)
def test_two_names_are_several_owners(text: str) -> None:
    assert several(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ana Sousa",
        "Ana Sousa (Lending / Returns)",
        "Dr. Lind, head of scheduling",
        "stock platform, M. Okafor",
        "Data Platform, Maja Lindqvist",
        "R. Silva, metering and billing",
        "Nadia Rahmani (Last Mile team)",
        "Jean-Luc d'Arcy",
        "Lending on-call",
        "Research and Development",
        "Health and Safety (M. Okafor)",
        "Sales & Operations Planning",
        "Patient Accounting and Visitor Safety",
        "@ana, @lending-team",
        "CI/CD platform",
        "lending / returns desk",
        "João da Silva",
        "",
    ],
)
def test_one_name_with_a_role_or_team_is_one_owner(text: str) -> None:
    assert not several(text)


@pytest.mark.parametrize(
    "text", ["the team", "backend team", "TBD", "everyone", "?", "Engineering", "DBAs", "the platform team"]
)
def test_a_word_for_nobody_in_particular_is_generic(text: str) -> None:
    assert generic(text)


@pytest.mark.parametrize(
    "text", ["Lending team", "Platform team", "Ana", "Metering Core on-call", "team Aurora"]
)
def test_a_name_is_not_generic(text: str) -> None:
    assert not generic(text)


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    assert several(text) in (True, False)
    assert generic(text) in (True, False)


def at(status: str, deadline: object) -> list[Finding]:
    row = {"question": "Which branches lend games?", "owner": "Ana Sousa", "deadline": deadline}
    answers = Answers(profile=Profile()).with_value("open_questions.questions", freeze([row]))
    answers = answers.with_value("control.status", status)
    return [f for f in engine().evaluate(answers, TODAY).findings if f.code == "CP05"]


def test_a_deadline_that_has_passed_is_found_until_the_document_is_approved() -> None:
    assert [f.target.column for f in at("draft", date(2026, 11, 23))] == ["deadline"]
    assert at("draft", TODAY) == []
    assert at("approved", date(2026, 11, 23)) == []


def test_a_missing_owner_and_deadline_are_told_here_and_not_as_gaps() -> None:
    row = {"question": "Which branches lend games?"}
    answers = Answers().with_value("open_questions.questions", freeze([row]))
    findings = engine().evaluate(answers, TODAY).findings
    told = [(f.code, f.target.column) for f in findings if f.target.question == "open_questions.questions"]
    assert sorted(told) == [("CP05", "deadline"), ("CP05", "owner")]


def test_a_deferred_question_needs_an_owner_and_a_day_ahead() -> None:
    late = State("deferred", owner="the team", until=date(2026, 1, 1))
    answers = Answers().with_state("problem.goals", late)
    found = [f for f in engine().evaluate(answers, TODAY).findings if f.code == "CP05"]
    assert {f.target.question for f in found} == {"problem.goals"}
    assert len(found) == 2
