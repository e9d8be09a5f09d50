"""Keys and the columns that refer to them, as the engine of a document sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from app import patterns
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import bare_key, name_key
from app.readiness.facts.texts import SENTENCE
from app.schema.dialects import dialect_of
from app.schema.model import ForeignKey, Key, Schema, SchemaColumn, Table

Family = Literal["postgresql", "mysql", "sqlite", "sqlserver", "oracle", "other"]
Fit = Literal["fits", "narrow", "refused"]

_FAMILY: dict[str, Family] = {
    "PostgreSQL": "postgresql", "MySQL": "mysql", "SQLite": "sqlite", "SQL Server": "sqlserver",
    "Oracle": "oracle",
}  # fmt: skip
_NONE = patterns.compile(r"(?i)\b(?:no|none|not|without|never)\b")
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
_SCALE = patterns.compile(r",(-?\d+)\)")
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


@lru_cache(maxsize=4096)
def is_whole(kind: str) -> bool:
    """Whether the values of a type are whole numbers: Oracle's NUMBER(19) is one."""
    scale = _SCALE.search(kind)
    return kind_of(kind) == "integer" or (
        kind_of(kind) == "numeric" and (scale is None or int(scale[1]) == 0)
    )


def types_fit(child: str, parent: str, family: Family) -> Fit:
    """Whether a foreign key may lead from a column of type `child` to one of type `parent`.

    `narrow`: the server takes it, but some keys of the parent cannot be written in the child.
    """
    if child == parent or family in ("sqlite", "other"):
        return "fits"
    kinds = kind_of(child), kind_of(parent)
    if not all(kinds):
        return "fits"
    if family == "oracle":
        # each of its numbers is a NUMBER, and what it does with a DATE and a TIMESTAMP is left to it
        numbers = [kind in ("integer", "numeric", "float") for kind in kinds]
        return "fits" if all(numbers) or kinds[0] == kinds[1] else "refused"
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


def looks_unique(column: str, table: str) -> bool:
    """Whether a column is called as the key of a table that the DDL does not show."""
    name = column.casefold()
    return name in ("id", "uuid") or name in (
        f"{entity_key(table).replace(' ', '_')}_{end}" for end in ("id", "uuid")
    )


def is_filled(column: SchemaColumn) -> bool:
    """Whether the server gives a column its value by itself: an identity, a sequence, a random UUID."""
    default = column.default.casefold()
    made = ("nextval", "gen_random_uuid", "uuid_generate", "uuidv", "newid", "newsequentialid", "uuid()")
    serial = column.written_type.casefold().endswith("serial")
    return column.identity or serial or any(word in default for word in made)


def denies_index(
    words: str, key: ForeignKey, tenant: frozenset[str], table: str, tables: Sequence[str]
) -> bool:
    """Whether a text denies an index to a foreign key of `table`: by the key's name, or by its columns, the
    tenant's aside, in a sentence that is about none other of `tables`."""
    denials = [f" {name_key(said)} " for said in SENTENCE.split(words) if _NONE.search(said)]
    if denials and key.name and f" {name_key(key.name)} " in f" {name_key(words)} ":
        return True
    columns = {name_key(column) for column in key.columns}
    return any(
        all(f" {column} " in said for column in columns - tenant or columns)
        and (f" {bare_key(table)} " in said or not any(f" {bare_key(one)} " in said for one in tables))
        for said in denials
    )
