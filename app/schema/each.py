"""What is found at each of many things, looked for again only at those that are other objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress, count
from operator import is_, is_not
from typing import Any, TypeVar, cast

from app.document.answers import same

_T = TypeVar("_T")
_REMEMBERED = 200
"""How many differences between sequences are remembered at the most."""
_R = TypeVar("_R")


def each(
    memo: dict[str, Any], name: str, things: Iterable[_T], look: Callable[[_T], _R], given: object = None
) -> tuple[_R, ...]:
    """What `look` gives for each of `things`, which are immutable, in their order.

    `name` tells this use of the memo from others; `given` is all that `look` goes by beside the thing.
    """
    return _each(memo, name, (tuple(things),), look, given)


def each_of_several(
    memo: dict[str, Any],
    name: str,
    several: Iterable[Iterable[Any]],
    look: Callable[..., _R],
    given: object = None,
) -> tuple[_R, ...]:
    """What `look` gives for the things at each place of `several` sequences; otherwise as `each`."""
    return _each(memo, name, tuple(map(tuple, several)), look, given)


def all_of(
    memo: dict[str, Any],
    name: str,
    things: Iterable[_T],
    look: Callable[[_T], Iterable[_R]],
    given: object = None,
) -> tuple[_R, ...]:
    """All that `look` finds at any of `things`, in their order; otherwise as `each`."""

    def found(thing: _T) -> tuple[_R, ...]:
        return tuple(look(thing))

    return tuple(chain.from_iterable(each(memo, name, things, found, given)))


def union_of(
    memo: dict[str, Any],
    name: str,
    things: Iterable[_T],
    look: Callable[[_T], frozenset[_R]],
    given: object = None,
) -> frozenset[_R]:
    """Everything that is in one of the sets that `look` gives; otherwise as `each`."""
    union: _Union = memo.setdefault(f"union of {name}", _Union())
    union.become(each(memo, name, things, look, given), _differences_in(memo))
    return cast("frozenset[_R]", union.whole)


@dataclass(slots=True)
class _Union:
    """The union of sets of which few are replaced at a time: in how many of them each member is."""

    sets: tuple[frozenset[Any], ...] = ()
    counts: Counter[Any] = field(default_factory=Counter)
    whole: frozenset[Any] = frozenset()

    def become(self, sets: tuple[frozenset[Any], ...], differences: _Differences) -> None:
        old, new = differences.between((self.sets,), (sets,))
        come = Counter(chain.from_iterable(sets[place] for place in new))
        gone = Counter(chain.from_iterable(self.sets[place] for place in old))
        self.sets = sets
        self.counts.update(come)
        self.counts.subtract(gone)
        lost = [member for member in gone if not self.counts[member]]
        for member in lost:
            del self.counts[member]
        if lost or not come.keys() <= self.whole:
            self.whole = frozenset(self.counts)


_Rows = tuple[Sequence[Any], ...]
"""Sequences of the same length: what stands at one place of all of them belongs together."""


def _each(
    memo: dict[str, Any], name: str, now: _Rows, look: Callable[..., _R], given: object
) -> tuple[_R, ...]:
    known = memo.get(f"each of {name}")
    # In a tuple, what is the same object is not compared.
    if known is None or (known[0],) != (given,):
        results = tuple(map(look, *now))
    else:
        _, before, found = known
        differences = _differences_in(memo)
        places = differences.between(before, now)
        results = _renewed(before, found, now, look, *places) if any(places) else found
        # Others look at these results in turn, which can differ only there.
        if results is not found:
            differences.know((found,), (results,), places)
    memo[f"each of {name}"] = given, now, results
    return results


def _renewed(
    before: _Rows,
    found: tuple[_R, ...],
    now: _Rows,
    look: Callable[..., _R],
    old: Sequence[int],
    new: Sequence[int],
) -> tuple[_R, ...]:
    """The results for `now`, which is different in the places `new`; those for `before` are `found`.

    A result that says the same as the one in its place stays that object.
    """
    known = {tuple(id(row[place]) for row in before): found[place] for place in old}
    fresh = []
    for place in new:
        things = [row[place] for row in now]
        key = tuple(map(id, things))
        fresh.append(known[key] if key in known else look(*things))
    if isinstance(old, range) and isinstance(new, range):
        return (*found[: old.start], *fresh, *found[old.stop :])
    pairs = zip(new, fresh, strict=True)
    other = {place: result for place, result in pairs if not same(found[place], result)}
    if not other:
        return found
    results = list(found)
    for place, result in other.items():
        results[place] = result
    return tuple(results)


_Places = tuple[Sequence[int], Sequence[int]]


@dataclass(slots=True)
class _Differences:
    """Where sequences differ: most uses of a memo are about the same few, or what was found at those."""

    known: dict[tuple[int, ...], tuple[_Rows, _Rows, _Places]] = field(default_factory=dict)

    def between(self, before: _Rows, now: _Rows) -> _Places:
        found = self.known.get((*map(id, before), *map(id, now)))
        return found[2] if found is not None else self.know(before, now, _different(before, now))

    def know(self, before: _Rows, now: _Rows, places: _Places) -> _Places:
        if len(self.known) > _REMEMBERED:
            self.known.clear()
        # The sequences are kept beside the places, so that no others can have their ids meanwhile.
        self.known[(*map(id, before), *map(id, now))] = before, now, places
        return places


def _differences_in(memo: dict[str, Any]) -> _Differences:
    found: _Differences = memo.setdefault("differences", _Differences())
    return found


def _different(before: _Rows, now: _Rows) -> _Places:
    """Where there are other objects than before, then and now; ranges where something came or went.

    It takes no step of Python for each object that is the same.
    """
    if len(before[0]) == len(now[0]):
        places = {
            place for pair in zip(before, now, strict=True) for place in compress(count(), map(is_not, *pair))
        }
        return sorted(places), sorted(places)
    front = min(_common(*pair) for pair in zip(before, now, strict=True))
    rest = min(len(before[0]), len(now[0])) - front
    behind = min(_common(old[::-1], new[::-1]) for old, new in zip(before, now, strict=True))
    behind = min(behind, rest)
    return range(front, len(before[0]) - behind), range(front, len(now[0]) - behind)


def _common(before: Sequence[object], now: Sequence[object]) -> int:
    """With how many of the same objects both begin."""
    alike = list(map(is_, before, now))
    return alike.index(False) if False in alike else len(alike)
