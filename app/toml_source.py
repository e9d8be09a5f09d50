"""Take TOML text apart into statements without losing a byte.

The parser (tomli) says what a file means; this module says where each thing stands, so that an
untouched piece can be written back as it was and a problem can name its line. It expects text that
tomli accepts; on anything else it raises `ScanError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import tomli

_BLANK = re.compile(r"(?:[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z))*")
_BARE_KEY = re.compile(r"[ \t]*([A-Za-z0-9_-]+)[ \t]*=[ \t]*")
_KEY_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_KEY = re.compile(rf"[ \t]*({_KEY_PART}(?:[ \t]*\.[ \t]*{_KEY_PART})*)[ \t]*=[ \t]*")
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_KEY_PART}(?:[ \t]*\.[ \t]*{_KEY_PART})*)[ \t]*(\]\]?)")
_REST_OF_LINE = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|#[^\n]*"
    r"|[\[\]{}]"
    r"|\n"
    r"""|[^"'#\[\]{}\n]+"""
)


class ScanError(ValueError):
    """Text that cannot be taken apart."""


@dataclass(frozen=True, slots=True)
class Statement:
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
    position = 0
    length = len(text)
    while position < length:
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


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line of the statement that says `path`, or of the nearest one above it; 1 when none does.

    Numbers in the path count the blocks of an `[[array]]`, or the items inside one value.
    """
    best, best_depth = 0, -1
    counts: dict[tuple[str, ...], int] = {}
    prefix: list[str | int] = []
    try:
        for statement in statements(text):
            if statement.kind == "header":
                prefix = _numbered(statement, counts)
                full = prefix
            else:
                full = [*prefix, *statement.path]
            depth = _shared(full, path)
            if depth == len(full) and depth > best_depth:
                best, best_depth = statement.start, depth
    except ScanError:
        pass
    return line_at(text, best)


def _numbered(header: Statement, counts: dict[tuple[str, ...], int]) -> list[str | int]:
    """The header's path with the number of the current block after each array's name."""
    if header.array:
        counts[header.path] = counts.get(header.path, -1) + 1
        for other in [
            p for p in counts if len(p) > len(header.path) and p[: len(header.path)] == header.path
        ]:
            del counts[other]
    full: list[str | int] = []
    for depth in range(1, len(header.path) + 1):
        full.append(header.path[depth - 1])
        if header.path[:depth] in counts:
            full.append(counts[header.path[:depth]])
    return full


def _shared(left: Sequence[str | int], right: Sequence[str | int]) -> int:
    depth = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        depth += 1
    return depth
