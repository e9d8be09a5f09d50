"""What the proof of a bank finds: conditions that decide nothing, and what the bank leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bank.load import default_bank, load_bank, placed, read_bank
from app.bank.prove import (
    COVERED_KINDS,
    Coverage,
    condition_problems,
    coverage,
    missing_problems,
    naming_problems,
    read_inventory,
)
from app.problems import BankError, Problem

from .small import BANK, PARCEL, changed, line_with, write
from .test_dependencies import bank_with

SHIPPED = Path(__file__).parents[2] / "question_banks" / "database-design"
SPECIFICATION = Path(__file__).parents[3] / "shared" / "spec" / "template_inventory.tsv"


def found_in(folder: Path) -> list[Problem]:
    bank = load_bank(folder)
    return placed(folder, condition_problems(bank))


CONSTANT = {
    "'abroad' in traits or 'abroad' not in traits": "always true",
    "risk >= LOW": "always true",
    "risk > CRITICAL": "never true",
    "parcel.size == 'small' and parcel.size == 'large'": "never true",
    "parcel.size in ['small', 'large'] or parcel.size == none": "always true",
    "'add_depot' in change_types and 'abroad' not in traits": "never true",
    "parcel.sizes == 7": "never true",
    "true": "always true",
}


@pytest.mark.parametrize("condition", CONSTANT)
def test_a_condition_that_decides_nothing_is_told_with_its_line(condition: str, tmp_path: Path) -> None:
    parcel = changed(PARCEL, "parcel.size == 'large'", condition)
    (problem,) = found_in(write(tmp_path, parcel=parcel))
    assert CONSTANT[condition] in problem.message
    assert problem.where == "parcel.crate"
    assert (problem.file, problem.line) == ("parcel.toml", line_with(parcel, "ask_when"))


@pytest.mark.parametrize(
    "condition",
    ["'abroad' in traits", "risk >= MEDIUM", "parcel.size == 'large'", "parcel.sizes", "template == 'full'"],
)
def test_a_condition_that_decides_something_is_no_problem(condition: str, tmp_path: Path) -> None:
    assert found_in(write(tmp_path, parcel=changed(PARCEL, "parcel.size == 'large'", condition))) == []


SUBSECTION = """title = "Parcel"
ask_when = "{}"
because = "x"
because_not = "x"

