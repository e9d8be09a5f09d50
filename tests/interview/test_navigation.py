"""Which questions a person means by a word, and which one comes next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.bank.model import Bank, Section
from app.document.answers import State, freeze
from app.interview.applicability import survey
from app.interview.navigation import FILTERS, asking_order, next_question, select
from app.problems import OperationError

from .banks import BANK, answers_of

ANSWERS = (
    answers_of("add_table", risk="low")
    .with_value("logical.grain", freeze([{"entity": "car", "grain": "one car"}]))
    .with_value("logical.states", freeze([{"entity": "car", "state": "free"}]))
    .with_state("logical.keys", State("deferred", owner="Ines"))
)
SURVEY = survey(BANK, ANSWERS)


def chosen(*words: str) -> list[str]:
    return select(BANK, SURVEY, words)


def test_a_question_by_its_id() -> None:
    assert chosen("logical.keys") == ["logical.keys"]


def test_a_subsection_by_its_number() -> None:
    assert chosen("3.1") == [qid for qid, question in BANK.questions.items() if question.number == "3.1"]


@pytest.mark.parametrize(
    "section", [section for section in BANK.sections if section.questions], ids=lambda section: section.id
)
def test_a_section_by_its_id_or_its_number(section: Section) -> None:
    """Also a section that has a subsection of the same number, such as 8."""
    inside = [f"{section.id}.{question.id}" for question in section.questions]
    assert sorted(chosen(section.id)) == sorted(inside)
    assert chosen(str(section.number)) == chosen(section.id)


def test_questions_by_a_glob() -> None:
    assert chosen("security.*") == chosen("security")
    assert chosen("*.grain") == ["logical.grain"]
    assert chosen("logical.[gk]*") == ["logical.grain", "logical.keys"]


def test_words_add_up_in_interview_order_without_repetition() -> None:
    assert chosen("logical.keys", "problem.goals", "logical.k*") == ["problem.goals", "logical.keys"]
    assert chosen() == []


def test_filters() -> None:
    assert chosen("deferred") == ["logical.keys"]
    assert chosen("parked") == ["logical.states"]
    assert "logical.grain" in chosen("required")
    assert "logical.grain" not in chosen("unanswered")
    assert "logical.keys" not in chosen("unanswered")
    assert set(chosen("required")).isdisjoint(chosen("optional"))
    assert sorted(chosen("required", "optional")) == sorted(chosen("all"))
    assert chosen("due") == [v.id for v in SURVEY.required if v.question.due == "draft" and v.open]


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("logical.grian", "'logical.grain'"),
        ("unansered", "'unanswered'"),
        ("securty", "'security'"),
        ("?" * 99, ""),
    ],
)
def test_a_word_that_names_nothing_is_told_the_nearest_name(word: str, hint: str) -> None:
    with pytest.raises(OperationError) as caught:
        chosen("logical.keys", word)
    assert word in caught.value.message
    assert hint in caught.value.hint


@given(st.text(max_size=20))
def test_any_word_names_questions_or_nothing(word: str) -> None:
    try:
        found = chosen(word)
    except OperationError:
        return
    assert set(found) <= set(BANK.questions)


def asked_after(**parts: str) -> list[str]:
    """The order of asking when these questions, by names with `__` for the dot, wait for these parts."""
    wanted = {name.replace("__", "."): part for name, part in parts.items()}
    sections = [
        replace(
            section,
            questions=tuple(
                replace(q, ask_after=wanted.get(f"{section.id}.{q.id}", "")) for q in section.questions
            ),
        )
        for section in BANK.sections
    ]
    return list(asking_order(Bank(BANK.file, tuple(sections))))


def test_without_other_word_questions_are_asked_in_the_order_of_the_document() -> None:
    assert asked_after() == list(BANK.questions)


@pytest.mark.parametrize(
    ("part", "last"),
    [
        ("logical.grain", "logical.grain"),
        ("3.1", BANK.questions_in("3.1")[-1]),
        ("problem", BANK.questions_in("problem")[-1]),
    ],
)
def test_a_question_is_asked_right_behind_the_part_that_it_waits_for(part: str, last: str) -> None:
    order = asked_after(control__owner=part)
    assert order[order.index("control.owner") - 1] == last
    assert [name for name in order if name != "control.owner"] == [
        name for name in BANK.questions if name != "control.owner"
    ]


def test_questions_that_wait_for_the_same_part_keep_their_order() -> None:
    order = asked_after(control__owner="logical", control__title="logical.invariants")
    at = order.index("control.title")
    assert order[at - 1 : at + 2] == ["logical.invariants", "control.title", "control.owner"]


def test_a_part_that_comes_earlier_anyway_moves_a_question_up() -> None:
    order = asked_after(rollout__sequence="problem.goals")
    assert order[order.index("problem.goals") + 1] == "rollout.sequence"


def test_an_unknown_part_moves_nothing() -> None:
    assert asked_after(control__owner="nonsense") == list(BANK.questions)


def test_summaries_are_asked_when_all_that_they_sum_up_has_been() -> None:
    order = asking_order(BANK)
    assert order[-3:] == ("control.last_updated", "control.decision_summary", "control.non_technical_summary")
    assert sorted(order) == sorted(BANK.questions)


def test_names_of_columns_are_asked_for_when_there_are_columns() -> None:
    """Every column that completes names of the DDL's columns, of a question that is moved at all."""
    order = asking_order(BANK)
    waiting = [name for name in order if name.startswith("glossary.") and BANK.questions[name].ask_after]
    assert "glossary.time_columns" in waiting
    assert all(order.index(name) > order.index("physical.ddl") for name in waiting)


ORDER = list(BANK.questions)


def test_the_next_question_is_the_next_open_one() -> None:
    after = "logical.grain"
    following = next_question(ORDER, SURVEY, after)
    assert following is not None
    assert SURVEY.questions[following].open
    between = ORDER[ORDER.index(after) + 1 : ORDER.index(following)]
    assert not any(SURVEY.questions[name].open and SURVEY.questions[name].required for name in between)


def test_the_next_question_starts_over_at_the_end() -> None:
    first = next_question(ORDER, SURVEY, None)
    assert first == chosen("unanswered")[0]
    assert next_question(ORDER, SURVEY, chosen("unanswered")[-1]) == first
    assert next_question(ORDER, SURVEY, ORDER[-1]) == first


def test_going_on_visits_every_open_question_once() -> None:
    """Nobody is sent in a smaller circle."""
    seen: list[str] = []
    current = next_question(ORDER, SURVEY, None)
    while current is not None and current not in seen:
        seen.append(current)
        current = next_question(ORDER, SURVEY, current)
    assert seen == chosen("unanswered")


def test_there_is_no_next_question_when_only_this_one_is_left() -> None:
    assert next_question(["problem.goals"], SURVEY, "problem.goals") is None
    assert next_question([], SURVEY, None) is None


def test_a_question_outside_the_order_starts_at_its_beginning() -> None:
    order = ["logical.grain", "problem.goals"]
    assert next_question(order, SURVEY, "control.title") == "problem.goals"


@pytest.mark.parametrize("which", FILTERS)
def test_the_next_question_keeps_to_the_filter(which: str) -> None:
    following = next_question(ORDER, SURVEY, None, which)
    assert following == (chosen(which) or [None])[0]
