"""Completeness rules that hold the DDL against what the document says its tables and columns mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.each import each
from app.readiness.facts.detected import NewColumns, object_key
from app.readiness.facts.tables import addressed, cell, rows
from app.readiness.model import NotChecked, Severity
from app.readiness.registry import Yield, at, rule
from app.schema.model import Schema, Table

_EVERY_TABLE = frozenset({"", "all", "all tables", "every table", "any table", "each table", "any"})
_TOLD = 6
_QUANTIFIED = re.compile(
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
    schema: Schema | None,
    new_columns: Mapping[str, NewColumns],
    meant_columns: tuple[tuple[str, tuple[str, ...]], ...],
    meant_addresses: tuple[str, ...],
    memo: dict[str, Any],
) -> Iterator[Yield]:
    if schema is None or not meant_columns:
        return
    meant: dict[str, set[str]] = {}
    for table, names in meant_columns:
        meant.setdefault("" if table in _EVERY_TABLE else table, set()).update(names)
    shared = meant.get("", set())
    for key, found in new_columns.items():
        own = meant.get(key, set())
        known = own | shared if own else shared
        silent = [] if "" in own else [n for n in found.lines if object_key(n) not in known]
        if silent:
            listed = ", ".join(silent[:_TOLD]) + (
                f" and {len(silent) - _TOLD} more" if silent[_TOLD:] else ""
            )
            yield at(
                "physical.column_semantics",
                f"{found.table} has no meaning for {listed} (DDL line {found.lines[silent[0]]})",
                fix="add a row for each",
            )
    yield from _without_column(schema, meant_columns, meant_addresses, memo)


def _column_keys(table: Table) -> frozenset[str]:
    return frozenset(object_key(column.name) for column in table.columns)


def _without_column(
    schema: Schema,
    meant: tuple[tuple[str, tuple[str, ...]], ...],
    addresses: tuple[str, ...],
    memo: dict[str, Any],
) -> Iterator[Yield]:
    """Rows about a column that a table made here does not have."""
    created = {object_key(s.table) for s in schema.statements if s.kind == "create_table"}
    tables = list(schema.tables.values())
    made = {
        object_key(table.name): columns
        for table, columns in zip(tables, each(memo, "keys of columns", tables, _column_keys), strict=True)
        if not table.existing and object_key(table.name) in created
    }
    for position, (table, names) in enumerate(meant):
        missing = [name for name in names if name and name not in made[table]] if table in made else []
        if missing and schema.unread:
            reason = f"{missing[0]} may be in one of {len(schema.unread)} statements that could not be read"
            yield NotChecked(reason)
            return
        if missing:
            yield at(
                "physical.column_semantics",
                f"the DDL has no column {missing[0].replace(' ', '_')} in {table.replace(' ', '_')}",
                row=addresses[position],
                column="column",
                fix="correct the name, or add the column to the DDL",
            )


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
def table_without_grain(bank: Bank, schema: Schema | None, logical_grain: Value | None) -> Iterator[Yield]:
    grains = rows(logical_grain)
    if not grains:
        return
    if schema is not None:
        said = {_singular(object_key(cell(row, "entity"))) for row in grains}
        created = {object_key(s.table): s.span.line for s in schema.statements if s.kind == "create_table"}
        for table in schema.tables.values():
            line = created.get(object_key(table.name))
            if (
                line is None
                or table.existing
                or table.partition_of
                or _singular(object_key(table.name)) in said
            ):
                continue
            yield at(
                "logical.grain",
                f"nothing says what one row of {table.name} (DDL line {line}) stands for",
                fix=f"add a row for {table.name}: one …",
            )
    for address, row in addressed(bank, "logical.grain", logical_grain):
        grain = cell(row, "grain")
        if grain and not _QUANTIFIED.match(grain):
            yield at(
                "logical.grain",
                "the grain does not begin with what one row is",
                row=address,
                column="grain",
                fix="begin with one …",
                severity=Severity.INFO,
            )


def _singular(key: str) -> str:
    """A name without the plural of its last word, as far as spelling tells."""
    if key.endswith("ies") and len(key) > 4:
        return key[:-3] + "y"
    if key.endswith(("ses", "xes", "zes", "ches", "shes")):
        return key[:-2]
    return key[:-1] if key.endswith("s") and not key.endswith("ss") else key
