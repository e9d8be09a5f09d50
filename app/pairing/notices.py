"""What happens while people work together, as told to those who show it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct

from app.pairing.wire import Person


class GuestWaits(Struct, frozen=True):
    """Somebody asks to be admitted; told to the author."""

    name: str
    role: str
    came_from: str


class GuestGaveUp(Struct, frozen=True):
    """Somebody who waited does not any more."""

    name: str


class PersonCame(Struct, frozen=True):
    person: Person


class PersonLeft(Struct, frozen=True):
    """`why` is "" when the person left; otherwise removed, lost, or too slow."""

    person: Person
    why: str = ""


class PersonMoved(Struct, frozen=True):
    person: Person


class BatonAsked(Struct, frozen=True):
    """A guest asks the author for the baton of a section."""

    person: Person
    section: str


class BatonMoved(Struct, frozen=True):
    """A section may be changed by `person` too from here on, or by the author alone when that is None."""

    section: str
    person: Person | None
    seconds: float = 0.0


class ConnectionChanged(Struct, frozen=True):
    """A guest's connection: `waiting` for admission, `live`, `lost` and tried again, `ended` for good."""

    state: Literal["connecting", "waiting", "live", "lost", "ended"]
    why: str = ""


class NotTaken(Struct, frozen=True):
    """The host refused what this guest said; it is kept in the list of what was refused."""

    what: str
    why: str


class SessionEnded(Struct, frozen=True):
    why: str


Notice: TypeAlias = (
    GuestWaits
    | GuestGaveUp
    | PersonCame
    | PersonLeft
    | PersonMoved
    | BatonAsked
    | BatonMoved
    | ConnectionChanged
    | NotTaken
    | SessionEnded
)
Listener: TypeAlias = Callable[[Notice], None]


class Bell:
    """Tells everybody who listens. A listener that fails is reported to the loop and breaks nothing else."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have `listener` called with every notice; returns the way to stop that."""
        self._listeners.append(listener)

        def stop() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(listener)

        return stop

    def ring(self, notice: Notice) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(notice)
            except Exception as error:
                report(error)


def report(error: Exception) -> None:
    """Give an error that is nobody's here to the loop's own handler."""
    context = {"message": "an error while pairing", "exception": error}
    asyncio.get_running_loop().call_exception_handler(context)
