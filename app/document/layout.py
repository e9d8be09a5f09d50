"""The text of an answer file, taken apart so that untouched pieces are written back byte for byte.

A layout is a list of fragments: a `[section]` header, a `key = value` below it, a `[section.name]`
table or one `[[section.name]]` block. Each fragment carries the comments and blank lines before it
and the value it says. `app.document.rewrite` turns a layout into one that says something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from app.document.answers import Value
from app.toml_source import ScanError, Statement, comments_of, statements

Path: TypeAlias = tuple[str, ...]
Kind = Literal["header", "key", "table", "block"]


class Fragment(Struct, frozen=True):
    """A piece of text and what it says."""

    kind: Kind
    path: Path
    text: str
    value: Value = ""


class Layout(Struct, frozen=True):
    """Fragments in file order, and the text after the last one."""

    fragments: tuple[Fragment, ...] = ()
    tail: str = ""

    @property
    def text(self) -> str:
        return "".join([*(fragment.text for fragment in self.fragments), self.tail])


def comments_only(text: str) -> Layout:
    """A layout that says nothing and keeps every comment of `text`."""
    return Layout((), "".join(f"{comment}\n" for comment in comments_of(text)))


def take_apart(text: str, data: Mapping[str, Value]) -> Layout | None:
    """The layout of `text`, which the parser read as `data`; None when it cannot be taken apart safely.

    Safe means: every value of `data` is said by exactly one fragment, and no section is a single
    value. The last line is given its newline if it has none, so that something can follow it.
    """
    if text and not text.endswith("\n"):
        text += "\n"
    try:
        fragments, tail = _fragments(text)
    except ScanError:
        return None
    counts: dict[Path, int] = {}
    valued: list[Fragment] = []
    for fragment in fragments:
        if fragment.kind == "header":
            valued.append(fragment)
            continue
        number = counts.get(fragment.path, 0)
        counts[fragment.path] = number + 1
        value = _look_up(data, fragment.path)
        if fragment.kind == "block":
            if not isinstance(value, tuple) or number >= len(value):
                return None
            value = value[number]
        elif number or (len(fragment.path) == 1 and isinstance(value, Mapping)):
            return None
        if value is None:
            return None
        valued.append(Fragment(fragment.kind, fragment.path, fragment.text, value))
    return Layout(tuple(valued), tail) if _complete(data, valued, counts) else None


def _complete(data: Mapping[str, Value], fragments: Sequence[Fragment], counts: Mapping[Path, int]) -> bool:
    kinds = {fragment.path: fragment.kind for fragment in fragments}
    for name, value in data.items():
        paths: list[tuple[Path, Value]] = [((name,), value)]
        if (name,) not in counts:
            if not isinstance(value, Mapping):
                return False
            paths = [((name, inner), inner_value) for inner, inner_value in value.items()]
        for path, said in paths:
            expected = len(said) if kinds.get(path) == "block" and isinstance(said, tuple) else 1
            if counts.get(path, 0) != expected:
                return False
    return True


def _look_up(data: Mapping[str, Value], path: Path) -> Value | None:
    current: Value | None = data
    for name in path:
        current = current.get(name) if isinstance(current, Mapping) else None
    return current


def _fragments(text: str) -> tuple[list[Fragment], str]:
    """Fragments without their values. Raises ScanError for a layout that is not one of ours."""
    found: list[Fragment] = []
    open_at: int | None = None  # where the table or block that takes the following keys begins
    open_kind: Kind = "table"
    section: Path = ()
    path: Path = ()
    end = 0
    for statement in statements(text):
        if statement.kind == "header" and open_at is not None and _is_inside(statement, path):
            end = statement.end
            continue
        if statement.kind == "header":
            if open_at is not None:
                found.append(Fragment(open_kind, path, text[open_at:end]))
                open_at = None
            if len(statement.path) > 2:
                raise ScanError("a table of a table of a section")
            if len(statement.path) == 1 and not statement.array:
                section = statement.path
                found.append(Fragment("header", section, text[statement.lead : statement.end]))
            else:
                path = statement.path
                open_kind = "block" if statement.array else "table"
                open_at = statement.lead
        elif open_at is None:
            if len(statement.path) > 1:
                raise ScanError("a dotted key")
            found.append(Fragment("key", (*section, *statement.path), text[statement.lead : statement.end]))
        end = statement.end
    if open_at is not None:
        found.append(Fragment(open_kind, path, text[open_at:end]))
    return found, text[end:]


def _is_inside(header: Statement, path: Path) -> bool:
    return len(header.path) > len(path) and header.path[: len(path)] == path
