"""Kept digests are those that would be made anew, whatever changed in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.operations import Clear, Operation, Set, SetNote, SetProfile, SetState, Waive
from app.review import digests as digests_module
from app.review.approval import section_digests
from app.review.digests import SectionDigests

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
)


@given(st.lists(st.sampled_from(CHANGES), max_size=6))
def test_they_are_the_digests_of_the_present_answers(changes: list[Operation]) -> None:
    kept, answers = SectionDigests(BANK), sample()
    assert kept.of(answers) == section_digests(BANK, answers)
    for change in changes:
        answers = answers_with(change, start=answers)
        assert kept.of(answers) == section_digests(BANK, answers)


def test_only_the_section_that_changed_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = SectionDigests(BANK)
    kept.of(sample_ := sample())
    read: list[str] = []

    def texts(_bank: object, _answers: object, sections: list[str]) -> dict[str, str]:
        read.extend(sections)
        return dict.fromkeys(sections, "")

    monkeypatch.setattr(digests_module, "canonical_texts", texts)
    kept.of(answers_with(Set(question="problem.goals", value=["One goal"]), start=sample_))
    assert read == ["problem"]
