"""Statements of other dialects, read by sqlglot: from text to effects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace
from sqlglot import exp

from app.schema.dialects import Dialect
from app.schema.effects import (
    ChangeColumn,
    CommentOn,
    CreateIndex,
    CreateTable,
    CreateTrigger,
    CreateView,
    Drop,
    Effect,
    Like,
    Noted,
    NotUnderstood,
    Reading,
    Rename,
)
from app.schema.generic_alter import alter_table
from app.schema.generic_options import is_about_storage, without_options
from app.schema.generic_source import Elements
from app.schema.generic_table import read_element, read_index
from app.schema.generic_text import READ_ERRORS, parse_one, table_name
from app.schema.model import StatementKind, Table, Trigger
from app.schema.tables import with_constraints, with_index

_LONGEST = 200_000
"""sqlglot reads some 100,000 characters a second; a statement beyond this is data, not DDL."""

_NAME = r"(?P<name>(?:[\w.$#@]|\"[^\"]+\"|`[^`]+`|\[[^\]]+\])+)"
_FLAGS = re.IGNORECASE | re.DOTALL
_HARMLESS = re.compile(
    r"(?:SET|USE|GRANT|REVOKE|DENY|LOCK|UNLOCK|START|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|END|PRAGMA|ANALYZE|"
    r"VACUUM|OPTIMIZE|REINDEX|CHECK|FLUSH|PRINT|EXEC|EXECUTE|CALL|SELECT|WITH|SHOW|EXPLAIN|DECLARE|IF|ATTACH|DETACH|"
    r"PROMPT|WHENEVER|SPOOL|EXIT|QUIT|GO|DO|RAISERROR|KILL|COPY)\b"
    r"|(?:CREATE|ALTER|DROP)\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:(?:DEFINER|EDITIONABLE|NONEDITIONABLE|PUBLIC|"
    r"AGGREGATE|WINDOW)\b\S*\s+)*(?:FUNCTION|PROC|PROCEDURE|PACKAGE|EVENT|USER|ROLE|LOGIN|DATABASE|SCHEMA|SEQUENCE|"
    r"EXTENSION|SYNONYM|SERVER|TABLESPACE|STATISTICS|FULLTEXT|LOGFILE|RESOURCE|SECURITY|PARTITION)\b"
    r"|ALTER\s+TABLE\s+\S+\s+(?:(?:WITH\s+(?:NO)?CHECK\s+)?(?:NO)?CHECK\s+CONSTRAINT|ENABLE\s+KEYS|DISABLE\s+KEYS|"
    r"(?:ENABLE|DISABLE)\s+TRIGGER|ENGINE\b|AUTO_INCREMENT\b|CONVERT\s+TO\b|SET\s*\()",
    _FLAGS,
)
_DATA = (
    ("insert", re.compile(rf"(?:INSERT|REPLACE)\s+(?:\w+\s+)*?INTO\s+{_NAME}", _FLAGS)),
    ("update", re.compile(rf"UPDATE\s+(?:LOW_PRIORITY\s+|IGNORE\s+)*{_NAME}", _FLAGS)),
    ("delete", re.compile(rf"DELETE\s+(?:\w+\s+)*?FROM\s+{_NAME}", _FLAGS)),
    ("truncate", re.compile(rf"TRUNCATE\s+(?:TABLE\s+)?{_NAME}", _FLAGS)),
)
_TRIGGER = re.compile(
    r"CREATE\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:TEMP\w*\s+)?TRIGGER\s+"
    rf"(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}(?P<head>.*?)\bON\s+(?P<table>(?:[\w.$#@]|\"[^\"]+\"|`[^`]+`|\[[^\]]+\])+)"
    r"(?P<tail>.{0,200})",
    _FLAGS,
)
_DROP_TRIGGER = re.compile(rf"DROP\s+TRIGGER\s+(?:IF\s+EXISTS\s+)?{_NAME}", _FLAGS)
_RENAME_TABLES = re.compile(rf"RENAME\s+TABLE\s+{_NAME}\s+TO\s+(?P<new>\S+)$", _FLAGS)
_ADD_DEFAULT = re.compile(
    rf"ALTER\s+TABLE\s+{_NAME}\s+ADD\s+(?:CONSTRAINT\s+\S+\s+)?DEFAULT\s*(?P<default>.+?)\s+FOR\s+(?P<column>\S+)$",
    _FLAGS,
)
_PARTITION = re.compile(
    r"\bPARTITION\s+BY\s+(?:LINEAR\s+)?(\w+)(?:\s+COLUMNS)?\s*\(([^()]*)\)", re.IGNORECASE
)
_COMPUTED = re.compile(r"(?<!ALWAYS)\s+AS\s*(?=\()", re.IGNORECASE)
_NOT_ENFORCED = re.compile(r"\bWITH\s+NOCHECK\b", re.IGNORECASE)
_VERSIONED = re.compile(r"/\*!\d*|\*/")
_SQLITE_TAIL = re.compile(
    r"\)\s*(?:WITHOUT\s+ROWID|STRICT)(?:\s*,\s*(?:WITHOUT\s+ROWID|STRICT))*\s*$", re.IGNORECASE
)


def read_statement(sql: str, dialect: Dialect) -> Reading:
    """What one statement does; `reason` says why it could not be read."""
    name = dialect.generic or sniffed(sql)
    text = _VERSIONED.sub(lambda mark: " " * len(mark[0]), sql) if sql.startswith("/*!") else sql
    stripped = text.strip().rstrip(";").strip()
    if not stripped or _HARMLESS.match(stripped):
        return Reading(parser=dialect.name)
    elements = Elements(text, dialect.lexis)
    simple = _simple(stripped, elements)
    if simple is not None:
        return Reading(tuple(simple), parser=dialect.name)
    if len(text) > _LONGEST:
        return Reading(reason=f"it is longer than {_LONGEST} characters, which is more than is read")
    if is_about_storage(stripped):
        return Reading(parser=dialect.name)
    bare, options = without_options(text, name)
    try:
        tree = parse_one(_prepared(bare, name), name)
        if tree is None:
            return Reading(parser=dialect.name)
        effects = _effects(tree, elements, name)
    except READ_ERRORS as error:
        return _unread(error, text, dialect)
    if effects is None:
        return Reading(reason=f"it could not be read as {dialect.name}")
    return Reading(tuple(_with_details(effect, options) for effect in effects), parser=dialect.name)


def _with_details(effect: Effect, options: tuple[str, ...]) -> Effect:
    if not isinstance(effect, Noted) or not options:
        return effect
    return Noted(replace(effect.statement, details=(*effect.statement.details, *options)))


def _unread(error: Exception, text: str, dialect: Dialect) -> Reading:
    """Where sqlglot says what it expected, in one line; else only that it could not be read."""
    details = getattr(error, "errors", None)
    if not details:
        return Reading(reason=f"it could not be read as {dialect.name}")
    first = details[0]
    line, column = first.get("line") or 1, first.get("col") or 1
    starts = [0]
    for row in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(row))
    at = starts[min(line, len(starts)) - 1] + max(column - 1, 0)
    return Reading(reason=str(first.get("description") or "it could not be read").rstrip("."), error_at=at)


def _prepared(sql: str, dialect: str) -> str:
    """`sql` without the words of its dialect that sqlglot does not know; commas stay where they are."""
    if dialect == "sqlite":
        sql = _SQLITE_TAIL.sub(")", sql)
        if re.match(r"CREATE\b", sql, re.IGNORECASE):
            sql = _COMPUTED.sub(" GENERATED ALWAYS AS ", sql)
    if dialect == "tsql":
        sql = _NOT_ENFORCED.sub("", sql)
    return sql


def sniffed(sql: str) -> str:
    """The dialect whose quotes an unknown dialect's statement uses, "" for none."""
    if "`" in sql:
        return "mysql"
    return "tsql" if re.search(r"\[\w+\]\s*[.(\[]", sql) else ""


