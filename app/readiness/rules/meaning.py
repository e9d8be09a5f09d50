"""Completeness rules that hold the DDL against what the document says its tables and columns mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import compress, count
from typing import Any

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.ddl import TABLES, unread_like
from app.readiness.facts.detected import MeantByTable, NewColumns, object_key
from app.readiness.facts.grains import Grain
from app.readiness.facts.meanings import EVERY_TABLE
from app.readiness.facts.texts import address_of
from app.readiness.model import NotChecked, Severity
from app.readiness.registry import Yield, at, fact, rule
from app.schema.each import all_of, each
from app.schema.model import Schema, StatementKind, Table, Unread

_TOLD = 6
_QUANTIFIED = patterns.compile(
    r"(?:(?:exactly |at most |always )?one|a single|each|every|1|(?:a|the) row (?:is|per|for|stands|"
    r"holds|records))\b",
    re.IGNORECASE,
)


@rule(
    "CP06",
    "column-without-meaning",
    "A",
    sections=("7.2", "7.3"),
    checklist=(),
    what="A column of the DDL has no row in the column semantics, or a row there is about a column that the "
    "DDL does not have.",
    why="Types say what fits into a column and nothing about what it means. What is not written down is "
    "guessed, by everybody differently.",
    fix="Add a row to 7.3. Columns that every table has can share one row whose table is all tables.",
    wrong_when="Columns of tables that exist already, or that are created elsewhere, are not looked at.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE loan (loan_id bigint PRIMARY KEY, due_on date NOT NULL);"

[[physical.column_semantics]]
table = "loan"
column = "loan_id"
meaning = "number of the loan, on the receipt"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE loan (loan_id bigint PRIMARY KEY, created_at timestamptz NOT NULL);"

[[physical.column_semantics]]
table = "lending.Loan"
column = "loan_id"
meaning = "number of the loan, on the receipt"

[[physical.column_semantics]]
table = "all tables"
column = "created_at, updated_at"
meaning = "when the row was made and last changed, database clock"
""",
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE loan (loan_id bigint PRIMARY KEY);"

[[physical.column_semantics]]
table = "loan"
column = "loan_id"
meaning = "number of the loan, on the receipt"

