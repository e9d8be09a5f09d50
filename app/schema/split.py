"""Cut SQL text into statements and what stands between them, with exact positions.

Nothing is parsed here: only quotes, comments and the conventions of psql, mysql and sqlcmd scripts
are known. Any text can be cut, and the pieces joined are the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from msgspec import Struct

PieceKind = Literal["statement", "blank", "command", "data"]


class Piece(Struct, frozen=True):
    """A stretch of the text: `start` and `end` are offsets in characters.

    A statement starts at its first word and includes its terminator; `sql` leaves the terminator out.
    `blank` is space and comments, `command` a line for the client (a psql backslash line, DELIMITER,
    GO), `data` the lines of COPY FROM stdin. `finished` is false where a quote, a comment, a body or
    the data never ends.
    """

    kind: PieceKind
    start: int
    end: int
    text: str
    sql: str = ""
    finished: bool = True


class Lexis(Struct, frozen=True):
    """How one dialect writes strings, names and comments, and which words end a statement."""

    strings: tuple[str, ...]
    line_comment: str = r"--[^\n]*"
    nested_comments: bool = True
    dollar_quotes: bool = False
    psql: bool = False
    delimiter_lines: bool = False
    separator_line: str = ""
    next_statement: str = ""
    body: str = ""
    """What starts a statement whose body holds semicolons of its own."""
    body_to_separator: bool = False
    """Such a body runs to the separator line, not to its END."""
    parenthesised_body: str = ""


_PLAIN_STRING = r"'(?:[^']+|'')*+(?P<closing1>'?)"
_ESCAPED_STRING = r"'(?:[^'\\]+|\\.|'')*+(?P<closing1>'?)"
_POSTGRES_STRING = r"(?<![\w$])[eE]'(?:[^'\\]+|\\.|'')*+(?P<closing2>'?)"
_QUOTED_NAME = r'"(?:[^"]+|"")*+(?P<closing3>"?)'
_ESCAPED_DOUBLE = r'"(?:[^"\\]+|\\.|"")*+(?P<closing3>"?)'
_BACKTICK = r"`(?:[^`]+|``)*+(?P<closing4>`?)"
_BRACKET = r"\[(?:[^\]]+|\]\])*+(?P<closing5>\]?)"
_ROUTINE = (
    r"CREATE\s+(?:(?:OR\s+REPLACE|TEMP|TEMPORARY|AGGREGATE|EDITIONABLE|NONEDITIONABLE|DEFINER\s*=\s*\S+)\s+)*"
    r"(?:TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE)\b"
)

_STANDARD = Lexis(strings=(_PLAIN_STRING, _QUOTED_NAME, _BACKTICK), dollar_quotes=True, psql=True)
_LEXES = {
    "postgresql": Lexis(
        strings=(_POSTGRES_STRING, _PLAIN_STRING, _QUOTED_NAME),
        dollar_quotes=True,
        psql=True,
        body=r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b[^;'\"$]{0,4000}?\bBEGIN\s+ATOMIC\b",
        parenthesised_body=r"CREATE\s+(?:OR\s+REPLACE\s+)?RULE\b",
    ),
    "mysql": Lexis(
        strings=(_ESCAPED_STRING, _ESCAPED_DOUBLE, _BACKTICK),
        line_comment=r"--(?=\s|\Z)[^\n]*|\#[^\n]*",
        nested_comments=False,
        delimiter_lines=True,
        body=_ROUTINE,
    ),
    "sqlite": Lexis(
        strings=(_PLAIN_STRING, _QUOTED_NAME, _BACKTICK, _BRACKET), nested_comments=False, body=_ROUTINE
    ),
    "tsql": Lexis(
        strings=(_PLAIN_STRING, _QUOTED_NAME, _BRACKET),
        separator_line=r"GO(?:[ \t]+\d+)?[ \t]*(?:--[^\n]*)?",
        next_statement=(
            r"(?:CREATE|ALTER|DROP)[ \t]+(?:OR[ \t]+ALTER[ \t]+)?"
            r"(?:TABLE|UNIQUE|CLUSTERED|NONCLUSTERED|INDEX|VIEW|SCHEMA|TYPE|SEQUENCE|PROC|FUNCTION|TRIGGER|"
            r"DATABASE|ROLE|USER|LOGIN|SECURITY)\b"
            r"|INSERT[ \t]+INTO\b|EXEC(?:UTE)?[ \t]|USE[ \t]|PRINT[ \t]|SET[ \t]+(?:ANSI|QUOTED|NOCOUNT|XACT)"
        ),
        body=r"(?:CREATE|ALTER)\s+(?:OR\s+ALTER\s+)?(?:TRIGGER|PROC|PROCEDURE|FUNCTION|VIEW)\b",
        body_to_separator=True,
    ),
    "oracle": Lexis(
        strings=(_PLAIN_STRING, _QUOTED_NAME),
        nested_comments=False,
        separator_line="/",
        body=_ROUTINE + r"|DECLARE\b|BEGIN\b",
        body_to_separator=True,
    ),
}

_SPACE = re.compile(r"\s+")
_COMMENT_MARK = re.compile(r"/\*|\*/")
_DOLLAR = r"(?<![\w$])\$(?:[^\W\d]\w*)?\$"
_CUT = re.compile(r";[ \t]*(?:--[^\n]*)?(?=\n|\Z)")
"""Where a statement whose quotes do not match is cut: a semicolon that ends its line."""
_COPY_DATA = re.compile(r"COPY\s[^;]*?\bFROM\s+STDIN\b", re.IGNORECASE)
_DATA_END = re.compile(r"^\\\.[ \t\r]*$\n?", re.MULTILINE)
_COMMAND_LINE = re.compile(r"\\[^\n]*\n?")
_DELIMITER_LINE = re.compile(r"DELIMITER[ \t]+(\S+)[^\n]*\n?", re.IGNORECASE)
_BODY_WORD = re.compile(r"(BEGIN|CASE)|END(?:[ \t]+(IF|LOOP|WHILE|REPEAT|FOR))?", re.IGNORECASE)
_ATTEMPTS = 10
"""How often the rest of a text is scanned to its end for a quote that never closes, before every
quote is cut at the first line end that looks like the end of a statement."""
_REACH = 4_000
"""How far the end of a comment or dollar quote is looked for then, in characters."""


def split(text: str, dialect: str = "postgresql") -> list[Piece]:
    """The pieces of `text`; joined, they are `text`. `dialect` is one of `app.schema.dialects`."""
    return list(pieces_from(text, lexis_of(dialect)))


def lexis_of(dialect: str) -> Lexis:
    """How a dialect is cut into statements."""
    return _LEXES.get(dialect, _STANDARD)


def quoted_ends(text: str, dialect: str) -> Iterator[tuple[int, int]]:
    """Start and end of every comment, string and quoted name in `text`, in order."""
    lexis = lexis_of(dialect)
    pattern = _tokens(lexis, ";", "")
    position = 0
    while match := pattern.search(text, position):
        position, _closed = _token_end(text, match, lexis)
        if match.lastgroup in ("line", "comment", "dollar", "string"):
            yield match.start(), position


def pieces_from(text: str, lexis: Lexis, start: int = 0) -> Iterator[Piece]:
    """The pieces of `text` behind `start`, which is where one begins."""
    position, delimiter, attempts = start, ";", 0
    while position < len(text):
        start = position
        cautious = attempts >= _ATTEMPTS
        position = _blank_end(text, start, lexis, cautious)
        if position > start:
            yield Piece("blank", start, position, text[start:position])
            continue
        command = _command(text, start, lexis)
        if command:
            position = command.end()
            if lexis.delimiter_lines and command.re is _DELIMITER_LINE:
                delimiter = command[1]
            yield Piece("command", start, position, text[start:position])
            continue
        stop, position, finished = _statement(text, start, lexis, delimiter, cautious)
        attempts += not finished
        yield Piece("statement", start, position, text[start:position], text[start:stop].rstrip(), finished)
        if lexis.psql and _COPY_DATA.match(text, start, stop):
            yield from _copy_data(text, position)
            position = _data_stop(text, position)[0]


def _copy_data(text: str, start: int) -> Iterator[Piece]:
    end, finished = _data_stop(text, start)
    if end > start:
        yield Piece("data", start, end, text[start:end], finished=finished)


def _data_stop(text: str, start: int) -> tuple[int, bool]:
    end = _DATA_END.search(text, start)
    return (end.end(), True) if end else (len(text), False)


def _command(text: str, start: int, lexis: Lexis) -> re.Match[str] | None:
    """The client's line at `start`, if one stands there."""
    if lexis.psql and text[start] == "\\":
        return _COMMAND_LINE.match(text, start)
    if lexis.delimiter_lines and text[start] in "dD":
        return _DELIMITER_LINE.match(text, start)
    if lexis.separator_line:
        return _separator(lexis.separator_line).match(text, start)
    return None


