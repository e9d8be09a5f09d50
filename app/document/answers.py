"""The answers to one bank about one change, as an immutable value.

Setting one answer makes new `Answers` that share every other value with the old ones, so that
"is this the same object" tells whether anything that a computation reads has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Literal, TypeAlias, TypeVar, cast

from msgspec import Struct, field
from msgspec.structs import replace

Scalar: TypeAlias = str | bool | int | float | date | datetime | time
Value: TypeAlias = "Scalar | tuple[Value, ...] | Mapping[str, Value]"
Row: TypeAlias = "Mapping[str, Value]"

_T = TypeVar("_T")

Template = Literal["full", "compact"]

NOT_APPLICABLE_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "out_of_scope": "the change does not touch this",
        "does_not_exist": "there is no such thing in this system",
        "unchanged": "it stays as it is and is described elsewhere",
        "handled_elsewhere": "another document or team answers it",
        "decided_against": "it was considered and left out on purpose",
    }
)


class Profile(Struct, frozen=True):
    """Change types, risk and traits, as said; ids that the bank does not have are kept."""

    change_types: tuple[str, ...] = ()
    risk: str = ""
    traits: tuple[str, ...] = ()
    template: Template = "full"


class State(Struct, frozen=True):
    """What is said about a question instead of an answer."""

    state: Literal["not_applicable", "deferred"]
    reason: str = ""
    note: str = ""
    owner: str = ""
    until: date | None = None


class Waiver(Struct, frozen=True):
    """A finding accepted on purpose, until it expires."""

    code: str
    target: str
    reason: str
    owner: str
    expires: date | None = None

    @property
    def address(self) -> str:
        """What tells it from the others, as the row of a place: `XS04/invariants.matrix`."""
        return f"{self.code}/{self.target}"


class Conflict(Struct, frozen=True):
    """Two versions of one thing that no merge can choose between; an author does.

    `question` is a question id; `row` and `column` (or slot) narrow it. Other places are written
    `status.QUESTION`, `notes.QUESTION`, `profile.risk`, `profile.template`, and `waivers` with the
    waiver's address as its row. A side that is None says nothing there.
    """

    question: str
    row: str | None = None
    column: str | None = None
    base: Value | None = None
    ours: Value | None = None
    theirs: Value | None = None

    @property
    def address(self) -> str:
        """The place as a person writes it: `logical.grain[hold].grain`."""
        row = "" if self.row is None else f"[{self.row}]"
        return self.question + row + (f".{self.column}" if self.column else "")


def _empty() -> Mapping[str, Value]:
    return MappingProxyType({})


def _no_states() -> Mapping[str, State]:
    return MappingProxyType({})


def _no_texts() -> Mapping[str, str]:
    return MappingProxyType({})


class Answers(Struct, frozen=True):
    """Everything an author said: values by question id, states, notes, waivers, profile.

    `conflicts` are what a merge left open; the values hold one side of each meanwhile. `seen` holds, by
    the name of a table in a file of DDL, its outline when the answers were last compared with it; `looked`,
    by the address of an answer, a digest of the outlines that somebody found it right for since.
    """

    profile: Profile = field(default_factory=Profile)
    values: Mapping[str, Value] = field(default_factory=_empty)
    states: Mapping[str, State] = field(default_factory=_no_states)
    notes: Mapping[str, str] = field(default_factory=_no_texts)
    waivers: tuple[Waiver, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    seen: Mapping[str, str] = field(default_factory=_no_texts)
    looked: Mapping[str, str] = field(default_factory=_no_texts)

    def with_value(self, question: str, value: Value | None) -> Answers:
        """These answers with one value set, or removed when `value` is None."""
        return replace(self, values=_changed(self.values, question, value))

    def with_state(self, question: str, state: State | None) -> Answers:
        return replace(self, states=_changed(self.states, question, state))

    def with_note(self, question: str, note: str | None) -> Answers:
        return replace(self, notes=_changed(self.notes, question, note or None))

    def with_seen(self, table: str, outline: str | None) -> Answers:
        return replace(self, seen=_changed(self.seen, table, outline))

    def with_looked(self, address: str, digest: str | None) -> Answers:
        return replace(self, looked=_changed(self.looked, address, digest))

    def rows(self, question: str) -> tuple[Row, ...]:
        """The rows of a table or records; what is not a row is left out."""
        value = self.values.get(question)
        if not isinstance(value, tuple):
            return ()
        if are_rows(value):
            return cast("tuple[Row, ...]", value)
        return tuple(row for row in value if isinstance(row, Mapping))


def are_rows(values: Iterable[Value]) -> bool:
    """Whether all values are rows; quick for thousands, as it looks at each kind of object once."""
    return all(issubclass(kind, Mapping) for kind in set(map(type, values)))


def _changed(mapping: Mapping[str, _T], key: str, value: _T | None) -> Mapping[str, _T]:
    changed = dict(mapping)
    if value is None:
        changed.pop(key, None)
    else:
        changed[key] = value
    return MappingProxyType(changed)


def freeze(value: object) -> Value:
    """A plain TOML value as an immutable one: lists become tuples, tables read-only mappings."""
    if isinstance(value, Mapping):
        return MappingProxyType({str(key): freeze(inner) for key, inner in value.items()})
    if isinstance(value, list | tuple):
        return tuple(freeze(inner) for inner in value)
    if isinstance(value, str | bool | int | float | date | datetime | time):
        return value
    raise TypeError(f"{type(value).__name__} is not a value of an answer document")


def fits_toml(number: int) -> bool:
    """Whether an integer is one that every TOML parser reads: 64 bits with a sign."""
    return -(2**63) <= number < 2**63


def thaw(value: object) -> object:
    """The plain lists and dictionaries that a TOML or JSON writer takes."""
    if isinstance(value, Mapping):
        return {key: thaw(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [thaw(inner) for inner in value]
    return value


def same(left: object, right: object) -> bool:
    """Whether two values are equal and of the same types: 1, 1.0 and true all differ."""
    if left is right:
        return True
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, tuple | list) and isinstance(right, tuple | list):
        unlike = [(a, b) for a, b in zip(left, right, strict=False) if a is not b]
        return len(left) == len(right) and all(same(a, b) for a, b in unlike)
    return type(left) is type(right) and (left == right or (left != left and right != right))
