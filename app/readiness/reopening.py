"""What an answer file keeps of the DDL in files, so that a changed file asks for the answers again.

The facts that find it are in `facts.reopening`; `looked` says what to keep after an edit or a confirmation.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct, field

from app.schema.outline import Difference


class FileTable(Struct, frozen=True):
    """A table of a file: its outline, where it stands, and whether it is there already."""

    outline: str
    path: str
    line: int
    existing: bool


class Again(Struct, frozen=True):
    """An answer to be looked at again: a question, and the row of it by address.

    `because` says by table what is different; `digest` stands for exactly that.
    """

    question: str
    row: str
    because: Mapping[str, tuple[Difference, ...]]
    digest: str

    @property
    def address(self) -> str:
        return f"{self.question}[{self.row}]" if self.row else self.question


class Reopening(Struct, frozen=True):
    """What is to be looked at again, and what the answer file should keep.

    `changed` holds what is different by table, `again` the answers that nobody has looked at since, and
    `unseen` the outlines, None for a table that is gone, which can be kept without asking anybody. `unknown`
    holds, by the key of its entity, every table of which no outline is kept; `resting` are the questions
    whose answers rest on tables.
    """

    tables: Mapping[str, FileTable] = field(default_factory=lambda: MappingProxyType({}))
    changed: Mapping[str, tuple[Difference, ...]] = field(default_factory=lambda: MappingProxyType({}))
    again: tuple[Again, ...] = ()
    unseen: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    unknown: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    resting: frozenset[str] = frozenset()


NOTHING = Reopening()
