"""Migrations: what older files say is found in the new one, and nothing else about them changes."""

from __future__ import annotations

import copy
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from app.bank.load import default_bank, load_bank
from app.document import codec, reading
from app.document.codec import decode
from app.document.migrations.formats import FORMAT_STEPS, Data, FormatStep
from app.document.migrations.migrate import migrate_text
from app.document.migrations.moves import move, moves_since, new_questions
from app.document.reading import FORMAT, Heading
from app.problems import BankError, DocumentError
from app.session import Session
from tests.e2e.terminal import PROGRAM

FOLDER = Path(__file__).with_name("migrations")
BANK = load_bank(FOLDER / "bank")


def risk_to_profile(data: Data) -> Data:
    """An invented step: the risk stood at the top of the file."""
    profile = {**data.pop("profile", {})}
    if "risk" in data:
        profile["risk"] = data.pop("risk")
    return {**data, "profile": profile} if profile else data


STEPS: Mapping[int, FormatStep] = {0: FormatStep("the risk stands in [profile]", risk_to_profile)}


def golden(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["bank-1.0", "format-0"])
def test_golden_files(name: str) -> None:
    migrated = migrate_text(BANK, golden(f"{name}.toml"), "trip.toml", STEPS)
    assert migrated.text == golden(f"{name}.expected.toml")
    assert migrate_text(BANK, migrated.text, "trip.toml", STEPS).steps == ()
    assert not decode(BANK, migrated.text).newer


def test_the_steps_are_told_in_order() -> None:
    assert migrate_text(BANK, golden("format-0.toml"), "", STEPS).steps == (
        "format 0 to 1: the risk stands in [profile]",
    )
    assert migrate_text(BANK, golden("bank-1.0.toml")).steps == (
        "parcels 1.0.0 to 1.2.0",
        "route.depot is parcel.hub by now",
        "route.stops is parcel.stops by now",
        "parcel.hub is parcel.depot by now",
        "parcel.stops.place is parcel.stops.address by now",
        "parcel.stops.crate is parcel.crates.label by now",
        "parcel.summary.whom is parcel.summary.who by now",
    )


def test_a_file_that_is_up_to_date_stays_byte_for_byte() -> None:
    text = golden("bank-1.0.expected.toml").replace("\n", "\r\n")
    assert migrate_text(BANK, text) == (type(migrate_text(BANK, text)))(text, ())


def test_line_ends_stay() -> None:
    text = golden("bank-1.0.toml").replace("\n", "\r\n")
    assert migrate_text(BANK, text).text == golden("bank-1.0.expected.toml").replace("\n", "\r\n")


def test_a_layout_that_cannot_be_taken_apart_keeps_its_comments_and_values() -> None:
    text = '[bank]\nid = "parcels"\nversion = "1.0.0"\n[route]\n# why\ndepot = "Harbour"\nextra.deep = 1\n'
    migrated = decode(BANK, migrate_text(BANK, text).text)
    assert "# why\n" in migrated.text
    assert migrated.answers.values == {"parcel.depot": "Harbour"}
    assert migrated.unread == {("route", "extra"): {"deep": 1}}


def test_a_new_place_that_is_taken_is_never_overwritten() -> None:
    text = '[bank]\nversion = "1.1.0"\n[parcel]\nhub = "old"\ndepot = "new"\n'
    migrated = decode(BANK, migrate_text(BANK, text).text)
    assert migrated.answers.values == {"parcel.depot": "new"}
    assert migrated.unread == {("parcel", "hub"): "old"}


def test_moves_begin_behind_the_version_of_the_file() -> None:
    assert [moved.since for moved in moves_since(BANK, "1.0.0")] == ["1.1.0"] * 2 + ["1.2.0"] * 4
    assert {moved.since for moved in moves_since(BANK, "1.1.0")} == {"1.2.0"}
    assert moves_since(BANK, "1.2.0") == ()


