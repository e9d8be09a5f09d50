"""SQL-backed rule about what could not be read: it is said, and never taken for right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from app import patterns
from app.bank.model import Bank
from app.document.answers import Row, Value
from app.readiness.ddl_files import unreadable
from app.readiness.facts.ddl import in_ddl
from app.readiness.facts.tables import at_rows, cell
from app.readiness.model import Found, Severity, Target
from app.readiness.registry import Yield, fact, rule
from app.schema.dialects import Dialect, dialect_of
from app.schema.each import union_of
from app.schema.model import Schema, Unread
from app.schema.sources import Sources

_TOLD = 20
_MARKS = (
    ("MySQL", patterns.compile(r"(?i)`\w+`|\bauto_increment\b|\bengine\s*=\s*\w+|\bunsigned\b|\btinyint\b")),
    (
        "SQL Server",
        patterns.compile(r"(?i)\[\w+\]\s*[.(]|\bidentity\s*\(\s*\d+\s*,|\bnvarchar\b|\buniqueidentifier\b"),
    ),
    ("Oracle", patterns.compile(r"(?i)\bvarchar2\b|\bnumber\s*\(\s*\d")),
    (
        "PostgreSQL",
        patterns.compile(
            r"(?i)\btimestamptz\b|\bbigserial\b|\bjsonb\b|\$\$|::\w|\bexclude\s+using\b|"
            r"\brow\s+level\s+security\b|\bindex\s+concurrently\b"
        ),
    ),
)
"""What stands only in the SQL of one engine."""
_REFUSALS = ("syntax error", "SQLite says", "it is not finished")
"""How the reasons of parsers begin that are those of the server itself."""
_CODE = patterns.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)


@rule(
    "SQ12",
    "sql-not-checked",
    "A",
    sections=("7.2", "8.1", "9.2"),
    what="A statement of the DDL, a query of 9.2 or a drift query of 8.1 could not be read, a file that 7.2 "
    "names is missing or unreadable, or the DDL is written for another engine than 7.1 names.",
    why="Every rule about SQL looked past this statement. What was not read is not checked, and not passed.",
    fix="Correct the statement, or name the engine that it is written for; look by hand at what the server "
    "takes and dbcharter cannot read.",
    wrong_when="It is pseudo-SQL on purpose, or syntax that the parser does not know yet. It is information; "
    "the rules that would have looked at the statement are not checked. A file that is missing is an error.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE copy (copy_id bigint PRIMARY KEY);
CREATE TABLE loan (loan_id bigint PRIMARY KEY, copy_id bigint NOT NULL REFERENCES;
\"\"\"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
\\\\set ON_ERROR_STOP on
BEGIN;
CREATE TABLE copy (copy_id bigint PRIMARY KEY, note text DEFAULT 'engine=InnoDB');
GRANT SELECT ON copy TO reader; -- `copy` is AUTO_INCREMENT in the old system
COMMIT;
\"\"\"

[[workload.queries]]
id = "Q-001"
description = "one copy"
sql = "SELECT copy_id FROM copy WHERE copy_id = :copy_id"
""",
        """
[physical]
engine = "mysql"
ddl = "CREATE TABLE `copy` (copy_id bigint unsigned AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;"
""",
    ),
)
def sql_not_checked(
    bank: Bank,
    unreadable_files: tuple[Yield, ...],
    engine: str,
    schema: Schema | None,
    ddl_looks_like: str,
    workload_queries: Value | None,
    invariants_drift_queries: Value | None,
    memo: dict[str, Any],
) -> Iterator[Yield]:
    dialect = dialect_of(engine)
    yield from unreadable_files
    if schema is not None:
        yield from _unread(schema, dialect)
        yield from _other_engine(schema, ddl_looks_like, dialect)
    for question, value, column in (
        ("workload.queries", workload_queries, "sql"),
        ("invariants.drift_queries", invariants_drift_queries, "query"),
    ):
        look = partial(_unread_query, question, column, engine)
        yield from at_rows(memo, f"unread {question}", bank, question, value, look, engine)


@fact
def unreadable_files(values: Mapping[str, Value], sources: Sources) -> tuple[Yield, ...]:
    """What could not be read of the files that the answers name."""
    return tuple(unreadable(values, sources))


def _unread(schema: Schema, dialect: Dialect) -> Iterator[Yield]:
    if schema.unread and not dialect.readable:
        reason = f"{dialect.name} is not SQL that dbcharter reads, so nothing about the DDL is checked"
        yield in_ddl(schema.unread[0].span, reason, severity=Severity.INFO)
        return
    for unread in schema.unread[:_TOLD]:
        first = " ".join(unread.text.split())[:60]
        message = f"this statement is not checked: {unread.reason} ({first})"
        yield in_ddl(unread.span, message, _hint(unread, dialect), Severity.INFO)
    if schema.unread[_TOLD:]:
        message = f"{len(schema.unread) - _TOLD} more statements are not checked"
        yield in_ddl(schema.unread[_TOLD].span, message, severity=Severity.INFO)


def _hint(unread: Unread, dialect: Dialect) -> str:
    other = _written_for(unread.text, dialect)
    if other:
        return f"it looks like {other}, and 7.1 says {dialect.name}"
    return "correct it" if unread.reason.startswith(_REFUSALS) else "look at it by hand: no rule did"


def _written_for(sql: str, dialect: Dialect) -> str:
    """The engine of whose SQL a text has a mark, when it is not the one that reads it."""
    return _other_than(dialect, _marked(sql))


def _marked(sql: str) -> frozenset[str]:
    """The engines of whose SQL a text has a mark outside strings and comments."""
    code = _CODE.sub(" ", sql)
    return frozenset(name for name, pattern in _MARKS if pattern.search(code))


def _other_than(dialect: Dialect, marked: frozenset[str]) -> str:
    return next((name for name in marked if name != dialect.name), "") if len(marked) == 1 else ""


@fact
def ddl_looks_like(schema: Schema | None, engine: str, memo: dict[str, Any]) -> str:
    """The engine that the DDL is written for, when it is not the one that 7.1 names; "" otherwise."""
    if schema is None:
        return ""
    marked = union_of(memo, "marks of engines", schema.places.units, lambda unit: _marked(unit.text))
    return _other_than(dialect_of(engine), marked)


def _other_engine(schema: Schema, other: str, dialect: Dialect) -> Iterator[Yield]:
    """Said once, when nothing is unread: a lenient parser takes many things that the server does not."""
    known = {name for name, _ in _MARKS} | {"SQLite"}
    if schema.unread or dialect.name not in known or not schema.tables:
        return
    if other:
        table = next(iter(schema.tables.values()))
        message = f"the DDL looks like {other}, and 7.1 says {dialect.name}: it was read as the latter"
        yield in_ddl(
            table.span, message, "name the engine that runs it, or write it for that engine", Severity.INFO
        )


def _unread_query(question: str, column: str, engine: str, address: str, row: Row) -> Iterator[Found]:
    from app.schema.queries import read_queries

    sql = cell(row, column)
    query = next((query for query in read_queries(sql, engine) if query.unread), None) if sql else None
    if query is not None:
        target = Target(question, address, column, line=query.unread_line)
        yield Found(target, f"this query is not checked: {query.unread}", "correct it", Severity.INFO)
