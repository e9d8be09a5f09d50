"""SQL-backed rules about queries: pages that shift, updates that hit more than one row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from app.bank.model import Bank
from app.document.answers import Row, Value
from app.readiness.facts.keys import is_filled, kind_of, unique_sets
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import at_rows, cell, rows
from app.readiness.model import Found, NotChecked, Target
from app.readiness.registry import Yield, fact, rule
from app.schema.each import each
from app.schema.memo import Memo
from app.schema.model import Schema, Table
from app.schema.query_model import Comparison, Query

_TOP_ONE = re.compile(
    r"(?i)\blimit\s+1\b|\bfetch\s+(?:first|next)\s+(?:1\s+)?row\b|\btop\s*\(?\s*1\b|\brownum\s*=\s*1\b"
)
_NO_PAGES = re.compile(
    r"(?i)^\s*(?:not?\b.*\w.*\w|one (?:row|page)|a single|read as a whole|single (?:row|page)|n/?a\b)"
)
_CURSOR = re.compile(r"(?i)last|after|cursor|prev|seen|previous|before|next|from_key|boundary|anchor|token")
_UP = frozenset({">", ">="})
_DOWN = frozenset({"<", "<="})
_VERSION = re.compile(
    r"(?i)^(?:row_?|lock_?|record_?|entity_?)?(?:version|revision|rev|etag)(?:_no|_number)?$|^lock_?counter$|^xmin$"
)


@rule(
    "SQ13",
    "unstable-pagination",
    "B",
    sections=("9.2",),
    what="A query with LIMIT has no order, or one that does not end in columns that are unique together; or "
    "it continues a page by comparing each column of the order by itself.",
    why="Rows with equal values change places between two pages, so one is shown twice and another never. "
    "Two comparisons joined by AND skip every row whose first column is larger and whose second is not.",
    fix="End the order with the key as a tie-breaker, and compare the row as a whole: (a, b) > (:a, :b).",
    wrong_when="Only the first row is wanted, or the order of ties does not matter: say under Stable under "
    "pagination that it is not paginated.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE parcel (parcel_id bigint PRIMARY KEY, depot_id bigint NOT NULL, arrived_at timestamptz);"

[[workload.queries]]
id = "Q-001"
description = "parcels of a depot"
sql = "SELECT parcel_id FROM parcel WHERE depot_id = :depot_id ORDER BY arrived_at LIMIT 50"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE parcel (
    depot_id bigint NOT NULL,
    parcel_no bigint NOT NULL,
    arrived_at timestamptz NOT NULL,
    PRIMARY KEY (depot_id, parcel_no)
);
\"\"\"

[[workload.queries]]
id = "Q-001"
description = "parcels of a depot"
sql = \"\"\"
SELECT parcel_no FROM parcel
WHERE depot_id = :depot_id AND arrived_at >= :from_time AND (arrived_at, parcel_no) > (:last_time, :last_no)
ORDER BY arrived_at, parcel_no LIMIT 50\"\"\"

[[workload.queries]]
id = "Q-002"
description = "the longest waiting parcel"
sql = "SELECT parcel_no FROM parcel WHERE depot_id = :depot_id ORDER BY arrived_at LIMIT 1"

[[workload.queries]]
id = "Q-003"
description = "some parcels to look at"
sql = "SELECT parcel_no FROM parcel ORDER BY arrived_at LIMIT 20"
stable_pagination = "not paginated: any twenty will do"
""",
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE parcel (parcel_id bigint PRIMARY KEY, weight_g int NOT NULL, arrived_at timestamptz);"

[[workload.queries]]
id = "Q-001"
description = "heavy parcels of a day"
sql = \"\"\"
SELECT parcel_id FROM parcel
WHERE arrived_at >= :day AND weight_g >= :heavy
ORDER BY arrived_at, weight_g, parcel_id LIMIT 50\"\"\"

