"""Evaluating a large document and checking a small one: python -m benchmarks.evaluate [TABLES]

Budgets: evaluation after one edit takes at most 10 ms, and at most twice as long as at a tenth of the size;
`check` of a document of 15 pages, as a process, at most three times as long as `python -c 'import pydantic'`,
once with the SQL that an earlier run has read, and once without any earlier run.
Measure with compiled bytecode: PYTHONDONTWRITEBYTECODE must not be set.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from app.bank.load import default_bank
from app.document.answers import Answers
from app.document.operations import Operation, Set, SetCell, apply
from app.document.places import STATE_VARIABLE
from app.readiness.engine import Engine
from benchmarks.documents import large_answers, with_ddl

BUDGET_MS = 10.0
BUDGET_GROWTH = 2.0
BUDGET_PROCESS = 3.0
TODAY = date(2026, 11, 24)
ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ("parcel-instructions", "meter-readings")
WORDS_PER_PAGE = 450
Edit = Callable[[Answers, int], Operation]

EDITS: dict[str, Edit] = {
    "a prose answer": lambda _a, n: Set(question="problem.pain_points", value=f"halls fill up, {n} a day"),
    "a cell of 3,000 rows": lambda _a, n: SetCell(
        question="physical.column_semantics",
        row="warehouse_001/column_5",
        column="meaning",
        value=f"when the pallet left hall {n}",
    ),
    "the SQL of a query": lambda _a, n: SetCell(
        question="workload.queries",
        row="Q-1",
        column="sql",
        value=f"SELECT column_1 FROM warehouse_001 WHERE column_0 = :hall LIMIT {n}",  # noqa: S608 # never run
    ),
    "one statement of the DDL": lambda a, n: Set(
        question="physical.ddl",
        value=str(a.values["physical.ddl"]).replace("ix_warehouse_007_age", f"ix_warehouse_007_age{n}"),
    ),
    "the name of an entity": lambda _a, n: SetCell(
        question="logical.grain", row="warehouse_002", column="example", value=f"pallet {n}"
    ),
}


def after_edit(tables: int, times: int = 15) -> tuple[float, dict[str, float]]:
    """Milliseconds of the first evaluation, and by edit the median of those after one.

    What any first evaluation imports and compiles was done before.
    """
    bank = default_bank()
    Engine(bank).evaluate(with_ddl(bank, large_answers(bank, 1), 1), TODAY)
    answers = with_ddl(bank, large_answers(bank, tables), tables)
    engine = Engine(bank)
    first = _milliseconds(lambda: engine.evaluate(answers, TODAY))
    numbers = count(1)
    found = {}
    for name, edit in EDITS.items():
        taken = []
        for _ in range(times):
            edited = apply(bank, answers, edit(answers, next(numbers)))
            taken.append(_milliseconds(partial(engine.evaluate, edited, TODAY)))
        found[name] = statistics.median(taken)
    return first, found


def _milliseconds(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return (perf_counter() - start) * 1000


def process(arguments: Sequence[str], times: int = 12, *, anew: bool = False) -> float:
    """Milliseconds of the fastest run of a command; `anew`: each with an empty cache of its own."""
    taken = []
    with TemporaryDirectory() as folder:
        for number in range(times):
            state = {STATE_VARIABLE: str(Path(folder) / (str(number) if anew else "shared"))}
            start = perf_counter()
            subprocess.run(  # noqa: S603 # our own commands
                arguments, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **state}
            )
            taken.append((perf_counter() - start) * 1000)
    return min(taken)


def pages(path: Path) -> float:
    """How many pages a document has, by the words of its Markdown."""
    from app.document.store import read_document
    from app.render.document import render

    bank = default_bank()
    return len(render(bank, read_document(bank, path).answers).split()) / WORDS_PER_PAGE


def verdict(value: float, budget: float) -> str:
    return "within" if value <= budget else "OVER"


def main(tables: int) -> None:
    large_first, large = after_edit(tables)
    small_first, small = after_edit(tables // 10)
    print(f"{tables} tables: first evaluation {large_first:7.1f} ms; at a tenth {small_first:7.1f} ms")
    for name, taken in large.items():
        growth = taken / small[name]
        print(
            f"after {name:26}{taken:7.1f} ms  {verdict(taken, BUDGET_MS)} the budget of {BUDGET_MS:.0f} ms; "
            f"{growth:4.1f} × a tenth ({small[name]:.1f} ms)  {verdict(growth, BUDGET_GROWTH)} "
            f"{BUDGET_GROWTH:.0f} ×"
        )
    yardstick = process([sys.executable, "-c", "import pydantic"])
    print(f"python -c 'import pydantic'     {yardstick:7.1f} ms")
    program = Path(sys.executable).with_name("dbcharter")
    for name in EXAMPLES:
        path = ROOT / "examples" / f"{name}.toml"
        for title, anew in (("its SQL read before", False), ("for the first time", True)):
            taken = process([str(program), "check", str(path), "--fail-on", "never"], anew=anew)
            share = taken / yardstick
            print(
                f"check of {name} ({pages(path):.0f} pages), {title} {taken:7.1f} ms  {share:.1f} ×  "
                f"{verdict(share, BUDGET_PROCESS)} the budget of {BUDGET_PROCESS:.0f} ×"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
