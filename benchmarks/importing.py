"""How long an import of a large schema takes: run `python benchmarks/importing.py [TABLES]`.

Makes a dump of 1,000 tables (2 MB), proposes rows for an empty document, adds them in one step, saves,
proposes again, and accepts everything. Prints milliseconds and the memory at its peak.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.bank.load import default_bank
from app.document.answers import Answers
from app.document.drafts import DRAFT
from app.document.machine import Machine
from app.document.operations import Accept, ImportRows
from app.schema.prefill import proposals
from app.schema.read import read_schema
from app.session import Session
from benchmarks.schema import dump

T = TypeVar("T")


def timed(title: str, action: Callable[[], T]) -> T:
    start = time.perf_counter()
    result = action()
    print(f"{title:<42}{(time.perf_counter() - start) * 1_000:>10.1f} ms")
    return result


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    text, bank = dump(tables), default_bank()
    print(f"{tables} tables, {len(text.encode()) / 1e6:.2f} MB, Python {sys.version.split()[0]}")
    schema = timed("read the dump", lambda: read_schema(text, "postgresql"))
    found = timed("propose rows", lambda: proposals(bank, schema, Answers()))
    rows: dict[str, list[dict[str, Any]]] = {}
    for proposal in found:
        rows.setdefault(proposal.question, []).append({**proposal.row, DRAFT: True})
    print(f"{len(found)} rows in {len(rows)} questions")
    with tempfile.TemporaryDirectory() as folder:
        session = Session.create(bank, Path(folder) / "large.toml", machine=Machine())
        timed("add them in one step, durable", lambda: session.apply(ImportRows(rows=rows)))
        timed("save the answer file", session.save)
        again = timed("propose again", lambda: proposals(bank, schema, session.answers))
        assert not again
        timed("survey", session.survey)
        for question in rows:
            session.apply(Accept(question=question), group="all")
        timed("save after accepting everything", session.save)
        timed("undo that", session.undo)
        session.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"memory at its peak: {peak / 1024:.0f} MB")


if __name__ == "__main__":
    main()
