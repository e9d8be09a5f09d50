"""The author's inbox: what waits, in trays, each with the place to go to."""

from __future__ import annotations

from msgspec.structs import replace

from app.document.answers import Answers
from app.document.operations import Set, SetCell
from app.review.inbox import Blocked, Item, Tray, inbox, waiting
from app.review.model import Decide, Resolve, Suggestion, Thread
from app.review.saying import suggestion_words

from .people import BANK, Room, answers_with, sample
from .states import state_of

GRAIN = SetCell(question="logical.grain", row="hold", column="grain", value="one hold by one buyer")


def trays(answers: Answers, room: Room) -> dict[Tray, list[Item]]:
    found: dict[Tray, list[Item]] = {}
    for item in inbox(state_of(answers, room.records)):
        found.setdefault(item.tray, []).append(item)
    return found


def suggest(room: Room, answers: Answers) -> Suggestion:
    return room.say("maja", Suggestion, **suggestion_words(BANK, answers, GRAIN))


def test_a_suggestion_waits_until_it_is_decided_or_outdated() -> None:
    room, answers = Room(), sample()
    said = suggest(room, answers)
    (item,) = trays(answers, room)[Tray.SUGGESTIONS]
    assert (item.question, item.row, item.column) == ("logical.grain", "hold", "grain")
    changed = answers_with(replace(GRAIN, value="one hold"), start=answers)
    assert [i.key for i in trays(changed, room)[Tray.OUTDATED]] == [item.key]
    room.say("ines", Decide, suggestion=said.id, decision="reject")
    assert not {Tray.SUGGESTIONS, Tray.OUTDATED} & set(trays(answers, room))


def test_a_thread_waits_until_it_is_resolved() -> None:
    room = Room()
    thread = room.say("maja", Thread, question="control.owner", text="Who at night?")
    assert [item.question for item in trays(sample(), room)[Tray.THREADS]] == ["control.owner"]
    room.say("maja", Resolve, thread=thread.id)
    assert Tray.THREADS not in trays(sample(), room)


def test_stale_verdicts_and_blocking_roles_lead_to_their_sections() -> None:
    room, answers = Room(), sample()
    room.judge("maja", "approve", ["logical"], answers)
    changed = answers_with(GRAIN, start=answers)
    assert Tray.STALE not in trays(answers, room)
    assert [item.question for item in trays(changed, room)[Tray.STALE]] == ["logical.grain"]
    named = answers_with(Set(question="control.reviewers", value=["database: maja"]), start=answers)
    blocked = {
        m.matter.section: m.matter for m in trays(named, room)[Tray.BLOCKED] if isinstance(m.matter, Blocked)
    }
    assert [voice.role.id for voice in blocked["logical"].voices] == ["backend"]
    assert {voice.role.id for voice in blocked["invariants"].voices} == {"backend", "database"}


def test_who_blocks_is_not_counted_among_what_waits() -> None:
    room = Room()
    assert inbox(state_of(sample(), room.records))
    assert waiting(state_of(sample(), room.records)) == 0
    suggest(room, sample())
    room.say("maja", Thread, question="control.owner", text="Who?")
    assert waiting(state_of(sample(), room.records)) == 2
