"""The examples are complete, canonical, and what they render to is up to date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.codec import decode, encode, value_problems
from app.interview.applicability import survey
from app.readiness.engine import Engine
from app.render.document import render

FOLDER = Path(__file__).resolve().parent.parent / "examples"
BANK = default_bank()
FILES = sorted(FOLDER.glob("*.toml"))


def test_there_is_a_full_and_a_compact_example() -> None:
    templates = {decode(BANK, path.read_text(encoding="utf-8")).answers.profile.template for path in FILES}
    assert templates == {"full", "compact"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_answers_everything_that_its_profile_requires(path: Path) -> None:
    document = decode(BANK, path.read_text(encoding="utf-8"), path.name)
    assert document.problems == ()
    assert value_problems(BANK, document, path.name) == []
    assert [view.id for view in survey(BANK, document.answers).required if view.open] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_is_written_as_dbcharter_writes_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    document = decode(BANK, text)
    assert encode(BANK, document, document.answers).layout.text == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_rendered_example_is_up_to_date(path: Path) -> None:
    """To renew it: dbcharter render examples/NAME.toml."""
    answers = decode(BANK, path.read_text(encoding="utf-8")).answers
    rendered = path.with_suffix(".md").read_text(encoding="utf-8")
    evaluation = Engine(BANK).evaluate(answers, date(2026, 11, 24))
    assert render(BANK, answers, answers.profile.template, evaluation=evaluation) == rendered


def test_no_required_answer_of_an_example_is_left_open_when_rendered() -> None:
    for path in FILES:
        assert "Not yet answered" not in path.with_suffix(".md").read_text(encoding="utf-8")
