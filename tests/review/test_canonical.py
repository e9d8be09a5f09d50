"""The canonical text of a section: the same for every layout, another one for every change of meaning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import tomli
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.bank.load import load_bank
from app.document.answers import Answers, Waiver, freeze
from app.document.codec import decode, encode, new_document
from app.document.operations import (
    AddRow,
    MoveRow,
    Operation,
    Set,
    SetCell,
    SetNote,
    SetProfile,
    SetSlot,
    SetState,
    Waive,
)
from app.document.values import is_empty
from app.review.canonical import canonical, digest_of, judged, value_text
from tests.bank import small

from .people import BANK, answers_with, sample, with_rows

SECTIONS = tuple(BANK.section_by_id)


def texts(answers: Answers) -> dict[str, str]:
    return {section: canonical(BANK, answers, section) for section in SECTIONS}


def changed(before: Answers, after: Answers) -> set[str]:
    one, other = texts(before), texts(after)
    return {section for section in SECTIONS if one[section] != other[section]}


def saved(answers: Answers) -> str:
    return encode(BANK, new_document(BANK, "x", answers), answers).text


def through(text: str) -> Answers:
    return decode(BANK, text, "x.toml").answers


def test_a_reader_finds_the_answers_in_the_text() -> None:
    assert canonical(BANK, sample(), "logical") == (
        "logical.grain[seat]:\n  entity: seat\n  grain: one seat of one show\n"
        "logical.grain[hold]:\n  entity: hold\n  grain: one hold of one seat\n"
    )
    assert canonical(BANK, sample(), "problem") == (
        "problem.goals:\n  - No seat is sold twice\n  - A hold ends by itself\n"
    )


def test_the_digest_is_the_sha256_of_the_text_and_never_another() -> None:
    """Changing the form of the text makes every verdict that was ever given stale: think twice."""
    rich = answers_with(
        Set(question="physical.engine", value="postgresql"),
        Set(question="physical.ddl", value="CREATE TABLE a (\n  b int\n);\n"),
        Set(question="control.created", value=date(2026, 11, 24)),
        SetSlot(question="problem.situation", slot="current_stores", value="ünï"),
        start=sample(),
    )
    found = {section: digest_of(text)[:12] for section, text in texts(rich).items() if text}
    assert found == PINNED


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\n# a comment\n".join(text.split("\n\n")),
        lambda text: text.replace('title = "Seat holds"', "title    =   'Seat holds' # the title"),
        lambda text: text.replace(
            'entity = "seat"\ngrain = "one seat of one show"',
            'grain = "one seat of one show"\nentity = "seat"',
        ),
        lambda text: text.replace('"No seat is sold twice"', '"""\\\n   No seat is \\\n  sold twice"""'),
        lambda text: tomli_w.dumps(dict(reversed(tomli.loads(text).items()))),
    ],
    ids=["line ends", "comments", "blanks and quotes", "order of cells", "multi-line strings", "all anew"],
)
def test_reformatting_the_file_changes_nothing(rewrite: Callable[[str], str]) -> None:
    text = saved(sample())
    assert rewrite(text) != text
    assert texts(through(rewrite(text))) == texts(sample())


GRAIN = "logical.grain"
MEANING: dict[str, tuple[Operation, set[str]]] = {
    "a cell": (SetCell(question=GRAIN, row="seat", column="grain", value="one chair"), {"logical"}),
    "a blank in a text": (Set(question="control.title", value="Seat  holds"), {"control"}),
    "a row more": (AddRow(question=GRAIN, row={"entity": "show"}), {"logical"}),
    "the order of rows": (MoveRow(question=GRAIN, row="seat"), {"logical"}),
    "the order of a list": (
        Set(question="problem.goals", value=["A hold ends by itself", "No seat is sold twice"]),
        {"problem"},
    ),
    "a state": (
        SetState(question=GRAIN, state="not_applicable", reason="unchanged", note="as it was"),
        {"logical"},
    ),
    "a deferral": (
        SetState(question=GRAIN, state="deferred", owner="Bo", until=date(2027, 1, 1)),
        {"logical"},
    ),
    "a waiver": (Waive(code="CO01", target=f"{GRAIN}[seat]", reason="r", owner="o"), {"logical"}),
    "the risk": (SetProfile(risk="medium"), {"control"}),
    "the type of a value": (Set(question="problem.goals", value=["1"]), {"problem"}),
}


@pytest.mark.parametrize("name", MEANING)
def test_a_change_of_meaning_changes_its_section_and_no_other(name: str) -> None:
    operation, sections = MEANING[name]
    assert changed(sample(), answers_with(operation, start=sample())) == sections


NOTHING: dict[str, Operation] = {
    "a note": SetNote(question=GRAIN, note="ask Bo"),
    "the status": Set(question="control.status", value="in_review"),
    "who reviews": Set(question="control.reviewers", value=["SRE: Bo"]),
    "a draft": AddRow(question=GRAIN, row={"entity": "show", "draft": True}),
    "the template": SetProfile(template="compact"),
    "an empty cell": SetCell(question=GRAIN, row="seat", column="example", value=" "),
    "an empty answer": Set(question="problem.non_goals", value=[]),
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_means_nothing_for_a_reviewer_changes_nothing(name: str) -> None:
    after = answers_with(NOTHING[name], start=sample())
    assert after != sample()
    assert changed(sample(), after) == set()


def test_an_answer_that_is_parked_counts_for_nothing() -> None:
    question = next(
        q
        for q in BANK.questions
        if "multi_tenant" in BANK.questions[q].ask_when or "multi_tenant" in BANK.subsection_of(q).ask_when
    )
    value = freeze([{"x": "y"}]) if BANK.questions[question].has_rows else freeze("said")
    assert changed(sample(), sample().with_value(question, value)) == set()


def test_a_waiver_for_a_section_counts_for_that_section_alone() -> None:
    waived = replace(sample(), waivers=(Waiver("CO01", "logical", "r", "o", date(2027, 1, 1)),))
    assert changed(sample(), waived) == {"logical"}


VALUES = st.recursive(
    st.one_of(
        st.text(alphabet="ab \n|-:='\"[]5", max_size=6),
        st.booleans(),
        st.integers(-20, 20),
        st.floats(allow_nan=False),
        st.dates(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(alphabet="ab:.", min_size=1, max_size=3), inner, max_size=3),
    ),
    max_leaves=6,
)


def kind(value: object) -> object:
    """The value with its types, and without what says nothing in a table."""
    if isinstance(value, dict):
        return ("table", tuple((k, kind(v)) for k, v in value.items() if not is_empty(v)))
    if isinstance(value, list):
        return ("list", tuple(map(kind, value)))
    return (type(value), repr(value))


@given(VALUES, VALUES)
def test_two_values_have_one_text_only_when_they_are_the_same(one: object, other: object) -> None:
    left, right = freeze(one), freeze(other)
    if is_empty(left) or is_empty(right) or any(map(has_void, (one, other))):
        return
    assert (value_text(left) == value_text(right)) == (kind(one) == kind(other))


def has_void(value: object) -> bool:
    """Whether a list or table of nothing stands inside: no answer has one, and one looks like the other."""
    if isinstance(value, list | dict):
        inner = value.values() if isinstance(value, dict) else value
        return is_empty(freeze(value)) or any(map(has_void, inner))
    return False


WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12).map(str.strip)
ROWS = st.lists(
    st.fixed_dictionaries({"entity": WORDS, "grain": st.one_of(WORDS, st.just("two\nlines\n"))}), max_size=4
)


def test_a_cross_check_says_what_stands_at_both_of_its_places_and_no_more() -> None:
    answers = answers_with(
        AddRow(question="workload.queries", row={"id": "Q-1"}),
        AddRow(question="physical.indexes", row={"index": "seat_pkey"}),
        Set(question="physical.engine", value="postgresql"),
        Waive(code="VG01", target="physical.indexes[seat_pkey]", reason="r", owner="o"),
        Waive(code="VG01", target="physical.engine", reason="s", owner="o"),
        start=sample(),
    )
    check = next(check for check in BANK.file.cross_checks if check.id == "RVW04")
    assert (check.left, check.right) == (("9.2", "9.3"), ("7.4", "7.2"))
    text = canonical(BANK, answers, "check:RVW04")
    assert "Q-1" in text
    assert "seat_pkey" in text
    assert "target: physical.indexes[seat_pkey]" in text
    assert "physical.engine" not in text
    assert "logical.grain" not in text
    assert canonical(BANK, answers, "check:RVW99") == ""
    assert set(judged(BANK)) == {*SECTIONS, *(f"check:RVW{n:02}" for n in range(1, 11))}


@given(ROWS, ROWS)
def test_saving_and_reading_keeps_the_text_and_other_rows_have_another(
    rows: list[dict[str, str]], others: list[dict[str, str]]
) -> None:
    answers, different = with_rows(GRAIN, rows), with_rows(GRAIN, others)
    assert canonical(BANK, through(saved(answers)), "logical") == canonical(BANK, answers, "logical")
    said = [[{k: v for k, v in row.items() if v.strip()} for row in side] for side in (rows, others)]
    is_same = [row for row in said[0] if row] == [row for row in said[1] if row]
    assert (canonical(BANK, answers, "logical") == canonical(BANK, different, "logical")) == is_same


def test_options_chosen_in_another_order_mean_the_same(tmp_path: Path) -> None:
    column = '{ id = "size", title = "Size", kind = "choice", options = "size" }'
    parcel = small.changed(small.PARCEL, column, column.replace('"choice"', '"choices"'))
    bank = load_bank(small.write(tmp_path, parcel=parcel))
    one, other = (
        canonical(
            bank, Answers().with_value("parcel.sizes", freeze([{"name": "crate", "size": chosen}])), "parcel"
        )
        for chosen in (["small", "large"], ["large", "small"])
    )
    assert "- small" in one
    assert one == other


PINNED = {
    "control": "5d35784da3d6",
    "problem": "bd805d40c908",
    "logical": "5f271b4be3b7",
    "physical": "a945e0f058bf",
}
