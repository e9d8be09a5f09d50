"""Take TOML text apart into statements without losing a byte.

The parser (tomli) says what a file means; this module says where each thing stands, so that an
untouched piece can be written back as it was and a problem can name its line. It expects text that
tomli accepts; on anything else it raises `ScanError`.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

import tomli
from msgspec import Struct

_BLANK = re.compile(r"(?:[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z))*")
_BARE_KEY = re.compile(r"[ \t]*([A-Za-z0-9_-]+)[ \t]*=[ \t]*")
_KEY_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEY = re.compile(rf"[ \t]*({_KEY_PART}(?:[ \t]*\.[ \t]*{_KEY_PART})*)[ \t]*=[ \t]*")
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_KEY_PART}(?:[ \t]*\.[ \t]*{_KEY_PART})*)[ \t]*(\]\]?)")
_PLAIN = re.compile(
    r"((?:[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z))*+)[ \t]*([A-Za-z0-9_-]+)[ \t]*=[ \t]*"
    r"""()(?:"(?:[^"\\\n]|\\.)*+"|[^\s"'\[\]{}#,]+)[ \t]*\n"""
)
"""The most frequent statement, read in one step: a bare key and a value on one line, without a comment."""
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_PIECE = re.compile(r",|[^\s,]+")
_TOKEN = re.compile(
    r'"""(?:[^"\\]++|\\[\s\S]|"{1,2}(?!"))*+"{3,5}'
    r"|'''(?:[^']++|'{1,2}(?!'))*+'{3,5}"
    r'|"(?:[^"\\\n]++|\\.)*+"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[\[\]{}]"
    r"|\n"
    r"""|[^"'#\[\]{}\n]+"""
)


class ScanError(ValueError):
    """Text that cannot be taken apart."""


class Statement(Struct, frozen=True):
    """A header or a `key = value`, with the comments and blank lines before it.

    `path` is what the header or key says, `lead` the offset where the comments before it begin,
    `start` where the statement itself begins, `value` where its value begins (equal to `end` for
    headers) and `end` the offset after its last newline. `array` marks `[[header]]`.
    """

    kind: str
    path: tuple[str, ...]
    array: bool
    lead: int
    start: int
    value: int
    end: int


def statements(text: str) -> Iterator[Statement]:
    """The statements of `text` in order. What follows the last one is trailing comment.

    Raises ScanError where the text cannot be taken apart.
    """
    found, error = _all_statements(text)
    yield from found
    if error:
        raise ScanError(error)


@lru_cache(maxsize=1)
def _all_statements(text: str) -> tuple[tuple[Statement, ...], str]:
    """The statements up to the first error, and what that says.

    Kept for one text, since the one that was just read is the one whose lines are asked for.
    """
    found: list[Statement] = []
    try:
        found.extend(_scan(text))
    except ScanError as error:
        return tuple(found), str(error)
    return tuple(found), ""


def _scan(text: str) -> Iterator[Statement]:
    position = 0
    length = len(text)
    while position < length:
        plain = _PLAIN.match(text, position)
        if plain:
            start, value, end = plain.end(1), plain.start(3), plain.end()
            yield Statement("key", (plain[2],), False, position, start, value, end)
            position = end
            continue
        blank = _BLANK.match(text, position)
        start = blank.end() if blank else position
        if start >= length:
            return
        header = _HEADER.match(text, start)
        if header and len(header[1]) == len(header[3]):
            end = _end_of_line(text, header.end())
            yield Statement("header", split_key(header[2]), header[1] == "[[", position, start, end, end)
        else:
            key = _BARE_KEY.match(text, start) or _KEY.match(text, start)
            if key is None:
                raise ScanError(f"line {line_at(text, start)} is neither a header nor a key")
            end = _end_of_value(text, key.end())
            yield Statement("key", split_key(key[1]), False, position, start, key.end(), end)
        position = end


def _end_of_line(text: str, position: int) -> int:
    rest = _REST_OF_LINE.match(text, position)
    if rest is None:
        raise ScanError(f"line {line_at(text, position)} has text after its end")
    return rest.end()


