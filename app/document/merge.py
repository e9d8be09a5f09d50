"""Three-way merge of answers: by question, by row key, by column or slot, by element of a list.

A merge never invents and never drops: everything that one side added or changed is in the result, and
where both sides say something different about one thing the result holds one of them and a conflict
holds both. Moving rows counts as an edit only where the other side left the order alone; when both
sides order the same rows differently, the order of `ours` stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, TypeVar, cast

from msgspec.structs import replace

from app.bank.model import Bank, Column, Question
from app.document.answers import Answers, Conflict, Profile, Row, Template, Value, Waiver, same
from app.document.drafts import DRAFT
from app.document.items import conflict_value, state_value, waiver_value
from app.document.merge_lists import identities, merge_list, merge_set, settled, woven
from app.document.reading import read_waiver
from app.document.values import row_address, row_addresses

_T = TypeVar("_T")
_Found: TypeAlias = "list[Conflict]"


class Merged(NamedTuple):
    """Merged answers, and the conflicts that this merge found; `answers.conflicts` holds them too."""

    answers: Answers
    conflicts: tuple[Conflict, ...]


def merge(bank: Bank, base: Answers, ours: Answers, theirs: Answers) -> Merged:
    """What `ours` and `theirs` say, given that both came from `base`.

    In a conflict between two values the answers hold that of `ours`; between an edit and a removal,
    the edit.
    """
    found: _Found = []
    profile = _profile(base.profile, ours.profile, theirs.profile, found)
    values = _mapping(base.values, ours.values, theirs.values, _Values(bank, found).merged)
    states = _mapping(base.states, ours.states, theirs.states, _whole("status.", state_value, found))
    notes = _mapping(base.notes, ours.notes, theirs.notes, _whole("notes.", lambda note: note, found))
    seen = _mapping(base.seen, ours.seen, theirs.seen, _either)
    looked = _mapping(base.looked, ours.looked, theirs.looked, _either)
    waivers = _waivers(base.waivers, ours.waivers, theirs.waivers, found)
    before = (tuple(map(conflict_value, side.conflicts)) for side in (base, ours, theirs))
    kept = _known(merge_set(*before), (*ours.conflicts, *theirs.conflicts))
    new = tuple(c for c in found if not any(same(conflict_value(c), conflict_value(k)) for k in kept))
    conflicts = (*kept, *new)
    return Merged(Answers(profile, values, states, notes, waivers, conflicts, seen, looked), new)


def _both(
    place: Conflict, base: Value | None, ours: Value | None, theirs: Value | None, found: _Found
) -> Value:
    """Note that both sides differ; the one that stands meanwhile."""
    found.append(replace(place, base=base, ours=ours, theirs=theirs))
    kept = theirs if ours is None else ours
    assert kept is not None
    return kept


def _mapping(
    base: Mapping[str, _T],
    ours: Mapping[str, _T],
    theirs: Mapping[str, _T],
    merged: Callable[[str, _T | None, _T | None, _T | None], _T | None],
) -> Mapping[str, _T]:
    names = woven(list(base), list(ours), list(theirs))
    values = ((name, merged(name, base.get(name), ours.get(name), theirs.get(name))) for name in names)
    return MappingProxyType({name: value for name, value in values if value is not None})


def _either(_name: str, base: str | None, ours: str | None, theirs: str | None) -> str | None:
    """What was seen of the DDL: no conflict for a person, since a wrong side only asks to look again."""
    done, value = settled(base, ours, theirs)
    return value if done else ours


def _whole(
    prefix: str, value_of: Callable[[_T], Value], found: _Found
) -> Callable[[str, _T | None, _T | None, _T | None], _T | None]:
    """Merges things that are never taken apart; in conflicts they are said as values."""

    def merged(name: str, base: _T | None, ours: _T | None, theirs: _T | None) -> _T | None:
        done, value = settled(base, ours, theirs)
        if done:
            return value
        said = [None if side is None else value_of(side) for side in (base, ours, theirs)]
        _both(Conflict(prefix + name), said[0], said[1], said[2], found)
        return theirs if ours is None else ours

    return merged


def _profile(base: Profile, ours: Profile, theirs: Profile, found: _Found) -> Profile:
    def one(name: str) -> str:
        before, our, their = (getattr(side, name) or None for side in (base, ours, theirs))
        done, value = settled(before, our, their)
        value = value if done else _both(Conflict(f"profile.{name}"), before, our, their, found)
        return str(value or "")

    return Profile(
        cast("tuple[str, ...]", merge_set(base.change_types, ours.change_types, theirs.change_types)),
        one("risk"),
        cast("tuple[str, ...]", merge_set(base.traits, ours.traits, theirs.traits)),
        cast(Template, one("template")),
    )


def _waivers(
    base: Sequence[Waiver], ours: Sequence[Waiver], theirs: Sequence[Waiver], found: _Found
) -> tuple[Waiver, ...]:
    sides = [[cast(Row, waiver_value(waiver)) for waiver in side] for side in (base, ours, theirs)]
    merged: list[Waiver] = []
    for before, our, their in _row_triples(_waiver_name, *sides):
        done, row = settled(before, our, their)
        if not done:
            name = _waiver_name(cast(Row, our or their))
            row = cast(Row, _both(Conflict("waivers", row=name), before, our, their, found))
        if row is not None and (waiver := read_waiver(row)) is not None:
            merged.append(waiver)
    return tuple(merged)


def _waiver_name(row: Row) -> str:
    return f"{row['code']}/{row['target']}"


def _known(rows: Sequence[Value], conflicts: Sequence[Conflict]) -> tuple[Conflict, ...]:
    """The conflicts that `rows` say."""
    return tuple(next(c for c in conflicts if same(conflict_value(c), row)) for row in rows)


def _row_triples(
    name_of: Callable[[Row], str], base: Sequence[Row], ours: Sequence[Row], theirs: Sequence[Row]
) -> Iterator[tuple[Row | None, Row | None, Row | None]]:
    """Every row as it was, as we have it and as they have it, in the order of the result."""
    our_ids, their_ids = identities(name_of, base, ours, theirs)
    before = dict(enumerate(base))
    our, their = dict(zip(our_ids, ours, strict=True)), dict(zip(their_ids, theirs, strict=True))
    for identity in woven(list(before), our_ids, their_ids):
        yield before.get(identity), our.get(identity), their.get(identity)


class _Values:
    """Merges the values of one bank's questions; what it cannot merge goes to `found`."""

    def __init__(self, bank: Bank, found: _Found) -> None:
        self._bank = bank
        self._found = found

    def merged(
        self, question_id: str, base: Value | None, ours: Value | None, theirs: Value | None
    ) -> Value | None:
        place, question = Conflict(question_id), self._bank.questions.get(question_id)
        return self._value(place, question, base, ours, theirs, self._found)

    def _value(
        self,
        place: Conflict,
        thing: Question | Column | None,
        base: Value | None,
        ours: Value | None,
        theirs: Value | None,
        found: _Found,
    ) -> Value | None:
        """One answer, cell or slot; `thing` says what it is, None when the bank does not have it."""
        outcome: tuple[bool, Value | None] = settled(base, ours, theirs)
        if outcome[0]:
            return outcome[1]
        if isinstance(thing, Question) and thing.has_rows:
            sides = [_rows(side) for side in (base, ours, theirs)]
            if None not in sides:
                rows = self._table(place, thing, *cast("list[Sequence[Row]]", sides))
                if rows or () in (ours, theirs):
                    return rows
                return None
        if isinstance(thing, Question) and thing.kind == "sentence":
            if isinstance(ours, Mapping) and isinstance(theirs, Mapping) and _is_table(base):
                return self._cells(place, {}, cast("Row | None", base), ours, theirs, found)
        elif thing is not None and thing.kind in ("list", "choices"):
            lists = _lists(base, ours, theirs)
            if lists and thing.kind == "choices":
                return merge_set(*lists)
            if lists and (elements := merge_list(*lists)) is not None:
                return elements
        return _both(place, base, ours, theirs, found)

    def _table(
        self,
        place: Conflict,
        question: Question,
        base: Sequence[Row],
        ours: Sequence[Row],
        theirs: Sequence[Row],
    ) -> tuple[Row, ...]:
        rows: list[Row] = []
        found: list[tuple[int, Conflict]] = []
        name_of = _namer(question)
        for before, our, their in _row_triples(name_of, base, ours, theirs):
            inner: _Found = []
            row = self._row(place, question, before, our, their, inner)
            found += [(len(rows), conflict) for conflict in inner]
            if row is not None:
                rows.append(row)
        addresses = row_addresses(question, rows) if found else []
        self._found += [replace(conflict, row=addresses[position]) for position, conflict in found]
        return tuple(rows)

    def _row(
        self,
        place: Conflict,
        question: Question,
        base: Row | None,
        ours: Row | None,
        theirs: Row | None,
        found: _Found,
    ) -> Row | None:
        done, row = settled(base, ours, theirs)
        if done:
            return row
        if ours is None or theirs is None:
            return cast(Row, _both(place, base, ours, theirs, found))
        return self._cells(place, question.column_by_id, base, ours, theirs, found)

    def _cells(
        self,
        place: Conflict,
        columns: Mapping[str, Column],
        base: Row | None,
        ours: Row,
        theirs: Row,
        found: _Found,
    ) -> Row:
        before: Row = base or {}

        def merged(name: str, base: Value | None, ours: Value | None, theirs: Value | None) -> Value | None:
            if name == DRAFT and True in (ours, theirs):
                # A side without the mark has been touched by somebody, whatever the other one knows.
                return ours if same(ours, theirs) else None
            return self._value(replace(place, column=name), columns.get(name), base, ours, theirs, found)

        cells = _mapping(before, ours, theirs, merged)
        return next((side for side in (ours, theirs) if same(side, cells)), cells)


def _namer(question: Question) -> Callable[[Row], str]:
    return lambda row: row_address(question, row)


def _rows(value: Value | None) -> Sequence[Row] | None:
    """The rows of a table, none when it is absent; None when it is something else."""
    if value is None:
        return ()
    is_table = isinstance(value, tuple) and all(isinstance(row, Mapping) for row in value)
    return cast("Sequence[Row]", value) if is_table else None


def _is_table(value: Value | None) -> bool:
    return value is None or isinstance(value, Mapping)


def _lists(*sides: Value | None) -> list[tuple[Value, ...]] | None:
    """The three lists; None when a side is no list of single values, or one side removed it."""
    base, *others = sides
    if None in others:
        return None
    lists = [side for side in ((() if base is None else base), *others) if isinstance(side, tuple)]
    plain = all(not isinstance(item, Mapping | tuple) for side in lists for item in side)
    return lists if len(lists) == len(sides) and plain else None