[[workload.queries]]
id = "Q-002"
description = "parcels by hour"
sql = "SELECT arrived_at, count(*) FROM parcel GROUP BY arrived_at ORDER BY arrived_at LIMIT 24"
""",
    ),
)
def unstable_pagination(
    bank: Bank,
    engine: str,
    schema: Schema | None,
    queried_tables: tuple[tuple[Table | None, ...], ...],
    workload_queries: Value | None,
    memo: dict[str, Any],
) -> Iterator[Yield]:
    if schema is None or not workload_queries:
        return

    look, given = partial(_unstable, engine, schema), (engine, schema.views)
    question = "workload.queries"
    yield from at_rows(memo, "unstable pages", bank, question, workload_queries, look, given, queried_tables)


@fact
def queried_tables(
    schema: Schema | None, engine: str, workload_queries: Value | None, memo: dict[str, Any]
) -> tuple[tuple[Table | None, ...], ...]:
    """For each query of 9.2 the tables that it names, None for one that the DDL does not have."""
    if schema is None:
        return ()
    known: Memo = memo.setdefault("queried tables", Memo())
    known.turn()
    names = each(memo, "queried names", rows(workload_queries), partial(_names_in, engine), engine)
    tables = {some: tuple(map(schema.table, some)) for some in set(names)}
    kept = {some: known.once(found, some, partial(tuple, found)) for some, found in tables.items()}
    return tuple(kept[some] for some in names)


def _names_in(engine: str, row: Row) -> tuple[str, ...]:
    from app.schema.queries import read_queries

    found = read_queries(cell(row, "sql"), engine)
    return tuple(dict.fromkeys(name for query in found for name in query.table_names))


def _unstable(engine: str, schema: Schema, address: str, row: Row, _tables: object) -> Iterator[Yield]:
    from app.schema.queries import read_query

    sql = cell(row, "sql")
    if not sql:
        return
    query, target = read_query(sql, engine), Target("workload.queries", address, "sql")
    if query.unread:
        yield NotChecked(f"the query could not be read: {query.unread}", target)
        return
    if query.kind != "select":
        return
    split = _split_keyset(query)
    if split:
        message = f"{split[0].column} and {split[1].column} are compared one by one to continue the page"
        pair = f"({split[0].column}, {split[1].column})"
        fix = f"compare the row as a whole: {pair} {split[0].operator.rstrip('=')} (…, …)"
        yield Found(target, message, fix)
    if not query.limit or query.grouped or _TOP_ONE.search(sql):
        return
    if _NO_PAGES.search(cell(row, "stable_pagination")):
        return
    problem = _not_total(query, schema)
    if isinstance(problem, NotChecked):
        yield NotChecked(problem.reason, target)
    elif problem:
        fix = "end the order with the key, or say under Stable under pagination that it is not paginated"
        yield Found(target, problem, fix)


def _split_keyset(query: Query) -> tuple[Comparison, Comparison] | None:
    """Two columns of the order that are compared with the last row seen, each by itself."""
    if len(query.order_by) < 2 or query.keysets:
        return None
    ordered = {item.column: item.descending for item in query.order_by if item.column}
    moving = [
        c
        for c in query.ranges
        if c.column in ordered
        and _CURSOR.search(c.value)
        and c.operator in (_DOWN if ordered[c.column] else _UP)
    ]
    for first in moving:
        for second in moving:
            if first.column != second.column and list(ordered).index(first.column) < list(ordered).index(
                second.column
            ):
                return first, second
    return None


def _not_total(query: Query, schema: Schema) -> str | NotChecked:
    """Why the order of a query is not total, "" when it is."""
    if not query.order_by:
        return _unordered(query, schema)
    tables = [name for name in query.table_names if not _is_view(schema, name)]
    known = {name: schema.table(name) for name in tables}
    fixed = {(c.table, c.column) for c in query.equalities if c.operator == "="}
    fixed |= {(item.table, item.column) for item in query.order_by if item.column}
    fixed |= _through_joins(query, fixed)
    missing = []
    for name in tables:
        table = known[name]
        columns = {column for owner, column in fixed if owner in (name, "")}
        if table is None:
            if not any(_looks_unique(column, name) for column in columns):
                missing.append(name)
            else:
                return ""
        elif any(keys <= columns for keys in unique_sets(table)) or _random(table, columns):
            return ""
    listed = ", ".join(item.column or item.expression for item in query.order_by)
    if len(missing) == len(tables):
        return NotChecked(
            f"{missing[0] if missing else 'the table'} is not in the DDL, so its keys are not known"
        )
    return f"the order by {listed} leaves ties open: no unique key is among its columns"


def _unordered(query: Query, schema: Schema) -> str:
    """A LIMIT without order; a queue that locks what it takes, and the one row of a key, need none."""
    if query.locks:
        return ""
    equal = {c.column for c in query.equalities if c.operator == "="}
    for name in query.table_names:
        table = schema.table(name)
        if table is not None and any(keys <= equal for keys in unique_sets(table)):
            return ""
    return "LIMIT without ORDER BY: which rows come is up to the plan"


def _through_joins(query: Query, fixed: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Columns that a join sets equal to one that is fixed or in the order."""
    found: set[tuple[str, str]] = set()
    for join in query.joins:
        sides = (join.left.table, join.left.column), (join.right.table, join.right.column)
        for one, other in (sides, sides[::-1]):
            if one in fixed:
                found.add(other)
    return found


def _is_view(schema: Schema, name: str) -> bool:
    return name.rsplit(".", 1)[-1].casefold() in {view.rsplit(".", 1)[-1].casefold() for view in schema.views}


def _looks_unique(column: str, table: str) -> bool:
    name = column.casefold()
    return name in ("id", "uuid") or name in (
        f"{entity_key(table).replace(' ', '_')}_{end}" for end in ("id", "uuid")
    )


def _random(table: Table, columns: set[str]) -> bool:
    """Whether one of the columns is a UUID that the server makes."""
    return any(
        kind_of(column.type) == "uuid" and is_filled(column)
        for column in map(table.column, columns)
        if column is not None
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
    wrong_when="The version is unique over the whole table, such as a UUID.",
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
        elif query.kind == "update" and query.tables:
            problem = _unkeyed(query, schema)
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
        looks = any(_looks_unique(c.column, name) for c in own)
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
