"""What a newer bank moved: the `[[moved]]` table of a bank, applied to the data of an answer file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.bank.model import Bank, Moved
from app.bank.versions import version_key
from app.document.migrations.formats import Data
from app.document.reading import Heading


def new_questions(bank: Bank, heading: Heading) -> frozenset[str]:
    """Ids of the questions that the bank did not ask yet when the file was written."""
    written_for = version_key(heading.bank_version)
    return frozenset(
        question_id
        for question_id, question in bank.questions.items()
        if question.since and version_key(question.since) > written_for
    )


def moves_since(bank: Bank, version: str) -> tuple[Moved, ...]:
    """What has moved since a version of the bank, oldest first."""
    newer = (moved for moved in bank.file.moved if version_key(moved.since) > version_key(version))
    return tuple(sorted(newer, key=lambda moved: version_key(moved.since)))


def move(bank: Bank, data: Data, moved: Moved) -> bool:
    """Take what `moved` names to its new place in `data`; whether there was anything to take.

    What stands at the new place already is never replaced: the old answer stays where it is.
    """
    if moved.from_.count(".") == 2:
        taken = _move_part(bank, data, moved.from_.split("."), moved.to.split("."))
    else:
        (section, name), (new_section, new_name) = moved.from_.split("."), moved.to.split(".")
        taken = _move_key(_table(data, section), name, _table(data, new_section), new_name)
        for entries in ("status", "notes"):
            table = _table(data, entries)
            taken |= _move_key(table, moved.from_, table, moved.to)
    for entry in ("waivers", "conflicts"):
        taken |= _retarget(data.get(entry), moved)
    for empty in (moved.from_.split(".")[0], moved.to.split(".")[0], "status", "notes"):
        if data.get(empty) == {}:
            del data[empty]
    return taken


def _table(data: Data | None, name: str) -> Data | None:
    """The table `name`, made when there is nothing; None when something else stands there."""
    table = None if data is None else data.setdefault(name, {})
    return table if isinstance(table, dict) else None


def _move_key(source: Data | None, name: str, target: Data | None, new_name: str) -> bool:
    if source is None or target is None or name not in source or new_name in target:
        return False
    if source is target:
        _rename(source, name, new_name)
    else:
        target[new_name] = source.pop(name)
    return True


def _rename(table: Data, name: str, new_name: str) -> None:
    """Give a key another name in its place."""
    renamed = {new_name if key == name else key: value for key, value in table.items()}
    table.clear()
    table.update(renamed)


def _move_part(bank: Bank, data: Data, old: Sequence[str], new: Sequence[str]) -> bool:
    """Take a slot of a sentence, or the cells of a column, to their new place."""
    section = _table(data, old[0]) or {}
    source = section.get(old[1])
    if isinstance(source, dict):
        target = source if new[:2] == old[:2] else _table(_table(data, new[0]), new[1])
        return _move_key(source, old[2], target, new[2])
    rows = [row for row in source if isinstance(row, dict)] if isinstance(source, list) else []
    rows = [row for row in rows if old[2] in row]
    if new[:2] == old[:2]:
        return sum(_move_key(row, old[2], row, new[2]) for row in rows) > 0
    new_section = _table(data, new[0]) if rows else None
    target_rows = None if new_section is None else new_section.setdefault(new[1], [])
    if not isinstance(target_rows, list):
        return False
    question = bank.questions.get(".".join(new[:2]))
    keys = question.key_columns if question else ()
    return sum(_move_cell(row, old[2], target_rows, new[2], keys) for row in rows) > 0


def _move_cell(row: Data, name: str, target_rows: list[Any], new_name: str, keys: Iterable[str]) -> bool:
    """Take a cell to the row with the same key, which is added when it is not there."""
    key = {column: row[column] for column in keys if column in row}
    same_key = (
        other
        for other in target_rows
        if isinstance(other, dict) and {column: other[column] for column in keys if column in other} == key
    )
    target = next(same_key, None)
    if target is None:
        target = dict(key)
        target_rows.append(target)
    return _move_key(row, name, target, new_name)


def _retarget(entries: object, moved: Moved) -> bool:
    """Let waivers and conflicts name the new place."""
    taken = False
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict):
            for key in ("target", "question"):
                said = entry.get(key)
                new = _new_name(said, moved) if isinstance(said, str) else said
                if new != said:
                    entry[key] = new
                    taken = True
            question, _, column = moved.from_.rpartition(".")
            if "." in question and (entry.get("question"), entry.get("column")) == (question, column):
                entry["question"], _, entry["column"] = moved.to.rpartition(".")
                taken = True
    return taken


def _new_name(said: str, moved: Moved) -> str:
    """`said` with the moved question renamed, also in `status.QUESTION` and before `[row]`."""
    for prefix in ("", "status.", "notes."):
        rest = said.removeprefix(prefix + moved.from_)
        if said.startswith(prefix + moved.from_) and (not rest or rest[0] in "[."):
            return prefix + moved.to + rest
    return said
