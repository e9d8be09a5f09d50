"""Kept digests are those that would be made anew, whatever changed in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.answers import Answers
from app.document.operations import Clear, Operation, Set, SetNote, SetProfile, SetState, Waive
from app.review import digests as digests_module
from app.review.canonical import canonical, digest_of, judged
from app.review.digests import KeptDigests

from .people import BANK, answers_with, sample

CHANGES: tuple[Operation, ...] = (
    Set(question="control.owner", value="Jo"),
    Set(question="problem.goals", value=["No seat is sold twice"]),
    Clear(question="problem.goals"),
    SetProfile(risk="high"),
    SetProfile(change_types=("change_lifecycle",), traits=("existing_data",)),
    SetState(question="problem.goals", state="not_applicable", reason="out_of_scope", note="no"),
    SetNote(question="problem.goals", note="a note"),
    Waive(code="VG01", target="problem.goals", reason="r", owner="o"),
    Set(question="logical.invariants", value=[{"id": "INV-1", "statement": "A seat is sold once"}]),
    Set(question="physical.ddl", value="CREATE TABLE seat (id bigint PRIMARY KEY);"),
)


def anew(answers: Answers) -> dict[str, str]:
    return {about: digest_of(canonical(BANK, answers, about)) for about in judged(BANK)}


@given(st.lists(st.sampled_from(CHANGES), max_size=6))
def test_they_are_the_digests_of_the_present_answers(changes: list[Operation]) -> None:
    kept, answers = KeptDigests(BANK), sample()
    assert dict(kept.of(answers)) == anew(answers)
    for change in changes:
        answers = answers_with(change, start=answers)
        assert dict(kept.of(answers)) == anew(answers)


def test_those_of_earlier_answers_stay_what_they_are() -> None:
    kept, before = KeptDigests(BANK), sample()
    after = answers_with(*CHANGES, start=before)
    old, new = kept.of(before), kept.of(after)
    assert [dict(new), dict(old)] == [anew(after), anew(before)]


def test_only_what_changed_and_is_asked_for_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, before = KeptDigests(BANK), sample()
    assert len(dict(kept.of(before))) == len(judged(BANK))
    read: list[str] = []

    def text(_bank: object, _answers: object, about: str, _applies: object) -> str:
        read.append(about)
        return ""

    monkeypatch.setattr(digests_module, "canonical", text)
    present = kept.of(answers_with(Set(question="problem.goals", value=["One goal"]), start=before))
    assert read == []
    dict(present)
    assert read == ["problem"]
