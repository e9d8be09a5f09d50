"""Results at the rows of a table, computed once for each row object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from app.document.answers import Value

_T = TypeVar("_T")
_SPARE = 256
"""How many results of rows that are gone may stay before they are cleared away."""


class RowMemo(Generic[_T]):
    """Remembers what `compute` gave for each row.

    Rows are immutable, so the same object has the same result. After an edit of one row nearly all
    others are the same objects, and going through them here takes no step of Python for each.
    """

    def __init__(self, compute: Callable[[Value], _T]) -> None:
        self._compute = compute
        # Each row is kept beside its id, so that no other object can have that id meanwhile.
        self._rows: dict[int, Value] = {}
        self._results: dict[int, _T] = {}

    def at(self, rows: Sequence[Value]) -> list[_T]:
        """What `compute` gives for each of `rows`, in their order."""
        ids = list(map(id, rows))
        results = self._results
        if not results.keys() >= set(ids):
            for key, row in zip(ids, rows, strict=True):
                if key not in results:
                    results[key] = self._compute(row)
                    self._rows[key] = row
        found = list(map(results.__getitem__, ids))
        if len(results) > 2 * len(ids) + _SPARE:
            self._results = dict(zip(ids, found, strict=True))
            self._rows = dict(zip(ids, rows, strict=True))
        return found
