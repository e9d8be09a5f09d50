"""The parts of a three-way merge: single things, plain lists, which rows belong together, and orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple, TypeVar

from app.document.answers import Row, Value, same

_T = TypeVar("_T")
_Id = TypeVar("_Id", bound=Hashable)


def settled(base: _T | None, ours: _T | None, theirs: _T | None) -> tuple[bool, _T | None]:
    """Whether at most one side changed something, or both alike, and what it is then."""
    if same(ours, theirs) or same(base, theirs):
        return True, ours
    if same(base, ours):
        return True, theirs
    return False, None


def woven(base: Sequence[_Id], ours: Sequence[_Id], theirs: Sequence[_Id]) -> list[_Id]:
    """Everything in `ours` or `theirs`, once, in one order.

    The order is that of `ours`, or of `theirs` when only they moved something. What only the other
    side has goes behind what precedes it there, after the first side's own additions in that place.
    """
    first, second = ours, theirs
    if _moved(base, theirs) and not _moved(base, ours):
        first, second = theirs, ours
    placed, shared = set(first), set(second)
    waiting: dict[_Id | None, list[_Id]] = {}
    anchor: _Id | None = None
    for one in second:
        if one in placed:
            anchor = one
        else:
            waiting.setdefault(anchor, []).append(one)
    output: list[_Id] = []
    due = waiting.get(None, [])
    for one in first:
        if one in shared:
            output += due
            due = []
        output.append(one)
        due = [*due, *waiting.get(one, [])] if one in waiting else due
    return output + due


def _moved(base: Sequence[_Id], side: Sequence[_Id]) -> bool:
    rank = {one: position for position, one in enumerate(base)}
    return any(a > b for a, b in pairwise(rank[one] for one in side if one in rank))


def identities(
    name_of: Callable[[Row], str], base: Sequence[Row], ours: Sequence[Row], theirs: Sequence[Row]
) -> tuple[list[int], list[int]]:
    """A number for every row of `ours` and of `theirs`; the rows of `base` are numbered from 0.

    Rows with one number are versions of one row. Among rows of one name, equal ones belong together
    first, then the others in order, so that rows which share their key are never mixed up or lost.
    Two new rows without a name are versions of one row only when they are equal.
    """
    names = [[name_of(row) for row in side] for side in (base, ours, theirs)]
    ours_found = _paired(names[0], base, names[1], ours)
    theirs_found = _paired(names[0], base, names[2], theirs)
    count = len(base)
    our_ids = [count + at if found is None else found for at, found in enumerate(ours_found)]
    count += len(ours)
    new = [at for at, found in enumerate(ours_found) if found is None]
    left = [at for at, found in enumerate(theirs_found) if found is None]
    again = _paired(
        [names[1][at] for at in new],
        [ours[at] for at in new],
        [names[2][at] for at in left],
        [theirs[at] for at in left],
        unnamed=False,
    )
    for at, found in zip(left, again, strict=True):
        theirs_found[at] = count + at if found is None else our_ids[new[found]]
    return our_ids, [found for found in theirs_found if found is not None]


def _paired(
    old_names: Sequence[str],
    old: Sequence[Row],
    new_names: Sequence[str],
    new: Sequence[Row],
    *,
    unnamed: bool = True,
) -> list[int | None]:
    """For each new row the position of the old row of which it is a version."""
    left: dict[str, list[int]] = {}
    for position, name in enumerate(old_names):
        left.setdefault(name, []).append(position)
    found: list[int | None] = [None] * len(new)
    for at, name in enumerate(new_names):
        match = next((position for position in left.get(name, ()) if same(old[position], new[at])), None)
        if match is not None:
            found[at] = match
            left[name].remove(match)
    for at, name in enumerate(new_names):
        if found[at] is None and left.get(name) and (name or unnamed):
            found[at] = left[name].pop(0)
    return found


def merge_set(base: Sequence[Value], ours: Sequence[Value], theirs: Sequence[Value]) -> tuple[Value, ...]:
    """The elements of `ours` without those that they removed, then those that they added.

    Where one side changed nothing it is the other side as it is, in its order.
    """
    done, whole = settled(tuple(base), tuple(ours), tuple(theirs))
    if done and whole is not None:
        return whole
    kept = [one for one in ours if _has(theirs, one) or not _has(base, one)]
    return (*kept, *(one for one in theirs if not _has(base, one) and not _has(ours, one)))


def _has(values: Iterable[Value], wanted: Value) -> bool:
    return any(same(value, wanted) for value in values)


class _Run(NamedTuple):
    """Neighbouring elements of the base, from `start` to before `end`, that became `items`."""

    start: int
    end: int
    items: tuple[Value, ...]


def merge_list(
    base: Sequence[Value], ours: Sequence[Value], theirs: Sequence[Value]
) -> tuple[Value, ...] | None:
    """A list of single values with the additions of both and without what either removed.

    An element that both added is there once. None when both replaced the same element, or one
    replaced what the other removed.
    """
    our_runs, their_runs = _runs(base, ours), _runs(base, theirs)
    for our in our_runs:
        for their in their_runs:
            meet = max(our.start, their.start) < min(our.end, their.end)
            if meet and (our.items or their.items) and not _alike(our, their):
                return None
    said = Counter(map(_key, (item for run in our_runs for item in run.items)))
    output: list[Value] = []
    gone = _removed(our_runs) | _removed(their_runs)
    for position in range(len(base) + 1):
        output += _inserted(our_runs, position)
        for item in _inserted(their_runs, position):
            if said[_key(item)] > 0:
                said[_key(item)] -= 1
            else:
                output.append(item)
        if position < len(base) and position not in gone:
            output.append(base[position])
    return tuple(output)


def _runs(base: Sequence[Value], side: Sequence[Value]) -> list[_Run]:
    matcher = SequenceMatcher(None, list(map(_key, base)), list(map(_key, side)), autojunk=False)
    return [
        _Run(start, end, tuple(side[at:to]))
        for tag, start, end, at, to in matcher.get_opcodes()
        if tag != "equal"
    ]


def _key(value: Value) -> Hashable:
    """Tells apart what TOML tells apart: 1, 1.0 and true."""
    return (type(value).__name__, repr(value))


def _alike(left: _Run, right: _Run) -> bool:
    return left[:2] == right[:2] and same(left.items, right.items)


def _removed(runs: Iterable[_Run]) -> AbstractSet[int]:
    return {position for run in runs for position in range(run.start, run.end)}


def _inserted(runs: Iterable[_Run], position: int) -> Iterator[Value]:
    return (item for run in runs if run.start == position for item in run.items)