def test_steps_are_pure_and_run_one_after_the_other() -> None:
    ran: list[int] = []

    def step(number: int) -> FormatStep:
        return FormatStep(f"step {number}", lambda data: (ran.append(number), {**data, f"x{number}": 1})[1])

    formats = {number: step(number) for number in (1, 2, 3)}
    text = 'format = 1\n[bank]\nid = "parcels"\nversion = "1.2.0"\n'
    migrated = migrate_text(BANK, text, "", formats, target=4)
    assert ran == [1, 2, 3]
    said = tomli.loads(migrated.text)
    assert (said["format"], said["x1"], said["x3"]) == (4, 1, 1)


REFUSED = {
    "format = 0\n": "from which nothing leads to format 1",
    "format = 9\n": "this dbcharter knows format 1",
    '[bank]\nid = "other"\n': "was written for the bank 'other'",
    '[bank]\nversion = "9.0.0"\n': "was written for parcels 9.0.0",
    '[bank]\nversion = "new"\n': "says no version",
    "[bank]\nversion = 1\n": "says no version",
    "[bank\n": "not TOML",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items())
def test_what_cannot_be_migrated_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(message)):
        migrate_text(BANK, text, "x.toml")


_WORDS = """
route depot stops parcel hub crates place crate name label summary whom status notes waivers conflicts
target question column route.depot route.stops
"""
_names = st.sampled_from(_WORDS.split())
_values = st.recursive(
    st.one_of(st.integers(0, 3), _names, st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_names, inner, max_size=4)),
    max_leaves=15,
)


