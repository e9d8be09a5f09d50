"""What one step changed, exactly: enough to do it again, to undo it, and to write it down.

A change names one part of the answers (a question's value, state or note, what was looked at of the DDL in
files, the waivers, the conflicts, the profile) and what stood there before and after. Of a list or a table
only the run of items that differs is kept, and of a long text the run of lines, so that a key typed into a
large answer stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, cast

import tomli
from msgspec import Struct
from msgspec.structs import replace

from app.document.answers import Answers, Conflict, Profile, State, Value, Waiver, freeze, same
from app.document.text_runs import LONG, digest, run_between
from app.document.toml_text import key_line
from app.problems import OperationError

UNSAID = frozenset({"seen", "looked"})
"""Parts that nobody said: what is kept of the DDL in files."""


class Change(Struct, frozen=True):
    """`old` and `new` are None where there was or is nothing.

    With `at`, both are runs of items that begin at that place of a list which has `size` items after
    the change, or of characters of a text; `digest` then tells the text after the change from any other.
    """

    part: str
    question: str
    old: Value | None
    new: Value | None
    at: int | None = None
    size: int = 0
    digest: str = ""

    @property
    def inverse(self) -> Change:
        """The change that leads back; it does not know the digest of the text that it leads to."""
        size = 0 if self.at is None else self.size - len(_run(self.new)) + len(_run(self.old))
        return replace(self, old=self.new, new=self.old, size=size, digest="")


def difference(before: Answers, after: Answers) -> tuple[Change, ...]:
    """The changes that lead from `before` to `after`."""
    found: list[Change] = []
    for part, get in _MAPPINGS.items():
        old, new = get(before), get(after)
        if old is not new:
            for question in [*old, *(name for name in new if name not in old)]:
                found += _changed(part, question, _said(old.get(question)), _said(new.get(question)))
    for part in _WHOLE:
        found += _changed(part, "", _whole(before, part), _whole(after, part))
    return tuple(found)


def _changed(part: str, question: str, old: Value | None, new: Value | None) -> Iterable[Change]:
    if old is new or same(old, new):
        return
    if part == "value" and isinstance(old, tuple) and isinstance(new, tuple) and old and new:
        yield _items_between(part, question, old, new)
    elif isinstance(old, str) and isinstance(new, str) and min(len(old), len(new)) >= LONG:
        run = run_between(old, new)
        yield Change(part, question, run.old, run.new, run.at, len(new), digest(new))
    else:
        yield Change(part, question, old, new)


def _items_between(part: str, question: str, old: tuple[Value, ...], new: tuple[Value, ...]) -> Change:
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and (old[start] is new[start] or same(old[start], new[start])):
        start += 1
    end = 0
    while end < shorter - start:
        left, right = old[-1 - end], new[-1 - end]
        if left is not right and not same(left, right):
            break
        end += 1
    return Change(
        part, question, old[start : len(old) - end], new[start : len(new) - end], start, size=len(new)
    )


def redo(answers: Answers, changes: Iterable[Change]) -> Answers:
    """The answers after `changes`, which were made to equal answers."""
    for change in changes:
        answers = _put(answers, change, change.at)
    return answers


def undo(answers: Answers, changes: Sequence[Change]) -> Answers:
    """The answers without `changes`. Raises OperationError when what they left is not there any more."""
    for change in reversed(changes):
        answers = _put(answers, change.inverse, _place(answers, change))
    return answers


def _place(answers: Answers, change: Change) -> int | None:
    """Where the run that `change` left begins now. Raises OperationError when it has changed since."""
    present = _get(answers, change.part, change.question)
    if change.at is None:
        if not same(present, change.new):
            raise _changed_since(change)
        return None
    if change.digest:
        if not isinstance(present, str) or digest(present) != change.digest:
            raise _changed_since(change)
        return change.at
    items, left = _items(present), _items(change.new)
    if same(items[change.at : change.at + len(left)], left) and (left or len(items) == change.size):
        return change.at
    if left:
        starts = range(len(items) - len(left) + 1)
        places = [start for start in starts if same(items[start : start + len(left)], left)]
        if len(places) == 1:
            return places[0]
    elif items and not any(same(item, gone) for item in items for gone in _items(change.old)):
        return min(change.at, len(items))
    raise _changed_since(change)


def _changed_since(change: Change) -> OperationError:
    where = change.question or f"the {change.part}"
    return OperationError(
        f"{where} has been changed since, from outside this history; undoing would lose that",
        "change it by hand instead",
    )


def _put(answers: Answers, change: Change, at: int | None) -> Answers:
    value = change.new
    if at is not None:
        value = changed(_get(answers, change.part, change.question), change, at)
    match change.part:
        case "value":
            return answers.with_value(change.question, value)
        case "state":
            return answers.with_state(change.question, None if value is None else _record(State, value))
        case "note":
            return answers.with_note(change.question, cast("str | None", value))
        case "seen":
            return answers.with_seen(change.question, cast("str | None", value))
        case "looked":
            return answers.with_looked(change.question, cast("str | None", value))
        case "profile":
            return replace(answers, profile=Profile() if value is None else _record(Profile, value))
    records = tuple(_record(_WHOLE_RECORDS[change.part], item) for item in _items(value))
    return cast(Answers, replace(cast(Any, answers), **{change.part: records}))


def changed(present: Value | None, change: Change, at: int | None = None) -> Value | None:
    """What stands at a place after a change; a run of a list or text begins at `at`, if not where it did."""
    at = change.at if at is None else at
    if at is None:
        return change.new
    if isinstance(change.new, str) and isinstance(change.old, str):
        text = present if isinstance(present, str) else ""
        return text[:at] + change.new + text[at + len(change.old) :]
    items = _items(present)
    return (*items[:at], *_items(change.new), *items[at + len(_items(change.old)) :])


def _get(answers: Answers, part: str, question: str) -> Value | None:
    return _said(_MAPPINGS[part](answers).get(question)) if part in _MAPPINGS else _whole(answers, part)


def _whole(answers: Answers, part: str) -> Value | None:
    said = getattr(answers, part)
    if isinstance(said, tuple):
        return tuple(item for item in map(_said, said) if item is not None)
    return _said(said)


def _items(value: Value | None) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else ()


def _run(value: Value | None) -> str | tuple[Value, ...]:
    return value if isinstance(value, str) else _items(value)


def _said(thing: object) -> Value | None:
    """A value as it is, a record as a table of what it says."""
    if thing is None or isinstance(thing, str | bool | int | float | tuple | Mapping):
        return cast("Value | None", thing)
    if not isinstance(thing, Struct):
        return freeze(thing)
    said = {name: getattr(thing, name) for name in thing.__struct_fields__}
    return MappingProxyType({name: value for name, value in said.items() if value is not None})


def _record(kind: Callable[..., Any], said: Value) -> Any:
    assert isinstance(said, Mapping)
    return kind(**said)


_MAPPINGS: Mapping[str, Callable[[Answers], Mapping[str, object]]] = {
    "value": lambda answers: answers.values,
    "state": lambda answers: answers.states,
    "note": lambda answers: answers.notes,
    "seen": lambda answers: answers.seen,
    "looked": lambda answers: answers.looked,
}
_WHOLE_RECORDS: Mapping[str, Callable[..., Any]] = {"waivers": Waiver, "conflicts": Conflict}
_WHOLE = ("profile", *_WHOLE_RECORDS)


def to_text(changes: Iterable[Change]) -> str:
    """Changes as TOML, one `[[change]]` block for each."""
    return "".join(f"[[change]]\n{_keys(change)}" for change in changes)


def _keys(change: Change) -> str:
    names = ["part", "question", "old", "new", *(["at", "size"] if change.at is not None else [])]
    names += ["digest"] if change.digest else []
    said = [(name, getattr(change, name)) for name in names]
    return "".join(key_line(name, value) for name, value in said if value is not None)


def from_text(text: str) -> tuple[Change, ...]:
    """What `to_text` wrote. Raises ValueError for anything else."""
    try:
        blocks = tomli.loads(text).get("change", [])
        return tuple(_change({name: freeze(value) for name, value in block.items()}) for block in blocks)
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"not the text of a change: {error}") from None


def _change(said: dict[str, Any]) -> Change:
    return Change(
        said.pop("part"), said.pop("question"), said.pop("old", None), said.pop("new", None), **said
    )
