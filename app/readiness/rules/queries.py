"""SQL-backed rule about queries: pages that shift."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from app import patterns
from app.bank.model import Bank
from app.document.answers import Row, Value
from app.readiness.facts.denials import denied
from app.readiness.facts.keys import is_filled, kind_of, looks_unique, unique_sets
from app.readiness.facts.tables import at_rows, cell, rows
from app.readiness.model import Found, NotChecked, Target
from app.readiness.registry import Yield, fact, rule
from app.schema.each import each
from app.schema.memo import Memo
from app.schema.model import Schema, Table
from app.schema.query_model import Comparison, Query

_TOP_ONE = patterns.compile(
    r"(?i)\blimit\s+1\b|\bfetch\s+(?:first|next)\s+(?:1\s+)?row\b|\btop\s*\(?\s*1\b|\brownum\s*=\s*1\b"
)
_NO_PAGES = patterns.compile(
    r"(?i)^\s*(?:not?\b.*\w.*\w|one (?:row|page)|a single|read as a whole|single (?:row|page)|n/?a\b)"
)
_PAGINATED = patterns.compile(
    r"(?i)\b(?:paginated?|pagination|paged|paging|(?<=without )pages|(?<=no )pages)\b"
)
_CURSOR = patterns.compile(
    r"(?i)last|after|cursor|prev|seen|previous|before|next|from_key|boundary|anchor|token"
)
_UP = frozenset({">", ">="})
_DOWN = frozenset({"<", "<="})


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
    from app.schema.queries import read_queries

    target = Target("workload.queries", address, "sql")
    for query in read_queries(cell(row, "sql"), engine):
        if query.unread:
            yield NotChecked(f"the query could not be read: {query.unread}", target)
        elif query.kind == "select":
            yield from _shifting(query, schema, target, cell(row, "stable_pagination"))


def _shifting(query: Query, schema: Schema, target: Target, said: str) -> Iterator[Yield]:
    """What is wrong with the pages of a SELECT; `said` is whether they are stable."""
    split = _split_keyset(query, schema)
    if split:
        message = f"{split[0].column} and {split[1].column} are compared one by one to continue the page"
        pair = f"({split[0].column}, {split[1].column})"
        fix = f"compare the row as a whole: {pair} {split[0].operator.rstrip('=')} (…, …)"
        yield Found(target, message, fix)
    if not query.limit or query.grouped or _TOP_ONE.search(query.text) or _has_no_pages(said):
        return
    problem = _not_total(query, schema)
    if isinstance(problem, NotChecked):
        yield NotChecked(problem.reason, target)
    elif problem:
        fix = "end the order with the key, or say under Stable under pagination that it is not paginated"
        yield Found(target, problem, fix)


def _has_no_pages(said: str) -> bool:
    return bool(_NO_PAGES.search(said)) or any(denied(said, m.start()) for m in _PAGINATED.finditer(said))


def _split_keyset(query: Query, schema: Schema) -> tuple[Comparison, Comparison] | None:
    """Two columns of the order that are compared with the last row seen, each by itself.

    That they are so is told by the names of the parameters; or, whatever those are, by the end of the order
    being a key that is compared strictly, which is no filter that anybody wants.
    """
    if len(query.order_by) < 2 or query.keysets:
        return None
    ordered = {item.column: item.descending for item in query.order_by if item.column}
    moving = [
        c
        for c in query.ranges
        if c.column in ordered and c.operator in (_DOWN if ordered[c.column] else _UP) and _is_given(c)
    ]
    places = list(ordered)
    for first in moving:
        for second in moving:
            if places.index(first.column) < places.index(second.column) and (
                (_CURSOR.search(first.value) and _CURSOR.search(second.value))
                or (second.column == places[-1] and _is_key(second, schema) and second.operator in "<>")
            ):
                return first, second
    return None


def _is_given(comparison: Comparison) -> bool:
    """Whether a column is compared with a parameter."""
    return comparison.value.startswith((":", "?")) or bool(_CURSOR.search(comparison.value))


def _is_key(comparison: Comparison, schema: Schema) -> bool:
    table = schema.table(comparison.table) if comparison.table else None
    if table is None:
        return False
    return any(comparison.column in key and len(key) == 1 for key in unique_sets(table))


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
            if not any(looks_unique(column, name) for column in columns):
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


def _random(table: Table, columns: set[str]) -> bool:
    """Whether one of the columns is a UUID that the server makes."""
    return any(
        kind_of(column.type) == "uuid" and is_filled(column)
        for column in map(table.column, columns)
        if column is not None
    )
