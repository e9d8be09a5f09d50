"""Statements folded in runs, so that an edit costs the run that it is in and a look at each other one.

Most statements make a table or say more of one that stands just before. What a run of those makes depends on
nothing before it, as long as none of its names is taken, so it is made once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter

from app.schema.apply import about_one_table, apply, apply_statement
from app.schema.dialects import Dialect
from app.schema.effects import CreateTable, Effect, Noted, Reading
from app.schema.fold import Fold
from app.schema.memo import Memo
from app.schema.model import Unread
from app.schema.script import Unit
from app.schema.sqlite_check import SqliteCheck
from app.schema.statements import read_statement


def fold_units(
    fold: Fold, units: Iterable[Unit], dialect: Dialect, memo: Memo, check: SqliteCheck | None = None
) -> tuple[list[Unread], set[str]]:
    """Apply every statement; what was unread, and which parsers read the rest.

    What `check` says of a statement depends on all before it, so that with one all are read again.
    """
    unread: list[Unread] = []
    parsers: set[str] = set()
    for number, group in groupby(units, key=attrgetter("stretch")):
        inside = tuple(group)
        if check is None:
            stretch = memo.once(inside, number, partial(_stretch, inside, dialect))
        else:
            stretch = _stretch(inside, dialect, check)
        unread += stretch.unread
        parsers |= stretch.parsers
        for run in stretch.runs:
            run.apply(fold, memo)
    return unread, parsers


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """Statements in a row; `alone`: they are about nothing but tables that they make themselves."""

    units: tuple[Unit, ...]
    alone: bool

    def apply(self, fold: Fold, memo: Memo) -> None:
        if self.alone:
            made = memo.once((self,), (fold.existing, fold.tables.path), partial(self._made, fold))
            if fold.take(made):
                return
        for unit in self.units:
            _apply_unit(fold, unit)

    def _made(self, fold: Fold) -> Fold:
        """What the statements make where nothing was before."""
        empty = fold.emptied()
        for unit in self.units:
            _apply_unit(empty, unit)
        return empty


def _apply_unit(fold: Fold, unit: Unit) -> None:
    """Apply one statement; what it makes of the same tables as the last time are the same objects."""
    unit.memo.turn()
    fold.memo = unit.memo
    if unit.about:
        apply_statement(fold, unit.effects, unit.about)
    else:
        apply(fold, unit.effects)


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """Neighbouring units, read: what was unread, the parsers that read the rest, the runs that they make."""

    unread: tuple[Unread, ...]
    parsers: frozenset[str]
    runs: tuple[_Run, ...]


def _stretch(units: tuple[Unit, ...], dialect: Dialect, check: SqliteCheck | None = None) -> _Stretch:
    unread: list[Unread] = []
    parsers: set[str] = set()
    for unit in units:
        unread += _read(unit, dialect, check)
        if unit.reading is not None and unit.reading.parser:
            parsers.add(unit.reading.parser)
    return _Stretch(tuple(unread), frozenset(parsers), tuple(_runs([unit for unit in units if unit.effects])))


def _read(unit: Unit, dialect: Dialect, check: SqliteCheck | None) -> Iterator[Unread]:
    """Read a statement, unless that was done; what of it cannot be read."""
    piece = unit.piece
    if piece.kind == "data" and not piece.finished:
        yield unit.data_without_end()
    if piece.kind == "statement" and piece.sql:
        refusal = check.error(piece.sql) if check else ""
        if refusal:
            unit.read_as(Reading(reason=refusal))
        elif unit.reading is None or check:
            unit.read_as(read_statement(piece.sql, dialect))
        yield from unit.unread


def _runs(units: list[Unit]) -> Iterator[_Run]:
    run: list[Unit] = []
    names: set[str] = set()
    for unit in units:
        new = {effect.table.name for effect in unit.effects if isinstance(effect, CreateTable)}
        if all(_about(effect) in names | new for effect in unit.effects):
            run.append(unit)
            names |= new
            continue
        if run:
            yield _Run(tuple(run), alone=True)
            run, names = [], set()
        yield _Run((unit,), alone=False)
    if run:
        yield _Run(tuple(run), alone=True)


def _about(effect: Effect) -> str | None:
    """The only table that an effect is about; None where it may look at another."""
    match effect:
        case CreateTable(table=table, likes=likes):
            return None if likes or table.inherits or table.partition_of else table.name
        case Noted(statement=statement):
            return statement.table
    return about_one_table((effect,)) or None
