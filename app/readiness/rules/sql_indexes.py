"""SQL-backed rule about indexes that another one makes superfluous."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from app import patterns
from app.document.answers import Value
from app.readiness.facts.ddl import INDEXES, Changed, DdlSource, in_ddl, unread_like
from app.readiness.facts.tables import cell, name_key, rows
from app.readiness.model import Found
from app.readiness.registry import Yield, rule
from app.schema.each import each
from app.schema.model import Schema, Span, Table

_SPECIAL = patterns.compile(
    r"(?i)\b\w+_ops\b|\bcollate\b|\bnulls\s+(?:first|last)\b|\bvisible\b|\bclustered\b"
)
_NARROW = patterns.compile(
    r"(?i)\b(?:narrow\w*|small\w*|cover\w*|width|wide\w*|hot|cache|fits|index[- ]only|temporar\w+)\b"
)


class _Entry(Struct, frozen=True):
    """A key or index as it is stored: `order` says for each column whether it descends."""

    name: str
    columns: tuple[str, ...]
    order: tuple[bool, ...]
    unique: bool
    constraint: bool
    where: str
    method: str
    include: frozenset[str]
    span: Span


@rule(
    "SQ11",
    "redundant-index",
    "A",
    sections=("7.4",),
    what="An index has the same columns as another index, unique key or primary key of its table, or those "
    "with which it begins, and holds the same rows.",
    why="The longer one answers the same queries. The shorter one is paid for on every insert and read by "
    "nobody.",
    fix="Drop the shorter one, or say in 7.4 why it stays.",
    wrong_when="It is much narrower than the other, is covering, or has another operator class or order: "
    "operator classes and orders are told apart, the width has to be named in its reason in 7.4. A partial "
    "index beside a full one is narrower on purpose.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE scan (scan_id bigint PRIMARY KEY, parcel_id bigint NOT NULL, scanned_at timestamptz NOT NULL);
CREATE INDEX ix_scan_parcel ON scan (parcel_id);
CREATE INDEX ix_scan_parcel_time ON scan (parcel_id, scanned_at);
\"\"\"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE scan (
    scan_id bigint PRIMARY KEY,
    parcel_id bigint NOT NULL,
    scanned_at timestamptz NOT NULL,
    depot_code text NOT NULL,
    voided_at timestamptz
);
CREATE UNIQUE INDEX uq_scan_parcel ON scan (parcel_id);
CREATE INDEX ix_scan_parcel_time ON scan (parcel_id, scanned_at DESC);
CREATE INDEX ix_scan_parcel_oldest ON scan (parcel_id, scanned_at, depot_code);
CREATE INDEX ix_scan_void ON scan (parcel_id, scanned_at, scan_id) WHERE voided_at IS NOT NULL;
CREATE INDEX ix_scan_depot ON scan (depot_code);
CREATE INDEX ix_scan_depot_like ON scan (depot_code text_pattern_ops);
\"\"\"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE scan (scan_id bigint PRIMARY KEY, parcel_id bigint NOT NULL, note text);
CREATE INDEX ix_scan_parcel ON scan (parcel_id);
CREATE INDEX ix_scan_parcel_note ON scan (parcel_id, note);
CREATE INDEX ix_scan_key ON scan (scan_id) INCLUDE (note);
\"\"\"

[[physical.indexes]]
query = "Q-001"
index = "ix_scan_parcel (parcel_id)"
reason = "stays beside ix_scan_parcel_note: 30 bytes narrower, fits the cache"
""",
    ),
)
def redundant_index(
    schema: Schema | None,
    ddl_text: DdlSource,
    changed_tables: tuple[Changed, ...],
    physical_indexes: Value | None,
    memo: dict[str, Any],
) -> Iterator[Yield]:
    if schema is None:
        return
    kept = [
        f" {name_key(cell(row, 'index'))} "
        for row in rows(physical_indexes)
        if _NARROW.search(cell(row, "reason"))
    ]

    def of(changed: Changed) -> list[tuple[str, Found]]:
        return list(_redundant_in(changed, ddl_text))

    for found in each(memo, "redundant indexes", changed_tables, of):
        for key, finding in found:
            if not any(f" {key} " in words for words in kept):
                yield finding
    yield from unread_like(schema.unread, INDEXES)


def _redundant_in(changed: Changed, ddl_text: DdlSource) -> Iterator[tuple[str, Found]]:
    """The new indexes of a table that others do the work of, by the key of their names."""
    entries = [e for e in _entries(changed.table) if not _SPECIAL.search(ddl_text.cut(e.span))]
    for entry in entries:
        other = _covering(entry, entries)
        if other is None or not changed.is_new(entry.name):
            continue
        how = "has the same columns as" if entry.columns == other.columns else "is the beginning of"
        message = f"{entry.name} ({', '.join(entry.columns)}) {how} {other.name or 'the primary key'}"
        columns = "" if entry.columns == other.columns else f" ({', '.join(other.columns)})"
        holds = f", WHERE {entry.where}" if entry.where else ""
        fix = "drop it, or say in its reason in 7.4 why it stays"
        yield name_key(entry.name), in_ddl(entry.span, f"{message}{columns}{holds}", fix)


def _entries(table: Table) -> Iterator[_Entry]:
    indexes = {index.name for index in table.indexes}
    for key in table.keys:
        if key.kind != "unique_index" or key.name not in indexes:
            flat = (False,) * len(key.columns)
            yield _Entry(
                key.name, key.columns, flat, True, True, key.where, "btree", frozenset(key.include), key.span
            )
    for index in table.indexes:
        order = (*index.descending, *(False for _ in index.columns[len(index.descending) :]))
        method, include = index.method or "btree", frozenset(index.include)
        yield _Entry(
            index.name, index.columns, order, index.unique, False, index.where, method, include, index.span
        )


def _covering(entry: _Entry, entries: list[_Entry]) -> _Entry | None:
    """The entry that does all that `entry` does; of two alike only the later one has such."""
    return next((other for other in entries if other is not entry and _covers(other, entry)), None)


def _covers(other: _Entry, entry: _Entry) -> bool:
    size = len(entry.columns)
    if "" in entry.columns or other.columns[:size] != entry.columns or other.method != entry.method:
        return False
    if other.where != entry.where or not entry.include <= {*other.columns, *other.include}:
        return False
    if entry.method != "btree" and other.columns != entry.columns:
        return False
    turned = tuple(not descending for descending in entry.order)
    if other.order[:size] not in (entry.order, turned):
        return False
    if entry.unique and not (other.unique and other.columns == entry.columns):
        return False
    alike = other.columns == entry.columns and other.unique == entry.unique
    return not alike or _rank(other) < _rank(entry)


def _rank(entry: _Entry) -> tuple[bool, int, int]:
    """Which of two alike stays: the constraint, the one that includes more, the earlier."""
    return not entry.constraint, -len(entry.include), entry.span.start
