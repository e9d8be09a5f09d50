"""One document, evaluated from several threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from app.bank.load import default_bank
from app.document.answers import Answers
from app.document.operations import Set, SetProfile, apply
from app.readiness.engine import Engine
from app.readiness.evaluator import Evaluator

DAY = date(2026, 3, 31)


def test_the_same_answers_are_evaluated_once(tmp_path: Path) -> None:
    evaluator, answers = Evaluator(default_bank(), tmp_path), Answers()
    first = evaluator.evaluate(answers, DAY)
    assert evaluator.evaluate(answers, DAY) is first
    assert evaluator.evaluate(Answers().with_note("control.title", "n"), DAY) is not first


def test_threads_get_what_a_fresh_engine_gives_for_their_own_answers(tmp_path: Path) -> None:
    bank = default_bank()
    answers = apply(bank, Answers(), SetProfile(change_types=("add_table",), risk="high"))
    versions = [
        apply(bank, answers, Set(question="problem.situation", value=f"There are {n} holds a day."))
        for n in range(6)
    ]
    evaluator = Evaluator(bank, tmp_path)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda version: evaluator.evaluate(version, DAY), versions * 2))
    assert found == [Engine(bank).evaluate(version, DAY) for version in versions * 2]
