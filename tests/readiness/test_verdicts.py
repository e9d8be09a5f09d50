"""The final review in words: states, degrees, evidence, and what stands in the way of an item."""

from __future__ import annotations

import pytest

from app.bank.load import default_bank
from app.readiness.model import (
    Evaluation,
    Finding,
    ItemState,
    ItemVerdict,
    Severity,
    Target,
    Unchecked,
)
from app.readiness.reports.verdicts import Group, causes, evidence, groups, not_checked
from tests.readiness.documents import TODAY, answers_of, engine

BANK = default_bank()
GOALS = "problem.goals"


def evaluation() -> Evaluation:
    return engine().evaluate(answers_of('[profile]\nchange_types = ["add_table"]\nrisk = "low"\n'), TODAY)


def group(index: int) -> Group:
    return groups(evaluation())[index]


def test_all_twenty_items_six_smells_ten_cross_checks_and_seven_failure_paths_are_there() -> None:
    assert [len(group.items) for group in groups(evaluation())] == [20, 6, 10, 7]


@pytest.mark.parametrize(
    ("index", "state", "words"),
    [
        (0, ItemState.MET, "met"),
        (0, ItemState.PARTLY, "partly, 85 %"),
        (0, ItemState.NOT_CHECKED, "not checked, 85 %"),
        (0, ItemState.UNMET, "unmet"),
        (0, ItemState.NOT_APPLICABLE, "not applicable"),
        (1, ItemState.MET, "not found"),
        (1, ItemState.UNMET, "found"),
        (2, ItemState.PARTLY, "partly"),
        (3, ItemState.MET, "answered"),
    ],
)
def test_states_have_words_of_their_kind_and_items_of_the_checklist_a_degree(
    index: int, state: ItemState, words: str
) -> None:
    assert group(index).state(ItemVerdict("X", "x", state, 0.857)) == words


def test_a_summary_counts_every_state() -> None:
    for known in groups(evaluation()):
        counts = [int(part.split()[0]) for part in known.summary().split(", ")]
        assert sum(counts) == len(known.items)


def test_evidence_names_each_subsection_once() -> None:
    item = ItemVerdict("X", "x", ItemState.MET, 1.0, (GOALS, "problem.situation", "problem.pain_points"))
    assert evidence(BANK, item) == ("1.2 Goals", "1.1 Current Situation")


def found(severity: Severity, *, waived: bool = False) -> Finding:
    return Finding("XS90", "x", severity, Target(GOALS), "a message", waived=waived)


def test_everything_in_the_way_of_an_item_is_said_with_its_place() -> None:
    blind = [Unchecked("SQ90", "x", "no DDL", Target("physical.ddl", row)) for row in ("a", "b")]
    item = ItemVerdict(
        "X",
        "x",
        ItemState.PARTLY,
        0.5,
        missing=(GOALS,),
        findings=(found(Severity.ERROR, waived=True), found(Severity.ERROR), found(Severity.WARNING)),
        unchecked=tuple(blind),
        reason="1.3 is deferred",
        deferred=("problem.non_goals",),
    )
    assert [(cause.text, cause.target and cause.target.question) for cause in causes(BANK, item)] == [
        ("1.3 is deferred", "problem.non_goals"),
        ("1.2 Goals is open", GOALS),
        (f"error XS90 {GOALS}: a message", GOALS),
        (f"warning XS90 {GOALS}: a message", GOALS),
        (f"waived XS90 {GOALS}: a message", GOALS),
        ("SQ90 physical.ddl[a] and 1 more place not checked: no DDL", "physical.ddl"),
    ]


def test_warnings_hinder_smells_but_no_item_and_what_is_waived_hinders_nothing() -> None:
    item = ItemVerdict(
        "X",
        "x",
        ItemState.PARTLY,
        0.5,
        missing=(GOALS,),
        findings=(found(Severity.ERROR), found(Severity.WARNING), found(Severity.ERROR, waived=True)),
    )
    hindering = [
        [cause.text.partition(" ")[0] for cause in causes(BANK, item) if group(index).hinders(cause)]
        for index in (0, 1)
    ]
    assert hindering == [["1.2", "error"], ["1.2", "error", "warning"]]


def test_a_reason_not_to_check_is_said_once() -> None:
    blind = [Unchecked("SQ90", "x", "no engine"), Unchecked("SQ90", "x", "no engine")]
    assert not_checked(blind) == ("SQ90 and 1 more place not checked: no engine",)
