"""Cross-section rules about load and lag: what indexes cost to write, what a replica may answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app import patterns
from app.bank.model import Bank
from app.document.answers import Row, Value
from app.readiness.facts.denials import affirmed
from app.readiness.facts.objects import DdlIndex, table_named
from app.readiness.facts.quantities import durations, parse_quantity, quantities
from app.readiness.facts.states import entity_key, singular
from app.readiness.facts.tables import addressed, cell, name_key, row_text, rows, text
from app.readiness.facts.texts import is_bare
from app.readiness.registry import Yield, at, rule
from app.schema.model import Schema

_MANY_INDEXES, _WIDE_INDEX = 6, 5
_BUSY_PER_MONTH = 10_000_000
_BUSY_PER_SECOND = 100
_RATE = patterns.compile(r"\s*\w*\s*(?:/\s*s\b|/\s*sec|per second|a second)", re.IGNORECASE)
_IMMEDIATE = patterns.compile(
    r"(?i)\b(?:immediate(?:ly)?|read[- ]after[- ]write|"
    r"reads?[- ](?:(?:your|its|their|his|her|my|our)[- ])(?:own[- ])?writes?|own writes?|strong(?:ly)?|"
    r"real[- ]time|up to date|current|no staleness)\b|^\s*0\s*(?:m?s)?\s*(?:$|[;:]|[,.](?!\d))"
)
_NO = patterns.compile(
    r"(?i)\s*(?:no(?! (?:replica|limit|matter|problem|issue|harm|trouble|risk|difference|danger|bound|"
    r"objection)s?\b)"
    r"|never|none)\b(?! (?:matter|problem)s?\b)|\s*(?:0\s*(?:m?s|sec\w*|min\w*)?|zero)\s*(?:$|[;:]|"
    r"[,.](?!\d))"
)
_NOT_STALE = patterns.compile(
    r"(?i)\b(?:not (?:acceptable|accepted|allowed|tolerated|tolerable|permitted|okay)|unacceptable|"
    r"intolerable|"
    r"(?:must|may|can|should)(?:n['’]t|not| not| never)\b[^.;:]{0,20}\b(?:stale|behind|outdated|"
    r"lag))\b[^.;:]*"
)
_STICKY = patterns.compile(
    r"(?i)\b(?:sticky|primary|lag|lsn|gtid|heartbeat|session|wait(?:s|ed)?|synchronous(?:ly)?|remote_apply|"
    r"own writes?|within \d+)\b"
)


@rule(
    "XS15",
    "index-load-versus-writes",
    "C",
    sections=("7.4", "7.5", "9.1"),
    cross_checks=("RVW05",),
    what="A table that is written a lot has many indexes, or a wide one, and 7.5 says nothing about write "
    "amplification.",
    why="Every index is written with every row; the cost shows in WAL, replica lag and vacuum long before it "
    "shows in a query plan.",
    fix="Say in 7.5 what one row costs to write, measured, or drop the index that is used least.",
    wrong_when="Where a table has too many indexes is a matter of taste; six on a busy table deserve a "
    "sentence.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE scan (scan_id bigint PRIMARY KEY, parcel_id bigint, depot_id bigint, tour_id bigint, belt int);
CREATE INDEX ix_scan_all ON scan (depot_id, tour_id, parcel_id, belt, scan_id);
\"\"\"

[[capacity.growth]]
entity = "scan"
current_rows = "2.6B"
monthly_growth = "90M"
""",
    silent=(
        """
[physical]
engine = "postgresql"
write_amplification = "One scan writes the row and two index entries: 310 bytes of WAL, measured."
ddl = \"\"\"
CREATE TABLE scan (scan_id bigint PRIMARY KEY, parcel_id bigint, depot_id bigint, tour_id bigint, belt int);
CREATE INDEX ix_scan_all ON scan (depot_id, tour_id, parcel_id, belt, scan_id);
\"\"\"

[[capacity.growth]]
entity = "scan"
current_rows = "2.6B"
monthly_growth = "90M"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE scan (scan_id bigint PRIMARY KEY, parcel_id bigint, depot_id bigint);
CREATE INDEX ix_scan_parcel ON scan (parcel_id);
\"\"\"

[[capacity.growth]]
entity = "scan"
current_rows = "2.6B"
monthly_growth = "90M"
""",
    ),
)
def index_load_versus_writes(
    schema: Schema | None,
    ddl_indexes: Mapping[str, tuple[DdlIndex, ...]],
    physical_write_amplification: Value | None,
    workload_workloads: Value | None,
    capacity_growth: Value | None,
) -> Iterator[Yield]:
    note = text(physical_write_amplification)
    if schema is None or (note and not is_bare(note)):
        return
    for table in dict.fromkeys(_busy_tables(schema, capacity_growth, workload_workloads)):
        indexes = ddl_indexes.get(table, ())
        widest = max((len(i.columns) + len(i.include) for i in indexes if not i.primary), default=0)
        if len(indexes) >= _MANY_INDEXES:
            what = f"{len(indexes)} indexes"
        elif widest >= _WIDE_INDEX:
            what = f"an index of {widest} columns"
        else:
            continue
        message = f"{table} is written a lot and has {what}, and 7.5 says nothing about what that costs"
        yield at("physical.write_amplification", message, fix="say what one row costs to write, measured")