def _end_of_value(text: str, position: int) -> int:
    depth = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise ScanError(f"line {line_at(text, position)} cannot be taken apart")
        position = token.end()
        match token[0]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case "\n" if depth <= 0:
                return position
    return position


def split_key(text: str) -> tuple[str, ...]:
    """The parts of a dotted, possibly quoted key."""
    if '"' not in text and "'" not in text:
        return tuple(part.strip() for part in text.split("."))
    parts: list[str] = []
    node: object = tomli.loads(f"{text} = 0")
    while isinstance(node, dict):
        ((part, node),) = node.items()
        parts.append(part)
    return tuple(parts)


def line_at(text: str, offset: int) -> int:
    """The line number, from 1, of `offset`."""
    return text.count("\n", 0, offset) + 1


def comments_of(text: str) -> list[str]:
    """Every comment in `text`, without those that only look like one inside a string."""
    return [token[0].rstrip() for token in _TOKEN.finditer(text) if token[0].startswith("#")]


class Lines:
    """The line on which each path of a text is said; built once, asked often."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [match.end() for match in re.finditer("\n", text)]
        self._said: dict[tuple[str | int, ...], Statement] = {}
        self._begun: dict[tuple[str | int, ...], Statement] = {}
        counts: dict[tuple[str | int, ...], int] = {}
        prefix: tuple[str | int, ...] = ()
        with contextlib.suppress(ScanError):
            for statement in statements(text):
                if statement.kind == "header":
                    full = prefix = _numbered(statement, counts)
                else:
                    full = (*prefix, *statement.path)
                self._said.setdefault(full, statement)
                for depth in range(len(full) - 1, 0, -1):
                    if full[:depth] in self._begun:
                        break
                    self._begun[full[:depth]] = statement

    def of(self, path: Sequence[str | int]) -> int:
        """The line of the first statement that says `path`, or of the nearest one above it; 1 for none.

        Numbers in the path count the blocks of an `[[array]]`, or the items inside one value.
        """
        whole = tuple(path)
        for depth in range(len(whole), 0, -1):
            statement = self._said.get(whole[:depth]) or self._begun.get(whole[:depth])
            if statement is not None:
                start = statement.start
                if statement.kind == "key" and self._said.get(whole[:depth]) is statement:
                    start = _item_start(self._text, statement, whole[depth:])
                return bisect_right(self._starts, start) + 1
        return 1


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line that says `path` in `text`; see `Lines.of`."""
    return Lines(text).of(path)


def _item_start(text: str, statement: Statement, path: Sequence[str | int]) -> int:
    """Where the item stands that the leading numbers of `path` count to inside the statement's value."""
    wanted = list(itertools.takewhile(lambda step: isinstance(step, int), path))
    found = statement.start
    matched = 0
    counts: list[int] = []
    for offset, mark in _marks(text, statement.value, statement.end):
        if mark == ",":
            counts[-1:] = [count + 1 for count in counts[-1:]]
            continue
        if mark not in "]}" and matched < len(counts) and counts == wanted[: len(counts)]:
            found, matched = offset, len(counts)
        if mark in "[{":
            counts.append(0)
        elif mark in "]}":
            counts = counts[:-1]
    return found


def _marks(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Brackets, commas and the first character of everything else in a value, with their offsets."""
    for token in _TOKEN.finditer(text, start, end):
        if token[0][0] in "\"'[]{}":
            yield token.start(), token[0][0]
        elif token[0][0] not in "#\n":
            for piece in _PIECE.finditer(text, token.start(), token.end()):
                yield piece.start(), piece[0][0]


def _numbered(header: Statement, counts: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    """The header's path with the number of the current block after each array's name."""
    full: tuple[str | int, ...] = ()
    for depth, name in enumerate(header.path, start=1):
        full = (*full, name)
        if header.array and depth == len(header.path):
            counts[full] = counts.get(full, -1) + 1
        if full in counts:
            full = (*full, counts[full])
    return full
