"""Cross-section rules about workloads: queries, the indexes that serve them, replicas, write load."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app import patterns
from app.bank.model import Bank
from app.document.answers import Row, Value
from app.readiness.facts.objects import parse_indexes
from app.readiness.facts.states import entity_key, singular
from app.readiness.facts.tables import addressed, cell, name_key, row_text, rows
from app.readiness.model import NotChecked, Target
from app.readiness.registry import Yield, at, rule
from app.schema.each import union_of
from app.schema.model import Schema, Table
from app.schema.names import word_set
from app.schema.query_model import Query

_WAITS = patterns.compile(r"(?i)^\s*(?:yes\b|interactive|a (?:person|user)|users?\b|people\b)|\bwaits?\b")
_BATCH = patterns.compile(r"(?i)^\s*(?:no\b|batch|async|background|offline|nightly|not interactive)")
_COMMON = word_set(
    "query queries list lists read reads write writes lookup search page pages screen daily nightly hourly "
    "the and for from with all one new of by a an in on to per load job data table rows row"
)


@rule(
    "XS05",
    "workload-query-index-gap",
    "B",
    sections=("7.4", "9.1", "9.2", "9.3"),
    checklist=("CHK08",),
    cross_checks=("RVW04",),
    what="A workload of 9.1 has no query in 9.2, or a query that somebody waits for compares columns with "
    "which no index begins.",
    why="The query is fast on the developer's thousand rows and reads the whole table in production.",
    fix="Add the query, or an index that begins with the columns that it compares for equality.",
    wrong_when="The table stays tiny (give its size in 16.1), or the index exists and was not pasted: name "
    "it with its columns in 9.3.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE bag (bag_id bigint PRIMARY KEY, tag_no text NOT NULL, flight_id bigint NOT NULL);"

[[workload.queries]]
id = "Q-001"
description = "bags of one flight"
sql = "SELECT bag_id, tag_no FROM bag WHERE flight_id = :flight_id ORDER BY tag_no LIMIT 50"
interactive = "interactive, the gate agent waits"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE belt (belt_no integer PRIMARY KEY, hall text NOT NULL);"

[[capacity.growth]]
entity = "belt"
current_rows = "40"
year_estimate = "40"

[[workload.queries]]
id = "Q-001"
description = "belts of a hall"
sql = "SELECT belt_no FROM belt WHERE hall = :hall"
interactive = "interactive"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE bag (bag_id bigint PRIMARY KEY, tag_no text NOT NULL, flight_id bigint NOT NULL);
CREATE INDEX ix_bag_flight ON bag (flight_id, tag_no);
\"\"\"

[[workload.workloads]]
workload = "lost bag reports"
type = "olap_report"

[[workload.queries]]
id = "Q-001"
description = "bags of one flight"
sql = "SELECT bag_id, tag_no FROM bag WHERE flight_id = :flight_id ORDER BY tag_no LIMIT 50"
interactive = "interactive, the gate agent waits"

[[workload.queries]]
id = "Q-002"
description = "report on bags lost in a month"
sql = "SELECT count(*) FROM bag WHERE tag_no LIKE :pattern"
interactive = "batch, on the first of the month"
""",
    ),
)
def workload_query_index_gap(
    bank: Bank,
    engine: str,
    schema: Schema | None,
    memo: dict[str, Any],
    tenant_keys: frozenset[str],
    workload_workloads: Value | None,
    workload_queries: Value | None,
    workload_query_indexes: Value | None,
    tiny_tables: frozenset[str],
) -> Iterator[Yield]:
    queries = rows(workload_queries)
    if queries and workload_workloads:
        yield from _unserved_workloads(bank, workload_workloads, queries, memo)
    if schema is None:
        return
    from app.schema.queries import read_query

    mapped = {name_key(cell(row, "query")): row for row in rows(workload_query_indexes)}
    checked = _Checked(memo, tenant_keys)
    for address, row in addressed(bank, "workload.queries", workload_queries):
        how = cell(row, "interactive")
        if _BATCH.search(how) or not _WAITS.search(how) or not cell(row, "sql"):
            continue
        query = read_query(cell(row, "sql"), engine)
        target = Target("workload.queries", address, "sql")
        if query.unread:
            yield NotChecked(f"the query could not be read: {query.unread}", target)
            continue
        index = cell(mapped.get(name_key(cell(row, "id")), {}), "index")
        for problem in _index_gaps(query, schema, index, tiny_tables, checked):
            if isinstance(problem, NotChecked):
                yield NotChecked(problem.reason, target)
            else:
                fix = "add an index that begins with these columns, or say in 16.1 that the table stays small"
                yield at("workload.queries", problem, row=address, column="sql", fix=fix)
    checked.keep()