def _simple(sql: str, elements: Elements) -> list[Effect] | None:
    """Statements that a pattern reads better than sqlglot: data, triggers, renames."""
    for kind, pattern in _DATA:
        if data := pattern.match(sql):
            where = (
                [] if kind in ("insert", "truncate") or re.search(r"\bWHERE\b", sql, _FLAGS) else ["no_where"]
            )
            return [Noted(StatementKind(kind, _unquoted(data["name"]), elements.whole, tuple(where)))]
    if trigger := _TRIGGER.match(sql):
        return _trigger(trigger, elements)
    if dropped := _DROP_TRIGGER.match(sql):
        return [Noted(StatementKind("drop_trigger", _unquoted(dropped["name"]), elements.whole))]
    if renamed := _RENAME_TABLES.match(sql):
        old, new = _unquoted(renamed["name"]), _unquoted(renamed["new"])
        noted = StatementKind("rename", old, elements.whole, (f"table:{old}:{new}",))
        return [Rename("table", old, new), Noted(noted)]
    if default := _ADD_DEFAULT.match(sql):
        table, column = _unquoted(default["name"]), _unquoted(default["column"])
        noted = StatementKind("alter_table", table, elements.whole, (f"set_default:{column}",))
        return [ChangeColumn(table, column, default=default["default"].strip()), Noted(noted)]
    return None