def _busy_tables(schema: Schema, growth: Value | None, workloads: Value | None) -> Iterator[str]:
    for row in rows(growth):
        table = table_named(schema, cell(row, "entity"))
        if table and (parse_quantity(cell(row, "monthly_growth")) or 0) >= _BUSY_PER_MONTH:
            yield table.name
    for row in rows(workloads):
        if cell(row, "type") == "oltp_write" and _per_second(cell(row, "volume")) >= _BUSY_PER_SECOND:
            said = {singular(word) for word in name_key(cell(row, "workload")).split()}
            yield from (name for name in schema.tables if set(entity_key(name).split()) <= said)


def _per_second(volume: str) -> float:
    """The highest rate per second that a text names, 0 without one."""
    return max((q.amount for q in quantities(volume) if _RATE.match(volume, q.end)), default=0.0)


@rule(
    "XS16",
    "replica-versus-freshness",
    "B",
    sections=("9.1", "9.2", "9.3"),
    what="A query may run on a replica although it locks or writes, although 9.2 says that it must not see "
    "stale rows, or although its workload needs what was just written, and no rule keeps such readers on the "
    "primary.",
    why="A replica is behind exactly when it matters: under load, right after the write that the reader has "
    "made.",
    fix="Read the primary, or say which readers stay on the primary, for how long, up to which lag.",
    wrong_when="The replica is synchronous and applied before the commit returns: say so in the notes.",
    fires="""
[profile]
traits = ["replicas"]

[[workload.workloads]]
workload = "change of a reservation (Q-001)"
type = "oltp_write"
freshness = "immediate"

[[workload.queries]]
id = "Q-001"
description = "a reservation before it is changed"
sql = "SELECT reservation_id FROM reservation WHERE reservation_id = :id"

[[workload.query_indexes]]
query = "Q-001"
replica = "yes"
""",
    silent=(
        """
[profile]
traits = ["replicas"]

[[workload.workloads]]
workload = "change of a reservation (Q-001)"
type = "oltp_write"
freshness = "immediate"

[[workload.queries]]
id = "Q-001"
description = "a reservation before it is changed"
sql = "SELECT reservation_id FROM reservation WHERE reservation_id = :id"

[[workload.query_indexes]]
query = "Q-001"
replica = "yes"
notes = "the replica is synchronous with remote_apply"
""",
        """
[profile]
traits = ["replicas"]

[[workload.workloads]]
workload = "occupancy report (Q-002)"
type = "olap_report"
freshness = "at most 5 min"

[[workload.queries]]
id = "Q-002"
description = "occupancy by night"
sql = "SELECT night, count(*) FROM reservation GROUP BY night"
stale_replica = "up to 5 min"

[[workload.query_indexes]]
query = "Q-002"
replica = "yes"
""",
    ),
)
def replica_versus_freshness(
    bank: Bank,
    engine: str,
    workload_workloads: Value | None,
    workload_queries: Value | None,
    workload_query_indexes: Value | None,
) -> Iterator[Yield]:
    from app.schema.queries import read_query

    queries = {name_key(cell(row, "id")): row for row in rows(workload_queries)}
    for address, row in addressed(bank, "workload.query_indexes", workload_query_indexes):
        key = name_key(cell(row, "query"))
        query = queries.get(key, {})
        if cell(row, "replica") != "yes":
            continue
        read = read_query(cell(query, "sql"), engine) if cell(query, "sql") else None
        if read and not read.unread and (read.locks or read.kind in ("insert", "update", "delete", "merge")):
            message = f"{cell(row, 'query')} locks or writes rows, which no replica allows"
            yield at("workload.query_indexes", message, row=address, column="replica", fix="read the primary")
            continue
        if _STICKY.search(f"{cell(row, 'notes')} {cell(query, 'stale_replica')}"):
            continue
        why = _must_be_fresh(key, query, workload_workloads)
        if why:
            fix = "read the primary, or say which readers stay on it and up to which lag"
            yield at("workload.query_indexes", f"a replica may serve it, but {why}", row=address, fix=fix)


def _never_stale(said: str) -> bool:
    """Whether a cell refuses all stale rows, and not only those "stale by more than 10 s"."""
    refused = _NOT_STALE.search(said)
    return _NO.match(said) is not None or (refused is not None and not durations(refused[0]))


def _must_be_fresh(key: str, query: Row, workloads: Value | None) -> str:
    if _never_stale(cell(query, "stale_replica")):
        return "9.2 says that it must not read stale rows"
    for row in rows(workloads):
        named = f" {key} " in f" {name_key(row_text(row))} "
        if named and affirmed(_IMMEDIATE, cell(row, "freshness")):
            return f"its workload needs {cell(row, 'freshness')} freshness"
    return ""
