"""Three-way merge: nothing invented, nothing dropped, and what cannot be merged kept as both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.bank.load import default_bank
from app.document.answers import Answers, Conflict, Profile, State, Value, Waiver, freeze
from app.document.codec import decode, encode, new_document, value_problems
from app.document.items import conflict_value
from app.document.merge import Merged, merge
from app.document.merge_lists import merge_list, merge_set, woven
from app.document.operations import (
    AddRow,
    Clear,
    MoveRow,
    Operation,
    RemoveRow,
    Resolve,
    Set,
    SetCell,
    SetNote,
    SetProfile,
    SetSlot,
    SetState,
    Waive,
    apply,
    operation_adapter,
)
from app.document.values import row_address
from app.problems import OperationError
from tests.document import strategies

BANK = default_bank()
GRAIN = "logical.grain"
GOALS = "problem.goals"
SITUATION = "problem.situation"
SLOTS = [slot.id for slot in BANK.questions[SITUATION].slots]
CHOICES = next(qid for qid, question in BANK.questions.items() if question.kind == "choices")


def said(*operations: Operation, since: Answers | None = None) -> Answers:
    answers = since or Answers()
    for operation in operations:
        answers = apply(BANK, answers, operation)
    return answers


def three_way(base: Answers, ours: list[Operation], theirs: list[Operation]) -> Merged:
    return merge(BANK, base, said(*ours, since=base), said(*theirs, since=base))


def row(entity: str, grain: str) -> AddRow:
    return AddRow(question=GRAIN, row={"entity": entity, "grain": grain})


def cell(entity: str, grain: str | None) -> SetCell:
    return SetCell(question=GRAIN, row=entity, column="grain", value=grain)


def entities(answers: Answers) -> list[object]:
    return [row.get("entity") for row in answers.rows(GRAIN)]


BASE = said(
    row("seat", "one seat"),
    row("hold", "one hold"),
    Set(question=GOALS, value=["first", "second"]),
    Set(question="control.title", value="Seats"),
    SetSlot(question=SITUATION, slot=SLOTS[0], value="tickets"),
)


def test_edits_of_different_questions_are_both_taken() -> None:
    merged = three_way(
        BASE, [Set(question="control.title", value="Holds")], [Set(question="control.owner", value="Ana")]
    )
    assert not merged.conflicts
    assert merged.answers.values["control.title"] == "Holds"
    assert merged.answers.values["control.owner"] == "Ana"


def test_rows_that_both_append_are_both_there_ours_first() -> None:
    merged = three_way(BASE, [row("ours", "o")], [row("theirs", "t")])
    assert not merged.conflicts
    assert entities(merged.answers) == ["seat", "hold", "ours", "theirs"]


def test_a_new_row_of_theirs_follows_the_row_that_it_follows_there() -> None:
    inserted = AddRow(question=GRAIN, row={"entity": "new"}, before="hold")
    merged = three_way(BASE, [row("ours", "o")], [inserted])
    assert entities(merged.answers) == ["seat", "new", "hold", "ours"]


def test_rows_that_only_theirs_moved_stand_in_their_order() -> None:
    merged = three_way(BASE, [cell("hold", "changed")], [MoveRow(question=GRAIN, row="hold", before="seat")])
    assert entities(merged.answers) == ["hold", "seat"]
    assert merged.answers.rows(GRAIN)[0]["grain"] == "changed"


def test_different_columns_of_one_row_merge_without_conflict() -> None:
    other = SetCell(question=GRAIN, row="seat", column="example", value="A 17")
    merged = three_way(BASE, [cell("seat", "one chair")], [other])
    assert not merged.conflicts
    assert merged.answers.rows(GRAIN)[0] == {"entity": "seat", "grain": "one chair", "example": "A 17"}


def test_one_cell_set_to_two_values_is_a_conflict_that_holds_both() -> None:
    merged = three_way(BASE, [cell("seat", "ours")], [cell("seat", "theirs")])
    assert merged.conflicts == (Conflict(GRAIN, "seat", "grain", "one seat", "ours", "theirs"),)
    assert merged.answers.conflicts == merged.conflicts
    assert merged.answers.rows(GRAIN)[0]["grain"] == "ours"


@pytest.mark.parametrize("ours_edits", [True, False])
def test_a_row_that_one_side_edits_and_the_other_removes_stays_edited(ours_edits: bool) -> None:
    edit: list[Operation] = [cell("seat", "edited")]
    removal: list[Operation] = [RemoveRow(question=GRAIN, row="seat")]
    merged = three_way(BASE, *((edit, removal) if ours_edits else (removal, edit)))
    edited = {"entity": "seat", "grain": "edited"}
    assert merged.answers.rows(GRAIN)[0] == edited
    (conflict,) = merged.conflicts
    assert (conflict.row, conflict.column) == ("seat", None)
    assert (conflict.ours, conflict.theirs) == ((edited, None) if ours_edits else (None, edited))


def test_an_answer_that_one_side_edits_and_the_other_removes_stays_edited() -> None:
    merged = three_way(BASE, [Clear(question="control.title")], [Set(question="control.title", value="New")])
    assert merged.answers.values["control.title"] == "New"
    assert merged.conflicts == (Conflict("control.title", base="Seats", theirs="New"),)


def test_a_row_that_one_side_removes_and_the_other_leaves_alone_is_gone() -> None:
    merged = three_way(BASE, [RemoveRow(question=GRAIN, row="seat")], [row("new", "n")])
    assert not merged.conflicts
    assert entities(merged.answers) == ["hold", "new"]


def test_a_table_that_one_side_cleared_keeps_the_row_that_the_other_added() -> None:
    merged = three_way(BASE, [Clear(question=GRAIN)], [row("new", "n")])
    assert not merged.conflicts
    assert entities(merged.answers) == ["new"]


def test_a_table_of_which_each_side_removed_another_row_is_unanswered() -> None:
    merged = three_way(BASE, [RemoveRow(question=GRAIN, row="seat")], [RemoveRow(question=GRAIN, row="hold")])
    assert GRAIN not in merged.answers.values


def test_one_row_that_both_add_differently_merges_column_by_column() -> None:
    ours = AddRow(question=GRAIN, row={"entity": "new", "grain": "ours"})
    theirs = AddRow(question=GRAIN, row={"entity": "new", "grain": "theirs", "example": "x"})
    merged = three_way(BASE, [ours], [theirs])
    assert merged.answers.rows(GRAIN)[2] == {"entity": "new", "grain": "ours", "example": "x"}
    assert merged.conflicts == (Conflict(GRAIN, "new", "grain", None, "ours", "theirs"),)


def test_rows_that_share_a_key_are_all_kept() -> None:
    base = said(row("seat", "1"), row("seat", "2"))
    merged = three_way(
        base, [RemoveRow(question=GRAIN, row="seat")], [row("seat", "3"), cell("seat#2", "2 changed")]
    )
    assert [row["grain"] for row in merged.answers.rows(GRAIN)] == ["2 changed", "3"]
    assert not merged.conflicts


def test_new_rows_without_a_key_are_not_taken_for_one_row() -> None:
    ours = AddRow(question=GRAIN, row={"grain": "ours"})
    theirs = AddRow(question=GRAIN, row={"grain": "theirs"})
    merged = three_way(BASE, [ours], [theirs])
    assert not merged.conflicts
    assert [row["grain"] for row in merged.answers.rows(GRAIN)[2:]] == ["ours", "theirs"]


def test_slots_of_a_sentence_merge_one_by_one() -> None:
    ours = [SetSlot(question=SITUATION, slot=SLOTS[1], value="o"), SetNote(question=GRAIN, note="n")]
    theirs = [SetSlot(question=SITUATION, slot=SLOTS[0], value="t")]
    merged = three_way(BASE, list(ours), list(theirs))
    assert merged.answers.values[SITUATION] == {SLOTS[0]: "t", SLOTS[1]: "o"}
    both = three_way(BASE, list(theirs), [SetSlot(question=SITUATION, slot=SLOTS[0], value="u")])
    assert both.conflicts == (Conflict(SITUATION, None, SLOTS[0], "tickets", "t", "u"),)


LISTS = [
    # base, ours, theirs, merged
    ("ab", "abo", "abt", "abot"),
    ("ab", "oab", "abt", "oabt"),
    ("ab", "b", "abt", "bt"),
    ("ab", "ob", "at", "ot"),
    ("ab", "a", "a", "a"),
    ("ab", "abx", "xab", "abx"),
    ("abc", "bca", "abcd", "bcad"),
    ("", "o", "t", "ot"),
    ("ab", "abx", "abxx", "abxx"),
    ("ab", "xb", "yb", None),
    ("ab", "b", "yb", None),
    ("ab", "b", "", ""),
]


@pytest.mark.parametrize(("base", "ours", "theirs", "merged"), LISTS)
def test_lists_merge_element_by_element(base: str, ours: str, theirs: str, merged: str | None) -> None:
    """Additions of both stand in order, removals hold, one element that became two is a conflict."""
    assert merge_list(tuple(base), tuple(ours), tuple(theirs)) == (None if merged is None else tuple(merged))


def test_a_list_conflict_is_about_the_whole_list() -> None:
    ours, theirs = ["OURS", "second"], ["THEIRS", "second"]
    merged = three_way(BASE, [Set(question=GOALS, value=ours)], [Set(question=GOALS, value=theirs)])
    (conflict,) = merged.conflicts
    assert conflict == Conflict(GOALS, base=("first", "second"), ours=tuple(ours), theirs=tuple(theirs))
    assert merged.answers.values[GOALS] == tuple(ours)


def test_sets_take_the_additions_and_removals_of_both() -> None:
    assert merge_set(("a", "b"), ("b", "o"), ("a", "b", "t")) == ("b", "o", "t")
    profile = three_way(
        said(SetProfile(traits=("existing_data",), risk="low")),
        [SetProfile(traits=("existing_data", "multi_tenant"))],
        [SetProfile(traits=("personal_data",), risk="high")],
    ).answers.profile
    assert profile == Profile(traits=("multi_tenant", "personal_data"), risk="high")


def test_values_of_an_unexpected_shape_are_kept_whole() -> None:
    base = replace(BASE, values={**BASE.values, GRAIN: freeze([{"entity": "a"}])})
    ours = replace(base, values={**base.values, GRAIN: "a text"})
    theirs = replace(base, values={**base.values, GRAIN: freeze({"entity": "b"})})
    merged = merge(BANK, base, ours, theirs)
    assert merged.answers.values[GRAIN] == "a text"
    assert merged.conflicts[0].theirs == {"entity": "b"}


def test_true_and_one_are_different_values() -> None:
    base = replace(Answers(), values={"control.title": "t"})
    ours, theirs = replace(base, values={"control.title": 1}), replace(base, values={"control.title": True})
    assert len(merge(BANK, base, ours, theirs).conflicts) == 1


def deferred(owner: str) -> SetState:
    return SetState(question=GRAIN, state="deferred", owner=owner, until=date(2027, 1, 1))


def waiver(reason: str) -> Waive:
    return Waive(code="A1", target=GRAIN, reason=reason, owner="Ana")


BESIDE = [
    ("status." + GRAIN, None, deferred("o"), deferred("t")),
    ("notes." + GRAIN, None, SetNote(question=GRAIN, note="o"), SetNote(question=GRAIN, note="t")),
    ("waivers", "A1/" + GRAIN, waiver("o"), waiver("t")),
    ("profile.risk", None, SetProfile(risk="high"), SetProfile(risk="low")),
]


@pytest.mark.parametrize(("question", "at", "ours", "theirs"), BESIDE)
@pytest.mark.parametrize("take", ["ours", "theirs"])
def test_what_stands_beside_answers_conflicts_and_is_resolved_like_them(
    question: str, at: str | None, ours: Operation, theirs: Operation, take: str
) -> None:
    merged = three_way(BASE, [ours], [theirs])
    (conflict,) = merged.conflicts
    assert (conflict.question, conflict.row) == (question, at)
    resolved = said(resolution(conflict, take), since=merged.answers)
    assert resolved == said(ours if take == "ours" else theirs, since=BASE)


def resolution(conflict: Conflict, take: str, **more: Any) -> Resolve:
    return Resolve(question=conflict.question, row=conflict.row, column=conflict.column, take=take, **more)


def test_a_conflict_can_be_resolved_with_a_third_value_or_nothing() -> None:
    merged = three_way(BASE, [cell("seat", "ours")], [cell("seat", "theirs")])
    third = said(resolution(merged.conflicts[0], "value", value="both"), since=merged.answers)
    assert third.rows(GRAIN)[0]["grain"] == "both"
    assert not third.conflicts
    nothing = said(resolution(merged.conflicts[0], "value"), since=merged.answers)
    assert nothing.rows(GRAIN)[0] == {"entity": "seat"}


def test_resolving_for_the_removal_removes_the_row() -> None:
    merged = three_way(BASE, [cell("seat", "edited")], [RemoveRow(question=GRAIN, row="seat")])
    assert entities(said(resolution(merged.conflicts[0], "theirs"), since=merged.answers)) == ["hold"]


def test_a_resolution_survives_json() -> None:
    operation = Resolve(question="control.created", take="value", value=date(2027, 1, 2))
    conflict = Conflict("control.created", ours=date(2027, 1, 1), theirs=date(2027, 1, 3))
    again = operation_adapter().validate_json(msgspec.json.encode(operation))
    answers = said(again, since=replace(Answers(), conflicts=(conflict,)))
    assert answers.values["control.created"] == date(2027, 1, 2)


def test_the_second_conflict_at_one_place_can_be_named() -> None:
    first, second = (
        Conflict("control.title", ours="a", theirs="b"),
        Conflict("control.title", ours="c", theirs="d"),
    )
    answers = replace(Answers(), conflicts=(first, second))
    resolved = said(Resolve(question="control.title", nth=1, take="theirs"), since=answers)
    assert (resolved.values["control.title"], resolved.conflicts) == ("d", (first,))


REFUSED: list[tuple[Conflict, dict[str, Any]]] = [
    (Conflict(GRAIN, "gone", "grain", None, "o", "t"), {"take": "ours"}),
    (Conflict("profile.risk", None, None, None, "low", "high"), {"take": "value", "value": "enormous"}),
    (Conflict("profile.template", None, None, None, "full", "compact"), {"take": "value", "value": "x"}),
    (Conflict("notes.logical.grain", None, None, None, "o", "t"), {"take": "value", "value": 1}),
    (Conflict("status.logical.grain"), {"take": "value", "value": {"state": "deferred"}}),
    (Conflict("waivers", "A1/x"), {"take": "value", "value": {"code": "A1"}}),
    (Conflict(GRAIN, "seat"), {"take": "value", "value": "no row"}),
]


@pytest.mark.parametrize(("conflict", "how"), REFUSED)
def test_a_resolution_that_cannot_stand_there_is_refused(conflict: Conflict, how: dict[str, Any]) -> None:
    answers = replace(BASE, conflicts=(conflict,))
    with pytest.raises(OperationError):
        said(resolution(conflict, **how), since=answers)


def test_a_conflict_that_is_not_there_cannot_be_resolved() -> None:
    with pytest.raises(OperationError, match="no open conflict"):
        said(Resolve(question="control.title", take="ours"), since=BASE)


def test_open_conflicts_are_problems_with_their_line() -> None:
    merged = three_way(BASE, [cell("seat", "ours")], [cell("seat", "theirs")])
    text = encode(BANK, new_document(BANK, "x", Answers()), merged.answers).text
    document = decode(BANK, text, "x.toml")
    (problem,) = value_problems(BANK, document, "x.toml")
    assert text.splitlines()[problem.line - 1] == "[[conflicts]]"
    assert problem.where == "logical.grain[seat].grain"
    assert "dbcharter resolve x.toml 1" in problem.hint


UNREADABLE = [
    "question = 1",
    'question = "control.title"',
    'question = "no.question"\nours = 1',
    'question = "control.title"\nours = "x"\nmore = 1',
    'question = "control.title"\nrow = "x"\nours = "y"',
    'question = "control.title"\ncolumn = "x"\nours = "y"',
    'question = "logical.grain"\nrow = "seat"\nours = "no row"',
    'question = "status.logical.grain"\nours = { state = "unknown" }',
    'question = "status.no.question"\nours = { state = "deferred" }',
    'question = "notes.logical.grain"\nours = 1',
    'question = "profile.risk"\nours = "enormous"',
    'question = "profile.traits"\nours = "x"',
    'question = "waivers"\nours = "x"',
]


@pytest.mark.parametrize("entry", UNREADABLE)
def test_a_conflict_entry_that_is_none_is_reported_and_kept(entry: str) -> None:
    text = f"[[conflicts]]\n{entry}\n"
    document = decode(BANK, text, "x.toml")
    assert not document.answers.conflicts
    assert [p.where for p in document.problems if p.where != "format"] == ["conflicts"]
    changed = apply(BANK, document.answers, Set(question="control.title", value="t"))
    assert text.strip() in encode(BANK, document, changed).text


def test_a_conflict_that_both_sides_still_have_stays_once_and_one_resolved_is_gone() -> None:
    conflict = Conflict("control.title", ours="a", theirs="b")
    other = Conflict("control.owner", ours="a", theirs="b")
    base = replace(BASE, conflicts=(conflict,))
    merged = merge(BANK, base, replace(base, conflicts=(conflict, other)), base)
    assert merged.answers.conflicts == (conflict, other)
    assert merged.conflicts == ()
    assert merge(BANK, base, base, BASE).answers.conflicts == ()


# Properties, over few questions and few values so that the sides meet often

_words = st.sampled_from(["a", "b", "c", "d"])
_key = st.sampled_from(["k", "l", "m"])


def _rows(unique: bool) -> st.SearchStrategy[Any]:
    cells = st.fixed_dictionaries(
        {"entity": _key}, optional={"grain": _words, "example": _words, "odd": _words}
    )
    return st.lists(cells, max_size=4, unique_by=(lambda row: row["entity"]) if unique else None)


def _optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def _sides(unique: bool) -> st.SearchStrategy[Answers]:
    """Answers that say little."""
    options = list(BANK.enumerations[BANK.questions[CHOICES].options or ""].by_id)[:3]
    values = st.fixed_dictionaries(
        {
            GRAIN: _optional(_rows(unique) | _words),
            GOALS: _optional(st.lists(_words, max_size=4) | _words),
            SITUATION: _optional(st.dictionaries(st.sampled_from(SLOTS[:2]), _words, max_size=2)),
            "control.title": _optional(_words | st.booleans() | st.integers(0, 1)),
            CHOICES: _optional(st.lists(st.sampled_from(options), max_size=2, unique=True)),
        }
    )
    states = _optional(st.builds(State, st.just("deferred"), owner=_words, until=st.just(date(2027, 1, 1))))
    waivers = st.lists(
        st.builds(Waiver, st.just("A1"), _key, _words, _words), max_size=2, unique_by=lambda w: w.target
    )
    profiles = st.builds(
        Profile,
        st.just(()),
        st.sampled_from(["", "low", "high"]),
        st.lists(st.sampled_from(list(BANK.traits)[:3]), unique=True).map(tuple),
        st.sampled_from(["full", "compact"]),
    )

    def build(profile: Profile, values: Any, state: Any, note: Any, waivers: Any) -> Answers:
        return Answers(
            profile,
            MappingProxyType({q: freeze(v) for q, v in values.items() if v is not None}),
            {} if state is None else {GRAIN: state},
            {} if note is None else {GRAIN: note},
            tuple(waivers),
        )

    return st.builds(build, profiles, values, states, _optional(_words), waivers)


sides = _sides(unique=False)
keyed = _sides(unique=True)
Atom = tuple[object, ...]


def atoms(answers: Answers) -> Iterator[Atom]:
    """The smallest things that answers say, each with its place."""
    for name in ("risk", "template"):
        yield "profile", name, getattr(answers.profile, name)
    yield from (("trait", trait) for trait in answers.profile.traits)
    yield from (("state", *item) for item in answers.states.items())
    yield from (("note", *item) for item in answers.notes.items())
    yield from (("waiver", waiver) for waiver in answers.waivers)
    for question_id, value in answers.values.items():
        yield from value_atoms(question_id, value)


def value_atoms(question_id: str, value: Value) -> Iterator[Atom]:
    question = BANK.questions[question_id]
    if isinstance(value, tuple):
        for item in value:
            if isinstance(item, Mapping):
                address = row_address(question, item)
                yield from ((question_id, address, *cell) for cell in item.items())
            else:
                yield question_id, type(item), item
    elif isinstance(value, Mapping):
        yield from ((question_id, *slot) for slot in value.items())
    else:
        yield question_id, type(value), value


def conflict_atoms(conflicts: tuple[Conflict, ...]) -> Iterator[Atom]:
    """What the two sides of conflicts say, as though it stood in the answers."""
    for conflict in conflicts:
        for side in (conflict.ours, conflict.theirs):
            if side is not None:
                yield from side_atoms(conflict, side)


def side_atoms(conflict: Conflict, side: Value) -> Iterator[Atom]:
    if conflict.question.startswith("profile."):
        yield "profile", conflict.question.removeprefix("profile."), side
    elif conflict.row is not None and conflict.question == GRAIN:
        key = conflict.row.partition("#")[0]
        cells = {conflict.column: side} if conflict.column else side
        assert isinstance(cells, Mapping)
        yield from ((GRAIN, key, *cell) for cell in cells.items())
    elif conflict.column is not None:
        yield conflict.question, conflict.column, side
    else:
        alone = replace(Answers(), conflicts=(conflict,))
        put = apply(BANK, alone, resolution(conflict, "value", value=side))
        yield from {*atoms(put)} - {*atoms(Answers())}


@given(sides, sides)
def test_merging_with_the_unchanged_base_gives_the_other_side(base: Answers, side: Answers) -> None:
    assert merge(BANK, base, side, base) == (side, ())
    assert merge(BANK, base, base, side) == (side, ())
    assert merge(BANK, base, side, side) == (side, ())


@given(sides, sides, sides)
def test_merge_never_invents(base: Answers, ours: Answers, theirs: Answers) -> None:
    merged = merge(BANK, base, ours, theirs)
    known = {*atoms(base), *atoms(ours), *atoms(theirs)}
    assert set(atoms(merged.answers)) <= known
    assert set(conflict_atoms(merged.conflicts)) <= known


@given(sides, sides, sides)
def test_merge_never_drops(base: Answers, ours: Answers, theirs: Answers) -> None:
    """What a side added or changed is in the result or in a conflict."""
    merged = merge(BANK, base, ours, theirs)
    kept = {*atoms(merged.answers), *conflict_atoms(merged.conflicts)}
    added = {*atoms(ours), *atoms(theirs)} - {*atoms(base)}
    defaults = {("profile", "risk", ""), ("profile", "template", "full")}
    assert added - defaults <= kept


@given(sides, sides, sides)
def test_rows_that_nobody_touched_are_all_there(base: Answers, ours: Answers, theirs: Answers) -> None:
    counts = [Counter(map(repr, side.rows(GRAIN))) for side in (base, ours, theirs)]
    merged = Counter(map(repr, merge(BANK, base, ours, theirs).answers.rows(GRAIN)))
    in_all = counts[0] & counts[1] & counts[2]
    assert all(isinstance(side.values.get(GRAIN), tuple) for side in (base, ours, theirs)) <= (
        in_all <= merged
    )


@given(keyed, keyed, keyed)
def test_a_removal_holds_where_the_other_side_changed_nothing(
    base: Answers, ours: Answers, theirs: Answers
) -> None:
    merged = {row_of["entity"] for row_of in merge(BANK, base, ours, theirs).answers.rows(GRAIN)}
    tables = [side.values.get(GRAIN, ()) for side in (base, ours, theirs)]
    if all(isinstance(table, tuple) for table in tables):
        before, our, their = ({r["entity"]: r for r in side.rows(GRAIN)} for side in (base, ours, theirs))
        removed = {name for name in before if name not in our and their.get(name) == before[name]}
        assert not removed & merged


def settled_for(merged: Merged, side: str) -> Answers:
    answers = merged.answers
    while answers.conflicts:
        answers = apply(BANK, answers, resolution(answers.conflicts[0], side))
    return answers


def in_any_order(answers: Answers) -> object:
    def plain(value: Value) -> object:
        if isinstance(value, tuple):
            return sorted(map(repr, map(plain, value)))
        return (
            sorted((name, repr(inner)) for name, inner in value.items())
            if isinstance(value, Mapping)
            else value
        )

    return (
        {question: (type(value), plain(value)) for question, value in answers.values.items()},
        dict(answers.states),
        dict(answers.notes),
        sorted(map(repr, answers.waivers)),
        (answers.profile.risk, answers.profile.template, sorted(answers.profile.traits)),
    )


@given(keyed, keyed, keyed)
def test_the_sides_can_change_places(base: Answers, ours: Answers, theirs: Answers) -> None:
    """But for the order of unrelated additions and for which side of a conflict is which."""
    one, other = merge(BANK, base, ours, theirs), merge(BANK, base, theirs, ours)
    assert in_any_order(settled_for(one, "ours")) == in_any_order(settled_for(other, "theirs"))
    swapped = [replace(c, ours=c.theirs, theirs=c.ours) for c in other.conflicts]
    assert sorted(repr(conflict_value(c)) for c in one.conflicts) == sorted(
        repr(conflict_value(c)) for c in swapped
    )


@given(sides, sides, sides)
def test_conflicts_survive_the_file(base: Answers, ours: Answers, theirs: Answers) -> None:
    merged = merge(BANK, base, ours, theirs).answers
    document = encode(BANK, new_document(BANK, "x", Answers()), merged)
    again = decode(BANK, document.text)
    assert again.answers == merged
    assert not again.problems
    assert encode(BANK, again, again.answers).text == document.text


@given(keyed, keyed, keyed)
def test_every_conflict_can_be_resolved_either_way(base: Answers, ours: Answers, theirs: Answers) -> None:
    merged = merge(BANK, base, ours, theirs)
    for side in ("ours", "theirs"):
        assert settled_for(merged, side).conflicts == ()


@given(st.data())
def test_unrelated_operations_merge_as_though_done_one_after_the_other(data: st.DataObject) -> None:
    base = Answers()
    for _ in range(data.draw(st.integers(0, 4))):
        base = apply(BANK, base, data.draw(strategies.operations(base)))
    first = data.draw(strategies.operations(base))
    second = data.draw(strategies.operations(base))
    if touched(first) != touched(second):
        ours, theirs = apply(BANK, base, first), apply(BANK, base, second)
        merged = merge(BANK, base, ours, theirs)
        assert merged == (apply(BANK, ours, second), ())
        assert merged == (apply(BANK, theirs, first), ())


def touched(operation: Operation) -> tuple[str, str]:
    kind = {"note": "note", "status": "state"}.get(operation.op, "value")
    return kind, getattr(operation, "question", "profile or waivers")


@given(*[st.permutations(range(6)).map(lambda order: order[:4])] * 3)
def test_an_order_has_everything_once_and_keeps_the_order_of_a_side(
    base: list[int], ours: list[int], theirs: list[int]
) -> None:
    order = woven(base, ours, theirs)
    assert sorted(order) == sorted({*ours, *theirs})
    kept = [[one for one in order if one in side] for side in (ours, theirs)]
    assert kept[0] == ours or kept[1] == theirs
