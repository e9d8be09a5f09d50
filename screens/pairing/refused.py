"""What the host did not take, in words, so that nothing that a person said is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from app.pairing.wire import Change, Numbered, Say

if TYPE_CHECKING:
    from app.pairing.guest_session import Unaccepted

_NAMES = frozenset({"op", "type", "id", "question", "thread", "section", "digest", "row", "column", "slot"})
"""Parts of a frame that name a place; the rest is what the person said."""


def refused_texts(refused: Iterable[Unaccepted]) -> list[str]:
    """For each thing refused: what it was, why not, and the words."""
    return [f"✗ not taken: {one.what}: {one.why}\n  {words_of(one.frame)}" for one in refused]


def words_of(frame: Numbered) -> str:
    """What a person said in a frame, with the place that it was about."""
    match frame:
        case Change():
            data: Mapping[str, Any] = frame.operation
        case Say():
            data = frame.words
        case _:
            return "take back what was said before"
    place = " ".join(
        str(data[name]) for name in ("question", "section", "row", "column", "slot") if data.get(name)
    )
    said = "; ".join(_flat(value) for name, value in data.items() if name not in _NAMES and value)
    return f"{place}: {said}" if said else place


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_flat(item)}" for name, item in value.items() if item)
    if isinstance(value, list | tuple):
        return " | ".join(map(_flat, value))
    return str(value)
