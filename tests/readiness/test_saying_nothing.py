"""Sayings that say nothing: bare denials, single words, one text for everything, no reason why not."""

from __future__ import annotations

from datetime import date

import pytest

from app.bank.load import default_bank
from app.document.answers import Answers, Profile, State, freeze
from app.readiness.facts.texts import is_bare, is_lone_word
from app.readiness.model import Evaluation, Finding
from tests.readiness.documents import TODAY, engine

BANK = default_bank()
ADD = Profile(("add_table",), "low")


def found(answers: Answers, code: str) -> list[Finding]:
    return [finding for finding in evaluated(answers).findings if finding.code == code]


def evaluated(answers: Answers) -> Evaluation:
    return engine().evaluate(answers, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "", "no", "None.", "N/A", "n.a.", "n / a", "N.A. for us", "n/a n/a", "no, none", "None - n/a",
        "No incidents.", "None so far.", "None that we know of.", "No problems.", "Not an issue.", "N／A",
        "n\u200b/a", "N\\A", "No impact is expected at this time.", "Not relevant for this change.", "✗", "—",
        "ＮＯ", "Nothing to report.", "does not apply", "No, it does not.", "no\nno\nno",
    ],
)  # fmt: skip
def test_a_denial_of_nothing_in_particular_is_bare(text: str) -> None:
    assert is_bare(text)


@pytest.mark.parametrize(
    "text",
    [
        "0", "a", "n", "no downtime", "no; none since 2019", "none of the branches", "no-op", "✓",
        "the change", "it is known", "No data is lost.", "never before 6 am", "known risks", "?", "plan a",
    ],
)  # fmt: skip
def test_a_text_that_says_of_what_or_why_or_denies_nothing_is_not_bare(text: str) -> None:
    assert not is_bare(text)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("x", True),
        ("Fine.", True),
        ("two words", False),
        ("V42", False),
        ("ADR-7", False),
        ("该变更不适用", False),
    ],
)
def test_a_lone_word_is_one_of_letters_that_refers_to_nothing(text: str, is_one: bool) -> None:
    assert is_lone_word(text) == is_one


@pytest.mark.parametrize(("text", "is_found"), [("fine", True), ("Fine so far.", False), ("V42", False)])
def test_a_single_word_is_no_explanation(text: str, is_found: bool) -> None:
    answers = Answers(ADD).with_value("problem.pain_points", text)
    assert [f.void for f in found(answers, "CP03")] == [True] * is_found
    assert not found(Answers(ADD).with_value("glossary.table_names", text), "CP03")


def test_a_row_that_has_only_a_name_is_void_when_the_name_is_a_denial() -> None:
    row = freeze({"version": "n/a", "old_schema": "no", "expanded_schema": "yes", "contracted_schema": "no"})
    profile = Profile(("add_column",), "high", ("existing_data",))
    answers = Answers(profile).with_value("migration.compatibility", (row,))
    assert any(f.void for f in found(answers, "CP04"))


SAME = "As agreed with the branches."


def everywhere(*question_ids: str, text: str = SAME) -> Answers:
    answers = Answers(ADD)
    for question_id in question_ids:
        answers = answers.with_value(question_id, text)
    return answers


THREE = ("problem.current_workflow", "problem.pain_points", "problem.incidents")


def test_a_text_that_is_all_of_three_explanations_is_void_in_each() -> None:
    assert found(everywhere(*THREE[:2]), "CP11") == []
    assert {f.target.question for f in found(everywhere(*THREE), "CP11") if f.void} == set(THREE)


def test_such_a_text_is_void_wherever_else_it_is_all_that_is_said() -> None:
    rows = freeze([{"id": "INV-001", "invariant": SAME, "enforcement": "database_constraint", "test": SAME}])
    answers = (
        everywhere(*THREE).with_value("glossary.table_names", SAME).with_value("invariants.matrix", rows)
    )
    assert {str(f.target) for f in found(answers, "CP11")} == {
        *THREE,
        "glossary.table_names",
        "invariants.matrix[INV-001]",
    }


def test_a_bare_denial_and_a_placeholder_are_told_as_what_they_are() -> None:
    for text, code in (("none", "CP04"), ("TBD", "CP03")):
        answers = everywhere(*THREE, text=text)
        assert len(found(answers, code)) == len(THREE)
        assert found(answers, "CP11") == []


def test_names_and_quantities_repeat_without_being_one_text_for_all() -> None:
    """Rows in which two fields say the same, in three tables; short answers; lists."""
    rows = {
        "security.retention": [{"entity": "hold", "period": "7 years"}],
        "capacity.growth": [{"entity": "hold", "retention": "7 years"}],
        "glossary.terms": [{"term": "hold", "definition": "hold"}],
        "logical.grain": [{"entity": "hold", "grain": "hold"}],
        "domain.actors": [{"actor": "hold", "role": "hold"}],
    }
    answers = everywhere("control.title", "control.owner", "glossary.table_names", text="hold")
    answers = answers.with_value("control.reviewers", ("hold",)).with_value("control.related_adrs", ("hold",))
    for question_id, table in rows.items():
        answers = answers.with_value(question_id, freeze(table))
    assert found(answers, "CP11") == []


def left_out(note: str, risk: str = "low", question_id: str = "problem.goals") -> Answers:
    return Answers(Profile(("add_table",), risk)).with_state(
        question_id, State("not_applicable", "out_of_scope", note)
    )


@pytest.mark.parametrize("note", ["x", "none", "n/a", "Obvious."])
def test_a_question_is_not_said_not_to_apply_without_a_reason(note: str) -> None:
    (one,) = found(left_out(note), "CP04")
    assert (one.target.question, one.void) == ("problem.goals", True)
    assert found(left_out("The goals are those of the move to the new desk."), "CP04") == []


def test_where_nothing_requires_an_answer_a_reason_is_asked_for_from_high_risk_on() -> None:
    assert found(left_out("x", "medium", "problem.incidents"), "CP04") == []
    assert len(found(left_out("x", "high", "problem.incidents"), "CP04")) == 1


def test_most_of_a_small_change_cannot_be_left_out_either() -> None:
    answers = Answers(ADD)
    for view in evaluated(answers).survey.required:
        answers = answers.with_state(
            view.id, State("not_applicable", "out_of_scope", "The desk does not need it in this year.")
        )
    assert evaluated(answers).readiness == 0
    assert len(found(answers, "CP04")) == len(evaluated(answers).survey.required)


@pytest.mark.parametrize(("status", "is_found"), [("in_review", False), ("approved", True)])
def test_what_is_deferred_is_due_when_the_document_is_approved(status: str, is_found: bool) -> None:
    deferred = State("deferred", "", "", "Ines Duarte", date(2027, 3, 1))
    answers = Answers(ADD).with_value("control.status", status).with_state("problem.goals", deferred)
    assert bool([f for f in found(answers, "CP01") if f.target.question == "problem.goals"]) == is_found
