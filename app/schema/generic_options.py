"""What statements say about how an index is built: it changes nothing of what the index is."""

from __future__ import annotations

import re

from app import patterns
from app.schema.split import quoted_ends

_FLAGS = re.IGNORECASE | re.DOTALL
_ON_INDEX = patterns.compile(r"\s*(?:CREATE\s+(?:\w+\s+)*?|DROP\s+)INDEX\b", _FLAGS)
_CONSTRAINT = patterns.compile(r"\s*ALTER\s+TABLE\b.*\bUSING\s+INDEX\b", _FLAGS)
_OPTIONS = {
    "mysql": patterns.compile(
        r",?\s*\b(?:ALGORITHM|LOCK)\s*=?\s*(?:DEFAULT|INPLACE|COPY|INSTANT|NOCOPY|NONE|SHARED|EXCLUSIVE)\b"
        r"|\bKEY_BLOCK_SIZE\s*=?\s*\d+|\b(?:IN)?VISIBLE\b|\bUSING\s+(?:BTREE|HASH)\b"
        r"|\bCOMMENT\s*=?\s*\Z",
        re.IGNORECASE,
    ),
    "oracle": patterns.compile(
        r"\bUSING\s+INDEX\b(?:\s+(?!(?:TABLESPACE|LOCAL|GLOBAL|ONLINE|ENABLE|REVERSE|PCTFREE|COMPRESS|\w*LOGGING)\b)[\w.$#]+)?"
        r"|\bONLINE\b|\bTABLESPACE\s+\w+|\b(?:NO)?LOGGING\b|\bNOPARALLEL\b|\bPARALLEL(?:\s+\d+)?\b"
        r"|\bNOCOMPRESS\b|\bCOMPRESS(?:\s+\d+)?\b|\bCOMPUTE\s+STATISTICS\b|\b(?:IN)?VISIBLE\b|\bLOCAL\b"
        r"|\bGLOBAL\b|\bREVERSE\b|\b(?:NO)?SORT\b|\bUNUSABLE\b|\b(?:PCTFREE|INITRANS|MAXTRANS)\s+\d+",
        re.IGNORECASE,
    ),
}
_ALTER_INDEX = patterns.compile(r"\s*ALTER\s+INDEX\b(?!.*\bRENAME\b)", _FLAGS)


def is_about_storage(sql: str) -> bool:
    """Whether a statement only rebuilds an index, or says where it lies."""
    return bool(_ALTER_INDEX.match(sql))


def without_options(sql: str, dialect: str) -> tuple[str, tuple[str, ...]]:
    """A statement with blanks in place of such options, and the options in lower case without blanks.

    Strings and quoted names stay, unless they are the comment of an index.
    """
    pattern = _OPTIONS.get(dialect)
    if pattern is None or not (_ON_INDEX.match(sql) or (dialect == "oracle" and _CONSTRAINT.match(sql))):
        return sql, ()
    quoted = [*quoted_ends(sql, dialect), (len(sql), len(sql))]
    parts, options, position, commented = [], [], 0, False
    for start, end in quoted:
        for match in pattern.finditer(sql, position, start):
            parts += [sql[position : match.start()], _blank(match[0])]
            position = match.end()
            options.append("".join(match[0].split()).strip(",").lower())
        commented = bool(options) and options[-1].startswith("comment") and not sql[position:start].strip()
        parts += [sql[position:start], _blank(sql[start:end]) if commented else sql[start:end]]
        position = end
    return "".join(parts), tuple(option for option in options if not option.startswith("comment"))


def _blank(text: str) -> str:
    return "".join("\n" if character == "\n" else " " for character in text)
