"""What a reviewer goes through: nothing is left out, and what waits is known."""

from __future__ import annotations

from app.document.answers import Answers
from app.document.operations import AddRow, Set, SetProfile, Waive
from app.readiness.model import Finding
from app.review.agenda import BARE, Accepted, Checked, Entry, Group, SectionVoices, agenda, next_waiting
from app.review.approval import Say
from app.review.model import Records, Verdict

from .people import BANK, Room, answers_with, sample
from .states import state_of


def document() -> Answers:
    """At high risk, reviewed by Maja for the database and Samuel for security."""
    return answers_with(
        SetProfile(risk="high"),
        Set(question="control.reviewers", value=["database: maja", "security: samuel"]),
        AddRow(question="security.classification", row={"field": "buyer", "classification": "confidential"}),
        start=sample(),
    )


def of(entries: tuple[Entry, ...], group: Group) -> list[Entry]:
    return [entry for entry in entries if entry.group == group]


def test_the_ten_cross_checks_stand_with_both_of_their_sides() -> None:
    checks = of(agenda(state_of(document(), Records()), "maja"), Group.CHECKS)
    assert [entry.key for entry in checks] == [f"check:RVW{n:02}" for n in range(1, 11)]
    for entry in checks:
        assert isinstance(entry.about, Checked)
        assert len(entry.sides) == 2
        assert entry.questions(BANK)
    third = checks[2]
    assert third.sides == (("6.5", "8"), ("7.2", "10.1"))
    assert "physical.ddl" in third.questions(BANK)
    assert third.sections(BANK) == ("logical", "invariants", "physical", "transactions")


def test_what_is_about_a_section_names_it_and_a_finding_names_its_place() -> None:
    entries = agenda(state_of(document(), Records()), "maja")
    for entry in entries:
        if isinstance(entry.about, SectionVoices):
            assert entry.sections(BANK) == (entry.about.section,)
        if isinstance(entry.about, Finding):
            assert entry.target == entry.about.target
        else:
            assert entry.target is None


def test_every_open_finding_stands_in_exactly_one_group() -> None:
    answers = answers_with(Set(question="problem.incidents", value="None."), start=document())
    state = state_of(answers, Records())
    entries = agenda(state, "maja")
    found = [entry.about for entry in entries if isinstance(entry.about, Finding)]
    assert sorted(map(str, found)) == sorted(str(f) for f in state.evaluation.findings if not f.waived)
    bare = of(entries, Group.BARE)
    assert {entry.about.code for entry in bare if isinstance(entry.about, Finding)} == {BARE}
    assert bare
    assert len({entry.key for entry in entries}) == len(entries)


def test_the_sections_of_ones_own_role_wait_until_one_has_spoken_about_them_as_they_are() -> None:
    answers, room = document(), Room()
    waits = lambda: [e.sides[0][0] for e in agenda(state_of(answers, room.records), "maja") if e.waits]  # noqa: E731 - one expression, asked three times
    assert "logical" in waits()
    assert "security" not in waits()
    room.judge("maja", "approve", ["logical"], answers)
    assert "logical" not in waits()
    answers = answers_with(Set(question="logical.grain", value=[{"entity": "seat"}]), start=answers)
    assert waits()[0] == "logical"


def test_who_has_no_role_is_asked_about_every_section_that_says_something() -> None:
    entries = of(agenda(state_of(document(), Records()), "visitor"), Group.SECTIONS)
    assert entries
    assert all(entry.waits for entry in entries)


def test_a_claimed_role_counts_only_where_the_document_names_nobody_for_it() -> None:
    state = state_of(document(), Records())
    named = {e.sides[0][0] for e in agenda(state, "visitor", "database") if e.waits}
    assert named == {e.sides[0][0] for e in agenda(state, "visitor") if e.waits}
    claimed = {e.sides[0][0] for e in agenda(state, "visitor", "backend") if e.waits}
    assert claimed < named
    assert "problem" in claimed


def test_a_section_says_what_each_role_says_about_it() -> None:
    answers, room = document(), Room()
    room.judge("maja", "approve", ["logical"], answers)
    room.judge("maja", "request_changes", ["physical"], answers)
    state = state_of(answers, room.records)
    found = {e.sides[0][0]: e.about for e in of(agenda(state, "maja"), Group.SECTIONS)}
    logical, physical = found["logical"], found["physical"]
    assert isinstance(logical, SectionVoices)
    assert isinstance(physical, SectionVoices)
    assert {v.role.id: v.say for v in logical.voices}["database"] == Say.APPROVED
    assert {v.role.id: v.say for v in physical.voices}["database"] == Say.CHANGES_REQUESTED


def test_what_changed_since_ones_own_verdict_comes_first() -> None:
    room = Room()
    room.judge("maja", "approve", ["problem", "logical"], sample())
    room.judge("samuel", "approve", ["control"], sample())
    answers = answers_with(Set(question="problem.goals", value=["Another goal"]), start=sample())
    first, *rest = agenda(state_of(answers, room.records), "Maja")
    assert first.group == Group.CHANGED
    assert isinstance(first.about, Verdict)
    assert first.about.section == "problem"
    assert all(entry.group != Group.CHANGED for entry in rest)


def test_a_waiver_is_agreed_to_by_approving_its_section_with_it() -> None:
    room = Room()
    waive = Waive(code="VG01", target="problem.goals", reason="agreed", owner="Ines")
    room.judge("samuel", "approve", ["problem"], sample())
    answers = answers_with(waive, start=sample())
    (entry,) = of(agenda(state_of(answers, room.records), "maja"), Group.WAIVERS)
    assert isinstance(entry.about, Accepted)
    assert entry.about.agreed == ()
    assert entry.waits
    room.judge("maja", "approve", ["problem"], answers)
    (entry,) = of(agenda(state_of(answers, room.records), "maja"), Group.WAIVERS)
    assert isinstance(entry.about, Accepted)
    assert entry.about.agreed == ("maja",)
    assert not entry.waits


def test_the_next_one_that_waits_is_looked_for_behind_and_then_from_the_top() -> None:
    entries = tuple(
        Entry(str(n), Group.SECTIONS, Verdict.model_construct(), (), n in (1, 3)) for n in range(5)
    )
    assert [next_waiting(entries, at) for at in range(5)] == [1, 3, 3, 1, 1]
    assert next_waiting(entries, -1) == 1
    assert next_waiting((), -1) is None
