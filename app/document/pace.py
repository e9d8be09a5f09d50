"""When to save while somebody types: pure functions of times in seconds, on any clock that only goes up."""

from __future__ import annotations

PAUSE = 0.6
"""How long the keys rest before a save."""

LONGEST = 5.0
"""How long typing without a rest puts a save off."""

FIRST_RETRY = 1.0
LAST_RETRY = 30.0


def save_at(first_edit: float, last_edit: float) -> float:
    """When to save edits of which the first that is not in the file and the last were made then.

    Within a second of the last key; a screen asks again after each key and keeps one timer.
    """
    return min(last_edit + PAUSE, first_edit + LONGEST)


def retry_at(failed: float, failures: int) -> float:
    """When to try again after a save that failed then, the `failures`-th in a row: ever later, up to 30 s."""
    return failed + min(FIRST_RETRY * 2.0 ** min(failures - 1, 10), LAST_RETRY)
