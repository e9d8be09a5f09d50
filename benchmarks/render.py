"""Render a document of 300 tables with 3,000 columns; prints the time beside its budget."""

from __future__ import annotations

import itertools
import time

from app.bank.load import default_bank
from app.document.answers import Answers, Profile, freeze
from app.render.document import render

TABLES = 300
COLUMNS = 10
BUDGET = 2.0
"""Seconds."""


def document() -> Answers:
    """A document about `TABLES` tables, each with its columns, keys, states, queries and indexes."""
    names = [f"ledger_{number:03}" for number in range(TABLES)]
    ddl = "\n\n".join(
        f"create table {name} (\n"
        + ",\n".join(f"    amount_{i} numeric(12, 2) not null" for i in range(COLUMNS))
        + "\n);"
        for name in names
    )
    tables: dict[str, list[dict[str, object]]] = {
        "physical.column_semantics": [
            {
                "table": name,
                "column": f"amount_{i}",
                "type": "numeric(12, 2)",
                "nullable": False,
                "meaning": f"the amount of kind {i} | in *minor* units, never `null`; see {name}_history",
                "source": "command",
                "notes": "kept for ten years",
            }
            for name in names
            for i in range(COLUMNS)
        ],
        "logical.grain": [{"entity": n, "grain": f"one entry of {n}", "example": "entry 7"} for n in names],
        "logical.keys": [{"entity": n, "primary_identity": "id bigint"} for n in names],
        "logical.cardinality": [
            {"relationship": f"{a} → {b}", "cardinality": "one_to_many", "optional": True}
            for a, b in itertools.pairwise(names)
        ],
        "logical.states": [{"entity": n, "state": s} for n in names for s in ("open", "closed")],
        "logical.transitions": [{"entity": n, "from_state": "open", "to_state": "closed"} for n in names],
        "workload.queries": [
            {"id": f"Q-{n}", "description": f"entries of {n}", "sql": f"table {n} limit :rows"}
            for n in names[:200]
        ],
        "physical.indexes": [{"query": f"Q-{n}", "index": f"ix_{n} (id)"} for n in names],
    }
    answers = Answers(Profile(("redesign_module",), "critical", ("lifecycle", "existing_data")))
    for question, rows in tables.items():
        answers = answers.with_value(question, freeze(rows))
    return answers.with_value("physical.ddl", ddl)


def main() -> None:
    bank, answers = default_bank(), document()
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        text = render(bank, answers)
        taken.append(time.perf_counter() - start)
    print(f"rendered {len(text) / 1e6:.1f} MB in {min(taken):.2f} s; budget {BUDGET:.1f} s")


if __name__ == "__main__":
    main()
