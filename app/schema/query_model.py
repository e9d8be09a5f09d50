"""What a query does with tables, independent of the dialect it is written in."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from app.schema.model import Span

QueryKind = Literal["select", "insert", "update", "delete", "merge", "other"]


class QueryTable(Struct, frozen=True):
    """A table that a query names, and the alias it goes by there (its own name without one)."""

    name: str
    alias: str


class ColumnUse(Struct, frozen=True):
    """A column in a query. `table` is the table's name, "" where the query alone does not tell."""

    table: str
    column: str


class Comparison(Struct, frozen=True):
    """A column compared with something known before the query runs.

    `operator` is `=`, `in`, `is null`, `<`, `<=`, `>`, `>=`, `between` or `like`; `value` is the
    parameter (`:tenant_id`), the literal, or "" for another expression.
    """

    table: str
    column: str
    operator: str
    value: str = ""


class Join(Struct, frozen=True):
    """Two columns that a join or a correlated condition sets equal."""

    left: ColumnUse
    right: ColumnUse


class SortColumn(Struct, frozen=True):
    """An item of ORDER BY; `column` is "" for an expression, whose text `expression` then holds."""

    table: str
    column: str
    descending: bool = False
    expression: str = ""


class Condition(Struct, frozen=True):
    """One conjunct of WHERE or ON as normalised SQL without table names."""

    table: str
    text: str


class Keyset(Struct, frozen=True):
    """A comparison of several columns that continues a page after the last row seen.

    `form` is `row` for `(a, b) < (:a, :b)` and `expanded` for `a < :a OR (a = :a AND b < :b)`.
    """

    form: Literal["row", "expanded"]
    columns: tuple[ColumnUse, ...]
    operator: str


class Parameter(Struct, frozen=True):
    """A parameter by its name as written (`:tenant_id`), and where it stands in the text."""

    name: str
    span: Span


class Query(Struct, frozen=True):
    """What one query reads and writes. `unread` is the reason why it could not be read, else "".

    Conditions of subqueries and common table expressions are listed with those of the query itself;
    order, limit and columns are those of the outermost query. `written` are the columns that INSERT and
    UPDATE set, `locks` is FOR UPDATE and its kin, `conflict` the columns of ON CONFLICT. `changes` are the
    INSERT, UPDATE and DELETE in its WITH, each with its own conditions; `text` is the query as written.
    """

    kind: QueryKind
    tables: tuple[QueryTable, ...] = ()
    equalities: tuple[Comparison, ...] = ()
    ranges: tuple[Comparison, ...] = ()
    joins: tuple[Join, ...] = ()
    conditions: tuple[Condition, ...] = ()
    keysets: tuple[Keyset, ...] = ()
    order_by: tuple[SortColumn, ...] = ()
    limit: bool = False
    offset: bool = False
    columns: tuple[ColumnUse, ...] = ()
    star: bool = False
    written: tuple[str, ...] = ()
    grouped: bool = False
    locks: str = ""
    conflict: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    changes: tuple[Query, ...] = ()
    text: str = ""
    unread: str = ""
    unread_line: int = 0

    @property
    def table_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(table.name for table in self.tables))


class Collector:
    """Gathers what a query does while its tree is walked; `scope` maps aliases to tables."""

    def __init__(self) -> None:
        self.tables: list[QueryTable] = []
        self.equalities: list[Comparison] = []
        self.ranges: list[Comparison] = []
        self.joins: list[Join] = []
        self.conditions: list[Condition] = []
        self.keysets: list[Keyset] = []

    def take(self, other: Collector) -> None:
        """Add what another one gathered."""
        for name, gathered in vars(other).items():
            getattr(self, name).extend(gathered)

    def query(self, kind: QueryKind, **more: object) -> Query:
        """The query with what was gathered, each thing once."""
        gathered = {
            name: tuple(dict.fromkeys(getattr(self, name)))
            for name in ("tables", "equalities", "ranges", "joins", "conditions", "keysets")
        }
        return Query(kind, **{**gathered, **more})  # type: ignore[arg-type]  # names are those of Query


Scope = dict[str, str]
"""The tables that a query level may name: alias to table, "" for a subquery's alias."""


def use(scope: Scope, parts: list[str]) -> ColumnUse:
    """The column that `table.column` or `column` names in `scope`."""
    column = parts[-1]
    if len(parts) > 1:
        return ColumnUse(scope.get(parts[-2], parts[-2]), column)
    real = set(scope.values())
    return ColumnUse(next(iter(real)) if len(real) == 1 else "", column)