[[physical.column_semantics]]
table = "reader"
column = "card_no"
meaning = "exists: the number on the reader's card"
""",
    ),
)
def column_without_meaning(
    bank: Bank,
    unread_sql: tuple[Unread, ...],
    unmeant_columns: tuple[tuple[NewColumns, tuple[str, ...]], ...],
    meant_in_vain: tuple[tuple[int, str, str], ...],
    physical_column_semantics: Value | None,
) -> Iterator[Yield]:
    for found, silent in unmeant_columns:
        listed = ", ".join(silent[:_TOLD]) + (f" and {len(silent) - _TOLD} more" if silent[_TOLD:] else "")
        yield at(
            "physical.column_semantics",
            f"{found.table} has no meaning for {listed} (DDL line {found.lines[silent[0]]})",
            fix="add a row for each",
        )
    for position, table, column in meant_in_vain:
        if unread_sql:
            reason = f"{column} may be in one of {len(unread_sql)} statements that could not be read"
            yield NotChecked(reason)
            return
        yield at(
            "physical.column_semantics",
            f"the DDL has no column {column.replace(' ', '_')} in {table.replace(' ', '_')}",
            row=address_of(bank, "physical.column_semantics", physical_column_semantics, position),
            column="column",
            fix="correct the name, or add the column to the DDL",
        )
    yield from unread_like(unread_sql, TABLES)


@fact
def unmeant_columns(
    new_columns: Mapping[str, NewColumns], meant_by_table: MeantByTable, memo: dict[str, Any]
) -> tuple[tuple[NewColumns, tuple[str, ...]], ...]:
    """The new columns, table by table, that have no row in 7.3; none when 7.3 has no rows at all."""
    if not meant_by_table:
        return ()
    shared = {name for table in EVERY_TABLE for _, names in meant_by_table.get(table, ()) for name in names}

    def of(found: NewColumns) -> Iterator[tuple[NewColumns, tuple[str, ...]]]:
        key = object_key(found.table)
        rows_of = () if key in EVERY_TABLE else meant_by_table.get(key, ())
        own = {name for _, names in rows_of for name in names} if key else shared
        silent = tuple(
            n for n in found.lines if not {object_key(n), ""} & own and object_key(n) not in shared
        )
        if silent:
            yield found, silent

    return all_of(memo, "unmeant columns", new_columns.values(), of, meant_by_table)


@fact
def meant_in_vain(
    schema: Schema | None,
    created_tables: Mapping[str, StatementKind],
    meant_by_table: MeantByTable,
    memo: dict[str, Any],
) -> tuple[tuple[int, str, str], ...]:
    """The rows of 7.3 about a column that a table made here does not have: position, table, column."""
    if schema is None:
        return ()

    def of(table: Table) -> Iterator[tuple[str, tuple[tuple[int, str, str], ...]]]:
        key = object_key(table.name)
        columns = {object_key(column.name) for column in table.columns}
        missing = [
            (position, key, next((name for name in names if name and name not in columns), ""))
            for position, names in meant_by_table.get(key, ())
        ]
        if not table.existing:
            yield key, tuple(row for row in missing if row[2])

    found = dict(all_of(memo, "meant in vain", schema.all_tables, of, meant_by_table))
    return tuple(sorted(row for key, rows_of in found.items() if key in created_tables for row in rows_of))


@rule(
    "CP07",
    "table-without-grain",
    "A",
    sections=("6.1", "7.2"),
    checklist=("CHK05",),
    what="A table of the DDL has no row in 6.1 that says what one row stands for, or the row does not begin "
    "with one, a single, each or every (then it is information).",
    why="Whoever does not know what one row is counts wrong, joins wrong and deletes too much.",
    fix="Write one row per …, with everything that it takes to tell two rows apart.",
    wrong_when="The grain is right and worded differently. Tables that exist already, and partitions, are "
    "not looked at.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE loan (loan_id bigint PRIMARY KEY); CREATE TABLE renewal (loan_id bigint, at timestamptz);"

[[logical.grain]]
entity = "loan"
grain = "one copy lent to one reader, until it is returned"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE lending.meter_reading (reading_id bigint PRIMARY KEY);"

[[logical.grain]]
entity = "Meter readings"
grain = "One row per meter and quarter of an hour."
""",
        """
[physical]
engine = "postgresql"
ddl = "ALTER TABLE loan ADD COLUMN renewed_at timestamptz;"

[[logical.grain]]
entity = "renewal (a view)"
grain = "a single renewal of a loan"
""",
    ),
)
def table_without_grain(
    bank: Bank,
    unread_sql: tuple[Unread, ...],
    ungrained_tables: tuple[tuple[str, int], ...],
    unquantified_grains: tuple[int, ...],
    logical_grain: Value | None,
) -> Iterator[Yield]:
    for table, line in ungrained_tables:
        yield at(
            "logical.grain",
            f"nothing says what one row of {table} (DDL line {line}) stands for",
            fix=f"add a row for {table}: one …",
        )
    for position in unquantified_grains:
        yield at(
            "logical.grain",
            "the grain does not begin with what one row is",
            row=address_of(bank, "logical.grain", logical_grain, position),
            column="grain",
            fix="begin with one …",
            severity=Severity.INFO,
        )
    yield from unread_like(unread_sql, TABLES)


@fact
def ungrained_tables(
    schema: Schema | None,
    created_tables: Mapping[str, StatementKind],
    grain_names: frozenset[str],
    memo: dict[str, Any],
) -> tuple[tuple[str, int], ...]:
    """The tables made here of which 6.1 says nothing, each with its line; none when 6.1 has no rows."""
    if schema is None or not grain_names:
        return ()

    def of(table: Table) -> Iterator[tuple[str, str]]:
        key = object_key(table.name)
        if not table.existing and not table.partition_of and _singular(key) not in grain_names:
            yield key, table.name

    found = all_of(memo, "ungrained tables", schema.all_tables, of, grain_names)
    return tuple((name, created_tables[key].span.line) for key, name in found if key in created_tables)


@fact
def grain_names(grains: tuple[Grain, ...]) -> frozenset[str]:
    """The names of the entities of 6.1, without the plural of their last words."""
    return frozenset(_singular(grain.name) for grain in grains)


@fact
def unquantified_grains(grains: tuple[Grain, ...], memo: dict[str, Any]) -> tuple[int, ...]:
    """The positions of the rows of 6.1 that do not begin with what one row is."""
    lacking = each(memo, "unquantified", grains, lambda g: bool(g.text) and not _QUANTIFIED.match(g.text))
    return tuple(compress(count(), lacking))


def _singular(key: str) -> str:
    """A name without the plural of its last word, as far as spelling tells."""
    if key.endswith("ies") and len(key) > 4:
        return key[:-3] + "y"
    if key.endswith(("ses", "xes", "zes", "ches", "shes")):
        return key[:-2]
    return key[:-1] if key.endswith("s") and not key.endswith("ss") else key
