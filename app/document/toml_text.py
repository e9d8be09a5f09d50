"""Values as TOML text."""

from __future__ import annotations

import re
from collections.abc import Mapping

import tomli_w
from msgspec.structs import replace

from app.document.answers import Value, thaw
from app.document.layout import Fragment, Kind, Path
from app.toml_source import statements


def said(path: Path, kind: Kind, value: Value) -> str:
    """The text of a fragment without comments, ending in a newline."""
    if kind == "key":
        return key_line(path[-1], value)
    name = ".".join(map(key, path))
    head = f"[[{name}]]\n" if kind == "block" else f"[{name}]\n"
    if not isinstance(value, Mapping):
        return head
    return head + "".join(key_line(inner_name, inner) for inner_name, inner in value.items())


def retitled(fragment: Fragment, path: Path) -> Fragment | None:
    """The fragment under another name; None when its text names itself in more than one place."""
    first, *rest = statements(fragment.text)
    if first.kind == "key":
        head, title, tail = fragment.text[: first.start], f"{key(path[-1])} = ", fragment.text[first.value :]
    elif any(statement.kind == "header" for statement in rest):
        return None
    else:
        head, line = fragment.text[: first.start], fragment.text[first.start :]
        brackets = "[[{}]]" if first.array else "[{}]"
        title = brackets.format(".".join(map(key, path)))
        tail = re.sub(r"\A[ \t]*\[+[^\]\n]*\]+", "", line)
    return replace(fragment, path=path, text=head + title + tail)


def key(name: str) -> str:
    """A key, quoted where TOML needs it."""
    return tomli_w.dumps({name: 0}).removesuffix(" = 0\n")


def key_line(name: str, value: Value) -> str:
    """`name = value` as TOML, ending in a newline; long texts as multi-line strings."""
    if isinstance(value, Mapping) or (isinstance(value, tuple) and any(map(_is_nested, value))):
        return f"{key(name)} = {_inline(value)}\n"
    return tomli_w.dumps({name: thaw(value)}, multiline_strings=True)


def _is_nested(value: Value) -> bool:
    return isinstance(value, Mapping | tuple)


def _inline(value: Value) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key(name)} = {_inline(item)}" for name, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_inline, value))}]"
    return tomli_w.dumps({"v": value}).removeprefix("v = ").removesuffix("\n")
