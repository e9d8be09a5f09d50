"""PostgreSQL queries, read by libpg_query."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from postgast import PgQueryError, parse
from postgast import pg_query_pb2 as pb

from app.schema.parameters import Placed
from app.schema.positions import characters_of
from app.schema.postgres import too_long
from app.schema.postgres_text import (
    PARSE_ERRORS,
    Node,
    constant,
    expression_text,
    operator,
    range_name,
)
from app.schema.postgres_tree import column_refs, last_table, operands, subselects
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

_RANGES = ("<", "<=", ">", ">=")
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BETWEEN = (pb.AEXPR_BETWEEN, pb.AEXPR_BETWEEN_SYM)
_LIKE = (pb.AEXPR_LIKE, pb.AEXPR_ILIKE)
_LOCKS = {
    pb.LCS_FORUPDATE: "for update",
    pb.LCS_FORNOKEYUPDATE: "for no key update",
    pb.LCS_FORSHARE: "for share",
    pb.LCS_FORKEYSHARE: "for key share",
}


def read_postgres_query(sql: str, parameters: tuple[Parameter, ...]) -> Query:
    """What the query does; `unread` says why it could not be read."""
    if too_long(sql) or "\0" in sql:
        return Query("other", unread="it is longer than what is read", unread_line=1)
    placed = Placed(sql, parameters, "$1")
    try:
        statements = parse(placed.text).stmts
        if not statements:
            return Query("other", unread="it is empty", unread_line=1)
        names = {at: parameter.name for at, parameter in zip(placed.starts, parameters, strict=True)}
        reader = _Reader(characters_of(placed.text), names)
        return replace(reader.query(statements[0].stmt), changes=tuple(reader.changes))
    except PgQueryError as error:
        at = placed.offset(max(error.cursorpos - 1, 0))
        return Query("other", unread=error.message, unread_line=sql.count("\n", 0, at) + 1)
    except PARSE_ERRORS:
        return Query("other", unread="its expressions are nested too deeply", unread_line=1)


class _Reader:
    """Walks one query's tree; `names` are the parameters' names by their offset in characters."""

    def __init__(self, character: Callable[[int], int], names: dict[int, str]) -> None:
        self._character = character
        self._names = names
        self._found = Collector()
        self._ctes: set[str] = set()
        self.changes: list[Query] = []
        """What WITH holds that changes rows."""

    def query(self, node: Node) -> Query:
        kind = node.WhichOneof("node")
        match kind:
            case "select_stmt":
                return self._select_query(node.select_stmt)
            case "insert_stmt":
                return self._insert(node.insert_stmt)
            case "update_stmt":
                return self._change("update", node.update_stmt, node.update_stmt.from_clause)
            case "delete_stmt":
                return self._change("delete", node.delete_stmt, node.delete_stmt.using_clause)
            case "merge_stmt":
                self._from([], {}, node.merge_stmt.relation)
                return self._found.query("merge")
            case "explain_stmt":
                return self.query(node.explain_stmt.query)
            case "prepare_stmt":
                return self.query(node.prepare_stmt.query)
            case _:
                return Query(
                    "other", unread="it is not SELECT, INSERT, UPDATE, DELETE or MERGE", unread_line=1
                )

    def _select_query(self, select: Node) -> Query:
        scope = self._select(select, {})
        columns, star = self._projected(select.target_list, scope)
        locks = [_LOCKS.get(item.locking_clause.strength, "") for item in select.locking_clause]
        skip = any(item.locking_clause.wait_policy == pb.LockWaitSkip for item in select.locking_clause)
        return self._found.query(
            "select",
            order_by=tuple(self._sort_column(item.sort_by, scope, select) for item in select.sort_clause),
            limit=select.HasField("limit_count"),
            offset=select.HasField("limit_offset"),
            columns=columns,
            star=star,
            grouped=bool(select.group_clause) or bool(select.distinct_clause),
            locks=(locks[0] + (" skip locked" if skip else "")) if locks else "",
        )

    def _insert(self, insert: Node) -> Query:
        scope: Scope = {}
        self._with(insert.with_clause, scope)
        self._from([], scope, insert.relation)
        if insert.HasField("select_stmt"):
            self._select(insert.select_stmt.select_stmt, {})
        columns, star = self._projected(insert.returning_clause.exprs, scope)
        inferred = (
            insert.on_conflict_clause.infer.index_elems if insert.HasField("on_conflict_clause") else ()
        )
        return self._found.query(
            "insert",
            written=tuple(item.res_target.name for item in insert.cols),
            columns=columns,
            star=star,
            conflict=tuple(item.index_elem.name for item in inferred),
        )

    def _change(self, kind: str, statement: Node, others: Node) -> Query:
        scope: Scope = {}
        self._with(statement.with_clause, scope)
        self._from(others, scope, statement.relation)
        self._where(statement, scope)
        written: tuple[str, ...] = ()
        if kind == "update":
            written = tuple(item.res_target.name for item in statement.target_list)
        columns, star = self._projected(statement.returning_clause.exprs, scope)
        return self._found.query(
            "update" if kind == "update" else "delete", written=written, columns=columns, star=star
        )

    def _select(self, select: Node, outer: Scope) -> Scope:
        """Gather from one level and those inside it; its scope, for its columns and order."""
        scope: Scope = {}
        self._with(select.with_clause, outer)
        if select.op != pb.SETOP_NONE:
            left = self._select(select.larg, outer)
            self._select(select.rarg, outer)
            return left
        self._from(select.from_clause, scope)
        whole = {**outer, **scope}
        self._where(select, whole if outer and not scope else scope, whole)
        for target in select.target_list:
            self._nested(target, whole)
        if select.HasField("having_clause"):
            self._nested(select.having_clause, whole)
        return scope

    def _with(self, clause: Node, scope: Scope) -> None:
        for item in clause.ctes:
            cte = item.common_table_expr
            self._ctes.add(cte.ctename)
            inner = cte.ctequery
            if inner.HasField("select_stmt"):
                self._select(inner.select_stmt, dict(scope))
            elif inner.WhichOneof("node") in ("update_stmt", "delete_stmt", "insert_stmt"):
                self._within(inner)

    def _within(self, node: Node) -> None:
        """A query in WITH that changes rows: a query by itself, and a part of the one around it."""
        reader = _Reader(self._character, self._names)
        reader._ctes = self._ctes
        self.changes += (reader.query(node), *reader.changes)
        self._found.take(reader._found)

    def _from(self, items: Node, scope: Scope, relation: Node = None) -> None:
        conditions: list[Node] = []
        usings: list[Node] = []
        if relation is not None:
            self._table(relation, scope)
        for item in items:
            self._from_item(item, scope, conditions, usings)
        for condition in conditions:
            self._conjuncts(condition, scope, scope)
        for join in usings:
            self._using(join, scope)

    def _from_item(self, item: Node, scope: Scope, conditions: list[Node], usings: list[Node]) -> None:
        match item.WhichOneof("node"):
            case "range_var":
                self._table(item.range_var, scope)
            case "join_expr":
                join = item.join_expr
                self._from_item(join.larg, scope, conditions, usings)
                self._from_item(join.rarg, scope, conditions, usings)
                if join.HasField("quals"):
                    conditions.append(join.quals)
                if join.using_clause:
                    usings.append(join)
            case "range_subselect":
                self._select(item.range_subselect.subquery.select_stmt, dict(scope))
                scope[item.range_subselect.alias.aliasname] = ""
            case "range_function":
                scope[item.range_function.alias.aliasname or "()"] = ""

    def _table(self, relation: Node, scope: Scope) -> None:
        name = range_name(relation)
        alias = relation.alias.aliasname if relation.HasField("alias") else relation.relname
        if name in self._ctes:
            scope[alias] = ""
            return
        scope[alias] = name
        self._found.tables.append(QueryTable(name, alias))

    def _using(self, join: Node, scope: Scope) -> None:
        left, right = last_table(join.larg), last_table(join.rarg)
        for item in join.using_clause:
            column = item.string.sval
            self._found.joins.append(
                Join(ColumnUse(scope.get(left, ""), column), ColumnUse(scope.get(right, ""), column))
            )

    def _where(self, statement: Node, scope: Scope, whole: Scope | None = None) -> None:
        if statement.HasField("where_clause"):
            self._conjuncts(statement.where_clause, scope, whole or scope)

    def _conjuncts(self, node: Node, scope: Scope, whole: Scope) -> None:
        if node.HasField("bool_expr") and node.bool_expr.boolop == pb.AND_EXPR:
            for item in node.bool_expr.args:
                self._conjuncts(item, scope, whole)
            return
        self._condition(node, scope, whole)
        self._nested(node, whole)

    def _condition(self, node: Node, scope: Scope, whole: Scope) -> None:
        used = list(dict.fromkeys(self._use(ref, scope, whole).table for ref in column_refs(node)))
        self._found.conditions.append(Condition(used[0] if len(used) == 1 else "", expression_text(node)))
        match node.WhichOneof("node"):
            case "a_expr":
                self._comparison(node.a_expr, scope, whole)
            case "null_test" if node.null_test.nulltesttype == pb.IS_NULL:
                column = self._column(node.null_test.arg, scope, whole)
                if column:
                    self._found.equalities.append(Comparison(column.table, column.column, "is null"))
            case "sub_link" if node.sub_link.sub_link_type == pb.ANY_SUBLINK:
                column = self._column(node.sub_link.testexpr, scope, whole)
                if column:
                    self._found.equalities.append(Comparison(column.table, column.column, "in"))
            case "bool_expr" if node.bool_expr.boolop == pb.OR_EXPR:
                self._expanded_keyset(node, scope, whole)
            case "column_ref":
                column = self._column(node, scope, whole)
                if column:
                    self._found.equalities.append(Comparison(column.table, column.column, "=", "true"))

    def _comparison(self, expression: Node, scope: Scope, whole: Scope) -> None:
        name, kind = operator(expression), expression.kind
        if kind == pb.AEXPR_OP and expression.lexpr.HasField("row_expr"):
            self._row_comparison(expression, name, scope, whole)
            return
        left = self._column(expression.lexpr, scope, whole)
        right = self._column(expression.rexpr, scope, whole)
        if left and right:
            if kind == pb.AEXPR_OP and name == "=" and left != right:
                self._found.joins.append(Join(left, right))
            return
        column = left or right
        if column is None:
            return
        value = self._value(expression.rexpr if left else expression.lexpr)
        if kind == pb.AEXPR_OP and name == "=":
            self._found.equalities.append(Comparison(column.table, column.column, "=", value))
        elif kind == pb.AEXPR_OP and name in _RANGES:
            name = name if left else _MIRRORED[name]
            self._found.ranges.append(Comparison(column.table, column.column, name, value))
        elif (kind == pb.AEXPR_IN or kind == pb.AEXPR_OP_ANY) and name == "=":
            self._found.equalities.append(Comparison(column.table, column.column, "in", value))
        elif kind in _BETWEEN:
            self._found.ranges.append(Comparison(column.table, column.column, "between", value))
        elif kind in _LIKE:
            self._found.ranges.append(Comparison(column.table, column.column, "like", value))

    def _row_comparison(self, expression: Node, name: str, scope: Scope, whole: Scope) -> None:
        columns = [self._column(item, scope, whole) for item in expression.lexpr.row_expr.args]
        read = tuple(column for column in columns if column)
        if len(read) != len(columns):
            return
        if name in _RANGES:
            self._found.keysets.append(Keyset("row", read, name))
            self._found.ranges.append(Comparison(read[0].table, read[0].column, name))
        elif name == "=":
            self._found.equalities.extend(Comparison(c.table, c.column, "=") for c in read)

    def _expanded_keyset(self, node: Node, scope: Scope, whole: Scope) -> None:
        """`a < :a OR (a = :a AND b < :b)`: each branch repeats the equalities of those before it."""
        columns: list[ColumnUse] = []
        operators: list[str] = []
        for branch in sorted(node.bool_expr.args, key=lambda item: len(operands(item))):
            inner = _Reader(self._character, self._names)
            for item in operands(branch):
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

    def _nested(self, node: Node, scope: Scope) -> None:
        """Gather from the subqueries inside an expression."""
        for select in subselects(node):
            self._select(select, dict(scope))

    def _column(self, node: Node, scope: Scope, whole: Scope) -> ColumnUse | None:
        if node.HasField("type_cast"):
            return self._column(node.type_cast.arg, scope, whole)
        if not node.HasField("column_ref") or not node.column_ref.fields[-1].HasField("string"):
            return None
        return self._use(node.column_ref, scope, whole)

    @staticmethod
    def _use(reference: Node, scope: Scope, whole: Scope) -> ColumnUse:
        parts = [field.string.sval for field in reference.fields]
        return use(scope if len(parts) == 1 else whole, parts)

    def _value(self, node: Node) -> str:
        match node.WhichOneof("node"):
            case "param_ref":
                return self._names.get(self._character(node.param_ref.location), "?")
            case "a_const":
                return constant(node.a_const)
            case "type_cast":
                return self._value(node.type_cast.arg)
            case "func_call" if len(node.func_call.args) == 1:
                return self._value(node.func_call.args[0])
            case "list" if node.list.items:
                return self._value(node.list.items[0])
            case _:
                return ""

    def _projected(self, targets: Node, scope: Scope) -> tuple[tuple[ColumnUse, ...], bool]:
        columns: list[ColumnUse] = []
        star = False
        for target in targets:
            for reference in column_refs(target.res_target.val):
                if reference.fields[-1].HasField("a_star"):
                    star = True
                else:
                    columns.append(self._use(reference, scope, scope))
        return tuple(dict.fromkeys(columns)), star

    def _sort_column(self, item: Node, scope: Scope, select: Node) -> SortColumn:
        descending = item.sortby_dir == pb.SORTBY_DESC
        node = item.node
        if node.HasField("a_const") and node.a_const.HasField("ival"):
            place = node.a_const.ival.ival - 1
            if 0 <= place < len(select.target_list):
                node = select.target_list[place].res_target.val
        column = self._column(node, scope, scope)
        if column:
            for target in select.target_list:
                if target.res_target.name == column.column:
                    column = self._column(target.res_target.val, scope, scope) or column
            return SortColumn(column.table, column.column, descending)
        return SortColumn("", "", descending, expression_text(node))
