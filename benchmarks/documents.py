"""Large answer documents to measure with."""

from __future__ import annotations

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.operations import Set, SetProfile, apply

COLUMNS_PER_TABLE = 10
QUERIES_PER_100_TABLES = 67


def large_answers(bank: Bank, tables: int = 300) -> Answers:
    """Answers about `tables` tables with ten columns each: about 1.3 MB of TOML for 300."""
    names = [f"warehouse_{number:03}" for number in range(tables)]
    columns = [(name, f"column_{number}") for name in names for number in range(COLUMNS_PER_TABLE)]
    queries = [f"Q-{number}" for number in range(tables * QUERIES_PER_100_TABLES // 100)]
    rows: dict[str, list[dict[str, object]]] = {
        "logical.grain": [{"entity": name, "grain": f"one row per pallet in hall {name}"} for name in names],
        "physical.column_semantics": [
            {
                "table": name,
                "column": column,
                "type": "timestamptz",
                "nullable": column.endswith("9"),
                "meaning": f"when the pallet reached step {column} in {name}, by the clock of the scanner",
                "source": "system",
                "notes": "never later than now; corrected only by the shift lead, with a reason in the log\n"
                "A correction keeps the earlier value in the audit table, with who and when.",
            }
            for name, column in columns
        ],
        "workload.queries": [
            {
                "id": query,
                "description": f"pallets of a hall by age, variant {query}",
                "sql": "SELECT pallet_id, arrived_at\nFROM warehouse_001\nWHERE hall = $1\n"
                "  AND arrived_at < $2\nORDER BY arrived_at\nLIMIT 50\n" * 4,
            }
            for query in queries
        ],
    }
    answers = apply(bank, Answers(), SetProfile(change_types=("redesign_module",), risk="high"))
    for question_id, value in rows.items():
        answers = apply(bank, answers, Set(question=question_id, value=value))
    for question_id, question in bank.questions.items():
        if question.kind == "prose":
            answers = apply(bank, answers, Set(question=question_id, value=question.good))
    return answers


def with_ddl(bank: Bank, answers: Answers, tables: int = 300) -> Answers:
    """The same with the DDL of its tables for PostgreSQL, a statement for each and one for its index."""
    statements = []
    for number in range(tables):
        columns = ",\n".join(
            f"    column_{n} timestamptz{'' if n == 9 else ' NOT NULL'}" for n in range(COLUMNS_PER_TABLE)
        )
        name = f"warehouse_{number:03}"
        statements.append(f"CREATE TABLE {name} (\n{columns},\n    PRIMARY KEY (column_0, column_1)\n);")
        statements.append(f"CREATE INDEX ix_{name}_age ON {name} (column_1, column_2);")
    answers = apply(bank, answers, Set(question="physical.engine", value="postgresql"))
    return apply(bank, answers, Set(question="physical.ddl", value="\n\n".join(statements)))
