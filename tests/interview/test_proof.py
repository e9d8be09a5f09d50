"""The proof of a bank as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from app.bank.load import default_bank
from app.bank.model import Bank, Requirement
from app.interview.proof import optional_only, prove, prove_folder

from .banks import BANK, with_conditions

SHIPPED = Path(__file__).parents[2] / "question_banks" / "database-design"


def test_the_bank_that_ships_is_proven() -> None:
    bank, proof = prove_folder(SHIPPED)
    assert bank is not None
    assert [str(problem) for problem in proof.problems] == []
    assert proof.holds
    assert proof.coverage is not None
    assert proof.coverage.complete
    assert proof.extents


def test_every_question_of_the_bank_that_ships_is_required_by_something_or_optional() -> None:
    bank = default_bank()
    assert list(optional_only(bank)) == [name for name, q in bank.questions.items() if q.optional]


def test_a_bank_without_an_inventory_has_no_coverage() -> None:
    assert prove(BANK).coverage is None


def test_coverage_is_part_of_the_proof() -> None:
    proof = prove(BANK, {"S99": "section"})
    assert not proof.holds
    assert any(problem.where == "S99" for problem in proof.problems)


def test_a_bank_that_does_not_load_is_not_proven(tmp_path: Path) -> None:
    (tmp_path / "bank.toml").write_text("format = 2\n", encoding="utf-8")
    bank, proof = prove_folder(tmp_path)
    assert bank is None
    assert not proof.holds
    assert proof.extents == ()
    assert {problem.file for problem in proof.problems} == {"bank.toml"}


def test_an_unknown_cover_has_its_file_and_line(tmp_path: Path) -> None:
    for file in SHIPPED.iterdir():
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_text(text.replace('"S15.2"', '"S15.2x"'), encoding="utf-8")
    _, proof = prove_folder(tmp_path)
    lines = (tmp_path / "15_recovery.toml").read_text(encoding="utf-8").splitlines()
    unknown, missing = proof.problems
    assert (unknown.file, unknown.where) == ("15_recovery.toml", "recovery.15.2")
    assert "S15.2x" in lines[unknown.line - 1]
    assert missing.where == "S15.2"


def test_problems_have_their_file_and_line(tmp_path: Path) -> None:
    for file in SHIPPED.iterdir():
        text = file.read_text(encoding="utf-8")
        if file.name == "15_recovery.toml":
            condition = 'ask_when = "risk >= LOW"\nbecause = "x"\nbecause_not = "x"\n'
            text = text.replace('covers = ["S15.2"]\n', f'covers = ["S15.2"]\n{condition}', 1)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    _, proof = prove_folder(tmp_path)
    (problem,) = proof.problems
    lines = (tmp_path / "15_recovery.toml").read_text(encoding="utf-8").splitlines()
    assert (problem.file, problem.where) == ("15_recovery.toml", "15.2")
    assert lines[problem.line - 1].startswith("ask_when")


def without_requirements() -> Bank:
    """A bank in which only the trait `history` requires anything: one question."""
    requirement = Requirement(title="x", parts=("recovery.objectives",))
    change_types = tuple(
        replace(change, requires=(Requirement(title="x", parts=("problem.goals",)),))
        for change in BANK.file.change_types
    )
    file = replace(
        BANK.file,
        requires=(),
        compact=(),
        change_types=change_types,
        risks=tuple(replace(risk, requires=()) for risk in BANK.file.risks),
        traits=tuple(
            replace(trait, requires=(requirement,) if trait.id == "history" else ())
            for trait in BANK.file.traits
        ),
    )
    return Bank(file, BANK.sections)


def test_a_question_that_nothing_requires_is_optional_only() -> None:
    """That is information, not a problem."""
    proof = prove(without_requirements())
    assert set(BANK.questions) - set(proof.optional_only) == {"problem.goals", "recovery.objectives"}
    assert proof.holds


def only_asked_when(condition: str) -> bool:
    """Whether the question that `history` alone requires is optional under this condition."""
    bank = with_conditions({"recovery.objectives": condition})
    return "recovery.objectives" in set(optional_only(Bank(without_requirements().file, bank.sections)))


@pytest.mark.parametrize(
    ("condition", "optional"),
    [
        ("'history' in traits", False),
        ("'history' not in traits", True),
        ("'replicas' in traits", False),
        ("risk >= HIGH", False),
        ("'history' not in traits or risk >= HIGH", False),
        ("migration.strategy == 'shadow_table'", False),
        ("risk > CRITICAL", False),
    ],
)
def test_a_requirement_counts_where_the_question_is_asked(condition: str, optional: bool) -> None:
    """What is required only where it is not asked is optional; what is never asked is a problem instead."""
    assert only_asked_when(condition) is optional


def test_a_change_type_comes_with_the_traits_it_implies() -> None:
    """`change_lifecycle` implies `lifecycle`, so it never requires what is asked without it."""
    bank = with_conditions({"recovery.objectives": "'lifecycle' not in traits"})
    requirement = Requirement(title="x", parts=("recovery.objectives",))
    file = without_requirements().file
    change_types = tuple(
        replace(change, requires=(requirement,)) if change.id == "change_lifecycle" else change
        for change in file.change_types
    )
    traits = tuple(replace(trait, requires=()) for trait in file.traits)
    file = replace(file, change_types=change_types, traits=traits)
    assert "recovery.objectives" in set(optional_only(Bank(file, bank.sections)))


def test_unreachable_questions_are_problems() -> None:
    bank = with_conditions({"recovery.objectives": "risk > CRITICAL"})
    assert [problem.where for problem in prove(bank).problems] == ["recovery.objectives"]
