"""Results at the rows of a table, computed once for each row object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import is_
from typing import Generic, TypeVar

from app.document.answers import Value

_T = TypeVar("_T")
_SPARE = 256
"""How many results of rows that are gone may stay before they are cleared away."""
_FEW = 32
"""How many changed rows are looked for one by one."""


class RowMemo(Generic[_T]):
    """Remembers what `compute` gave for each row.

    Rows are immutable, so the same object has the same result. After an edit of one row nearly all
    others are the same objects, and going through them here takes no step of Python for each. Threads may
    share one: at worst they compute the same twice.
    """

    def __init__(self, compute: Callable[[Value], _T]) -> None:
        self._compute = compute
        # Each row is kept beside its result by its id, so that no other object can have that id meanwhile.
        # Both are replaced together, in one step, so that a thread never sees one without the other.
        self._known: tuple[dict[int, Value], dict[int, _T]] = {}, {}
        self._last: tuple[tuple[Value, ...], list[_T]] = (), []

    def at(self, rows: Sequence[Value]) -> list[_T]:
        """What `compute` gives for each of `rows`, in their order."""
        wanted = tuple(rows)
        before, found = self._last
        if wanted is not before:
            changed = _changed(before, wanted)
            if changed is None or len(self._known[1]) > 2 * len(wanted) + _SPARE:
                found = self._at_all(wanted)
            else:
                found = found.copy()
                for position in changed:
                    found[position] = self._at_one(wanted[position])
            self._last = wanted, found
        return found.copy()

    def _at_one(self, row: Value) -> _T:
        kept, results = self._known
        if id(row) not in results:
            found = self._compute(row)
            kept[id(row)] = row
            results[id(row)] = found
        return results[id(row)]

    def _at_all(self, rows: Sequence[Value]) -> list[_T]:
        ids = list(map(id, rows))
        if not self._known[1].keys() >= set(ids):
            for row in rows:
                self._at_one(row)
        results = self._known[1]
        found = list(map(results.__getitem__, ids))
        if len(results) > 2 * len(ids) + _SPARE:
            self._known = dict(zip(ids, rows, strict=True)), dict(zip(ids, found, strict=True))
        return found


def _changed(before: Sequence[Value], after: Sequence[Value]) -> list[int] | None:
    """Where two successions of rows hold another object; None when that is no small part of them."""
    if len(before) != len(after):
        return None
    alike = list(map(is_, before, after))
    unlike = alike.count(False)
    if unlike > _FEW:
        return None
    found: list[int] = []
    for _ in range(unlike):
        found.append(alike.index(False, found[-1] + 1 if found else 0))
    return found
