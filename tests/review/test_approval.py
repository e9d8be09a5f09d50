"""A document is approved only by every required role, for what it says now, and with no error open."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.document.answers import Answers, Conflict, Profile
from app.document.operations import Operation, Set, SetNote, SetProfile
from app.document.store import read_document
from app.readiness.engine import Engine
from app.review.approval import Approval, Say, approval, status_refusal
from app.review.model import Records, Verdict
from app.review.verdicts import difference_since

from .people import BANK, Room, answers_with

EXAMPLES = Path(__file__).parents[2] / "examples"
TODAY = date(2026, 11, 24)
LINES = ["backend: Piotr", "database: Maja", "security: Samuel", "SRE: Hanna", "data: nobody; not loaded"]


@cache
def engine() -> Engine:
    return Engine(BANK)


@cache
def document() -> Answers:
    """A complete document without an open error, whose reviewers are Piotr, Maja, Samuel and Hanna."""
    answers = read_document(BANK, EXAMPLES / "parcel-instructions.toml").answers
    return answers_with(Set(question="control.reviewers", value=LINES), start=answers)


def judged(records: Records, answers: Answers | None = None) -> Approval:
    answers = answers or document()
    return approval(BANK, answers, records, engine().evaluate(answers, TODAY))


def all_approve() -> Room:
    room = Room()
    for voice in judged(Records()).voices:
        room.judge(voice.role.named[0].casefold(), "approve", [voice.section], document())
    return room


def after(*operations: Operation) -> Answers:
    return answers_with(*operations, start=document())


def test_without_a_word_every_section_waits_for_those_who_are_named() -> None:
    found = judged(Records())
    assert {voice.say for voice in found.voices} == {Say.WAITING}
    assert not found.holds
    assert any("waits for Maja" in reason for reason in found.missing)
    assert not found.blocked


def test_it_holds_when_all_required_roles_have_approved() -> None:
    assert judged(all_approve().records).reasons == ()


@pytest.mark.parametrize("left_out", ["piotr", "maja", "samuel", "hanna"])
def test_one_missing_role_is_enough_to_hold_it_back(left_out: str) -> None:
    room = all_approve()
    room.said = [record for record in room.said if record.person != left_out]
    found = judged(room.records)
    assert not found.holds
    assert all(f"waits for {left_out.title()}" in reason for reason in found.reasons)


def test_another_meaning_makes_the_approvals_of_its_section_stale_and_no_others() -> None:
    answers = after(Set(question="problem.goals", value=["Another goal"]))
    found = judged(all_approve().records, answers)
    assert {(v.role.id, v.section) for v in found.voices if v.say == Say.STALE} == {("backend", "problem")}
    assert [reason for reason in found.missing if "changed since the approval; waits for Piotr" in reason]


def test_going_back_to_the_approved_words_makes_them_current_again() -> None:
    changed = after(Set(question="problem.goals", value=["Another goal"]))
    back = changed.with_value("problem.goals", document().values["problem.goals"])
    assert judged(all_approve().records, back).holds


def test_a_note_or_the_status_makes_nothing_stale() -> None:
    answers = after(
        SetNote(question="problem.goals", note="x"), Set(question="control.status", value="approved")
    )
    assert judged(all_approve().records, answers).holds


def test_who_asks_for_changes_blocks_until_the_same_person_approves() -> None:
    room = all_approve()
    room.judge("maja", "request_changes", ["physical"], document())
    found = judged(room.records)
    assert any("database: Maja asked for changes in 7 Physical Schema" in reason for reason in found.missing)
    room.judge("samuel", "approve", ["physical"], document())
    assert not judged(room.records).holds
    room.judge("maja", "approve", ["physical"], document())
    assert judged(room.records).holds


def test_a_request_for_changes_blocks_also_when_the_section_has_changed_since() -> None:
    room = all_approve()
    room.judge("piotr", "request_changes", ["problem"], document())
    answers = after(Set(question="problem.goals", value=["Another goal"]))
    (voice,) = [v for v in judged(room.records, answers).voices if v.section == "problem"]
    assert (voice.say, voice.is_stale) == (Say.CHANGES_REQUESTED, True)


def test_a_remark_takes_no_approval_back() -> None:
    room = all_approve()
    room.judge("maja", "comment", ["physical"], document())
    assert judged(room.records).holds


def test_an_approval_by_somebody_who_is_not_named_counts_for_nothing() -> None:
    room = Room(eve="database")
    for voice in judged(Records()).voices:
        room.judge("eve", "approve", [voice.section], document(), role=voice.role.id)
    assert {voice.say for voice in judged(room.records).voices} == {Say.WAITING}


def test_an_approval_for_one_role_does_not_count_for_another() -> None:
    answers = after(Set(question="control.reviewers", value=["database: Maja", "security: Maja"]))
    room = Room()
    room.judge("maja", "approve", ["physical"], answers, role="security")
    says = {v.role.id: v.say for v in judged(room.records, answers).voices if v.section == "physical"}
    assert says == {"database": Say.WAITING, "security": Say.APPROVED}


def test_where_nobody_is_named_one_speaks_for_the_role_that_one_has() -> None:
    answers = after(Set(question="control.reviewers", value=["database: nobody; too busy"]))
    for room, role in ((Room(kim="database"), ""), (Room(), "database")):
        room.judge("kim", "approve", ["physical"], answers, role=role)
        says = {
            v.say
            for v in judged(room.records, answers).voices
            if (v.role.id, v.section) == ("database", "physical")
        }
        assert says == {Say.APPROVED}
    assert any("names nobody for this role" in reason for reason in judged(Records(), answers).missing)


def test_of_several_who_are_named_one_approval_is_enough_and_one_objection_too() -> None:
    answers = after(Set(question="control.reviewers", value=["database: Maja, Kim"]))
    room = Room()

    def says() -> Say:
        (found,) = {
            v.say
            for v in judged(room.records, answers).voices
            if (v.role.id, v.section) == ("database", "physical")
        }
        return found

    room.judge("kim", "approve", ["physical"], answers)
    assert says() == Say.APPROVED
    room.judge("maja", "request_changes", ["physical"], answers)
    assert says() == Say.CHANGES_REQUESTED


def test_an_open_error_or_conflict_blocks_what_all_have_approved() -> None:
    conflicted = replace(document(), conflicts=(Conflict("control.title", ours="a", theirs="b"),))
    assert judged(all_approve().records, conflicted).blocked == ("1 conflict is open",)
    broken = document().with_value("invariants.matrix", None)
    found = judged(all_approve().records, broken)
    assert any("open:" in reason for reason in found.blocked)
    assert found.errors


def test_a_risk_that_grows_asks_for_more_and_makes_the_control_section_stale() -> None:
    found = judged(all_approve().records, after(SetProfile(risk="critical")))
    assert ("backend", "control", Say.STALE) in {(v.role.id, v.section, v.say) for v in found.voices}
    assert len(found.voices) > len(judged(Records()).voices)


def test_the_status_becomes_approved_only_with_the_approval() -> None:
    approved = after(Set(question="control.status", value="approved"))
    assert status_refusal(engine(), document(), approved, Records(), TODAY)
    assert status_refusal(engine(), document(), approved, all_approve().records, TODAY) == ()
    assert status_refusal(engine(), approved, approved, Records(), TODAY) == ()
    in_review = after(Set(question="control.status", value="in_review"))
    assert status_refusal(engine(), document(), in_review, Records(), TODAY) == ()


def test_the_difference_since_a_verdict_is_shown_line_by_line() -> None:
    room = Room()
    room.judge("ana", "approve", ["problem"], document())
    (verdict,) = room.records.of(Verdict)
    assert difference_since(BANK, document(), verdict) == ""
    goals = ["A goal that is new", *document().values["problem.goals"][1:]]  # type: ignore[index, misc] # a list
    shown = difference_since(BANK, after(Set(question="problem.goals", value=goals)), verdict)
    assert "+  - A goal that is new\n" in shown
    assert [line for line in shown.splitlines() if line.startswith("-")][1:] == [
        f"-  - {document().values['problem.goals'][0]}"  # type: ignore[index] # a list
    ]


def test_a_verdict_whose_text_was_tampered_with_says_so() -> None:
    room = Room()
    room.judge("ana", "approve", ["problem"], document())
    (verdict,) = room.records.of(Verdict)
    forged = verdict.model_copy(update={"answers": "problem.goals:\n  - all mine\n", "digest": "0" * 64})
    assert "not the one it was given on" in difference_since(BANK, document(), forged)


def test_a_bank_without_reviewer_rules_asks_nobody() -> None:
    from app.bank.model import Bank

    bare = Bank(replace(BANK.file, reviewers=()), BANK.sections)
    answers = Answers(Profile())
    found = approval(bare, answers, Records(), Engine(bare).evaluate(answers, TODAY))
    assert found.voices == ()
    assert found.missing == ()