class _Checked:
    """What was found about a query and a table, for as long as both are the same objects."""

    def __init__(self, memo: dict[str, Any], tenant: frozenset[str]) -> None:
        self.memo = memo
        self.tenant = tenant
        before_tenant, before = memo.get("XS05", (tenant, {}))
        self.before: dict[tuple[int, int], tuple[Query, Table, str]] = (
            before if before_tenant == tenant else {}
        )
        self.after: dict[tuple[int, int], tuple[Query, Table, str]] = {}

    def gap(self, query: Query, table: Table) -> str:
        key = (id(query), id(table))
        known = self.before.get(key) or self.after.get(key)
        if known is None or known[0] is not query or known[1] is not table:
            known = (query, table, _gap(query, table, self.tenant))
        self.after[key] = known
        return known[2]

    def keep(self) -> None:
        self.memo["XS05"] = (self.tenant, self.after)


def _index_gaps(
    query: Query, schema: Schema, mapped: str, tiny: frozenset[str], checked: _Checked
) -> Iterator[str | NotChecked]:
    if query.kind not in ("select", "update", "delete"):
        return
    for name in query.table_names:
        table = schema.table(name)
        if entity_key(name) in tiny or name.casefold() in schema.views:
            continue
        if table is not None:
            gap = checked.gap(query, table)
            if gap:
                yield gap
        elif len(query.table_names) == 1:
            yield from _gap_by_mapping(query, name, mapped)


def _gap(query: Query, table: Table, tenant: frozenset[str]) -> str:
    """Why no index of a table serves a query, or "" when one does or nothing has to be found."""
    from app.schema.queries import serving_indexes

    used = _used(query, table)
    if not used or not (query.equalities or query.ranges or query.limit):
        return ""
    own = [column for column in used if name_key(column) not in tenant] or used
    for serving in serving_indexes(query, table):
        found = {*serving.columns[: serving.equality], serving.range_column}
        if found & set(own) or (serving.ordered and query.order_by and query.limit):
            return ""
    return f"no index of {table.name} finds rows by {' or '.join(own)}, which this query compares"


def _used(query: Query, table: Table) -> list[str]:
    """The columns of a table that a query compares with something."""
    uses = [(use.table, use.column) for use in (*query.equalities, *query.ranges)]
    uses += [(side.table, side.column) for join in query.joins for side in (join.left, join.right)]
    found = {}
    for name, column in uses:
        bare = name.rsplit(".", 1)[-1].casefold()
        if (bare == table.name.rsplit(".", 1)[-1].casefold()) if bare else table.column(column):
            found[column] = True
    return list(found)


def _gap_by_mapping(query: Query, table: str, mapped: str) -> Iterator[str | NotChecked]:
    """For a table that the DDL does not make: whether the index that 9.3 names begins right."""
    indexes = [index for index in parse_indexes(mapped) if index.columns]
    if not indexes:
        yield NotChecked(f"{table} is not in the DDL, and 9.3 does not give the columns of an index for it")
        return
    compared = {use.column.casefold() for use in (*query.equalities, *query.ranges)}
    ordered = {item.column.casefold() for item in query.order_by} if query.limit else set()
    if compared and not any(index.columns[0] in compared | ordered for index in indexes):
        first = indexes[0]
        yield f"{first.name} begins with {first.columns[0]}, which this query does not compare"


def _unserved_workloads(
    bank: Bank, workloads: Value | None, queries: tuple[Row, ...], memo: dict[str, Any]
) -> Iterator[Yield]:
    ids = {name_key(cell(row, "id")) for row in queries}
    words = union_of(memo, "words of queries", queries, _words)
    for address, row in addressed(bank, "workload.workloads", workloads):
        said = f" {name_key(row_text(row))} "
        own = _stems(row, "workload")
        if own and not own & words and not any(f" {query} " in said for query in ids if query):
            message = "no query of 9.2 belongs to this workload"
            fix = "add its query to 9.2, or name the id of the one that serves it"
            yield at("workload.workloads", message, row=address, fix=fix)


def _words(row: Row) -> frozenset[str]:
    return frozenset().union(*(_stems(row, column) for column in ("description", "sql", "interactive")))


def _stems(row: Row, column: str) -> set[str]:
    words = (singular(word) for word in name_key(cell(row, column)).split() if word not in _COMMON)
    return {re.sub(r"(?:ations?|ings?|ions?|ers?|ed|s|e)$", "", word) for word in words if len(word) > 2}
