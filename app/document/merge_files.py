"""Three-way merge of answer files: their answers, what is not understood, and their comments.

The text of the result is that of `ours` with the pieces that only `theirs` changed taken from there,
so that untouched text stays as it is and no comment is lost with the answer that it stands at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from msgspec.structs import replace

from app.bank.model import Bank
from app.bank.versions import version_key
from app.document.answers import Answers, Conflict, Value, same
from app.document.codec import Document, decode, encode, row_name
from app.document.items import conflict_value
from app.document.layout import Fragment, Layout, Path
from app.document.merge import merge
from app.document.merge_lists import merge_set, settled
from app.document.reading import Heading, read_conflict, read_waiver
from app.document.rewrite import NameOf, with_lead
from app.problems import DocumentError
from app.toml_source import comments_of

_Place: TypeAlias = "tuple[bool, Path, str, int]"


def merge_documents(
    bank: Bank, base: Document, ours: Document, theirs: Document
) -> tuple[Document, tuple[Conflict, ...]]:
    """The merged document and the conflicts that are new in it.

    Raises DocumentError where that would lose something: a file of a newer version or another bank,
    a layout that cannot be taken apart, or something unknown that both sides changed.
    """
    for document in (base, ours, theirs):
        _refuse_unfit(bank, document)
    done, text = settled(base.layout.text, ours.layout.text, theirs.layout.text)
    if done:
        return replace(ours if text == ours.layout.text else theirs, line_end=ours.line_end), ()
    merged = merge(bank, base.answers, ours.answers, theirs.answers)
    layout, spare = borrowed(base.layout, ours.layout, theirs.layout, partial(row_name, bank))
    heading = max((ours.heading, theirs.heading), key=_age)
    unread = _merged_unread(bank, base.unread, ours.unread, theirs.unread)
    result = encode(bank, replace(ours, layout=layout, heading=heading, unread=unread), merged.answers, spare)
    lost = _lost_comments(base.layout, ours.layout, theirs.layout, result.layout)
    tail = result.layout.tail + "".join(f"{comment}\n" for comment in lost)
    result = replace(result, layout=replace(result.layout, tail=tail))
    again = decode(bank, result.text)
    if not (_equal(again.answers, merged.answers) and again.heading == heading):
        raise DocumentError("the two sides do not fit into one file")
    if set(again.unread) != set(unread):
        raise DocumentError("the two sides hold unknown keys that do not fit into one file")
    return result, merged.conflicts


def _refuse_unfit(bank: Bank, document: Document) -> None:
    if document.newer:
        raise DocumentError(document.newer)
    if document.heading.bank_id != bank.id:
        raise DocumentError(
            f"one side was written for the bank {document.heading.bank_id!r}, not {bank.id!r}"
        )
    if document.rewritten_layout:
        raise DocumentError("one side is laid out in a way that cannot be kept")


def _age(heading: Heading) -> tuple[int, tuple[int, ...]]:
    return heading.format, version_key(heading.bank_version)


def _equal(left: Answers, right: Answers) -> bool:
    return (
        left.values.keys() == right.values.keys()
        and all(same(left.values[name], right.values[name]) for name in left.values)
        and (left.profile, left.states, left.notes, left.waivers, left.seen, left.looked)
        == (right.profile, right.states, right.notes, right.waivers, right.seen, right.looked)
        and same(tuple(map(conflict_value, left.conflicts)), tuple(map(conflict_value, right.conflicts)))
    )


def _merged_unread(
    bank: Bank, base: Mapping[Path, Value], ours: Mapping[Path, Value], theirs: Mapping[Path, Value]
) -> Mapping[Path, Value]:
    sides = [_unread_rows_only(bank, side) for side in (base, ours, theirs)]
    merged: dict[Path, Value] = {}
    for path in dict.fromkeys([*sides[1], *sides[2]]):
        before, our, their = (side.get(path) for side in sides)
        outcome: tuple[bool, Value | None] = settled(before, our, their)
        if not outcome[0] and path in _ENTRIES:
            rows = [side if isinstance(side, tuple) else () for side in (before, our, their)]
            outcome = True, merge_set(*rows) or None
        if not outcome[0]:
            raise DocumentError(f"both sides changed {'.'.join(path)}, which this bank does not know")
        if outcome[1] is not None:
            merged[path] = outcome[1]
    return MappingProxyType(merged)


_ENTRIES = (("waivers",), ("conflicts",))


def _unread_rows_only(bank: Bank, unread: Mapping[Path, Value]) -> dict[Path, Value]:
    """`unread`, where entries are concerned only those that could not be read."""
    kept = dict(unread)
    for path in _ENTRIES:
        rows = kept.get(path)
        if isinstance(rows, tuple):
            readable = read_waiver if path == ("waivers",) else partial(read_conflict, bank)
            kept[path] = tuple(row for row in rows if readable(row) is None)
    return kept


def borrowed(
    base: Layout, ours: Layout, theirs: Layout, name_of: NameOf
) -> tuple[Layout, dict[Path, list[Fragment]]]:
    """The layout of `ours` with what only `theirs` changed, and the fragments for which it has no place.

    Comments that either side added stay. The values of the fragments are those that their texts say;
    it is for a rewrite to make the layout say the merged answers.
    """
    before, our, their = (_placed(layout, name_of) for layout in (base, ours, theirs))
    fragments: list[Fragment] = []
    for place, fragment in our.items():
        was, is_theirs = before.get(place), their.get(place)
        untouched = was is not None and was.text == fragment.text
        if is_theirs is not None:
            fragments.append(_chosen(was, fragment, is_theirs))
        elif fragment.kind == "header" or not untouched:
            fragments.append(fragment)
    added: dict[Path, list[Fragment]] = {}
    header_comments: list[str] = []  # of headers that ours has not; they go to what comes next
    for place, fragment in their.items():
        was = before.get(place)
        if place in our or (was is not None and was.text == fragment.text):
            continue
        if fragment.kind == "header":
            header_comments += comments_of(fragment.text)
        else:
            added.setdefault(fragment.path, []).append(with_lead(fragment, header_comments))
            header_comments = []
    tail = _tail(base, ours, theirs) + "".join(f"{comment}\n" for comment in header_comments)
    fragments = _with_blocks(_without_bare_headers(fragments, our, their), added)
    return Layout(tuple(fragments), tail), added


def _placed(layout: Layout, name_of: NameOf) -> dict[_Place, Fragment]:
    """Fragments by what they are about; a row by its name, and by its number among those of that name."""
    seen: Counter[tuple[bool, Path, str]] = Counter()
    found: dict[_Place, Fragment] = {}
    for fragment in layout.fragments:
        name = name_of(fragment.path, fragment.value) if fragment.kind == "block" else ""
        about = (fragment.kind == "header", fragment.path, name)
        found[(*about, seen[about])] = fragment
        seen[about] += 1
    return found


def _chosen(base: Fragment | None, ours: Fragment, theirs: Fragment) -> Fragment:
    """The fragment of the side that changed it, with the comments that the other side added."""
    if base is not None and theirs.text == base.text:
        return ours
    movable = ours.kind == theirs.kind
    only_theirs = base is not None and movable and same(ours.value, base.value)
    first, second = (theirs, ours) if only_theirs else (ours, theirs)
    known = [*comments_of(first.text), *(comments_of(base.text) if base else ())]
    return with_lead(first, _new_comments(second.text, known))


def _new_comments(text: str, known: Sequence[str]) -> list[str]:
    return [comment for comment in comments_of(text) if comment not in known and not comment.startswith("#:")]


def _with_blocks(fragments: Sequence[Fragment], added: dict[Path, list[Fragment]]) -> list[Fragment]:
    """`fragments` with the blocks of `added` behind the last one of their table; they leave `added`."""
    last = {fragment.path: at for at, fragment in enumerate(fragments) if fragment.kind == "block"}
    output: list[Fragment] = []
    for at, fragment in enumerate(fragments):
        output.append(fragment)
        if last.get(fragment.path) == at:
            output += [new for new in added.pop(fragment.path, ()) if new.kind == "block"]
    return output


def _without_bare_headers(
    fragments: Sequence[Fragment], ours: Mapping[_Place, Fragment], theirs: Mapping[_Place, Fragment]
) -> list[Fragment]:
    """`fragments` without headers that the other side removed and under which nothing is left."""
    kept_by_theirs = {place[1] for place in theirs if place[0]}
    bare_before = {
        fragment.path
        for fragment, after in zip(ours.values(), [*list(ours.values())[1:], None], strict=True)
        if fragment.kind == "header" and (after is None or after.kind != "key")
    }
    return [
        fragment
        for fragment, after in zip(fragments, [*fragments[1:], None], strict=True)
        if fragment.kind != "header"
        or (after is not None and after.kind == "key")
        or fragment.path in kept_by_theirs
        or fragment.path in bare_before
    ]


def _lost_comments(base: Layout, ours: Layout, theirs: Layout, result: Layout) -> list[str]:
    """Comments of either side that are not in the result though neither side removed them."""
    before, our, their, now = (dict.fromkeys(_comments(layout)) for layout in (base, ours, theirs, result))
    removed = {comment for comment in before if comment not in our or comment not in their}
    wanted = (c for c in {**our, **their} if c not in removed and not c.startswith("#:"))
    return [comment for comment in wanted if comment not in now]


def _comments(layout: Layout) -> Iterator[str]:
    for text in (*(fragment.text for fragment in layout.fragments), layout.tail):
        if "#" in text:
            yield from comments_of(text)


def _tail(base: Layout, ours: Layout, theirs: Layout) -> str:
    done, tail = settled(base.tail, ours.tail, theirs.tail)
    if done:
        return tail or ""
    new = _new_comments(theirs.tail, [*comments_of(ours.tail), *comments_of(base.tail)])
    return ours.tail + "".join(f"{comment}\n" for comment in new)
