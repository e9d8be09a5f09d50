"""Statements of other dialects, read by sqlglot: from text to effects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace
from sqlglot import exp

from app import patterns
from app.schema.dialects import Dialect
from app.schema.effects import (
    ChangeColumn,
    CommentOn,
    CreateIndex,
    CreatePolicy,
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
    RowSecurity,
)
from app.schema.generic_alter import alter_table, modified_columns
from app.schema.generic_options import is_about_storage, without_options
from app.schema.generic_prepared import prepared, special_method, without_inline_indexes
from app.schema.generic_source import Elements
from app.schema.generic_table import read_element, read_index
from app.schema.generic_text import READ_ERRORS, parse_one, table_name
from app.schema.model import Policy, Span, StatementKind, Table, Trigger
from app.schema.subject import BLOCK, is_block_on_tables
from app.schema.tables import with_constraints, with_index

_LONGEST = 200_000
"""sqlglot reads some 100,000 characters a second; a statement beyond this is data, not DDL."""

_NAME = r"(?P<name>(?:[\w.$#@]|\"[^\"]+\"|`[^`]+`|\[[^\]]+\])+)"
_FLAGS = re.IGNORECASE | re.DOTALL
_HARMLESS = patterns.compile(
    r"(?:SET|USE|GRANT|REVOKE|DENY|LOCK|UNLOCK|START|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|END|PRAGMA|ANALYZE|"
    r"VACUUM|OPTIMIZE|REINDEX|CHECK|FLUSH|PRINT|EXEC|EXECUTE|CALL|SELECT|WITH|SHOW|EXPLAIN|DECLARE|IF|ATTACH|DETACH|"
    r"PROMPT|WHENEVER|SPOOL|EXIT|QUIT|GO|DO|RAISERROR|KILL|COPY)\b"
    r"|(?:CREATE|ALTER|DROP)\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:(?:DEFINER|EDITIONABLE|NONEDITIONABLE|PUBLIC|"
    r"AGGREGATE|WINDOW)\b\S*\s+)*(?:FUNCTION|PROC|PROCEDURE|PACKAGE|EVENT|USER|ROLE|LOGIN|DATABASE|SCHEMA|SEQUENCE|"
    r"EXTENSION|SYNONYM|SERVER|TABLESPACE|STATISTICS|FULLTEXT\s+(?:CATALOG|STOPLIST)|LOGFILE|RESOURCE|PARTITION)\b"
    r"|ALTER\s+TABLE\s+\S+\s+(?:(?:WITH\s+(?:NO)?CHECK\s+)?(?:NO)?CHECK\s+CONSTRAINT|ENABLE\s+KEYS|DISABLE\s+KEYS|"
    r"(?:ENABLE|DISABLE)\s+TRIGGER|ENGINE\b|AUTO_INCREMENT\b|SET\s*\()",
    _FLAGS,
)
_DATA = (
    ("insert", patterns.compile(rf"(?:INSERT|REPLACE)\s+(?:\w+\s+)*?INTO\s+{_NAME}", _FLAGS)),
    ("update", patterns.compile(rf"UPDATE\s+(?:LOW_PRIORITY\s+|IGNORE\s+)*{_NAME}", _FLAGS)),
    ("delete", patterns.compile(rf"DELETE\s+(?:\w+\s+)*?FROM\s+{_NAME}", _FLAGS)),
    ("truncate", patterns.compile(rf"TRUNCATE\s+(?:TABLE\s+)?{_NAME}", _FLAGS)),
)
_TRIGGER = patterns.compile(
    r"CREATE\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:TEMP\w*\s+)?TRIGGER\s+"
    rf"(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}(?P<head>.*?)\bON\s+(?P<table>(?:[\w.$#@]|\"[^\"]+\"|`[^`]+`|\[[^\]]+\])+)"
    r"(?P<tail>.{0,200})",
    _FLAGS,
)
_SECURITY_POLICY = patterns.compile(
    rf"(?P<verb>CREATE|ALTER|DROP)\s+SECURITY\s+POLICY\s+(?:IF\s+EXISTS\s+)?{_NAME}", _FLAGS
)
_PREDICATE = patterns.compile(
    r"\bADD\s+(?P<kind>FILTER|BLOCK)\s+PREDICATE\s+(?P<predicate>.+?)\s+ON\s+(?P<table>[\w.$#@\[\]\"]+)"
    r"(?:\s+(?:AFTER|BEFORE)\s+(?P<command>\w+))?",
    _FLAGS,
)
_SWITCHED_OFF = patterns.compile(r"\bSTATE\s*=\s*OFF\b", _FLAGS)
_DROP_TRIGGER = patterns.compile(rf"DROP\s+TRIGGER\s+(?:IF\s+EXISTS\s+)?{_NAME}", _FLAGS)
_RENAME_TABLES = patterns.compile(rf"RENAME\s+TABLE\s+{_NAME}\s+TO\s+(?P<new>\S+)$", _FLAGS)
_CONVERT = patterns.compile(
    rf"ALTER\s+TABLE\s+{_NAME}\s+CONVERT\s+TO\s+(?:CHARACTER\s+SET|CHARSET)\s+(?P<set>\w+)", _FLAGS
)
_MODIFY = patterns.compile(
    rf"\s*ALTER\s+TABLE\s+{_NAME}\s+MODIFY\s*(?!CONSTRAINT\b|PARTITION\b|LOB\b|NESTED\b|DEFAULT\b)"
    r"(?:\((?P<listed>.*)\)|(?P<one>[^\s(].*?))\s*;?\s*\Z",
    _FLAGS,
)
_ADD_DEFAULT = patterns.compile(
    rf"ALTER\s+TABLE\s+{_NAME}\s+ADD\s+(?:CONSTRAINT\s+\S+\s+)?DEFAULT\s*(?P<default>.+?)\s+FOR\s+(?P<column>\S+)$",
    _FLAGS,
)
_PARTITION = patterns.compile(
    r"\bPARTITION\s+BY\s+(?:LINEAR\s+)?(\w+)(?:\s+COLUMNS)?\s*\(([^()]*)\)", re.IGNORECASE
)
_NOT_ENFORCED = patterns.compile(r"\bWITH\s+NOCHECK\b", re.IGNORECASE)
_VERSIONED = patterns.compile(r"/\*!\d*|\*/")


def read_statement(sql: str, dialect: Dialect) -> Reading:
    """What one statement does; `reason` says why it could not be read."""
    name = dialect.generic or sniffed(sql)
    text = _VERSIONED.sub(lambda mark: " " * len(mark[0]), sql) if sql.startswith("/*!") else sql
    stripped = text.strip().rstrip(";").strip()
    if not stripped or _HARMLESS.match(stripped):
        return Reading(reason=BLOCK if is_block_on_tables(stripped) else "", parser=dialect.name)
    elements = Elements(text, dialect.lexis)
    simple = _simple(stripped, elements)
    if simple is not None:
        return Reading(tuple(simple), parser=dialect.name)
    if len(text) > _LONGEST:
        return Reading(reason=f"it is longer than {_LONGEST} characters, which is more than is read")
    if is_about_storage(stripped):
        return Reading(parser=dialect.name)
    inline: list[tuple[str, Span]] = []
    if name == "tsql":
        text, inline = without_inline_indexes(elements)
        elements = Elements(text, dialect.lexis) if inline else elements
    bare, options = without_options(text, name)
    try:
        text_for_parser = prepared(bare, name)
        if name == "oracle" and (modify := _MODIFY.match(text_for_parser)):
            effects = _modified(modify, elements, name)
        else:
            tree = parse_one(text_for_parser, name)
            effects = _effects(tree, elements, name) if tree is not None else []
            effects = [*effects, *_inline_indexes(inline, effects, name)] if effects else effects
    except READ_ERRORS as error:
        return _unread(error, text, dialect)
    if effects is None:
        return Reading(reason=f"it could not be read as {dialect.name}")
    return Reading(tuple(_with_details(effect, options) for effect in effects), parser=dialect.name)


def _inline_indexes(inline: list[tuple[str, Span]], made: list[Effect], dialect: str) -> Iterator[Effect]:
    tables = (effect.table.name for effect in made if isinstance(effect, CreateTable))
    table = next(tables, "")
    for sql, span in inline if table else ():
        tree = parse_one(prepared(sql, dialect), dialect)
        if isinstance(tree, exp.Create):
            index, key = read_index(tree.this, span, dialect, unique=bool(tree.args.get("unique")))
            yield CreateIndex(table, replace(index, method=special_method(sql) or index.method), key)
        else:
            yield NotUnderstood(span, "this index is not read")


def _with_details(effect: Effect, options: tuple[str, ...]) -> Effect:
    if not isinstance(effect, Noted) or not options:
        return effect
    return Noted(replace(effect.statement, details=(*effect.statement.details, *options)))


def _unread(error: Exception, text: str, dialect: Dialect) -> Reading:
    """Where sqlglot stopped, if it says so; what it expected there is in words of its own code."""
    details = getattr(error, "errors", None)
    if not details:
        return Reading(reason=f"it could not be read as {dialect.name}")
    first = details[0]
    line, column = first.get("line") or 1, first.get("col") or 1
    starts = [0]
    for row in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(row))
    at = starts[min(line, len(starts)) - 1] + max(column - 1, 0)
    return Reading(reason=f"dbcharter cannot read this part of it as {dialect.name}", error_at=at)


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
    if policy := _SECURITY_POLICY.match(sql):
        return _security_policy(policy, elements)
    if dropped := _DROP_TRIGGER.match(sql):
        return [Noted(StatementKind("drop_trigger", _unquoted(dropped["name"]), elements.whole))]
    if renamed := _RENAME_TABLES.match(sql):
        old, new = _unquoted(renamed["name"]), _unquoted(renamed["new"])
        noted = StatementKind("rename", old, elements.whole, (f"table:{old}:{new}",))
        return [Rename("table", old, new), Noted(noted)]
    if converted := _CONVERT.match(sql):
        table, name = _unquoted(converted["name"]), converted["set"].lower()
        return [Noted(StatementKind("alter_table", table, elements.whole, (f"character_set:{name}",)))]
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


def _security_policy(match: re.Match[str], elements: Elements) -> list[Effect]:
    """A security policy of SQL Server, which binds owners too; ALTER and DROP of one are not followed."""
    if match["verb"].upper() != "CREATE":
        return [NotUnderstood(elements.whole, "changes of a security policy are not followed")]
    enabled = not _SWITCHED_OFF.search(elements.sql)
    effects: list[Effect] = []
    for found in _PREDICATE.finditer(elements.sql):
        table, predicate = _unquoted(found["table"]), found["predicate"]
        using, check = (predicate, "") if found["kind"].upper() == "FILTER" else ("", predicate)
        command = (found["command"] or "all").lower()
        effects.append(
            CreatePolicy(table, Policy(_unquoted(match["name"]), command, using, check, elements.whole))
        )
        effects.append(RowSecurity(table, enabled=enabled, forced=True))
        effects.append(Noted(StatementKind("create_policy", table, elements.whole)))
    return effects


def _modified(match: re.Match[str], elements: Elements, dialect: str) -> list[Effect] | None:
    tree = parse_one(f"CREATE TABLE x ({match['listed'] or match['one']})", dialect)
    definitions = tree.this if isinstance(tree, exp.Create) else None
    if not isinstance(definitions, exp.Schema):
        return None
    return list(modified_columns(_unquoted(match["name"]), definitions, elements.whole, dialect))


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
        if method := special_method(elements.sql):
            index = replace(index, method=method)
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