[[question]]"""


def nested(outer: str, inner: str) -> str:
    parcel = changed(PARCEL, 'title = "Parcel"\n\n[[question]]', SUBSECTION.format(outer))
    return changed(parcel, "parcel.size == 'large'", inner)


@pytest.mark.parametrize(
    ("outer", "inner", "message"),
    [
        ("'abroad' in traits", "'abroad' not in traits", "never true where its subsection is asked"),
        ("risk >= HIGH", "risk >= MEDIUM", "always true where its subsection is asked"),
        ("risk >= MEDIUM", "risk >= HIGH", None),
        ("'abroad' in traits", "risk >= HIGH", None),
    ],
)
def test_a_condition_is_held_against_that_of_its_subsection(
    outer: str, inner: str, message: str | None, tmp_path: Path
) -> None:
    found = found_in(write(tmp_path, parcel=nested(outer, inner)))
    assert [message in problem.message for problem in found if message] == ([True] if message else [])
    assert len(found) == (1 if message else 0)


def test_a_constant_subsection_is_told_once_and_not_for_each_question(tmp_path: Path) -> None:
    parcel = nested("risk > CRITICAL", "'abroad' in traits")
    (problem,) = found_in(write(tmp_path, parcel=parcel))
    assert problem.where == "1.1"
    assert problem.line == next(n for n, line in enumerate(parcel.splitlines(), 1) if "CRITICAL" in line)


def test_a_question_that_waits_for_a_parked_answer_is_never_asked(tmp_path: Path) -> None:
    """`a` wants an answer that only a change abroad gives, and a change that is not abroad."""
    bank = bank_with(tmp_path, b="'abroad' in traits", a="parcel.b == 'x' and 'abroad' not in traits")
    assert [(p.where, "never asked" in p.message) for _, _, p in condition_problems(bank)] == [
        ("parcel.a", True)
    ]


def test_circles_are_part_of_the_proof(tmp_path: Path) -> None:
    bank = bank_with(tmp_path, a="parcel.b == 'x'", b="parcel.a == 'x'")
    assert any("by way of" in problem.message for _, _, problem in condition_problems(bank))


def test_an_option_with_a_constant_condition_is_told_with_its_line(tmp_path: Path) -> None:
    bank = changed(BANK, 'title = "Large" }', """title = "Large", ask_when = "risk > CRITICAL" }""")
    (problem,) = found_in(write(tmp_path, bank=bank))
    assert (problem.file, problem.line) == ("bank.toml", line_with(bank, "CRITICAL"))
    assert problem.where == "size.large"


def test_too_many_combinations_are_a_problem_and_no_endless_search(tmp_path: Path) -> None:
    names = [f"t{number}" for number in range(18)]
    traits = "".join(f'\n[[trait]]\nid = "{name}"\ntitle = "x"\nquestion = "x"\n' for name in names)
    condition = " or ".join(f"'{name}' in traits" for name in names)
    parcel = changed(PARCEL, "parcel.size == 'large'", condition)
    (problem,) = found_in(write(tmp_path, bank=BANK + traits, parcel=parcel))
    assert "too many to prove" in problem.message


def test_the_bank_that_ships_has_no_condition_that_decides_nothing() -> None:
    assert list(condition_problems(default_bank())) == []


def test_the_bank_that_ships_covers_its_inventory() -> None:
    inventory = read_inventory(SHIPPED)
    assert inventory is not None
    found = coverage(default_bank(), inventory)
    assert list(missing_problems(found)) == []
    assert list(naming_problems(found, inventory)) == []
    assert found.complete
    assert found.wanted > 700


def test_the_waived_ids_of_the_bank_that_ships_are_uses_of_the_document() -> None:
    """A waiver is not a way around the coverage: there are only these, each with its reason."""
    waived = [name for waiver in default_bank().file.waivers for name in waiver.ids]
    assert waived == [f"L0.U{number}" for number in range(1, 7)]


@pytest.mark.skipif(not SPECIFICATION.is_file(), reason="the specification is not beside the repository")
def test_the_inventory_is_that_of_the_specification() -> None:
    rows = [line.split("\t") for line in SPECIFICATION.read_text(encoding="utf-8").splitlines() if line]
    assert read_inventory(SHIPPED) == {name: kind for name, kind, *_ in rows[1:]}


def covering(folder: Path, covers: str, waiver: str = "") -> Coverage:
    parcel = changed(PARCEL, 'why = "Parcels get lost."', f'why = "Parcels get lost."\ncovers = {covers}')
    bank = load_bank(write(folder, bank=BANK + waiver, parcel=parcel))
    return coverage(bank, {"S1": "section", "S1.1": "column", "S1.R": "rule", "S1.2": "prompt"})


def test_what_nothing_covers_is_missing_unless_its_kind_needs_no_cover(tmp_path: Path) -> None:
    found = covering(tmp_path, '["S1"]')
    assert found.missing == (("S1.1", "column"), ("S1.2", "prompt"))
    assert not found.complete
    assert found.wanted == 3
    assert "rule" not in COVERED_KINDS


def test_a_waiver_stands_for_a_cover(tmp_path: Path) -> None:
    waiver = '\n[[waiver]]\nids = ["S1.1", "S1.2"]\nreason = "Not here."\n'
    assert covering(tmp_path, '["S1"]', waiver).complete


def test_a_waiver_of_what_is_covered_is_needless(tmp_path: Path) -> None:
    waiver = '\n[[waiver]]\nids = ["S1", "S1.1", "S1.2"]\nreason = "Not here."\n'
    found = covering(tmp_path, '["S1"]', waiver)
    assert [name.id for name in found.needless] == ["S1"]
    assert not found.complete


def told(folder: Path, found: Coverage, inventory: dict[str, str]) -> list[str]:
    return [str(problem) for problem in placed(folder, naming_problems(found, inventory))]


def test_unknown_and_needless_ids_are_told_with_the_line_that_names_them(tmp_path: Path) -> None:
    waiver = '\n[[waiver]]\nids = [\n    "S1",\n    "S9",\n]\nreason = "Not here."\n'
    found = covering(tmp_path, '["S1", "S1.1", "S1.2", "S1.3"]', waiver)
    assert not found.complete
    parcel = (tmp_path / "parcel.toml").read_text(encoding="utf-8")
    bank = (tmp_path / "bank.toml").read_text(encoding="utf-8")
    needless = line_with(bank, '    "S1",')
    assert told(tmp_path, found, {"S2.3": "section"}) == [
        f"parcel.toml:{line_with(parcel, 'S1.3')}: parcel: the inventory has no 'S1.3'; did you mean 'S2.3'?",
        f"bank.toml:{line_with(bank, 'S9')}: waiver: the inventory has no 'S9'",
        f"bank.toml:{needless}: S1: is waived although something covers it; drop the waiver",
    ]


def test_covers_are_found_at_every_depth(tmp_path: Path) -> None:
    parcel = changed(PARCEL, '{ id = "name",', '{ id = "name", covers = ["S1.1"],')
    bank = changed(BANK, 'title = "Large" }', 'title = "Large", covers = ["S1"] }')
    bank += '\n[[checklist]]\nid = "CHK9"\ntitle = "x"\nrests_on = ["1.1"]\n'
    found = coverage(load_bank(write(tmp_path, bank=bank, parcel=parcel)), {})
    assert told(tmp_path, found, {}) == [
        f"bank.toml:{line_with(bank, 'Large')}: small.size.large: the inventory has no 'S1'",
        f"bank.toml:{line_with(bank, 'CHK9')}: small.CHK9: the inventory has no 'CHK9'",
        f"parcel.toml:{line_with(parcel, 'S1.1')}: parcel.sizes.name: the inventory has no 'S1.1'",
    ]


def test_a_bank_of_ones_own_needs_no_inventory(tmp_path: Path) -> None:
    assert read_inventory(write(tmp_path)) is None


def test_an_inventory_is_no_part_of_the_bank(tmp_path: Path) -> None:
    (write(tmp_path) / "inventory.tsv").write_text("id\tkind\nS1\tsection\n", encoding="utf-8")
    assert read_bank(tmp_path)[1] == []
    assert read_inventory(tmp_path) == {"S1": "section"}


@pytest.mark.parametrize("damage", [b"id\tkind\nS1\n", b"id\tkind\nS1\ta\tb\n", b"id\tkind\n\xff\tx\n"])
def test_a_damaged_inventory_is_told(damage: bytes, tmp_path: Path) -> None:
    (write(tmp_path) / "inventory.tsv").write_bytes(damage)
    with pytest.raises(BankError, match=r"inventory\.tsv"):
        read_inventory(tmp_path)
