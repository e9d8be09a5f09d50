"""Let SQLite itself read the DDL statements of its dialect, in memory."""

from __future__ import annotations

import re
import sqlite3

from app import patterns

_DDL = patterns.compile(
    r"CREATE\s+(?:TEMP\w*\s+|UNIQUE\s+)*(?:TABLE|INDEX|VIEW|TRIGGER)\b|ALTER\s+TABLE\b|DROP\s+(?:TABLE|INDEX)\b",
    re.IGNORECASE,
)
_ELSEWHERE = patterns.compile(r"no such (?:module|function|collation sequence|table|index)|interrupted")
"""What SQLite does not find may exist in the real database."""
_LONGEST = 1_000_000
_STEPS = 1_000_000
"""The most steps that one statement may take: DDL takes few, a query that fills a table may never end."""


class SqliteCheck:
    """Executes DDL statements one after the other in a database of its own; no file is touched."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)

    def error(self, sql: str) -> str:
        """Why SQLite refuses a statement, "" when it takes it or is not asked."""
        if not _DDL.match(sql) or len(sql) > _LONGEST:
            return ""
        self._connection.set_progress_handler(lambda: 1, _STEPS)
        try:
            self._connection.execute(sql)
        except (sqlite3.Error, sqlite3.Warning, ValueError, UnicodeError) as error:
            return "" if _ELSEWHERE.search(str(error)) else f"SQLite says: {error}"
        return ""

    def close(self) -> None:
        self._connection.close()