def _trigger(match: re.Match[str], elements: Elements) -> list[Effect]:
    head = (match["head"] + " " + match["tail"]).lower()
    timing = next((word for word in ("before", "instead of", "after") if word in head), "after")
    events = tuple(e for e in ("insert", "update", "delete") if re.search(rf"\b{e}\b", head))
    table = _unquoted(match["table"])
    trigger = Trigger(_unquoted(match["name"]), timing, events, elements.whole)
    noted = StatementKind("create_trigger", table, elements.whole)
    return [CreateTrigger(table, trigger), Noted(noted)]


def _unquoted(name: str) -> str:
    return re.sub(r'["`\[\]]', "", name)


def _effects(tree: exp.Expr, elements: Elements, dialect: str) -> list[Effect] | None:
    match tree:
        case exp.Create():
            return _create(tree, elements, dialect)
        case exp.Alter() if str(tree.args.get("kind")).upper() == "TABLE":
            late = bool(_NOT_ENFORCED.search(elements.sql))
            return list(alter_table(tree, elements, dialect, not_valid=late))
        case exp.Alter():
            return []
        case exp.Drop():
            return list(_drop(tree, elements))
        case exp.Comment():
            return _comment(tree)
        case exp.Command():
            return None
        case exp.DDL() | exp.DML() | exp.Query() | exp.Set() | exp.Use() | exp.Grant() | exp.Pragma():
            return []
        case _:
            return None


def _create(tree: exp.Create, elements: Elements, dialect: str) -> list[Effect] | None:
    kind = str(tree.args.get("kind")).upper()
    if kind.endswith("INDEX"):
        index, key = read_index(tree.this, elements.whole, dialect, unique=bool(tree.args.get("unique")))
        table = table_name(tree.this.args.get("table"))
        noted = StatementKind("create_index", table, elements.whole, (f"index:{index.name}",))
        return [CreateIndex(table, index, key, bool(tree.args.get("exists"))), Noted(noted)]
    if kind == "VIEW":
        name = table_name(tree.this)
        return [CreateView(name), Noted(StatementKind("create_view", name, elements.whole))]
    if kind == "TABLE":
        return _create_table(tree, elements, dialect)
    return []


def _create_table(tree: exp.Create, elements: Elements, dialect: str) -> list[Effect]:
    name = table_name(tree.this)
    noted = Noted(StatementKind("create_table", name, elements.whole))
    nodes = tree.this.expressions if isinstance(tree.this, exp.Schema) else []
    spans = elements.inside(len(nodes))
    table = Table(name=name, columns=(), span=elements.whole)
    for node, span in zip(nodes, spans, strict=True):
        found = read_element(node, span, dialect)
        columns = (*table.columns, found.column) if found.column else table.columns
        table = with_constraints(replace(table, columns=columns), list(found.constraints))
        for index in found.indexes:
            table = with_index(table, index, None)
    properties = tree.args.get("properties")
    likes: tuple[Like, ...] = ()
    for item in properties.expressions if properties is not None else ():
        if isinstance(item, exp.SchemaCommentProperty):
            table = replace(table, comment=str(item.this.this))
        elif isinstance(item, exp.LikeProperty):
            copied = frozenset({"defaults", "constraints", "indexes", "identity", "generated", "comments"})
            likes = (Like(table_name(item.this), copied, 0),)
    if partition := _PARTITION.search(elements.sql):
        columns_text = re.sub(r'["`\[\]]', "", partition[2]).strip()
        table = replace(table, partition_by=f"{partition[1].lower()} ({columns_text})")
    if not nodes and not likes:
        return [NotUnderstood(elements.whole, f"the columns of {name} come from a query"), noted]
    return [CreateTable(table, bool(tree.args.get("exists")), likes), noted]


def _drop(tree: exp.Drop, elements: Elements) -> Iterator[Effect]:
    kind = str(tree.args.get("kind")).upper()
    cluster = tree.args.get("cluster")
    owner = table_name(cluster.this) if cluster is not None else ""
    for item in tree.args.get("tables") or ():
        name = table_name(item)
        if kind == "TABLE":
            yield Drop("table", name)
        elif kind == "VIEW":
            yield Drop("view", name)
        elif kind == "INDEX":
            yield Drop("index", name, owner)
        else:
            continue
        yield Noted(StatementKind(f"drop_{kind.lower()}", owner or name, elements.whole))


def _comment(tree: exp.Comment) -> list[Effect]:
    kind, text = str(tree.args.get("kind")).upper(), str(tree.expression.this)
    if kind == "COLUMN" and isinstance(tree.this, exp.Column):
        column = tree.this
        table = f"{column.db}.{column.table}" if column.db else column.table
        return [ChangeColumn(table, column.name, comment=text)]
    if kind == "TABLE":
        return [CommentOn(table_name(tree.this), text)]
    return []
