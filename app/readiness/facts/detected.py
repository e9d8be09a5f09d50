"""What the answers show by themselves: new columns, tenant keys, personal data, copies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Value
from app.document.row_memo import RowMemo
from app.readiness.each import each
from app.readiness.facts.tables import addresses, bare_key, cell, rows
from app.readiness.facts.texts import is_bare, word_set
from app.readiness.registry import fact
from app.schema.model import Schema, Table

_REMARK = re.compile(r"\([^()]*\)")

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
    tables = [table for table in schema.tables.values() if not table.existing and not table.partition_of]
    made = {object_key(of.table): of for of in each(memo, "new columns", tables, _columns_of)}
    partitions = {object_key(table.name) for table in schema.tables.values() if table.partition_of}
    added: dict[str, tuple[str, dict[str, int]]] = {}
    for statement in schema.statements:
        key = object_key(statement.table)
        for detail in statement.details:
            if detail.startswith("add_column:") and key not in made and key not in partitions:
                _, columns = added.setdefault(key, (statement.table, {}))
                columns[detail.partition(":")[2]] = statement.span.line
    return {**made, **{key: NewColumns(*what) for key, what in added.items()}}


def _columns_of(table: Table) -> NewColumns:
    return NewColumns(table.name, {column.name: column.span.line for column in table.columns})


@fact
def meant_columns(
    physical_column_semantics: Value | None, memo: dict[str, Any]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Of each row of 7.3 the keys of its table and of the columns that it is about."""
    if "meant_columns" not in memo:
        memo["meant_columns"] = RowMemo(_meant)
    return tuple(memo["meant_columns"].at(rows(physical_column_semantics)))


@fact
def meant_addresses(bank: Bank, physical_column_semantics: Value | None) -> tuple[str, ...]:
    """The addresses of the rows of 7.3."""
    return tuple(addresses(bank, "physical.column_semantics", physical_column_semantics))


def _meant(row: Value) -> tuple[str, tuple[str, ...]]:
    assert isinstance(row, Mapping)
    return object_key(cell(row, "table")), _listed(cell(row, "column"))


def _listed(columns: str) -> tuple[str, ...]:
    return tuple(object_key(name) for name in columns.split(","))


@fact
def shown_traits(
    new_columns: Mapping[str, NewColumns], memo: dict[str, Any]
) -> Mapping[str, tuple[str, int]]:
    """By trait, the first new column whose name shows it, as `table.column`, and its line."""
    first: dict[str, tuple[str, int]] = {}
    for shown in each(memo, "shown traits", list(new_columns.values()), _shown_by):
        first = {**shown, **first}
    return first


def _shown_by(found: NewColumns) -> dict[str, tuple[str, int]]:
    first: dict[str, tuple[str, int]] = {}
    for column, line in found.lines.items():
        name = column.casefold()
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