@lru_cache(maxsize=8)
def _separator(line: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{line})[ \t\r]*(?:\n|\Z)", re.IGNORECASE)


def _blank_end(text: str, position: int, lexis: Lexis, cautious: bool) -> int:
    """Where the space and comments that start at `position` end."""
    line_comment = _line_comment(lexis.line_comment)
    while True:
        match = _SPACE.match(text, position) or line_comment.match(text, position)
        if match:
            position = match.end()
        elif text.startswith("/*", position) and not text.startswith("/*!", position):
            end, closed = _comment_end(text, position, lexis, cautious)
            if not closed:
                return position
            position = end
        else:
            return position


@lru_cache(maxsize=8)
def _line_comment(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _comment_end(text: str, start: int, lexis: Lexis, cautious: bool) -> tuple[int, bool]:
    """The end of the block comment at `start`, and whether it is closed."""
    if cautious or not lexis.nested_comments:
        return _found(text, "*/", start + 2, cautious)
    depth, position = 1, start + 2
    while match := _COMMENT_MARK.search(text, position):
        depth += 1 if match[0] == "/*" else -1
        position = match.end()
        if depth == 0:
            return position, True
    return len(text), False


def _found(text: str, closing: str, start: int, cautious: bool) -> tuple[int, bool]:
    """Where `closing` ends, and whether it is there."""
    end = text.find(closing, start, start + _REACH if cautious else len(text))
    return (end + len(closing), True) if end >= 0 else (len(text), False)


@lru_cache(maxsize=64)
def _tokens(lexis: Lexis, delimiter: str, extra: str) -> re.Pattern[str]:
    """Whatever can hide or end a statement, as named groups."""
    parts = [f"(?P<line>{lexis.line_comment})", r"(?P<comment>/\*)"]
    if lexis.dollar_quotes:
        parts.append(f"(?P<dollar>{_DOLLAR})")
    parts.append("(?P<string>" + "|".join(lexis.strings) + ")")
    parts.append(f"(?P<end>{re.escape(delimiter)})")
    if lexis.psql:
        parts.append(r"(?P<command>\n[ \t]*\\(?=\w)|\\g)")
    if lexis.separator_line:
        parts.append(rf"(?P<separator>\n[ \t]*(?:{lexis.separator_line})[ \t\r]*(?=\n|\Z))")
    if extra:
        parts.append(extra)
    return re.compile("|".join(parts), re.IGNORECASE | re.DOTALL)


def _token_end(text: str, match: re.Match[str], lexis: Lexis, cautious: bool = False) -> tuple[int, bool]:
    """Where the token of `match` ends, and whether it is closed."""
    match match.lastgroup:
        case "comment":
            return _comment_end(text, match.start(), lexis, cautious)
        case "dollar":
            return _found(text, match[0], match.end(), cautious)
        case "string":
            return match.end(), any(
                match[f"closing{n}"] for n in range(1, 6) if f"closing{n}" in match.re.groupindex
            )
        case _:
            return match.end(), True


def _statement(text: str, start: int, lexis: Lexis, delimiter: str, cautious: bool) -> tuple[int, int, bool]:
    """Where the statement at `start` stops, where its terminator ends, and whether it is finished."""
    if not cautious:
        stop, end, closed = _scan(text, start, lexis, delimiter, cautious=False)
        if closed:
            return stop, end, True
    stop, end, closed = _scan(text, start, lexis, delimiter, cautious=True)
    return stop, end, closed and cautious


def _scan(text: str, start: int, lexis: Lexis, delimiter: str, *, cautious: bool) -> tuple[int, int, bool]:
    """Follow the tokens of one statement to its end.

    Cautiously, a quote that runs over the end of a line that ends in a semicolon ends the statement
    there, and bodies are not looked for: one statement with a quote too many shall not hide the rest.
    """
    body = None if cautious else _body(text, start, lexis)
    if body == "separator":
        delimiter = "\0"
    extra = {
        "words": r"(?P<word>\b(?:BEGIN|CASE|END(?:[ \t]+(?:IF|LOOP|WHILE|REPEAT|FOR))?)\b)",
        "parentheses": r"(?P<parenthesis>[()])",
    }.get(body or "", "")
    if lexis.next_statement and body is None:
        extra = rf"(?P<next>\n[ \t]*(?={lexis.next_statement}))"
    pattern, position, depth = _tokens(lexis, delimiter, extra), start, 0
    while match := pattern.search(text, position):
        kind, (position, closed) = match.lastgroup, _token_end(text, match, lexis, cautious)
        if kind == "end" and depth <= 0:
            return match.start(), position, True
        if kind in ("command", "separator", "next"):
            return match.start(), match.start(), True
        if kind == "word":
            depth += _depth(match[0])
        elif kind == "parenthesis":
            depth += 1 if match[0] == "(" else -1
        elif kind in ("comment", "dollar", "string"):
            cut = _CUT.search(text, match.start(), position) if cautious else None
            if cut and (kind == "string" or not closed):
                return cut.start(), cut.end(), True
            if not closed:
                return len(text), len(text), False
    return len(text), len(text), depth <= 0


def _body(text: str, start: int, lexis: Lexis) -> str | None:
    """How the body of the statement at `start`, if it has one, is told from its end."""
    if lexis.parenthesised_body and _starts(lexis.parenthesised_body).match(text, start):
        return "parentheses"
    if lexis.body and _starts(lexis.body).match(text, start):
        return "separator" if lexis.body_to_separator else "words"
    return None


@lru_cache(maxsize=16)
def _starts(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _depth(word: str) -> int:
    match = _BODY_WORD.fullmatch(word)
    assert match is not None
    if match[1]:
        return 1
    return 0 if match[2] else -1
