"""Which indexes of a table can serve a query, how far, and why not further."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from app.schema.model import Table
from app.schema.names import bare_name
from app.schema.query_model import Query


class Serving(Struct, frozen=True):
    """How an index serves a query.

    `equality` counts the leading columns that equality conditions fix, `range_column` is the next one
    when a range bounds it. `ordered` says that rows come in the query's order without a sort (true
    when the query asks for none). `why` says in words what is not served, "" when all is.
    """

    index: str
    columns: tuple[str, ...]
    equality: int
    range_column: str
    ordered: bool
    why: str

    @property
    def useful(self) -> bool:
        return bool(self.equality or self.range_column)


class _Candidate(Struct, frozen=True):
    name: str
    columns: tuple[str, ...]
    descending: tuple[bool, ...]
    where: str
    method: str


def serving_indexes(query: Query, table: Table) -> list[Serving]:
    """Every index and key of `table` with how it serves `query`, the best first."""
    found = [_serving(query, table, candidate) for candidate in _candidates(table)]
    return sorted(
        found, key=lambda s: (-s.equality, not s.ordered, not s.range_column, len(s.columns), s.index)
    )


def _candidates(table: Table) -> Iterator[_Candidate]:
    for key in table.keys:
        if key.kind != "unique_index":
            yield _Candidate(key.name or "primary key", key.columns, (), key.where, "btree")
    for index in table.indexes:
        yield _Candidate(index.name, index.columns, index.descending, index.where, index.method or "btree")


def _serving(query: Query, table: Table, index: _Candidate) -> Serving:
    equal = {c.column for c in query.equalities if _is_about(c.table, c.column, table)}
    joined = {
        side.column
        for join in query.joins
        for side in (join.left, join.right)
        if _is_about(side.table, side.column, table)
    }
    ranged = {c.column for c in query.ranges if _is_about(c.table, c.column, table)}
    missing = _unimplied(query, table, index.where)
    if missing:
        reason = f"it holds only rows where {missing}, which the query does not ask for"
        return Serving(index.name, index.columns, 0, "", False, reason)
    if index.method not in ("btree", "hash"):
        reason = f"how a {index.method} index serves it depends on the operators"
        return Serving(index.name, index.columns, 0, "", False, reason)
    fixed = _leading(index.columns, equal) or _leading(index.columns, equal | joined)
    following = index.columns[fixed] if fixed < len(index.columns) else ""
    range_column = following if following in ranged else ""
    order_problem = _order_problem(query, table, index, fixed, equal)
    why = _why(index, fixed, range_column, equal | ranged, order_problem)
    return Serving(index.name, index.columns, fixed, range_column, not order_problem, why)


def _is_about(name: str, column: str, table: Table) -> bool:
    """Whether a column of the query is one of `table`: named so, or unnamed and found there."""
    if name:
        return _bare(name) == _bare(table.name) and (
            "." not in name or "." not in table.name or name == table.name
        )
    return table.column(column) is not None


def _bare(name: str) -> str:
    return bare_name(name).casefold()


def _leading(columns: tuple[str, ...], fixed: set[str]) -> int:
    count = 0
    while count < len(columns) and columns[count] and columns[count] in fixed:
        count += 1
    return count


def _unimplied(query: Query, table: Table, where: str) -> str:
    """The part of a partial index's predicate that no condition of the query says, "" when all is."""
    if not where:
        return ""
    asked = {c.text for c in query.conditions if c.table == "" or _bare(c.table) == _bare(table.name)}
    if where in asked:
        return ""
    parts = [part for part in where.split(" AND ") if part not in asked]
    return " AND ".join(part for part in parts if not _says_not_null(part, query, table))


def _says_not_null(part: str, query: Query, table: Table) -> bool:
    """`x IS NOT NULL` follows from any comparison of x, and from NOT NULL on the column."""
    column = part.removesuffix(" IS NOT NULL")
    if column == part:
        return False
    definition = table.column(column.strip('"'))
    if definition is not None and not definition.nullable:
        return True
    compared = [c for c in (*query.equalities, *query.ranges) if c.operator != "is null"]
    return any(c.column == column.strip('"') and _is_about(c.table, c.column, table) for c in compared)


def _order_problem(query: Query, table: Table, index: _Candidate, fixed: int, equal: set[str]) -> str:
    """Why rows from the index are not in the query's order, "" when they are."""
    wanted = [(s.column, s.descending) for s in query.order_by if not (s.column and s.column in equal)]
    if not wanted:
        return ""
    if any(s.table and not _is_about(s.table, s.column, table) for s in query.order_by):
        return "the order is by a column of another table"
    expression = next((s.expression for s in query.order_by if not s.column), "")
    if expression:
        return f"the order is by an expression, {expression}"
    if index.method != "btree":
        return f"a {index.method} index has no order"
    several = next(
        (c.column for c in query.equalities if c.operator == "in" and c.column in index.columns[:fixed]), ""
    )
    if several:
        return f"{several} may have several values, so rows come in several runs"
    rest = list(index.columns[fixed:])
    descending = (*index.descending, *(False for _ in index.columns[len(index.descending) :]))[fixed:]
    names = [name for name, _ in wanted]
    if names != rest[: len(names)]:
        after = f" after {', '.join(index.columns[:fixed])}" if fixed else ""
        return f"the order by {', '.join(names)} is not that of the index{after}"
    turned = {down != own for (_, down), own in zip(wanted, descending, strict=False)}
    return "the directions of the order do not match those of the index" if len(turned) > 1 else ""


def _why(index: _Candidate, fixed: int, range_column: str, asked: set[str], order_problem: str) -> str:
    reasons = []
    if not fixed and not range_column:
        first = index.columns[0] if index.columns and index.columns[0] else "an expression"
        reasons.append(f"its first column, {first}, is not in the query's conditions")
    used = fixed + bool(range_column)
    unused = [name for name in index.columns[used:] if name in asked]
    if unused and (fixed or range_column):
        gap = (
            f"after the range on {range_column}"
            if range_column
            else f"behind {index.columns[used] or 'an expression'}"
        )
        later = [name for name in unused if name != index.columns[used]] if not range_column else unused
        if later:
            reasons.append(f"{', '.join(later)} stands {gap}")
    if order_problem:
        reasons.append(order_problem)
    return "; ".join(reasons)