def leaves(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    return [leaf for inner in value for leaf in leaves(inner)] if isinstance(value, list) else [value]


@given(st.dictionaries(_names, _values, max_size=5))
def test_moving_never_loses_a_value_whatever_the_file_holds(data: dict[str, Any]) -> None:
    """Keys of rows are copied to the table that a column moves to; everything else is there once."""
    before = copy.deepcopy(data)
    for moved in moves_since(BANK, "1.0.0"):
        move(BANK, data, moved)
    names = {moved.from_: moved.to for moved in BANK.file.moved}
    after = list(map(repr, leaves(data)))
    for leaf in leaves(before):
        if not (isinstance(leaf, str) and leaf in ("route.depot", "route.stops", *names)):
            assert repr(leaf) in after
    assert len(after) >= len(leaves(before))


def test_new_questions_are_those_since_the_version_of_the_file() -> None:
    assert new_questions(BANK, Heading(1, "parcels", "1.1.0")) == {"parcel.weight"}
    assert new_questions(BANK, Heading(1, "parcels", "1.2.0")) == frozenset()


def test_an_older_file_opens_without_migrating_and_says_where_a_question_went() -> None:
    document = decode(BANK, golden("bank-1.0.toml"), "trip.toml")
    assert not document.newer
    hints = {problem.where: problem.hint for problem in document.problems}
    older = decode(BANK, '[bank]\nversion = "1.1.0"\n[parcel]\nhub = "x"\n', "trip.toml")
    assert "parcel.weight" not in hints
    assert [p.hint for p in older.problems if p.where == "parcel.hub"] == [
        "it is parcel.depot by now; take it there with: dbcharter migrate trip.toml"
    ]


def test_a_file_of_an_older_format_is_read_only_until_it_is_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (codec, reading):
        monkeypatch.setattr(module, "FORMAT", 2)
    assert "migrate it first" in decode(BANK, "format = 1\n").newer


def test_the_registry_leads_to_the_present_format_without_a_gap() -> None:
    assert sorted(FORMAT_STEPS) == list(range(FORMAT - len(FORMAT_STEPS), FORMAT))


BROKEN = {
    "a move to nowhere": ('to = "parcel.depot"', 'to = "parcel.depott"', "did you mean 'parcel.depot'"),
    "an id used again": ('from = "route.depot"', 'from = "parcel.weight"', "is still there"),
    "a column to a question": ('to = "parcel.stops.address"', 'to = "parcel.depot"', "a column to a column"),
    "moved twice": ('from = "route.stops"', 'from = "route.depot"', "is moved twice"),
    "a table to a sentence": (
        'to = "parcel.crates.label"',
        'to = "parcel.summary.who"',
        "are not both tables",
    ),
    "from the future": ('since = "1.1.0"', 'since = "3.0.0"', "moves in 3.0.0; this bank is 1.2.0"),
}


@pytest.mark.parametrize(("old", "new", "message"), BROKEN.values(), ids=BROKEN)
def test_a_bank_whose_moves_lead_astray_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    shutil.copytree(FOLDER / "bank", tmp_path / "bank")
    file = tmp_path / "bank/bank.toml"
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(BankError, match=re.escape(message)) as caught:
        load_bank(tmp_path / "bank")
    assert all(problem.file == "bank.toml" and problem.line > 1 for problem in caught.value.problems)


def test_a_question_of_the_future_is_refused(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "bank", tmp_path / "bank")
    file = tmp_path / "bank/parcel.toml"
    file.write_text(file.read_text().replace('since = "1.2.0"', 'since = "1.3.0"'))
    with pytest.raises(BankError, match=r"parcel.weight: is new in 1.3.0; this bank is 1.2.0"):
        load_bank(tmp_path / "bank")


def test_a_split_needs_the_key_by_which_the_rows_are_found(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "bank", tmp_path / "bank")
    file = tmp_path / "bank/parcel.toml"
    text = file.read_text()
    at = text.index('id = "crates"')
    file.write_text(text[:at] + text[at:].replace('"name"', '"tag"', 2))
    with pytest.raises(BankError, match=r"parcel.stops lacks the key of parcel.crates \(tag\)"):
        load_bank(tmp_path / "bank")


def test_the_bank_that_ships_moves_nothing_from_its_first_version() -> None:
    assert default_bank().moved_to == {}


# The command


def migrate(folder: Path, *options: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    words = [PROGRAM, "migrate", "trip.toml", "--bank", FOLDER / "bank", *options]
    return subprocess.run(
        list(map(str, words)), cwd=folder, input=stdin, capture_output=True, text=True, encoding="utf-8"
    )


@pytest.fixture
def trip(tmp_path: Path) -> Path:
    shutil.copy(FOLDER / "bank-1.0.toml", tmp_path / "trip.toml")
    return tmp_path


def test_a_dry_run_shows_the_difference_and_writes_nothing(trip: Path) -> None:
    done = migrate(trip, "--dry-run", "--yes")
    assert done.returncode == 0
    assert all(line in done.stdout for line in ("\n-place = ", "\n+address = ", "\n-[[route.stops]]"))
    assert [path.name for path in trip.iterdir()] == ["trip.toml"]
    assert (trip / "trip.toml").read_text() == golden("bank-1.0.toml")


def test_without_a_yes_nothing_is_written(trip: Path) -> None:
    done = migrate(trip, stdin="yes\n")
    assert done.returncode == 1
    assert "--yes" in done.stderr
    assert (trip / "trip.toml").read_text() == golden("bank-1.0.toml")


def test_with_a_yes_the_file_is_migrated_and_the_original_kept(trip: Path) -> None:
    assert migrate(trip, "--yes").returncode == 0
    assert (trip / "trip.toml").read_text() == golden("bank-1.0.expected.toml")
    assert (trip / ".dbcharter/trip.original-1.toml").read_text() == golden("bank-1.0.toml")
    again = migrate(trip, "--yes")
    assert (again.returncode, again.stdout) == (0, "trip.toml: is up to date with parcels 1.2.0\n")


def test_a_document_that_is_open_elsewhere_is_not_migrated(trip: Path) -> None:
    with Session.open(BANK, trip / "trip.toml") as session:
        assert not session.read_only_reason
        done = migrate(trip, "--yes")
    assert (done.returncode, "it is open for writing elsewhere" in done.stderr) == (2, True)
    assert (trip / "trip.toml").read_text() == golden("bank-1.0.toml")


def test_a_broken_file_is_left_alone(trip: Path) -> None:
    (trip / "trip.toml").write_text("format = 1\n[bank\n")
    done = migrate(trip, "--yes")
    assert (done.returncode, "trip.toml:2: not TOML" in done.stderr) == (2, True)
    assert (trip / "trip.toml").read_text() == "format = 1\n[bank\n"
