"""Marks on cross-checks: bound to what both places say, and one of each person."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.document.answers import Answers
from app.document.operations import AddRow, MoveRow, Operation, Set, SetCell, SetNote, SetState
from app.problems import OperationError
from app.review.agenda import Checked, Group, agenda, waiting_for
from app.review.canonical import canonical
from app.review.digests import KeptDigests
from app.review.inbox import Tray, inbox, waiting
from app.review.marks import Held, held_by_all, marks
from app.review.model import CheckMark, MarkKind
from app.review.saying import mark_words
from app.review.verdicts import difference_since

from .people import BANK, Room, answers_with, sample
from .states import state_of

INDEXES, QUERIES = "physical.indexes", "workload.queries"


def document(*operations: Operation) -> Answers:
    """Queries on the one hand and indexes on the other, which RVW04 holds against each other."""
    return answers_with(
        AddRow(question=QUERIES, row={"id": "Q-1", "query": "Seats of a show"}),
        AddRow(question=QUERIES, row={"id": "Q-2", "query": "Holds that end"}),
        AddRow(question=INDEXES, row={"index": "seat_by_show"}),
        *operations,
        start=sample(),
    )


def mark(
    room: Room, person: str, kind: MarkKind, answers: Answers, check: str = "RVW04", text: str = ""
) -> None:
    room.say(person, CheckMark, **mark_words(BANK, answers, check, kind, text=text))


def held(room: Room, answers: Answers) -> dict[tuple[str, str], Held]:
    found = marks(room.records, KeptDigests(BANK).of(answers))
    return {key: marked.held for key, marked in found.items()}


def test_the_last_mark_of_each_person_stands_and_open_takes_it_back() -> None:
    room, answers = Room(), document()
    mark(room, "maja", "does_not_hold", answers)
    mark(room, "samuel", "holds", answers)
    mark(room, "maja", "holds", answers, "RVW05")
    mark(room, "maja", "holds", answers)
    assert held(room, answers) == {
        ("maja", "RVW04"): Held.HOLDS,
        ("samuel", "RVW04"): Held.HOLDS,
        ("maja", "RVW05"): Held.HOLDS,
    }
    mark(room, "maja", "open", answers)
    assert set(held(room, answers)) == {("samuel", "RVW04"), ("maja", "RVW05")}


PLACES: Sequence[tuple[str, Operation]] = (
    ("left", SetCell(question=QUERIES, row="Q-1", column="query", value="Free seats of a show")),
    ("right", SetCell(question=INDEXES, row="seat_by_show", column="reason", value="the page of a show")),
    ("the order of rows", MoveRow(question=QUERIES, row="Q-2", before="Q-1")),
    ("a state", SetState(question=INDEXES, state="not_applicable", reason="out_of_scope", note="none")),
)


@pytest.mark.parametrize("change", [c for _, c in PLACES], ids=[name for name, _ in PLACES])
def test_a_mark_is_stale_once_either_place_means_something_else_and_shows_the_difference(
    change: Operation,
) -> None:
    room, before = Room(), document()
    mark(room, "maja", "holds", before)
    after = answers_with(change, start=before)
    assert held(room, after) == {("maja", "RVW04"): Held.STALE}
    (record,) = room.records.of(CheckMark)
    shown = difference_since(BANK, after, record)
    assert shown.startswith("--- check:RVW04 at ")
    assert any(line[0] in "+-" for line in shown.splitlines()[3:])
    assert difference_since(BANK, before, record) == ""


def test_other_answers_and_notes_leave_a_mark_as_it_is() -> None:
    room, before = Room(), document()
    mark(room, "maja", "does_not_hold", before)
    after = answers_with(
        Set(question="control.title", value="Another"),
        SetNote(question=QUERIES, note="to be measured"),
        start=before,
    )
    assert held(room, after) == {("maja", "RVW04"): Held.FAILS}


WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12)
CELLS_OF = {
    QUERIES: SetCell(question=QUERIES, row="Q-1", column="query", value=""),
    INDEXES: SetCell(question=INDEXES, row="seat_by_show", column="reason", value=""),
    "logical.grain": SetCell(question="logical.grain", row="seat", column="grain", value=""),
}
CELLS = st.tuples(st.sampled_from(sorted(CELLS_OF)), WORDS)


@given(st.lists(CELLS, max_size=4), st.lists(CELLS, max_size=4))
def test_a_mark_is_current_exactly_while_both_places_say_the_same(
    first: list[tuple[str, str]], then: list[tuple[str, str]]
) -> None:
    def said(cells: list[tuple[str, str]], start: Answers) -> Answers:
        return answers_with(*(replace(CELLS_OF[name], value=text) for name, text in cells), start=start)

    room, before = Room(), said(first, document())
    after = said(then, before)
    mark(room, "maja", "holds", before)
    same = all(canonical(BANK, before, part) == canonical(BANK, after, part) for part in (INDEXES, QUERIES))
    assert held(room, after)["maja", "RVW04"] == (Held.HOLDS if same else Held.STALE)


def test_a_mark_on_what_the_bank_does_not_have_is_stale_and_cannot_be_given() -> None:
    room = Room()
    words = mark_words(BANK, sample(), "rvw04", "holds")
    assert words["check"] == "RVW04"
    room.say("maja", CheckMark, **words | {"check": "RVW99"})
    assert held(room, sample()) == {("maja", "RVW99"): Held.STALE}
    state = state_of(sample(), room.records)
    assert any(entry.key == "changed:check:RVW99" for entry in agenda(state, "maja"))
    assert [item.tray for item in inbox(state) if item.key.startswith("mark:")] == [Tray.STALE]
    with pytest.raises(OperationError, match="RVW99"):
        mark_words(BANK, sample(), "RVW99", "holds")


@pytest.mark.parametrize(
    ("kinds", "together"),
    [
        ([], Held.OPEN),
        (["holds"], Held.HOLDS),
        (["holds", "does_not_hold"], Held.FAILS),
        (["stale", "holds"], Held.HOLDS),
        (["stale", "does_not_hold"], Held.FAILS),
        (["stale"], Held.STALE),
    ],
)
def test_one_that_does_not_hold_outweighs_the_others(kinds: list[str], together: Held) -> None:
    room, before = Room(), document()
    after = answers_with(PLACES[0][1], start=before)
    for number, kind in enumerate(kinds):
        said: MarkKind = "does_not_hold" if kind == "does_not_hold" else "holds"
        mark(room, f"p{number}", said, before if kind == "stale" else after)
    assert held_by_all(marks(room.records, KeptDigests(BANK).of(after)).values()) == together


def test_the_worksheet_has_everybodys_mark_and_only_ones_own_stale_one_waits() -> None:
    room, before = Room(), document()
    mark(room, "maja", "holds", before)
    mark(room, "samuel", "does_not_hold", before, text="Q-2 has none")
    start = waiting_for(state_of(before, room.records), "maja")
    after = answers_with(PLACES[0][1], start=before)
    state = state_of(after, room.records)
    (check,) = [entry for entry in agenda(state, "maja") if entry.key == "check:RVW04"]
    assert isinstance(check.about, Checked)
    assert sorted(m.mark.person for m in check.about.marks) == ["maja", "samuel"]
    changed = [entry for entry in agenda(state, "Maja") if entry.group == Group.CHANGED]
    assert [(entry.key, entry.waits) for entry in changed] == [("changed:check:RVW04", True)]
    assert changed[0].questions(BANK) == check.questions(BANK)
    assert waiting_for(state, "maja") == start + 1


def test_the_unmarked_cross_checks_of_a_section_are_counted_for_each_person() -> None:
    room, answers = Room(), document()
    count, checks = state_of(answers, room.records).unmarked_in("maja", "workload")
    assert count == checks > 1
    mark(room, "maja", "does_not_hold", answers)
    state = state_of(answers, room.records)
    assert state.unmarked_in("maja", "workload") == (checks - 1, checks)
    assert state.unmarked_in("samuel", "workload") == (checks, checks)
    assert state.unmarked_in("maja", "glossary") == (0, 0)
    stale = state_of(answers_with(PLACES[0][1], start=answers), room.records)
    assert stale.unmarked_in("maja", "workload") == (checks, checks)


def test_the_author_finds_what_does_not_hold_in_the_inbox() -> None:
    room, before = Room(), document()
    mark(room, "samuel", "holds", before)
    assert waiting(state_of(before, room.records)) == 0
    mark(room, "maja", "does_not_hold", before)
    (item,) = [item for item in inbox(state_of(before, room.records)) if item.key.startswith("mark:")]
    assert (item.tray, item.question) == (Tray.FAILS, QUERIES)
    assert waiting(state_of(before, room.records)) == 1
    stale = inbox(state_of(answers_with(PLACES[0][1], start=before), room.records))
    assert [item.tray for item in stale if item.key.startswith("mark:")] == [Tray.STALE, Tray.STALE]
