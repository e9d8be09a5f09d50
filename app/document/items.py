"""What an answer file must say, in the order of a new file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from app.bank.model import Bank
from app.document.answers import Answers, Conflict, State, Value, Waiver, are_rows
from app.document.layout import Layout, Path
from app.document.reading import Heading, read_conflict, read_state, read_waiver
from app.document.rewrite import Item


def items(
    bank: Bank, heading: Heading, answers: Answers, unread: Mapping[Path, Value], layout: Layout
) -> tuple[list[Item], frozenset[Path]]:
    """Everything the file must say, and the paths in `unread` that cannot be said beside the answers.

    `layout` is asked how the file words states and waivers, so that an unchanged one stays as it is.
    """
    said = [
        *_heading_items(heading, unread),
        *_profile_items(answers),
        *_answer_items(bank, answers),
        *_remark_items(bank, answers, _worded_states(layout)),
        *_entry_items("waivers", _waiver_values(answers.waivers, layout), unread, read_waiver),
        *_entry_items(
            "conflicts", map(conflict_value, answers.conflicts), unread, partial(read_conflict, bank)
        ),
        *(Item(("ddl_seen", table), "key", outline) for table, outline in sorted(answers.seen.items())),
        *(Item(("ddl_looked_at", place), "key", said) for place, said in sorted(answers.looked.items())),
    ]
    paths = {item.path for item in said}
    parents = {path[:1] for path in paths if len(path) > 1}
    aside: set[Path] = set()
    for path, value in unread.items():
        if path in parents or (path not in paths and path[:1] in paths):
            aside.add(path)
        elif path not in paths:
            said.append(_item(path, value))
        elif path in (("waivers",), ("conflicts",)) and not isinstance(value, tuple):
            aside.add(path)
    return _in_file_order(bank, said), frozenset(aside)


def _in_file_order(bank: Bank, said: list[Item]) -> list[Item]:
    """Keys of the whole file first, then section by section its keys before its tables.

    TOML gives a key to the table above it, so no other order would say the same.
    """
    names = ["bank", "profile", *(section.id for section in bank.sections)]
    last = ("status", "notes", "waivers", "conflicts", "ddl_seen", "ddl_looked_at")
    others = [item.path[0] for item in said if item.path[0] not in last]
    rank = {name: at for at, name in enumerate(dict.fromkeys([*names, *others, *last]))}

    def place(item: Item) -> tuple[bool, int, bool]:
        is_root_key = len(item.path) == 1 and item.kind == "key"
        return (not is_root_key, -1 if item.path == ("format",) else rank[item.path[0]], item.kind != "key")

    return sorted(said, key=place)


def _heading_items(heading: Heading, unread: Mapping[Path, Value]) -> Iterator[Item]:
    for path, value in (
        (("format",), heading.format),
        (("bank", "id"), heading.bank_id),
        (("bank", "version"), heading.bank_version),
    ):
        if path not in unread and path[:1] not in unread:
            yield Item(path, "key", value)


def _profile_items(answers: Answers) -> Iterator[Item]:
    profile = answers.profile
    for name, value in (
        ("change_types", profile.change_types),
        ("risk", profile.risk),
        ("traits", profile.traits),
        ("template", "" if profile.template == "full" else profile.template),
    ):
        if value:
            yield Item(("profile", name), "key", value)


def _answer_items(bank: Bank, answers: Answers) -> Iterator[Item]:
    for question_id, question in bank.questions.items():
        value = answers.values.get(question_id)
        if value is None:
            continue
        path = tuple(question_id.split(".", 1))
        if question.has_rows and _are_rows(value):
            yield Item(path, "block", value)
        elif question.kind == "sentence" and isinstance(value, Mapping):
            yield Item(path, "table", value)
        else:
            yield Item(path, "key", value)


def _are_rows(value: Value) -> bool:
    return isinstance(value, tuple) and bool(value) and are_rows(value)


def _item(path: Path, value: Value) -> Item:
    """An item for something the bank does not know, in the form that its value suggests."""
    if isinstance(value, Mapping):
        return Item(path, "table" if len(path) > 1 else "header", value)
    return Item(path, "block" if _are_rows(value) else "key", value)


def _remark_items(bank: Bank, answers: Answers, worded: Mapping[str, Value]) -> Iterator[Item]:
    """States and notes in interview order."""
    rank = {question_id: position for position, question_id in enumerate(bank.questions)}

    def in_order(ids: Iterable[str]) -> list[str]:
        return sorted(ids, key=lambda question_id: rank.get(question_id, len(rank)))

    for question_id in in_order(answers.states):
        state = answers.states[question_id]
        value = worded.get(question_id)
        if value is None or read_state(value) != state:
            value = state_value(state)
        yield Item(("status", question_id), "key", value)
    for question_id in in_order(answers.notes):
        yield Item(("notes", question_id), "key", answers.notes[question_id])


def _worded_states(layout: Layout) -> dict[str, Value]:
    return {f.path[1]: f.value for f in layout.fragments if f.path[0] == "status" and len(f.path) == 2}


def _worded_waivers(layout: Layout) -> dict[Waiver, Value]:
    said = [f for f in layout.fragments if f.path == ("waivers",) and f.kind != "header"]
    rows: list[Value] = []
    for fragment in said:
        rows += fragment.value if isinstance(fragment.value, tuple) else (fragment.value,)
    return {waiver: row for row in rows if (waiver := read_waiver(row)) is not None}


def _waiver_values(waivers: Sequence[Waiver], layout: Layout) -> list[Value]:
    worded = _worded_waivers(layout)
    return [worded.get(waiver) or waiver_value(waiver) for waiver in waivers]


def _entry_items(
    name: str, values: Iterable[Value], unread: Mapping[Path, Value], read: Callable[[Value], object]
) -> Iterator[Item]:
    """The entries of a list, with rows among them that `read` did not understand, in their places."""
    rows, as_it_was = list(values), unread.get((name,))
    if isinstance(as_it_was, tuple):
        for position, row in enumerate(as_it_was):
            if read(row) is None:
                rows.insert(position, row)
    if rows:
        yield _item((name,), tuple(rows))


def conflict_value(conflict: Conflict) -> Value:
    """A conflict as an entry of `[[conflicts]]`; a side that says nothing is left out."""
    names = ("question", "row", "column", "base", "ours", "theirs")
    said: dict[str, Value | None] = {name: getattr(conflict, name) for name in names}
    return MappingProxyType({name: value for name, value in said.items() if value is not None})


def state_value(state: State) -> Value:
    """A state as an entry of `[status]`."""
    said: dict[str, Value] = {"state": state.state}
    for name in ("reason", "note", "owner"):
        if getattr(state, name):
            said[name] = getattr(state, name)
    if state.until is not None:
        said["until"] = state.until
    return MappingProxyType(said)


def waiver_value(waiver: Waiver) -> Value:
    """A waiver as an entry of `[[waivers]]`."""
    said: dict[str, Value] = {
        "code": waiver.code,
        "target": waiver.target,
        "reason": waiver.reason,
        "owner": waiver.owner,
    }
    if waiver.expires is not None:
        said["expires"] = waiver.expires
    return MappingProxyType(said)
