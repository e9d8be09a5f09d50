"""Keys and the columns that refer to them, as the engine of a document sees them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from app.schema.dialects import dialect_of
from app.schema.model import ForeignKey, Key, Schema, SchemaColumn, Table

Family = Literal["postgresql", "mysql", "sqlite", "sqlserver", "other"]
Fit = Literal["fits", "narrow", "refused"]

_FAMILY: dict[str, Family] = {
    "PostgreSQL": "postgresql", "MySQL": "mysql", "SQLite": "sqlite", "SQL Server": "sqlserver",
}  # fmt: skip
_INTEGERS = ("tinyint", "smallint", "mediumint", "integer", "bigint")
_KINDS = {
    **dict.fromkeys(_INTEGERS, "integer"),
    **dict.fromkeys(("numeric", "decimal", "number"), "numeric"),
    **dict.fromkeys(("real", "double precision", "double", "float"), "float"),
    **dict.fromkeys(
        ("text", "varchar", "char", "bpchar", "name", "citext", "nvarchar", "nchar", "varchar2", "nvarchar2"),
        "text",
    ),
    **dict.fromkeys(
        ("date", "timestamp", "timestamptz", "datetime", "datetime2", "datetimeoffset", "smalldatetime"),
        "moment",
    ),
    **dict.fromkeys(("uuid", "uniqueidentifier"), "uuid"),
    **dict.fromkeys(("bytea", "binary", "varbinary", "blob"), "bytes"),
    **dict.fromkeys(("json", "jsonb"), "json"),
    **dict.fromkeys(("inet", "cidr"), "address"),
    **dict.fromkeys(("bit", "varbit"), "bits"),
    "boolean": "boolean",
}
_WIDENS = {("integer", "numeric"), ("integer", "float"), ("numeric", "float")}
"""Pairs of kinds of which PostgreSQL compares the first with the second without being told to."""


class Tree(Struct, frozen=True):
    """A key, constraint or index through which rows of a table are found.

    `columns` holds "" for an expression; `unique` ones refuse a second row.
    """

    name: str
    columns: tuple[str, ...]
    unique: bool
    where: str


def sql_family(engine: str) -> Family:
    """The engine family whose rules about keys apply."""
    return _FAMILY.get(dialect_of(engine).name, "other")


def base_type(kind: str) -> str:
    """A type without length, precision, sign."""
    return kind.partition("(")[0].strip().removesuffix(" unsigned")


@lru_cache(maxsize=4096)
def kind_of(kind: str) -> str:
    """The kind of values of a type (integer, text, moment, uuid …), "" for one that is not known."""
    return "" if kind.endswith("]") else _KINDS.get(base_type(kind), "")


def types_fit(child: str, parent: str, family: Family) -> Fit:
    """Whether a foreign key may lead from a column of type `child` to one of type `parent`.

    `narrow`: the server takes it, but some keys of the parent cannot be written in the child.
    """
    if child == parent or family in ("sqlite", "other"):
        return "fits"
    kinds = kind_of(child), kind_of(parent)
    if not all(kinds):
        return "fits"
    if kinds[0] != kinds[1]:
        return "fits" if family == "postgresql" and kinds in _WIDENS else "refused"
    if kinds[0] != "integer":
        return "fits"
    if family != "postgresql":
        same = base_type(child) == base_type(parent) and child.endswith("unsigned") == parent.endswith(
            "unsigned"
        )
        return "fits" if same else "refused"
    return "narrow" if _INTEGERS.index(base_type(child)) < _INTEGERS.index(base_type(parent)) else "fits"


def resolved_type(schema: Schema, column: SchemaColumn) -> str:
    """The type of a column, that of its domain for a column of a domain."""
    kind = column.type
    for _ in range(10):
        if kind not in schema.domains:
            break
        kind = schema.domains[kind]
    return kind


def referable(key: Key) -> str:
    """Why a foreign key cannot rest on a key, "" when it can."""
    if key.where:
        return "is partial"
    if key.deferrable:
        return "is deferrable"
    return "has an expression" if "" in key.columns else ""


def target_columns(key: ForeignKey, target: Table) -> tuple[str, ...]:
    """The columns that a foreign key refers to; the primary key's where it names none."""
    if key.target_columns or target.primary_key is None:
        return key.target_columns
    return target.primary_key.columns


def trees(table: Table) -> Iterator[Tree]:
    """Every key and index of a table through which equal values are found, each once."""
    indexes = {index.name for index in table.indexes}
    for key in table.keys:
        if key.kind != "unique_index" or key.name not in indexes:
            yield Tree(key.name, key.columns, True, key.where)
    for index in table.indexes:
        if index.method in ("", "btree", "hash"):
            yield Tree(index.name, index.columns, index.unique, index.where)
    for exclusion in table.exclusions:
        equal = []
        for column, operator in exclusion.elements:
            if operator != "=" or not column:
                break
            equal.append(column)
        yield Tree(exclusion.name, tuple(equal), False, exclusion.where)


def is_serving(tree: Tree, columns: frozenset[str]) -> bool:
    """Whether a tree begins with `columns`, in any order, and holds every row in which they have a value."""
    if tree.where and not any(tree.where in (f"{c} IS NOT NULL", f'"{c}" IS NOT NULL') for c in columns):
        return False
    return bool(columns) and frozenset(tree.columns[: len(columns)]) == columns


def unique_sets(table: Table) -> Iterator[frozenset[str]]:
    """The sets of columns of which a table has every combination once, partial keys aside."""
    for key in table.keys:
        if not key.where and "" not in key.columns:
            yield frozenset(key.columns)


def is_filled(column: SchemaColumn) -> bool:
    """Whether the server gives a column its value by itself: an identity, a sequence, a random UUID."""
    default = column.default.casefold()
    made = ("nextval", "gen_random_uuid", "uuid_generate", "uuidv", "newid", "newsequentialid", "uuid()")
    serial = column.written_type.casefold().endswith("serial")
    return column.identity or serial or any(word in default for word in made)
