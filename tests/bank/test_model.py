"""The look-up tables of a bank hold it to what its sections say."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bank.load import default_bank, load_bank
from app.bank.model import Bank
from app.bank.remembered import key_of, recall, remember

from .small import write


def by_going_through(bank: Bank, part: str) -> tuple[str, ...]:
    """The questions of a part, found by a look at each question."""
    if part in bank.questions:
        return (part,)
    return tuple(
        name for name in bank.questions if part in (bank.subsection_of(name).number, bank.section_of(name).id)
    )


@pytest.fixture(params=["the one that ships", "small", "remembered"])
def bank(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    if request.param == "small":
        return load_bank(write(tmp_path))
    if request.param == "remembered":
        monkeypatch.setattr("sys.dont_write_bytecode", False)
        folder, key = tmp_path / "bank", key_of({"bank.toml": ""})
        remember(folder, key, default_bank())
        recalled = recall(folder, key)
        assert recalled is not None
        return recalled
    return default_bank()


def test_the_questions_of_each_part_are_those_that_stand_in_it(bank: Bank) -> None:
    for part in (*bank.questions, *bank.subsections, *bank.section_by_id):
        assert bank.questions_in(part) == by_going_through(bank, part)
    whole = [name for section in bank.sections for name in bank.questions_in(section.id)]
    assert whole == list(bank.questions)


@pytest.mark.parametrize("part", ["", "nothing", "99.9", "problem."])
def test_an_unknown_part_has_no_questions(part: str) -> None:
    assert default_bank().questions_in(part) == ()
