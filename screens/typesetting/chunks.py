"""Markdown as the templates write it, cut into the blocks that it consists of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

Kind = Literal["heading", "anchor", "table", "code", "bullets", "paragraph"]

_FENCE = re.compile(r"(`{3,})([^`]*)$")
_ANCHOR = re.compile(r'<a id="([^"]*)"></a>')
_HEADING = re.compile(r"(#{1,6}) +")
_BULLET = "- "
_PIPE = re.compile(r"(?<!\\)\|")


class Chunk(Struct, frozen=True):
    """One block: `lines` without the marks around it, `info` the level, name or language."""

    kind: Kind
    lines: tuple[str, ...]
    info: str = ""


def chunks(markdown: str) -> Iterator[Chunk]:
    """The blocks of a document. Whatever is none of the kinds that templates write is a paragraph."""
    lines = markdown.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
            continue
        end = _end(lines, at)
        yield _chunk(lines[at:end])
        at = end


def _end(lines: list[str], start: int) -> int:
    """Where the block that begins at `start` ends."""
    fence = _FENCE.match(lines[start])
    if fence:
        closing = re.compile(rf"`{{{len(fence[1])},}}\s*")
        inside = range(start + 1, len(lines))
        return next((at + 1 for at in inside if closing.fullmatch(lines[at])), len(lines))
    if _HEADING.match(lines[start]) or _ANCHOR.fullmatch(lines[start]):
        return start + 1
    table = lines[start].startswith("|")
    at = start + 1
    while at < len(lines) and lines[at].strip() and lines[at].startswith("|") == table:
        at += 1
    return at


def _chunk(lines: list[str]) -> Chunk:
    first = lines[0]
    if fence := _FENCE.match(first):
        return Chunk("code", tuple(lines[1:-1]), fence[2].strip())
    if found := _ANCHOR.fullmatch(first):
        return Chunk("anchor", (), found[1])
    if found := _HEADING.match(first):
        return Chunk("heading", (first[found.end() :],), str(len(found[1])))
    if first.startswith("|") and len(lines) > 1:
        return Chunk("table", (first, *lines[2:]))
    if first.startswith(_BULLET):
        return Chunk("bullets", tuple(_items(lines)))
    return Chunk("paragraph", ("\n".join(lines),))


def _items(lines: list[str]) -> Iterator[str]:
    """The items of a list, each with the lines that go on with it."""
    item: list[str] = []
    for line in lines:
        if line.startswith(_BULLET) and item:
            yield "\n".join(item)
            item = []
        item.append(line.removeprefix(_BULLET) if not item else line.strip())
    yield "\n".join(item)


def cells(line: str) -> tuple[str, ...]:
    """The cells of a table row, the pipes in them still with their backslashes."""
    return tuple(part.strip() for part in _PIPE.split(line)[1:-1])
