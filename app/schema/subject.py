"""What a statement that nobody could read may have been about: told from its words alone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from app import patterns
from app.schema.names import word_set

Reach = Literal["rows", "code", "schema", "anything"]
"""What a statement may change: rows, what is no table, tables and what belongs to them, or who knows."""

BLOCK = "what a block of code does to tables is not followed"
"""Why such a block is unread although it is plain SQL."""
_ROWS = word_set(
    "insert update delete replace merge select with values truncate copy explain show set use grant "
    "revoke analyze vacuum lock commit rollback savepoint start end pragma comment"
)
_SCHEMA = word_set("table index view policy trigger type domain constraint")
_CODE = word_set(
    "function procedure proc package aggregate sequence extension role user login database schema "
    "operator collation server publication subscription synonym tablespace statistics event rule "
    "cast language"
)
_CHANGING = frozenset(("create", "alter", "drop", "rename", "sp_rename"))
_BLOCKS = word_set("do begin declare if exec execute call while")
_FIRST = 8
"""Among how many words the kind of object stands: CREATE OR REPLACE GLOBAL TEMPORARY TABLE …"""
_COMMENT = patterns.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_WORD = patterns.compile(r"[^\W\d]\w*")
_PUT_TOGETHER = patterns.compile(
    r"\|\||\bformat\s*\(|\bconcat\w*\s*\(|['\w)\]]\s*\+\s*['\w(\[@]|@\w+", re.IGNORECASE
)


class Subject(Struct, frozen=True):
    """`words` are those of the statement, case aside. `unknown`: it puts SQL together, so that it may be
    about a table that it does not name."""

    reach: Reach
    words: frozenset[str]
    unknown: bool = False

    def names(self, name: str) -> bool:
        """Whether a name stands in it, whatever its schema."""
        words = _words(name.rsplit(".", 1)[-1])
        return bool(words) and self.words.issuperset(words)


@lru_cache(maxsize=512)
def subject_of(sql: str) -> Subject:
    """What a statement may be about."""
    code = _COMMENT.sub(" ", sql)
    words = _words(code)
    every = frozenset(words)
    first = words[0] if words else ""
    if first in _BLOCKS and _changes_tables(words):
        unknown = _PUT_TOGETHER.search(code) is not None
        return Subject("anything" if unknown else "schema", every, unknown)
    if first in _ROWS or first in _BLOCKS:
        makes = first in ("select", "with") and "into" in every
        return Subject("schema" if makes else "rows", every)
    if first not in _CHANGING:
        return Subject("anything", every)
    kind = next((word for word in words[1:_FIRST] if word in _SCHEMA or word in _CODE), "")
    return Subject("anything" if not kind else "schema" if kind in _SCHEMA else "code", every)


def is_block_on_tables(sql: str) -> bool:
    """Whether a block of code makes, alters or drops a table or something of one, in a string of SQL too."""
    words = _words(_COMMENT.sub(" ", sql))
    return bool(words) and words[0] in _BLOCKS and _changes_tables(words)


def _changes_tables(words: list[str]) -> bool:
    changing = (place for place, word in enumerate(words) if word in _CHANGING)
    near = (words[place + 1 : place + _FIRST - 2] for place in changing)
    return "sp_rename" in words or any(not _SCHEMA.isdisjoint(following) for following in near)


def _words(sql: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(sql)]
