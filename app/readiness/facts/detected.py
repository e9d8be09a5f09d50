"""What the answers show by themselves: new columns, tenant keys, personal data, copies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct

from app import patterns
from app.document.answers import Row, Value
from app.readiness.facts.tables import bare_key, cell, rows
from app.readiness.facts.texts import is_bare
from app.readiness.registry import fact
from app.schema.each import all_of, each
from app.schema.model import Schema, StatementKind, Table
from app.schema.names import word_set, words_of

_REMARK = patterns.compile(r"\([^()]*\)")

TENANT_COLUMNS = word_set(
    "tenant tenant_id tenant_key tenant_uuid org_id organization_id organisation_id workspace_id"
)
PERSONAL_COLUMNS = word_set(
    "email email_address phone phone_number mobile_number birth_date birthdate birthday date_of_birth dob "
    "first_name last_name surname given_name family_name maiden_name full_name passport_number passport_no "
    "ssn social_security_number national_id home_address street_address nik npwp"
)
SHOWN_BY = {"multi_tenant": TENANT_COLUMNS, "personal_data": PERSONAL_COLUMNS}
"""By trait, the names of columns that show it."""


MeantByTable = Mapping[str, tuple[tuple[int, tuple[str, ...]], ...]]


class NewColumns(Struct, frozen=True):
    """The columns that the DDL gives a table, each with its line; what was there before is left out."""

    table: str
    lines: Mapping[str, int]


@lru_cache(maxsize=32768)
def object_key(name: str) -> str:
    """The name of a table or column in one form: without schema, remark or quotes."""
    return bare_key(_REMARK.sub(" ", name).strip())


@fact
def new_columns(schema: Schema | None, memo: dict[str, Any]) -> Mapping[str, NewColumns]:
    """The columns that the DDL makes, by the key of their table; partitions are left out."""
    if schema is None:
        return {}
    made = dict(all_of(memo, "new columns", schema.all_tables, _columns_of))
    added: dict[str, tuple[str, dict[str, int]]] = {}
    extended = all_of(memo, "columns added by statements", schema.statements, _added_by)
    partitions = {
        object_key(table.name) for table in schema.tables.values() if extended and table.partition_of
    }
    for statement, column in extended:
        key = object_key(statement.table)
        if key not in made and key not in partitions:
            _, columns = added.setdefault(key, (statement.table, {}))
            columns[column] = statement.span.line
    return {**made, **{key: NewColumns(*what) for key, what in added.items()}}


def _columns_of(table: Table) -> Iterator[tuple[str, NewColumns]]:
    if not table.existing and not table.partition_of:
        lines = {column.name: column.span.line for column in table.columns}
        yield object_key(table.name), NewColumns(table.name, lines)


def _added_by(statement: StatementKind) -> Iterator[tuple[StatementKind, str]]:
    for detail in statement.details:
        if detail.startswith("add_column:"):
            yield statement, detail.partition(":")[2]


@fact
def meant_columns(
    physical_column_semantics: Value | None, memo: dict[str, Any]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Of each row of 7.3 the keys of its table and of the columns that it is about."""
    return each(memo, "meant columns", rows(physical_column_semantics), _meant)


@fact
def meant_by_table(meant_columns: tuple[tuple[str, tuple[str, ...]], ...]) -> MeantByTable:
    """By the key of the table that they name, the rows of 7.3: position and the keys of their columns."""
    found: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for position, (table, names) in enumerate(meant_columns):
        found.setdefault(table, []).append((position, names))
    return {table: tuple(rows_of) for table, rows_of in found.items()}


def _meant(row: Row) -> tuple[str, tuple[str, ...]]:
    return object_key(cell(row, "table")), _listed(cell(row, "column"))


def _listed(columns: str) -> tuple[str, ...]:
    return tuple(object_key(name) for name in columns.split(","))


@fact
def shown_traits(
    new_columns: Mapping[str, NewColumns], memo: dict[str, Any]
) -> Mapping[str, tuple[str, int]]:
    """By trait, the first new column whose name shows it, as `table.column`, and its line."""
    first: dict[str, tuple[str, int]] = {}
    for shown in filter(None, each(memo, "shown traits", new_columns.values(), _shown_by)):
        first = {**shown, **first}
    return first


def _shown_by(found: NewColumns) -> dict[str, tuple[str, int]]:
    first: dict[str, tuple[str, int]] = {}
    for column, line in found.lines.items():
        name = words_of(column)
        for trait, names in SHOWN_BY.items():
            if name in names:
                first.setdefault(trait, (f"{found.table}.{column}", line))
    return first


def stores_of(source_of_truth: Value | None) -> Iterator[tuple[int, str]]:
    """Position of the row, and the derived stores that it names."""
    for position, row in enumerate(rows(source_of_truth)):
        stores = cell(row, "derived_stores")
        if stores and not is_bare(stores) and not stores.casefold().startswith(("none", "no ")):
            yield position, stores
