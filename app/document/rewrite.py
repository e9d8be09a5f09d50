"""A layout that says something else, with as much of the old text as possible.

Fragments whose value is the same keep their text, changed ones are written anew in their place and
with their comments, new ones go where the order of the items puts them. No comment is ever left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from app.document.answers import Value, same
from app.document.layout import Fragment, Kind, Layout, Path
from app.document.toml_text import key, said
from app.toml_source import comments_of

NameOf: TypeAlias = "Callable[[Path, Value], str]"


class Item(Struct, frozen=True):
    """Something the file must say; the value of a `block` item is the tuple of its rows."""

    path: Path
    kind: Kind
    value: Value

    @property
    def pieces(self) -> tuple[Value, ...]:
        """What each fragment of the item says."""
        if self.kind == "block":
            assert isinstance(self.value, tuple)
            return self.value
        return (self.value,)


def rewrite(
    layout: Layout,
    items: Sequence[Item],
    name_of: NameOf,
    aside: AbstractSet[Path] = frozenset(),
    spare: Mapping[Path, list[Fragment]] = MappingProxyType({}),
) -> Layout:
    """The layout that says `items`, which stand in the order of a new file, and nothing else.

    A changed row keeps the comments of the old row to which `name_of` gives the same name. What the
    fragments of the paths in `aside` say is turned into comments. An item of which the layout says
    nothing takes its text from the fragments in `spare`, where there are any.
    """
    if not layout.fragments:
        return _written_anew(items, layout.tail)
    old: dict[Path, list[Fragment]] = {}
    for fragment in layout.fragments:
        if fragment.kind != "header" and fragment.path not in aside:
            old.setdefault(fragment.path, []).append(fragment)
    headers = {fragment.path for fragment in layout.fragments if fragment.kind == "header"}
    places: dict[int, Sequence[Fragment]] = {}
    missing: list[tuple[Item, list[Fragment]]] = []
    for item in items:
        before = old.get(item.path, [])
        groups = _said_anew(item, before or spare.get(item.path, []), name_of)
        if before and not _must_move(before[0], groups):
            places.update((id(fragment), group) for fragment, group in zip(before, groups, strict=True))
        elif item.kind != "header" or item.path not in headers:
            places.update((id(fragment), ()) for fragment in before)
            missing.append((item, [piece for group in groups for piece in group]))
    said_otherwise = {item.path for item in items if item.kind != "header"}
    output: list[Fragment] = []
    carried: list[str] = []
    for fragment in layout.fragments:
        pieces: Sequence[Fragment] = ()
        if fragment.kind == "header" and fragment.path not in said_otherwise:
            pieces = (fragment,)
        elif id(fragment) in places:
            pieces = places[id(fragment)]
        else:
            carried += _lines_as_comments(fragment) if fragment.path in aside else _comments(fragment)
        if carried and pieces:
            pieces = [with_lead(pieces[0], carried), *pieces[1:]]
            carried = []
        output += pieces
    _insert(output, missing, items)
    output = _without_emptied_headers(output, layout.fragments)
    return Layout(tuple(output), "".join(f"{comment}\n" for comment in carried) + layout.tail)


def _written_anew(items: Sequence[Item], head: str) -> Layout:
    output: list[Fragment] = []
    section: Path = ()
    for item in items:
        if item.kind == "key" and item.path[:-1] != section:
            section = item.path[:-1]
            output.append(_new_header(section))
        output += [_new(item, value) for value in item.pieces]
    if not output:
        return Layout((), head)
    return Layout((replace(output[0], text=head + output[0].text.lstrip("\n")), *output[1:]))


def _new_header(section: Path) -> Fragment:
    return Fragment("header", section, f"\n[{key(section[0])}]\n")


def _new(item: Item, value: Value, comments: Sequence[str] = ()) -> Fragment:
    lead = "" if item.kind == "key" else "\n"
    lines = "".join(f"{comment}\n" for comment in comments)
    return Fragment(item.kind, item.path, lead + lines + said(item.path, item.kind, value), value)


def _must_move(old: Fragment, groups: Sequence[Sequence[Fragment]]) -> bool:
    """Whether a key became a table, or a table a key: neither can stand where the other stood."""
    new = next(piece for group in groups for piece in group)
    return (old.kind == "key") != (new.kind == "key")


def _said_anew(item: Item, old: list[Fragment], name_of: NameOf) -> list[list[Fragment]]:
    """For each old fragment those that take its place; a single list when there is no old one."""
    if not old:
        return [[_new(item, value) for value in item.pieces]]
    said_before = tuple(f.value for f in old) if old[0].kind == "block" else old[0].value
    if same(said_before, item.value):
        values = item.value if old[0].kind == "block" and isinstance(item.value, tuple) else (item.value,)
        return [[_with_value(fragment, value)] for fragment, value in zip(old, values, strict=True)]
    if item.kind == "block" and old[0].kind == "block":
        return _rows_anew(item, old, name_of)
    first, *rest = item.pieces
    if old[0].kind == item.kind:
        also = [comment for fragment in old[1:] for comment in _comments(fragment)]
        pieces = [_changed(old[0], first, also)]
    else:
        pieces = [_new(item, first, [comment for fragment in old for comment in _comments(fragment)])]
    pieces += [_new(item, value) for value in rest]
    return [pieces, *([] for _ in old[1:])]


def _rows_anew(item: Item, old: list[Fragment], name_of: NameOf) -> list[list[Fragment]]:
    """Blocks in the order of the rows, each as near to its old place as that order allows."""
    groups: list[list[Fragment]] = [[] for _ in old]
    sources = _sources_of_rows(item, old, name_of)
    at = 0
    for value, source in zip(item.pieces, sources, strict=True):
        if source is None:
            piece = _new(item, value)
        else:
            at = max(at, source)
            kept = old[source].value is value or same(old[source].value, value)
            piece = _with_value(old[source], value) if kept else _changed(old[source], value)
        groups[at].append(piece)
    _keep_comments(groups, old, set(sources))
    return groups


def _sources_of_rows(item: Item, old: list[Fragment], name_of: NameOf) -> list[int | None]:
    """For each row the position of the old block that it comes from.

    That is the block of the same row, of an equal row, or else of a row with the same name.
    """
    pieces = item.pieces
    found: list[int | None] = [None] * len(pieces)
    left = dict(enumerate(old))
    keys: tuple[Callable[[Value], object], ...] = (id, repr, partial(name_of, item.path))
    for key_of in keys:
        waiting: dict[object, list[int]] = {}
        for position in reversed(left):
            waiting.setdefault(key_of(left[position].value), []).append(position)
        for row, value in enumerate(pieces):
            if not left:
                return found
            if found[row] is None and (positions := waiting.get(key_of(value))):
                source = positions.pop()
                found[row] = source
                del left[source]
    return found


def _keep_comments(
    groups: list[list[Fragment]], old: Sequence[Fragment], used: AbstractSet[int | None]
) -> None:
    """Give the comments of blocks that are gone to the block after them, or to the last one."""
    if len(used - {None}) == len(old):
        return
    carried: list[str] = []
    last: list[Fragment] = []
    for position, group in enumerate(groups):
        if position not in used:
            carried += _comments(old[position])
        if group:
            group[0] = with_lead(group[0], carried)
            carried, last = [], group
    last[-1] = with_lead(last[-1], carried)


def _changed(old: Fragment, value: Value, also: Sequence[str] = ()) -> Fragment:
    """A fragment of the same kind that says `value`; comments inside the old one come before it."""
    lead, inner = _split_lead(old.text)
    comments = "".join(f"{comment}\n" for comment in [*also, *comments_of(inner)])
    return Fragment(old.kind, old.path, lead + comments + said(old.path, old.kind, value), value)


def _split_lead(text: str) -> tuple[str, str]:
    """The comments and blank lines that begin a fragment, and the rest."""
    position = 0
    for line in text.split("\n"):
        if line.strip(" \t") and not line.lstrip(" \t").startswith("#"):
            break
        position += len(line) + 1
    return text[:position], text[position:]


def _comments(fragment: Fragment) -> list[str]:
    return comments_of(fragment.text)


def _lines_as_comments(fragment: Fragment) -> list[str]:
    lines = (line.strip(" \t") for line in fragment.text.split("\n"))
    return [line if line.startswith("#") else f"# {line}" for line in lines if line]


def with_lead(fragment: Fragment, comments: Sequence[str]) -> Fragment:
    """The fragment with more comments before it."""
    if not comments:
        return fragment
    lines = "".join(f"{comment}\n" for comment in comments)
    text = fragment.text
    return replace(fragment, text="\n" + lines + text[1:] if text.startswith("\n") else lines + text)


def _with_value(fragment: Fragment, value: Value) -> Fragment:
    return fragment if fragment.value is value else replace(fragment, value=value)


def _insert(
    output: list[Fragment], missing: Sequence[tuple[Item, list[Fragment]]], items: Sequence[Item]
) -> None:
    """Put missing fragments where the order of `items` wants them."""
    order = {item.path: position for position, item in enumerate(items)} if missing else {}
    for item, pieces in missing:
        if item.kind == "key":
            at = _place_for_key(output, item.path, order)
        else:
            at = _after_previous(output, item.path, order)
        if at == 0 and output:
            directive, output[0] = _split_directive(output[0])
            pieces = [replace(pieces[0], text=directive + pieces[0].text.lstrip("\n")), *pieces[1:]]
        output[at:at] = pieces


def _split_directive(first: Fragment) -> tuple[str, Fragment]:
    """The line for editors that must stay the first of the file, and the fragment without it."""
    if not first.text.startswith("#:"):
        return "", first
    line, end, rest = first.text.partition("\n")
    return line + end, replace(first, text=rest)


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
        output.insert(header, _new_header(section))
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


def _without_emptied_headers(output: list[Fragment], old: Sequence[Fragment]) -> list[Fragment]:
    """`output`, made from `old`, without the headers that lost all their keys and carry no comment."""
    had_keys = {id(fragment) for fragment, after in itertools.pairwise(old) if after.kind == "key"}
    return [
        fragment
        for fragment, after in zip(output, [*output[1:], None], strict=True)
        if fragment.kind != "header"
        or id(fragment) not in had_keys
        or (after is not None and after.kind == "key")
        or comments_of(fragment.text)
    ]
