"""Where a person sits who takes part in a review: what was said so far, and a way to say something.

Screens look at records and add to them only through a desk, wherever the records are.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from app.document.files import DISK, Files, Stamp
from app.document.machine import now as clock
from app.review.model import Record, Records
from app.review.names import review_folder
from app.review.reading import read_records
from app.review.writing import append

Told: TypeAlias = Callable[[], None]
"""Called after the records, or who sits at the desk, became different."""


class Desk(Protocol):
    """One person's place in a review. `records` is replaced, never changed."""

    @property
    def person(self) -> str:
        """The name under which everything is said."""

    @property
    def role(self) -> str:
        """The role that the person speaks for, by its id; "" for none."""

    @property
    def records(self) -> Records:
        """What all people said, as far as it is known here."""

    def say(self, model: type[Record], words: Mapping[str, Any]) -> None:
        """Add a record of this person. Raises DocumentError, and nothing was said then."""

    def check_outside(self) -> bool:
        """Take in what others said meanwhile; returns whether there was something. Cheap when not."""

    def subscribe(self, told: Told) -> Callable[[], None]:
        """Have `told` called after every change; returns the way to stop that."""


class Listeners:
    """Those who want to be told."""

    def __init__(self) -> None:
        self._listeners: list[Told] = []

    def add(self, told: Told) -> Callable[[], None]:
        """Have `told` called by `tell`; returns the way to stop that."""
        self._listeners.append(told)

        def stop() -> None:
            with contextlib.suppress(ValueError):
                self._listeners.remove(told)

        return stop

    def tell(self) -> None:
        for told in tuple(self._listeners):
            told()


class FolderDesk:
    """A desk over the review folder beside an answer file, which others may write to as well.

    The files are read again only when one of them has another size, time or inode.
    """

    def __init__(
        self,
        document: Path,
        person: str,
        role: str = "",
        *,
        now: Callable[[], str] = clock,
        files: Files = DISK,
    ) -> None:
        self._folder = review_folder(document)
        self._person, self._role = person, role
        self._now, self._files = now, files
        self._listeners = Listeners()
        self._stamps = self._look()
        self._records = read_records(self._folder)

    @property
    def person(self) -> str:
        return self._person

    @property
    def role(self) -> str:
        return self._role

    @property
    def records(self) -> Records:
        return self._records

    def sit(self, person: str, role: str = "") -> None:
        """Let another person sit down; what is said from here on is that person's."""
        if (person, role) != (self._person, self._role):
            self._person, self._role = person, role
            self._listeners.tell()

    def say(self, model: type[Record], words: Mapping[str, Any]) -> None:
        append(self._folder, self._person, model, words, role=self._role, now=self._now, files=self._files)
        self.check_outside()

    def check_outside(self) -> bool:
        stamps = self._look()  # before reading: what changes meanwhile is seen the next time
        if stamps == self._stamps:
            return False
        self._stamps = stamps
        before, self._records = self._records, read_records(self._folder)
        if self._records == before:
            return False
        self._listeners.tell()
        return True

    def subscribe(self, told: Told) -> Callable[[], None]:
        return self._listeners.add(told)

    def _look(self) -> Mapping[str, Stamp | None]:
        """What tells the files of the folder from those that were read; none when there is no folder."""
        with contextlib.suppress(OSError):
            found = (path for path in self._folder.iterdir() if path.suffix == ".toml")
            return {path.name: self._stamp(path) for path in found}
        return {}

    def _stamp(self, path: Path) -> Stamp | None:
        with contextlib.suppress(OSError):
            return self._files.stat(path)
        return None
