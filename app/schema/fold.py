"""The schema while statements are folded into it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import TypeVar

from app.schema.effects import (
    AddColumn,
    AddConstraint,
    CreateDomain,
    CreateIndex,
    CreatePolicy,
    CreateTrigger,
    Effect,
    Noted,
    NotUnderstood,
    RowSecurity,
)
from app.schema.memo import Memo
from app.schema.model import Span, StatementKind, Table
from app.schema.names import Namespace

_T = TypeVar("_T")
_ADDING = frozenset({AddColumn, AddConstraint, CreateIndex, CreatePolicy, CreateTrigger, RowSecurity})
"""Effects that say something about a table which does not stand in the text."""
_NOWHERE = Span(0, 0, 1, 1)


class Fold:
    """The schema as it grows; private to one reading, its results are immutable.

    What is added to a table that does not stand in the text is kept aside in `outside`.
    """

    def __init__(self, schemas: tuple[str, ...], *, case_sensitive: bool) -> None:
        self._schemas, self._case_sensitive = schemas, case_sensitive
        self.tables: Namespace[Table] = Namespace(schemas, case_sensitive=case_sensitive)
        self.outside: Namespace[Table] = Namespace(schemas, case_sensitive=case_sensitive)
        self.enums: Namespace[tuple[str, ...]] = Namespace(schemas, case_sensitive=case_sensitive)
        self.domains: Namespace[CreateDomain] = Namespace(schemas, case_sensitive=case_sensitive)
        self.views: Namespace[None] = Namespace(schemas, case_sensitive=case_sensitive)
        self.statements: list[StatementKind] = []
        self.unread: list[NotUnderstood] = []
        self.existing = False
        self.memo: Memo | None = None
        """What the statement that is being applied made before."""
        self.effects: tuple[Effect, ...] = ()
        self.effect: Effect | None = None
        """What is being applied: a statement, and one thing that it does."""

    def take(self, made: Fold) -> bool:
        """Take over what was made where nothing was before, unless one of its names is known here."""
        free = self.tables.take(made.tables)
        if free:
            self.statements += made.statements
        return free

    def emptied(self) -> Fold:
        """A fold without anything in it, in which names mean the same."""
        empty = Fold(self._schemas, case_sensitive=self._case_sensitive)
        empty.existing, empty.tables.path = self.existing, self.tables.path
        return empty

    def change(self, name: str, change: Callable[[Table], Table]) -> None:
        """Replace the table called `name`; of one that is not here, only what is added counts."""
        space, key = self.tables, self.tables.find(name)
        if key is None:
            space, key = self.outside, self._outside(name)
        if key is not None:
            space.items[key] = self.once(change, space.items[key])

    def _outside(self, name: str) -> str | None:
        known = self.outside.find(name)
        if known is not None or type(self.effect) not in _ADDING or self.views.find(name) is not None:
            return known
        key = self.outside.key_of(name)
        span = next((e.statement.span for e in self.effects if type(e) is Noted), _NOWHERE)
        self.outside.add(
            key,
            self.known(
                (self.effects,),
                ("outside", key),
                lambda: Table(name=key, columns=(), span=span, existing=True),
            ),
        )
        return key

    def end_context(self) -> None:
        """What was folded so far exists already: of it only the tables, types and views count."""
        self.existing = False
        self.statements.clear()
        self.unread.clear()
        for key in list(self.outside.items):
            self.outside.remove(key)

    def once(self, change: Callable[..., Table], *tables: Table, beside: Hashable = ()) -> Table:
        """What the present effect makes of `tables`; the same object as before where all of that is the same.

        `beside` is what else it depends on.
        """
        return self.known((self.effect, *tables), beside, partial(change, *tables))

    def known(self, objects: tuple[object, ...], beside: Hashable, make: Callable[[], _T]) -> _T:
        """What `make` gives, or gave at an earlier reading for the same objects."""
        return make() if self.memo is None else self.memo.once(objects, beside, make)
