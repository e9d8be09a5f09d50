"""SQL-backed rule about updates that compare a version: each hits one row."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from app import patterns
from app.bank.model import Bank
from app.document.answers import Row, Value
from app.readiness.facts.keys import kind_of, looks_unique, unique_sets
from app.readiness.facts.tables import at_rows, cell
from app.readiness.model import Found, NotChecked, Target
from app.readiness.registry import Yield, rule
from app.schema.model import Schema, Table
from app.schema.query_model import Query

_VERSION = patterns.compile(
    r"(?i)^(?:row_?|lock_?|record_?|entity_?)?(?:version|revision|rev|etag)(?:_no|_number)?$|^lock_?counter$|^xmin$"
)


@rule(
    "SQ14",
    "optimistic-update-unkeyed",
    "A",
    sections=("9.2", "10"),
    checklist=("CHK10",),
    what="An UPDATE compares a version and neither the primary key of its table nor another unique key.",
    why="Versions are small numbers: every row at version 3 is changed, and the count of changed rows, which "
    "was to tell a conflict, tells nothing.",
    fix="Compare the key as well: WHERE id = :id AND row_version = :row_version.",
    wrong_when="The version is unique over the whole table, such as a UUID. An UPDATE inside WITH is looked "
    "at on PostgreSQL only.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE seat (
    hall_id bigint, seat_no integer, row_version integer NOT NULL DEFAULT 1, held_by bigint,
    PRIMARY KEY (hall_id, seat_no)
);
\"\"\"

[[workload.queries]]
id = "Q-001"
description = "hold a seat"
sql = \"\"\"
UPDATE seat SET held_by = :buyer, row_version = row_version + 1
WHERE hall_id = :hall AND row_version = :row_version\"\"\"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE seat (
    hall_id bigint, seat_no integer, row_version integer NOT NULL DEFAULT 1, etag uuid NOT NULL,
    seat_code text NOT NULL UNIQUE, held_by bigint,
    PRIMARY KEY (hall_id, seat_no)
);
\"\"\"

[[workload.queries]]
id = "Q-001"
description = "hold a seat"
sql = \"\"\"
UPDATE seat SET held_by = :buyer, row_version = row_version + 1
WHERE seat_no = :seat AND hall_id = :hall AND row_version = :row_version\"\"\"

[[workload.queries]]
id = "Q-002"
description = "hold a seat by its code"
sql = "UPDATE seat SET held_by = :buyer WHERE seat_code = :code AND row_version = :row_version"

[[workload.queries]]
id = "Q-003"
description = "hold a seat by its tag"
sql = "UPDATE seat SET held_by = :buyer WHERE etag = :etag"
""",
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE tariff (tariff_id bigint PRIMARY KEY, version integer NOT NULL, ends_on date);"

[[workload.queries]]
id = "Q-001"
description = "end all tariffs of an old version"
sql = "UPDATE tariff SET ends_on = :day WHERE version < :version"
""",
    ),
)
def optimistic_update_unkeyed(
    bank: Bank,
    engine: str,
    schema: Schema | None,
    queried_tables: tuple[tuple[Table | None, ...], ...],
    workload_queries: Value | None,
    memo: dict[str, Any],
) -> Iterator[Yield]:
    if schema is None or not workload_queries:
        return

    look, question = partial(_unkeyed_in, engine, schema), "workload.queries"
    yield from at_rows(
        memo, "unkeyed updates", bank, question, workload_queries, look, engine, queried_tables
    )


def _unkeyed_in(engine: str, schema: Schema, address: str, row: Row, _tables: object) -> Iterator[Yield]:
    from app.schema.queries import read_queries

    target = Target("workload.queries", address, "sql")
    for query in read_queries(cell(row, "sql"), engine):
        if query.unread:
            yield NotChecked(f"the query could not be read: {query.unread}", target)
        for change in (query, *query.changes):
            problem = _unkeyed(change, schema) if change.kind == "update" and change.tables else ""
            if isinstance(problem, NotChecked):
                yield NotChecked(problem.reason, target)
            elif problem:
                yield Found(target, problem, "compare the key as well")


def _unkeyed(query: Query, schema: Schema) -> str | NotChecked:
    """Why a guarded UPDATE may change several rows, "" when it cannot or has no guard."""
    name = query.tables[0].name
    own = [c for c in query.equalities if c.table in (name, "") and c.operator == "="]
    guard = next((c for c in own if _VERSION.match(c.column)), None)
    if guard is None:
        return ""
    table = schema.table(name)
    if table is None:
        looks = any(looks_unique(c.column, name) for c in own)
        return "" if looks else NotChecked(f"{name} is not in the DDL, so its key is not known")
    version = table.column(guard.column)
    if version is not None and kind_of(version.type) == "uuid":
        return ""
    compared = {c.column for c in own}
    compared |= {
        side.column for join in query.joins for side in (join.left, join.right) if side.table in (name, "")
    }
    if any(keys <= compared for keys in unique_sets(table)) or table.primary_key is None:
        return ""
    lacking = ", ".join(column for column in table.primary_key.columns if column not in compared)
    return (
        f"{guard.column} guards this UPDATE of {table.name}, but {lacking} of its primary key is not compared"
    )
