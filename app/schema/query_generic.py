"""Queries of other dialects, read by sqlglot."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from app import patterns
from app.schema.generic_text import READ_ERRORS, expression_text, identifier, parse_one, table_name
from app.schema.parameters import Placed
from app.schema.query_model import (
    Collector,
    ColumnUse,
    Comparison,
    Condition,
    Join,
    Keyset,
    Parameter,
    Query,
    QueryTable,
    Scope,
    SortColumn,
    use,
)

_RANGES: dict[type[exp.Expr], str] = {exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LONGEST = 100_000
_ODD = patterns.compile(r"%|[?$:]\d")
"""How parameters begin that sqlglot does not take for such."""


def read_generic_query(sql: str, parameters: tuple[Parameter, ...], dialect: str) -> Query:
    """What the query does; `unread` says why it could not be read."""
    if len(sql) > _LONGEST:
        return Query("other", unread="it is longer than what is read", unread_line=1)
    odd = tuple(p for p in parameters if _ODD.match(sql, p.span.start, p.span.end))
    try:
        tree = parse_one(Placed(sql, odd, "?").text, dialect)
        if tree is None:
            return Query("other", unread="it is empty", unread_line=1)
        return _Reader(dialect).query(tree)
    except READ_ERRORS as error:
        details = getattr(error, "errors", None) or [{}]
        reason = str(details[0].get("description") or "it could not be read").rstrip(".")
        return Query("other", unread=reason, unread_line=int(details[0].get("line") or 1))


class _Reader:
    """Walks one query's tree."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        self._found = Collector()
        self._ctes: set[str] = set()

    def query(self, tree: exp.Expr) -> Query:
        match tree:
            case exp.Query():
                return self._select_query(tree)
            case exp.Insert():
                return self._insert(tree)
            case exp.Update() | exp.Delete():
                return self._change(tree)
            case exp.Merge():
                self._tables([tree.this], {})
                return self._found.query("merge")
            case _:
                reason = "it is not SELECT, INSERT, UPDATE, DELETE or MERGE"
                return Query("other", unread=reason, unread_line=1)

    def _select_query(self, tree: exp.Query) -> Query:
        scope = self._select(tree, {})
        columns, star = self._projected(tree.selects, scope)
        locks = tree.args.get("locks") or []
        limit = tree.args.get("limit")
        top = limit is not None and not (isinstance(limit, exp.Limit) and limit.expression is None)
        return self._found.query(
            "select",
            order_by=self._order(tree, scope),
            limit=top or isinstance(limit, exp.Fetch),
            offset=tree.args.get("offset") is not None,
            columns=columns,
            star=star,
            grouped=tree.args.get("group") is not None or tree.args.get("distinct") is not None,
            locks="for update" if locks else "",
        )

    def _insert(self, tree: exp.Insert) -> Query:
        schema = tree.this
        self._tables([schema.this if isinstance(schema, exp.Schema) else schema], {})
        if isinstance(tree.expression, exp.Query) and not isinstance(tree.expression, exp.Values):
            self._select(tree.expression, {})
        conflict = tree.args.get("conflict")
        keys = conflict.args.get("conflict_keys") or [] if conflict is not None else []
        written = (
            tuple(identifier(item) for item in schema.expressions) if isinstance(schema, exp.Schema) else ()
        )
        return self._found.query("insert", written=written, conflict=tuple(identifier(key) for key in keys))

    def _change(self, tree: exp.Update | exp.Delete) -> Query:
        scope: Scope = {}
        self._with(tree)
        self._tables([tree.this, *self._sources(tree)], scope)
        self._where(tree, scope, scope)
        written: tuple[str, ...] = ()
        if isinstance(tree, exp.Update):
            written = tuple(identifier(item.this) for item in tree.expressions)
        kind = "update" if isinstance(tree, exp.Update) else "delete"
        return self._found.query(
            "update" if kind == "update" else "delete",
            written=written,
            limit=tree.args.get("limit") is not None,
            order_by=self._order(tree, scope),
        )

    @staticmethod
    def _sources(tree: exp.Expr) -> list[exp.Expr]:
        """What stands in FROM and in joins, as tables or subqueries."""
        source = tree.args.get("from_") or tree.args.get("from")
        items = [source.this] if source is not None else []
        using = tree.args.get("using") or []
        items.extend(using if isinstance(using, list) else [using])
        owners = [tree, *items, *([tree.this] if isinstance(tree.this, exp.Table) else [])]
        items.extend(join.this for owner in owners for join in owner.args.get("joins") or ())
        return items

    def _joins(self, tree: exp.Expr) -> Iterator[exp.Join]:
        source = tree.args.get("from_") or tree.args.get("from")
        owners = [tree, *([source.this] if source is not None else [])]
        if isinstance(tree.this, exp.Table):
            owners.append(tree.this)
        for owner in owners:
            yield from owner.args.get("joins") or ()

    def _select(self, tree: exp.Expr, outer: Scope) -> Scope:
        self._with(tree)
        if isinstance(tree, exp.SetOperation):
            left = self._select(tree.left, outer)
            self._select(tree.right, outer)
            return left
        if isinstance(tree, exp.Subquery):
            return self._select(tree.this, outer)
        scope: Scope = {}
        self._tables(self._sources(tree), scope)
        whole = {**outer, **scope}
        self._where(tree, scope or whole, whole)
        for item in tree.args.get("expressions") or ():
            self._nested(item, whole)
        return scope

    def _with(self, tree: exp.Expr) -> None:
        clause = tree.args.get("with_") or tree.args.get("with")
        for cte in clause.expressions if clause is not None else ():
            self._ctes.add(cte.alias)
            self._select(cte.this, {})

    def _tables(self, items: list[exp.Expr], scope: Scope) -> None:
        for item in items:
            if isinstance(item, exp.Table):
                name, alias = table_name(item), item.alias_or_name
                scope[alias] = "" if name in self._ctes else name
                if name not in self._ctes:
                    self._found.tables.append(QueryTable(name, alias))
            elif isinstance(item, exp.Subquery):
                self._select(item.this, dict(scope))
                scope[item.alias] = ""

    def _where(self, tree: exp.Expr, scope: Scope, whole: Scope) -> None:
        previous = next(iter(scope), "")
        for join in self._joins(tree):
            if join.args.get("on") is not None:
                self._conjuncts(join.args["on"], scope, whole)
            for column in join.args.get("using") or ():
                left, right = scope.get(previous, ""), scope.get(join.this.alias_or_name, "")
                name = identifier(column)
                self._found.joins.append(Join(ColumnUse(left, name), ColumnUse(right, name)))
            previous = join.this.alias_or_name
        where = tree.args.get("where")
        if where is not None:
            self._conjuncts(where.this, scope, whole)

    def _conjuncts(self, node: exp.Expr, scope: Scope, whole: Scope) -> None:
        node = _bare(node)
        if isinstance(node, exp.And):
            for item in node.flatten():
                self._conjuncts(item, scope, whole)
            return
        self._condition(node, scope, whole)
        self._nested(node, whole)

    def _condition(self, node: exp.Expr, scope: Scope, whole: Scope) -> None:
        node = _bare(node)
        used = {self._use(column, scope, whole).table for column in _columns(node)}
        text = expression_text(node, self._dialect)
        self._found.conditions.append(Condition(used.pop() if len(used) == 1 else "", text))
        column = self._column(node.this, scope, whole) if isinstance(node.this, exp.Expr) else None
        match node:
            case exp.EQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
                self._comparison(node, scope, whole)
            case exp.In() if column:
                values = node.expressions
                value = _value(values[0]) if values else ""
                self._found.equalities.append(Comparison(column.table, column.column, "in", value))
            case exp.Is() if column and isinstance(node.expression, exp.Null):
                self._found.equalities.append(Comparison(column.table, column.column, "is null"))
            case exp.Between() if column:
                low = _value(node.args["low"])
                self._found.ranges.append(Comparison(column.table, column.column, "between", low))
            case exp.Like() if column:
                value = _value(node.expression)
                self._found.ranges.append(Comparison(column.table, column.column, "like", value))
            case exp.Or():
                self._expanded_keyset(node, scope, whole)

    def _comparison(self, node: exp.Expr, scope: Scope, whole: Scope) -> None:
        left_side, right_side = _bare(node.this), _bare(node.expression)
        operator = _RANGES.get(type(node), "=")
        if isinstance(left_side, exp.Tuple):
            self._row_comparison(left_side, operator, scope, whole)
            return
        left, right = self._column(left_side, scope, whole), self._column(right_side, scope, whole)
        if left and right:
            if operator == "=" and left != right:
                self._found.joins.append(Join(left, right))
            return
        column = left or right
        if column is None:
            return
        value = _value(right_side if left else left_side)
        if operator == "=":
            self._found.equalities.append(Comparison(column.table, column.column, "=", value))
        else:
            operator = operator if left else _MIRRORED[operator]
            self._found.ranges.append(Comparison(column.table, column.column, operator, value))

    def _row_comparison(self, row: exp.Tuple, operator: str, scope: Scope, whole: Scope) -> None:
        columns = [self._column(item, scope, whole) for item in row.expressions]
        read = tuple(column for column in columns if column)
        if not read or len(read) != len(columns):
            return
        if operator == "=":
            self._found.equalities.extend(Comparison(c.table, c.column, "=") for c in read)
        else:
            self._found.keysets.append(Keyset("row", read, operator))
            self._found.ranges.append(Comparison(read[0].table, read[0].column, operator))

    def _expanded_keyset(self, node: exp.Or, scope: Scope, whole: Scope) -> None:
        """`a < :a OR (a = :a AND b < :b)`: each branch repeats the equalities of those before it."""
        columns: list[ColumnUse] = []
        operators: list[str] = []
        for branch in sorted((_operands(item) for item in node.flatten()), key=len):
            inner = _Reader(self._dialect)
            for item in branch:
                inner._condition(item, scope, whole)
            equal = [ColumnUse(c.table, c.column) for c in inner._found.equalities]
            if len(inner._found.ranges) != 1 or sorted(equal, key=str) != sorted(columns, key=str):
                return
            last = inner._found.ranges[0]
            columns.append(ColumnUse(last.table, last.column))
            operators.append(last.operator)
        if len(columns) > 1:
            self._found.keysets.append(Keyset("expanded", tuple(columns), operators[0]))
            self._found.ranges.append(Comparison(columns[0].table, columns[0].column, operators[0]))

    def _nested(self, node: exp.Expr, scope: Scope) -> None:
        for select in _subselects(node):
            self._select(select, dict(scope))

    def _column(self, node: exp.Expr | None, scope: Scope, whole: Scope) -> ColumnUse | None:
        node = _bare(node) if node is not None else None
        if isinstance(node, exp.Cast):
            return self._column(node.this, scope, whole)
        return self._use(node, scope, whole) if isinstance(node, exp.Column) else None

    @staticmethod
    def _use(column: exp.Column, scope: Scope, whole: Scope) -> ColumnUse:
        if column.table:
            return use(whole, [column.table, column.name])
        return use(scope, [column.name])

    def _projected(self, items: list[exp.Expr], scope: Scope) -> tuple[tuple[ColumnUse, ...], bool]:
        columns: list[ColumnUse] = []
        star = False
        for item in items:
            star = star or isinstance(item, exp.Star) or (isinstance(item, exp.Column) and item.name == "*")
            columns.extend(self._use(c, scope, scope) for c in _columns(item) if c.name != "*")
        return tuple(dict.fromkeys(columns)), star

    def _order(self, tree: exp.Expr, scope: Scope) -> tuple[SortColumn, ...]:
        order = tree.args.get("order")
        return tuple(self._sort_column(item, scope, tree) for item in order.expressions) if order else ()

    def _sort_column(self, item: exp.Expr, scope: Scope, tree: exp.Expr) -> SortColumn:
        descending = bool(item.args.get("desc"))
        node = _bare(item.this if isinstance(item, exp.Ordered) else item)
        selects = tree.selects if isinstance(tree, exp.Query) else []
        if isinstance(node, exp.Literal) and not node.is_string and 0 < int(node.this) <= len(selects):
            node = selects[int(node.this) - 1].unalias()
        column = self._column(node, scope, scope)
        if column is None:
            return SortColumn("", "", descending, expression_text(node, self._dialect))
        return SortColumn(column.table, column.column, descending)


def _bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _operands(node: exp.Expr) -> list[exp.Expr]:
    node = _bare(node)
    return [_bare(item) for item in node.flatten()] if isinstance(node, exp.And) else [node]


def _value(node: exp.Expr) -> str:
    node = _bare(node)
    if isinstance(node, exp.Placeholder):
        return f":{node.this}" if node.this else "?"
    if isinstance(node, exp.Parameter):
        return f":{node.name}"
    if isinstance(node, exp.Cast):
        return _value(node.this)
    return str(node.this) if isinstance(node, exp.Literal) else ""


def _columns(node: exp.Expr) -> Iterator[exp.Column]:
    """The columns in an expression, not those in its subqueries."""
    if isinstance(node, exp.Column):
        yield node
    elif not isinstance(node, exp.Query):
        for child in node.iter_expressions():
            yield from _columns(child)


def _subselects(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Query) and not isinstance(node, exp.Values):
        yield node
    else:
        for child in node.iter_expressions():
            yield from _subselects(child)
