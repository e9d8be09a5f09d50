"""The schema that DDL statements describe, independent of the dialect they are written in.

Names are as the engine folds them (PostgreSQL: lower case unless quoted). Positions are offsets in
characters into the DDL text, never bytes. Every object says where it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from msgspec import Struct, field

from app.schema.places import Places


class Span(Struct, frozen=True):
    """A piece of the SQL text: offsets in characters, and the line and column (from 1) of its start."""

    start: int
    end: int
    line: int
    column: int


class Tagged(Struct, frozen=True, tag_field="class", tag=True):
    """One of several kinds that may stand at the same place: its class is kept with it in a file."""


class SchemaColumn(Struct, frozen=True):
    """A column. `type` is normalised lower-case SQL text with its modifiers, such as `numeric(12,2)`.

    `written_type` is the type as it stands in the DDL (`serial`, `int4`). `values` are those that the
    type itself allows, of an enum.
    """

    name: str
    type: str
    nullable: bool
    span: Span
    default: str = ""
    generated: bool = False
    identity: bool = False
    comment: str = ""
    written_type: str = ""
    values: tuple[str, ...] = ()


class Key(Tagged, frozen=True):
    """A primary key, unique constraint or unique index over plain columns or expressions.

    `columns` holds column names in order, "" for an expression. `where` is the predicate of a partial
    index as normalised SQL. `nulls_distinct` is false for NULLS NOT DISTINCT. Where the DDL gives no name,
    here and in the classes below, `name` is the one that PostgreSQL gives and `named` is false; for other
    engines it is "".
    """

    kind: Literal["primary", "unique", "unique_index"]
    name: str
    columns: tuple[str, ...]
    span: Span
    where: str = ""
    deferrable: bool = False
    nulls_distinct: bool = True
    include: tuple[str, ...] = ()
    named: bool = True


class ForeignKey(Tagged, frozen=True):
    """A foreign key; `target_columns` is empty when the DDL leaves it to the target's primary key.

    `target` is the name under which the schema holds the table, where it does. `on_delete` and
    `on_update` are lower case (`cascade`, `set null`, `restrict`), "" for no action.
    """

    name: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    span: Span
    on_delete: str = ""
    not_valid: bool = False
    deferrable: bool = False
    on_update: str = ""
    named: bool = True


class Check(Tagged, frozen=True):
    """A CHECK constraint. `columns` are the columns it reads; `values` what `column IN (…)` or
    `= ANY (…)` on a single column lists, empty for any other form."""

    name: str
    expression: str
    columns: tuple[str, ...]
    span: Span
    values: tuple[str, ...] = ()
    not_valid: bool = False
    named: bool = True


class Exclusion(Tagged, frozen=True):
    """An EXCLUDE constraint: columns (or "" for expressions) with their operators."""

    name: str
    elements: tuple[tuple[str, str], ...]
    span: Span
    where: str = ""
    named: bool = True
    method: str = ""


class Index(Struct, frozen=True):
    """An index that is not a constraint; unique ones are listed among the keys too.

    `columns` as in Key; `descending` marks those sorted descending. `reads` are the columns that its
    predicate and its expressions read.
    """

    name: str
    columns: tuple[str, ...]
    span: Span
    method: str = ""
    unique: bool = False
    where: str = ""
    include: tuple[str, ...] = ()
    descending: tuple[bool, ...] = ()
    expressions: tuple[str, ...] = ()
    named: bool = True
    reads: tuple[str, ...] = ()


class Policy(Struct, frozen=True):
    """A row level security policy. `command` is lower case: all, select, insert, update or delete."""

    name: str
    command: str
    using: str
    check: str
    span: Span
    permissive: bool = True
    roles: tuple[str, ...] = ()


class Trigger(Struct, frozen=True):
    """A trigger. `timing` is before, after or instead of; `events` are insert, update, delete, truncate."""

    name: str
    timing: str
    events: tuple[str, ...]
    span: Span
    function: str = ""


class Table(Struct, frozen=True):
    """A table after every statement about it was applied in order."""

    name: str
    columns: tuple[SchemaColumn, ...]
    span: Span
    primary_key: Key | None = None
    uniques: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    indexes: tuple[Index, ...] = ()
    policies: tuple[Policy, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    row_security: bool = False
    force_row_security: bool = False
    partition_by: str = ""
    partition_of: str = ""
    inherits: tuple[str, ...] = ()
    comment: str = ""
    existing: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> SchemaColumn | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def keys(self) -> tuple[Key, ...]:
        """The primary key and every unique key."""
        return (self.primary_key, *self.uniques) if self.primary_key else self.uniques


class Unread(Struct, frozen=True):
    """A statement that no parser read, or that has no meaning for the schema model.

    `reason` is for the author; what is unread is not checked, never passed.
    """

    span: Span
    reason: str
    text: str


class StatementKind(Struct, frozen=True):
    """What one statement does, in order, for the migration rules.

    `kind` is such as create_table, alter_table, create_index, drop_table, drop_column, truncate,
    update, insert, delete, rename; `table` the table it is about; `details` names what matters:
    `concurrently`, `set_not_null:column`, `type:column`, `add_foreign_key:name`, `not_valid`,
    `validate:name`, `add_column:column`, `add_unique:name`, `drop_column:column`.
    """

    kind: str
    table: str
    span: Span
    details: tuple[str, ...] = ()


class Schema(Struct, frozen=True, eq=False, dict=True):
    """Everything a text of DDL describes. `dialect` names the SQL that it was read as.

    Tables, enums and domains are held under their names without the engine's default schema. `altered`
    are tables that do not stand in the text, with only what its statements add to them.
    """

    dialect: str
    tables: Mapping[str, Table] = field(default_factory=lambda: MappingProxyType({}))
    altered: Mapping[str, Table] = field(default_factory=lambda: MappingProxyType({}))
    enums: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    domains: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    statements: tuple[StatementKind, ...] = ()
    unread: tuple[Unread, ...] = ()
    views: tuple[str, ...] = ()
    places: Places = field(default_factory=Places)
    """Turns positions within statements into positions in the text; those of a text read as a whole stay."""

    def __eq__(self, other: object) -> bool:
        """Whether both describe the same, wherever it stands."""
        return isinstance(other, Schema) and _described(self) == _described(other)

    def table(self, name: str) -> Table | None:
        """The table called `name`, with or without its schema, case aside."""
        wanted = name.strip().strip('"`').casefold()
        if wanted in self.tables:
            return self.tables[wanted]
        return self._by_bare_name.get(wanted.rsplit(".", 1)[-1])

    @cached_property
    def all_tables(self) -> tuple[Table, ...]:
        """The tables in the order in which they are made."""
        return tuple(self.tables.values())

    def any_table(self, name: str) -> Table | None:
        """The table called `name`, also one that the text only adds something to."""
        folded = name.strip().casefold()
        return self.table(name) or next((t for n, t in self.altered.items() if n.casefold() == folded), None)

    @cached_property
    def _by_bare_name(self) -> Mapping[str, Table]:
        return {
            key.rsplit(".", 1)[-1].casefold(): table for key, table in reversed(list(self.tables.items()))
        }


def _described(schema: Schema) -> tuple[object, ...]:
    """All that a schema says, without where it stands."""
    return tuple(getattr(schema, name) for name in schema.__struct_fields__ if name != "places")
