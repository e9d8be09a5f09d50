"""The journal under a large document: python -m benchmarks.journal [TABLES]

Budgets: an edit is acknowledged within 50 ms, and saving after one edit takes at most 20 ms. Held
against the budgets is the median; on a busy machine look at the time of the processor. Times include
everything that `Session.apply` and `Session.save` do: journal, hashing, temporary file, rename. Without
syncing, `fsync` is replaced by nothing and SQLite does not wait for the disk.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from unittest import mock

import tomli
import tomli_w

from app.bank.load import default_bank
from app.bank.model import Bank
from app.document.answers import Answers
from app.document.codec import new_document
from app.document.operations import Set, SetCell
from app.document.store import write_document
from app.session import Session
from benchmarks.documents import large_answers

ACKNOWLEDGED_MS = 50.0
SAVED_MS = 20.0
EDITS = 200
SAVES = 40


def timed(run: Callable[[], object]) -> float:
    """How long one run takes, in milliseconds."""
    start = perf_counter()
    run()
    return (perf_counter() - start) * 1000


def report(name: str, found: list[float], budget: float | None = None) -> None:
    """Print median and 99th percentile; the median is held against the budget."""
    ordered = sorted(found)
    median, high = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
    limit = (
        "" if budget is None else f"   budget {budget:5.0f} ms: {'kept' if median <= budget else 'MISSED'}"
    )
    print(f"{name:46} median {median:8.2f} ms   p99 {high:8.2f} ms{limit}")


def cell(number: int) -> SetCell:
    row = f"warehouse_{number % 300:03}/column_{number % 10}"
    value = f"changed {number}"
    return SetCell(question="physical.column_semantics", row=row, column="meaning", value=value)


def prose(number: int) -> Set:
    return Set(question="problem.pain_points", value=f"The queue is slow.\n\nTyped {number} times.")


@contextmanager
def no_sync(session: Session) -> Iterator[None]:
    """The same work without waiting for the disk."""
    journal = session._keeper._journal
    assert journal is not None
    journal._connection.execute("PRAGMA synchronous = OFF")
    with mock.patch("os.fsync", id):
        yield
    journal._connection.execute("PRAGMA synchronous = FULL")


def report_saves(name: str, session: Session) -> None:
    """Save after one edit, many times: time that passed, and time of the processor."""
    passed, worked = [], []
    for number in range(SAVES):
        session.apply(Set(question="control.title", value=f"{name} {number}"))
        session.apply(cell(number))
        before = process_time()
        passed.append(timed(session.save))
        worked.append((process_time() - before) * 1000)
    report(name, passed, SAVED_MS)
    report(f"{name}, processor time", worked, SAVED_MS)


def main(bank: Bank, tables: int, folder: Path) -> None:
    path = folder / "large.toml"
    write_document(bank, path, new_document(bank, "large", Answers()), large_answers(bank, tables))
    data = tomli.loads(path.read_text(encoding="utf-8"))
    print(f"{path.stat().st_size / 1e6:.2f} MB, {tables * 10:,} columns")
    print(f"{'open, first time':46} {timed(lambda: Session.open(bank, path).close()):15.1f} ms")
    print(f"{'open, with a journal':46} {timed(lambda: Session.open(bank, path).close()):15.1f} ms")
    with Session.open(bank, path) as session:
        report(
            "apply: one cell", [timed(partial(session.apply, cell(n))) for n in range(EDITS)], ACKNOWLEDGED_MS
        )
        typed = [timed(partial(session.apply, prose(n), group="field")) for n in range(EDITS)]
        report("apply: a key while typing prose", typed, ACKNOWLEDGED_MS)
    with Session.open(bank, path) as session:
        print(f"{'recovered at open':46} {len(session.recovered):15} changes")
    print(f"{'open, with these to replay':46} {timed(lambda: Session.open(bank, path).close()):15.1f} ms")
    with Session.open(bank, path) as session:
        print(f"{'first save':46} {timed(session.save):15.1f} ms")
        report_saves("save", session)
        with no_sync(session):
            report_saves("save without syncing", session)
        print(f"{'undo':46} {timed(session.undo):15.1f} ms")
        print(f"{'check_outside, nothing changed':46} {timed(session.check_outside):15.3f} ms")
    dumps = [timed(lambda: tomli_w.dumps(data, multiline_strings=True)) for _ in range(5)]
    report("tomli_w.dumps of the whole, not written", dumps)
    size = sum(found.stat().st_size for found in (folder / ".dbcharter").iterdir())
    print(f"{'size of the journal':46} {size / 1e6:15.1f} MB")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=os.environ.get("DBCHARTER_BENCHMARK_DIR")) as scratch:
        main(default_bank(), int(sys.argv[1]) if len(sys.argv) > 1 else 300, Path(scratch))
