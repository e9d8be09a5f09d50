"""What is found at each of many things, looked for again only at those that are other objects."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")


def each(
    memo: dict[str, Any], name: str, things: Sequence[_T], look: Callable[[_T], _R], given: Hashable = None
) -> list[_R]:
    """What `look` gives for each of `things`, which are immutable, in their order.

    `name` tells this use of the memo from others; `given` is all that `look` goes by beside the thing.
    """
    before_given, before = memo.get(name, (None, {}))
    known: dict[int, tuple[_T, _R]] = before if before_given == given else {}
    found: dict[int, tuple[_T, _R]] = {}
    results = []
    for thing in things:
        # The thing is kept beside its result, so that no other object can have its id meanwhile.
        pair = known.get(id(thing))
        if pair is None:
            pair = thing, look(thing)
        found[id(thing)] = pair
        results.append(pair[1])
    memo[name] = given, found
    return results
