"""Words of single dialects that sqlglot does not know, put in a way that it does."""

from __future__ import annotations

import re

from app import patterns
from app.schema.generic_source import Elements
from app.schema.model import Span
from app.schema.split import quoted_ends

_FLAGS = re.IGNORECASE | re.DOTALL
_CREATES_INDEX = patterns.compile(r"\s*CREATE\s+(?:\w+\s+)*?INDEX\b", _FLAGS)
_SPECIAL = patterns.compile(
    r"\s*CREATE\s+(?:\w+\s+)*?(?P<method>FULLTEXT|SPATIAL|COLUMNSTORE)\s+INDEX\b", _FLAGS
)
_TO_THE_END = {
    "tsql": patterns.compile(r"(?:\bWITH\s*\(|(?<=\))\s*ON\s+[\w\[]).*\Z", _FLAGS),
    "oracle": patterns.compile(r"(?<=\))\s*PARTITION\s+BY\b.*\Z", _FLAGS),
}
"""From where on a statement says nothing but how something is stored."""
_LEFT_OUT = {
    "tsql": patterns.compile(
        r"\bFOREIGN\s+KEY\s+(?=REFERENCES\b)|\b(?:NON)?CLUSTERED\b(?!\s*\(|\s+INDEX\b|\s+COLUMNSTORE\b)"
        r"|\bWITH\s+NOCHECK\b|\bCOLUMNSTORE\s+(?=INDEX\b)",
        _FLAGS,
    ),
    "sqlite": patterns.compile(r"\bON\s+CONFLICT\s+(?:ROLLBACK|ABORT|FAIL|IGNORE|REPLACE)\b", _FLAGS),
    "mysql": patterns.compile(
        r"\b(?:FULLTEXT|SPATIAL)\s+(?=INDEX\s+\S+\s+ON\b)|\bSRID\s+\d+|\bWITH\s+PARSER\s+\w+", _FLAGS
    ),
    "oracle": patterns.compile(r"\bENABLE\b(?:\s+(?:NO)?VALIDATE\b)?", _FLAGS),
}
_SHAPES = patterns.compile(
    r"\b(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\b(?=\s*(?:,|\)|NOT\b|NULL\b|SRID\b|DEFAULT\b|COMMENT\b|\Z))",
    re.IGNORECASE,
)
_HAS_INDEX = patterns.compile(r"\s*CREATE\s+TABLE\b.*,\s*INDEX\b", _FLAGS)
_INLINE = patterns.compile(
    r"INDEX\s+(?P<name>\w+|\[[^\]]+\])\s*(?P<unique>UNIQUE\s+)?(?:(?:NON)?CLUSTERED\s*)?"
    r"(?P<columnstore>COLUMNSTORE\s*)?(?P<rest>(?:\(.*)?)",
    _FLAGS,
)
_COMPUTED = patterns.compile(r"(?<!ALWAYS)\s+AS\s*(?=\()", re.IGNORECASE)
_SQLITE_TAIL = patterns.compile(
    r"\)\s*(?:WITHOUT\s+ROWID|STRICT)(?:\s*,\s*(?:WITHOUT\s+ROWID|STRICT))*\s*$", re.IGNORECASE
)


def prepared(sql: str, dialect: str) -> str:
    """`sql` without such words; strings and quoted names stay, and so does the order of elements."""
    parts, position = [], 0
    for start, end in [*quoted_ends(sql, dialect), (len(sql), len(sql))]:
        parts += [_reworded(sql[position:start], dialect), sql[start:end]]
        position = end
    text = "".join(parts)
    if dialect == "sqlite":
        text = _SQLITE_TAIL.sub(")", text)
        if re.match(r"CREATE\b", text, re.IGNORECASE):
            text = _COMPUTED.sub(" GENERATED ALWAYS AS ", text)
    if dialect == "oracle" or (dialect == "tsql" and _CREATES_INDEX.match(text)):
        text = _TO_THE_END[dialect].sub("", text)
    return text


def _reworded(code: str, dialect: str) -> str:
    if dialect in _LEFT_OUT:
        code = _LEFT_OUT[dialect].sub(" ", code)
    return _SHAPES.sub("GEOMETRY", code) if dialect == "mysql" else code


def without_inline_indexes(elements: Elements) -> tuple[str, list[tuple[str, Span]]]:
    """A CREATE TABLE of SQL Server with blanks in place of its INDEX elements; those as statements of their
    own (on a table t), each with where it stood."""
    sql, found = elements.sql, []
    for span in elements.in_brackets() if _HAS_INDEX.match(sql) else ():
        if index := _INLINE.fullmatch(sql, span.start, span.end):
            start = sql.rfind(",", 0, span.start)
            sql = sql[:start] + " " * (span.end - start) + sql[span.end :]
            kind = f"{index['unique'] or ''}{index['columnstore'] or ''}"
            found.append((f"CREATE {kind} INDEX {index['name']} ON t {index['rest']}", span))
    return sql, found


def special_method(sql: str) -> str:
    """How an index is built that is no B-tree: fulltext, spatial or columnstore; "" for others."""
    found = _SPECIAL.match(sql)
    return found["method"].lower() if found else ""
