"""The text of an answer file, taken apart so that untouched pieces are written back byte for byte.

A layout is a list of fragments: a `[section]` header, a `key = value` below it, a `[section.name]`
table or one `[[section.name]]` block. Each fragment carries the comments and blank lines before it
and the value it says. `rewrite` turns a layout into one that says other items: fragments whose value
is the same keep their text, changed ones are written anew with their comments, new ones go where the
order of the items puts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import tomli_w

from app.document.answers import Value, same, thaw
from app.toml_source import ScanError, Statement, comments_of, statements

Path: TypeAlias = tuple[str, ...]
Kind = Literal["header", "key", "table", "block"]
NameOf: TypeAlias = "Callable[[Path, Value], str]"


@dataclass(frozen=True, slots=True)
class Item:
    """Something the file must say. `key` items have one value, `block` items one value per row."""

    path: Path
    kind: Kind
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text and what it says."""

    kind: Kind
    path: Path
    text: str
    value: Value = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Fragments in file order, and the text after the last one."""

    fragments: tuple[Fragment, ...] = ()
    tail: str = ""

    @property
    def text(self) -> str:
        return "".join([*(fragment.text for fragment in self.fragments), self.tail])


def take_apart(text: str, data: Mapping[str, Value]) -> Layout | None:
    """The layout of `text`, which the parser read as `data`; None when it cannot be taken apart safely.

    Safe means: every value of `data` is said by exactly one fragment.
    """
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
        elif number:
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


def rewrite(layout: Layout, items: Sequence[Item], name_of: NameOf) -> Layout:
    """The layout that says `items` and nothing else, with as much of the old text as possible.

    A changed row keeps the comments of the old row to which `name_of` gives the same name.
    """
    old: dict[Path, list[Fragment]] = {}
    for fragment in layout.fragments:
        if fragment.kind != "header":
            old.setdefault(fragment.path, []).append(fragment)
    new = {item.path: _said_anew(item, old.get(item.path, []), name_of) for item in items}
    output: list[Fragment] = []
    orphaned: list[str] = []
    emitted: set[Path] = set()
    for fragment in layout.fragments:
        following: Iterable[Fragment] = (fragment,)
        if fragment.kind != "header":
            said = new.get(fragment.path)
            if said is None:
                orphaned += _comment_lines(fragment.text)
                continue
            if said is not old[fragment.path]:
                following = () if fragment.path in emitted else said
            emitted.add(fragment.path)
        for piece in following:
            output.append(_with_lead(piece, orphaned))
            orphaned = []
    _insert(output, [item for item in items if item.path not in emitted], new, items)
    _drop_empty_headers(output)
    if output and output[0].text.startswith("\n") and not (layout.fragments or layout.tail):
        output[0] = _replace_text(output[0], output[0].text.lstrip("\n"))
    return Layout(tuple(output), "".join(f"{c}\n" for c in orphaned) + layout.tail)


def _said_anew(item: Item, old: list[Fragment], name_of: NameOf) -> list[Fragment]:
    """The fragments that say `item`; the list `old` itself when they already do."""
    if len(old) == len(item.values) and all(
        f.kind == item.kind and same(f.value, v) for f, v in zip(old, item.values, strict=True)
    ):
        if all(f.value is v for f, v in zip(old, item.values, strict=True)):
            return old
        return [Fragment(f.kind, f.path, f.text, v) for f, v in zip(old, item.values, strict=True)]
    if item.kind != "block":
        return [_fragment(item, 0, old[0] if old else None, old[1:])]
    return list(_rows_anew(item, old, name_of))


def _rows_anew(item: Item, old: list[Fragment], name_of: NameOf) -> Iterator[Fragment]:
    """Blocks for the rows of `item`: unchanged rows by value, changed ones by name, then new ones."""
    kept: dict[int, Fragment] = {}
    by_identity = {id(fragment.value): fragment for fragment in old if fragment.kind == "block"}
    for position, value in enumerate(item.values):
        match = by_identity.pop(id(value), None)
        if match is not None:
            kept[position] = match
    unchanged = {id(fragment) for fragment in kept.values()}
    left = [fragment for fragment in old if id(fragment) not in unchanged]
    for position, value in enumerate(item.values):
        if position not in kept and left:
            match = next((f for f in left if f.kind == "block" and same(f.value, value)), None)
            if match is not None:
                kept[position] = Fragment("block", match.path, match.text, value)
                left.remove(match)
    named = {name_of(item.path, fragment.value): fragment for fragment in reversed(left)}
    pieces: list[Fragment] = []
    for position in range(len(item.values)):
        if position in kept:
            pieces.append(kept[position])
            continue
        name = name_of(item.path, item.values[position]) if named else ""
        match = named.pop(name, None) if name else None
        if match is not None:
            left.remove(match)
        pieces.append(_fragment(item, position, match, []))
    if left and pieces:
        lost = [comment for fragment in left for comment in _comment_lines(fragment.text)]
        pieces[0] = _with_lead(pieces[0], lost)
    yield from pieces


def _fragment(item: Item, position: int, old: Fragment | None, also: Sequence[Fragment]) -> Fragment:
    value = item.values[position]
    body = _said(item.path, item.kind, value)
    comments = [comment for other in also for comment in _comment_lines(other.text)]
    if old is None:
        lead = "" if item.kind == "key" else "\n"
    else:
        lead, inner = _split_lead(old.text)
        comments += comments_of(inner)
        if item.kind != "key" and old.kind == "key":
            lead = "\n" + lead
    return Fragment(item.kind, item.path, lead + "".join(f"{c}\n" for c in comments) + body, value)


def _split_lead(text: str) -> tuple[str, str]:
    """The comments and blank lines that begin a fragment, and the rest."""
    position = 0
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.lstrip().startswith("#"):
            break
        position += len(line)
    return text[:position], text[position:]


def _comment_lines(text: str) -> list[str]:
    return [c for c in comments_of(text) if not c.startswith("#:schema")]


def _with_lead(fragment: Fragment, comments: Sequence[str]) -> Fragment:
    if not comments:
        return fragment
    lines = "".join(f"{comment}\n" for comment in comments)
    text = fragment.text
    text = "\n" + lines + text[1:] if text.startswith("\n") else lines + text
    return _replace_text(fragment, text)


def _replace_text(fragment: Fragment, text: str) -> Fragment:
    return Fragment(fragment.kind, fragment.path, text, fragment.value)


def _insert(
    output: list[Fragment], missing: Sequence[Item], new: Mapping[Path, list[Fragment]], items: Sequence[Item]
) -> None:
    """Put the fragments of `missing` items where the order of `items` wants them."""
    if not missing:
        return
    order = {item.path: position for position, item in enumerate(items)}
    for item in missing:
        if item.kind == "key":
            at = _place_for_key(output, item.path, order)
        else:
            at = _after_previous(output, item.path, order)
        output[at:at] = new[item.path]


def _place_for_key(output: list[Fragment], path: Path, order: Mapping[Path, int]) -> int:
    section = path[:-1]
    if not section:
        at = 0
        while at < len(output) and output[at].kind == "key" and order.get(output[at].path, 0) < order[path]:
            at += 1
        return at
    header = next((i for i, f in enumerate(output) if f.kind == "header" and f.path == section), None)
    if header is None:
        first = next((i for i, f in enumerate(output) if f.path[:1] == section), None)
        header = _after_previous(output, path, order) if first is None else first
        output.insert(header, Fragment("header", section, f"\n[{_key(section[0])}]\n"))
    at = header + 1
    best = at
    while at < len(output) and output[at].kind == "key":
        at += 1
        if order.get(output[at - 1].path, len(order)) < order[path]:
            best = at
    return best


def _after_previous(output: list[Fragment], path: Path, order: Mapping[Path, int]) -> int:
    """Where a table may begin: after the nearest item before it, never between a header and its keys."""
    rank = order[path]
    at = 0
    best_rank = -1
    for position, fragment in enumerate(output):
        fragment_rank = order.get(fragment.path, -1)
        if best_rank <= fragment_rank < rank:
            best_rank = fragment_rank
            at = position + 1
    while at < len(output) and output[at].kind == "key":
        at += 1
    return at


def _drop_empty_headers(output: list[Fragment]) -> None:
    """Remove headers that head nothing and carry no comment."""
    for position in range(len(output) - 1, -1, -1):
        fragment = output[position]
        heads_nothing = position + 1 == len(output) or output[position + 1].kind != "key"
        if fragment.kind == "header" and heads_nothing and not comments_of(fragment.text):
            del output[position]


def _said(path: Path, kind: Kind, value: Value) -> str:
    if kind == "key":
        return key_line(path[-1], value)
    name = ".".join(map(_key, path))
    head = f"[[{name}]]\n" if kind == "block" else f"[{name}]\n"
    assert isinstance(value, Mapping)
    return head + "".join(key_line(key, inner) for key, inner in value.items())


def _key(name: str) -> str:
    return tomli_w.dumps({name: 0}).removesuffix(" = 0\n")


def key_line(name: str, value: Value) -> str:
    """`name = value` as TOML, ending in a newline; long texts as multi-line strings."""
    if isinstance(value, Mapping) or (isinstance(value, tuple) and any(map(_is_nested, value))):
        return f"{_key(name)} = {_inline(value)}\n"
    return tomli_w.dumps({name: thaw(value)}, multiline_strings=True)


def _is_nested(value: Value) -> bool:
    return isinstance(value, Mapping | tuple)


def _inline(value: Value) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_inline(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_inline, value))}]"
    return tomli_w.dumps({"v": value}).removeprefix("v = ").removesuffix("\n")
