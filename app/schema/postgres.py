"""PostgreSQL statements, read by libpg_query: from text to effects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from postgast import PgQueryError, parse
from postgast import pg_query_pb2 as pb

from app import patterns
from app.schema.effects import (
    AddEnumValue,
    ChangeColumn,
    ChangePolicy,
    CommentOn,
    CreateDomain,
    CreateEnum,
    CreateIndex,
    CreatePolicy,
    CreateTrigger,
    CreateView,
    Drop,
    Effect,
    Noted,
    NotUnderstood,
    Reading,
    Rename,
    SearchPath,
)
from app.schema.model import Check, Policy, StatementKind, Trigger
from app.schema.postgres_alter import alter_domain, alter_table
from app.schema.postgres_source import Source
from app.schema.postgres_table import create_table, read_constraint, read_index
from app.schema.postgres_text import (
    PARSE_ERRORS,
    Node,
    dotted,
    expression_text,
    range_name,
    type_text,
)
from app.schema.split import quoted_ends

PARSER = "PostgreSQL"
_MOST_TOKENS = 20_000
"""The parser recurses in C; a chain of some 50,000 operators overflows its stack and ends the process."""
_TOKEN = patterns.compile(r"\w+|[^\w\s]")
_DATA = patterns.compile(r'(INSERT)\s+INTO\s+((?:"[^"]+"|[\w.$])+)', re.IGNORECASE)

_DROPPED = {
    pb.OBJECT_TABLE: "table",
    pb.OBJECT_VIEW: "view",
    pb.OBJECT_MATVIEW: "view",
    pb.OBJECT_INDEX: "index",
    pb.OBJECT_TYPE: "type",
    pb.OBJECT_DOMAIN: "type",
    pb.OBJECT_TRIGGER: "trigger",
    pb.OBJECT_POLICY: "policy",
}
_RENAMED = {
    pb.OBJECT_TABLE: "table",
    pb.OBJECT_COLUMN: "column",
    pb.OBJECT_TABCONSTRAINT: "constraint",
    pb.OBJECT_INDEX: "index",
    pb.OBJECT_TYPE: "type",
    pb.OBJECT_DOMAIN: "type",
    pb.OBJECT_TRIGGER: "trigger",
    pb.OBJECT_POLICY: "policy",
}
_TRIGGER_EVENTS = ((1 << 2, "insert"), (1 << 4, "update"), (1 << 3, "delete"), (1 << 5, "truncate"))
_TRIGGER_TIMINGS = {1 << 1: "before", 1 << 6: "instead of"}


def read_statement(sql: str) -> Reading:
    """What one PostgreSQL statement does; `reason` says why it could not be read."""
    if len(sql) > _MOST_TOKENS and (data := _DATA.match(sql)):
        noted = StatementKind("insert", data[2].replace('"', ""), Source(sql).whole)
        return Reading((Noted(noted),), parser=PARSER)
    if too_long(sql):
        return Reading(reason=f"it has more than {_MOST_TOKENS} words, which is more than is read")
    if "\0" in sql:
        return Reading(reason="it holds a NUL character", error_at=sql.index("\0"))
    try:
        statements = parse(sql).stmts
        source = Source(sql)
        effects = tuple(effect for raw in statements for effect in _effects(raw.stmt, source))
    except PgQueryError as error:
        # Unlike the locations of the tree, the error's position counts characters.
        return Reading(reason=error.message, error_at=max(error.cursorpos - 1, 0))
    except PARSE_ERRORS as error:
        return Reading(reason=_unreadable(error))
    return Reading(effects, parser=PARSER)


def too_long(sql: str) -> bool:
    """Whether a statement has so many words that the parser might not survive it."""
    if len(sql) <= _MOST_TOKENS:
        return False
    count, position = 0, 0
    for start, end in [*quoted_ends(sql, "postgresql"), (len(sql), len(sql))]:
        count += sum(1 for _ in _TOKEN.finditer(sql, position, start)) + 1
        position = end
    return count > _MOST_TOKENS


def _unreadable(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "it holds characters that are not text"
    return "its expressions are nested too deeply"


def _effects(node: Node, source: Source) -> Iterator[Effect]:
    kind = node.WhichOneof("node")
    handler = _HANDLERS.get(kind)
    if handler:
        yield from handler(getattr(node, kind), source)
    elif kind not in _HARMLESS:
        name = kind.removesuffix("_stmt").replace("_", " ").upper()
        yield NotUnderstood(source.whole, f"{name} has no place in the schema that dbcharter reads")


def _noted(kind: str, table: str, source: Source, *details: str) -> Noted:
    return Noted(StatementKind(kind, table, source.whole, details))


def _create(node: Node, source: Source) -> Iterator[Effect]:
    yield from create_table(node, source)
    yield _noted("create_table", range_name(node.relation), source)


def _create_as(node: Node, source: Source) -> Iterator[Effect]:
    name = range_name(node.into.rel)
    if node.objtype == pb.OBJECT_MATVIEW:
        yield CreateView(name)
        yield _noted("create_view", name, source)
    else:
        yield NotUnderstood(source.whole, f"the columns of {name} come from a query")
        yield _noted("create_table", name, source, "from_query")


def _view(node: Node, source: Source) -> Iterator[Effect]:
    yield CreateView(range_name(node.view))
    yield _noted("create_view", range_name(node.view), source)


def _index(node: Node, source: Source) -> Iterator[Effect]:
    index, key = read_index(node, source)
    table = range_name(node.relation)
    yield CreateIndex(table, index, key, node.if_not_exists)
    details = [*(["concurrently"] if node.concurrent else []), *(["unique"] if node.unique else [])]
    yield _noted("create_index", table, source, *details, f"index:{index.name}")


def _drop(node: Node, source: Source) -> Iterator[Effect]:
    kind = _DROPPED.get(node.remove_type)
    if kind is None:
        return
    for item in node.objects:
        name, table = dotted(item), ""
        if kind in ("trigger", "policy"):
            table, _, name = name.rpartition(".")
        yield Drop(kind, name, table)  # type: ignore[arg-type]  # the values of _DROPPED are its literals
        details = ["concurrently"] if node.concurrent else []
        yield _noted(f"drop_{kind}", table or name, source, *details)


def _rename(node: Node, source: Source) -> Iterator[Effect]:
    kind = _RENAMED.get(node.rename_type)
    if kind is None or node.relation_type in (pb.OBJECT_VIEW, pb.OBJECT_MATVIEW):
        return
    table = range_name(node.relation) if node.HasField("relation") else ""
    old = node.subname
    if kind in ("table", "index"):
        old, table = table, ""
    elif kind == "type":
        old = dotted(node.object)
    yield Rename(kind, old, node.newname, table)  # type: ignore[arg-type]  # as above
    yield _noted("rename", table or old, source, f"{kind}:{old}:{node.newname}")


def _set_schema(node: Node, source: Source) -> Iterator[Effect]:
    kind = _RENAMED.get(node.object_type)
    if kind in ("table", "type"):
        old = range_name(node.relation) if kind == "table" else dotted(node.object)
        yield Rename(kind, old, node.newschema, schema=True)  # type: ignore[arg-type]  # as above
        yield _noted("rename", old, source, f"schema:{node.newschema}")


def _comment(node: Node, _source: Source) -> Iterator[Effect]:
    if node.objtype == pb.OBJECT_TABLE:
        yield CommentOn(dotted(node.object), node.comment)
    elif node.objtype == pb.OBJECT_COLUMN:
        table, _, column = dotted(node.object).rpartition(".")
        yield ChangeColumn(table, column, comment=node.comment)


def _enum(node: Node, source: Source) -> Iterator[Effect]:
    yield CreateEnum(dotted(node.type_name), tuple(item.string.sval for item in node.vals))
    yield _noted("create_type", dotted(node.type_name), source)


def _alter_enum(node: Node, source: Source) -> Iterator[Effect]:
    name = dotted(node.type_name)
    if node.old_val:
        yield Rename("enum_value", node.old_val, node.new_val, table=name)
    else:
        yield AddEnumValue(name, node.new_val, node.new_val_neighbor, node.new_val_is_after)
    yield _noted("alter_type", name, source)


def _domain(node: Node, source: Source) -> Iterator[Effect]:
    name = dotted(node.domainname)
    nullable, checks = True, []
    for item in node.constraints:
        constraint = item.constraint
        if constraint.contype == pb.CONSTR_NOTNULL:
            nullable = False
        elif constraint.contype == pb.CONSTR_CHECK:
            checks.append(read_constraint(constraint, name, source))
    read = tuple(check for check in checks if isinstance(check, Check))
    yield CreateDomain(name, type_text(node.type_name), nullable, read)
    yield _noted("create_domain", name, source)


def _policy(node: Node, source: Source) -> Iterator[Effect]:
    policy = Policy(
        name=node.policy_name,
        command=node.cmd_name,
        using=expression_text(node.qual) if node.HasField("qual") else "",
        check=expression_text(node.with_check) if node.HasField("with_check") else "",
        span=source.whole,
        permissive=node.permissive,
        roles=tuple(item.role_spec.rolename or "public" for item in node.roles),
    )
    yield CreatePolicy(range_name(node.table), policy)
    yield _noted("create_policy", range_name(node.table), source)


def _alter_policy(node: Node, source: Source) -> Iterator[Effect]:
    yield ChangePolicy(
        table=range_name(node.table),
        name=node.policy_name,
        using=expression_text(node.qual) if node.HasField("qual") else None,
        check=expression_text(node.with_check) if node.HasField("with_check") else None,
    )
    yield _noted("alter_policy", range_name(node.table), source)


def _trigger(node: Node, source: Source) -> Iterator[Effect]:
    trigger = Trigger(
        name=node.trigname,
        timing=_TRIGGER_TIMINGS.get(node.timing, "after"),
        events=tuple(name for bit, name in _TRIGGER_EVENTS if node.events & bit),
        span=source.whole,
        function=dotted(node.funcname),
    )
    yield CreateTrigger(range_name(node.relation), trigger)
    yield _noted("create_trigger", range_name(node.relation), source)


def _set(node: Node, _source: Source) -> Iterator[Effect]:
    if node.name == "search_path":
        yield SearchPath(tuple(arg.a_const.sval.sval for arg in node.args if arg.HasField("a_const")))


def _select(node: Node, source: Source) -> Iterator[Effect]:
    """`SELECT pg_catalog.set_config('search_path', '', false)` heads every dump; other queries do nothing."""
    if node.HasField("into_clause"):
        name = range_name(node.into_clause.rel)
        yield NotUnderstood(source.whole, f"the columns of {name} come from a query")
    for target in node.target_list:
        call = target.res_target.val.func_call if target.res_target.val.HasField("func_call") else None
        if call and call.funcname[-1].string.sval == "set_config" and len(call.args) > 1:
            name, value = (arg.a_const.sval.sval for arg in call.args[:2])
            if name == "search_path":
                yield SearchPath(tuple(part.strip(' "') for part in value.split(",") if part.strip()))


def _block(_node: Node, source: Source) -> Iterator[Effect]:
    from app.schema.subject import BLOCK, is_block_on_tables

    if is_block_on_tables(source.text):
        yield NotUnderstood(source.whole, BLOCK)


def _data(kind: str) -> Callable[[Node, Source], Iterator[Effect]]:
    def note(node: Node, source: Source) -> Iterator[Effect]:
        where = [] if kind == "insert" or node.HasField("where_clause") else ["no_where"]
        yield _noted(kind, range_name(node.relation), source, *where)

    return note


def _truncate(node: Node, source: Source) -> Iterator[Effect]:
    for item in node.relations:
        yield _noted("truncate", range_name(item.range_var), source)


_HANDLERS: dict[str, Callable[[Node, Source], Iterator[Effect]]] = {
    "create_stmt": _create,
    "create_table_as_stmt": _create_as,
    "view_stmt": _view,
    "index_stmt": _index,
    "drop_stmt": _drop,
    "alter_table_stmt": alter_table,
    "alter_domain_stmt": alter_domain,
    "rename_stmt": _rename,
    "alter_object_schema_stmt": _set_schema,
    "comment_stmt": _comment,
    "create_enum_stmt": _enum,
    "alter_enum_stmt": _alter_enum,
    "create_domain_stmt": _domain,
    "create_policy_stmt": _policy,
    "alter_policy_stmt": _alter_policy,
    "create_trig_stmt": _trigger,
    "variable_set_stmt": _set,
    "select_stmt": _select,
    "insert_stmt": _data("insert"),
    "update_stmt": _data("update"),
    "delete_stmt": _data("delete"),
    "truncate_stmt": _truncate,
    "do_stmt": _block,
}
_HARMLESS = {
    "alter_collation_stmt", "alter_database_set_stmt", "alter_database_stmt", "alter_default_privileges_stmt",
    "alter_event_trig_stmt", "alter_extension_contents_stmt", "alter_extension_stmt", "alter_fdw_stmt",
    "alter_foreign_server_stmt", "alter_function_stmt", "alter_op_family_stmt", "alter_operator_stmt",
    "alter_owner_stmt", "alter_publication_stmt", "alter_role_set_stmt", "alter_role_stmt",
    "alter_seq_stmt", "alter_stats_stmt", "alter_subscription_stmt", "alter_system_stmt",
    "alter_table_move_all_stmt", "alter_table_space_options_stmt", "alter_tsconfiguration_stmt",
    "alter_tsdictionary_stmt", "alter_type_stmt", "alter_user_mapping_stmt", "alter_object_depends_stmt",
    "call_stmt", "check_point_stmt", "close_portal_stmt", "cluster_stmt", "composite_type_stmt",
    "constraints_set_stmt", "copy_stmt", "create_am_stmt", "create_cast_stmt", "create_conversion_stmt",
    "create_event_trig_stmt", "create_extension_stmt", "create_fdw_stmt", "create_foreign_server_stmt",
    "create_function_stmt", "create_op_class_stmt", "create_op_family_stmt", "create_plang_stmt",
    "create_publication_stmt", "create_range_stmt", "create_role_stmt", "create_schema_stmt",
    "create_seq_stmt", "create_stats_stmt", "create_subscription_stmt", "create_table_space_stmt",
    "create_transform_stmt", "create_user_mapping_stmt", "createdb_stmt", "deallocate_stmt",
    "declare_cursor_stmt", "define_stmt", "discard_stmt", "drop_owned_stmt", "drop_role_stmt",
    "drop_subscription_stmt", "drop_table_space_stmt", "drop_user_mapping_stmt", "dropdb_stmt",
    "execute_stmt", "explain_stmt", "fetch_stmt", "grant_role_stmt", "grant_stmt",
    "import_foreign_schema_stmt", "listen_stmt", "load_stmt", "lock_stmt", "notify_stmt", "prepare_stmt",
    "reassign_owned_stmt", "refresh_mat_view_stmt", "reindex_stmt", "replica_identity_stmt", "rule_stmt",
    "sec_label_stmt", "transaction_stmt", "unlisten_stmt", "vacuum_stmt", "variable_show_stmt",
}  # fmt: skip
"""Statements that leave tables, keys and types as they are."""
