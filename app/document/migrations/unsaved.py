"""What only the journal has of a document that is migrated: its steps name places as they were before."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence

from app.bank.model import Bank
from app.document.answers import Value, freeze, thaw
from app.document.changes import Change, changed
from app.document.codec import decode, encode
from app.document.history import Step
from app.document.journal import Checkpoint, held, mark_of, settled_of
from app.document.merge import merge
from app.document.migrations.formats import Data
from app.document.migrations.migrate import Migrated, migrate_text


def migrate_document(
    bank: Bank, text: str, sha256: str, name: str, checkpoints: Sequence[Checkpoint], steps: Sequence[Step]
) -> Migrated:
    """As `migrate_text`, with the steps that the file, which has this hash, does not hold.

    When somebody else has written the file, that is merged. Raises DocumentError as `migrate_text` does,
    and ValueError when a step cannot be read.
    """

    def migrated(text: str, after: int, upto: int | None = None) -> Migrated:
        chosen = [step for step in steps if step.seq > after and (upto is None or step.seq <= upto)]
        return migrate_text(bank, text, name, before=lambda data: with_steps(data, chosen))

    mark = mark_of(checkpoints, sha256)
    if mark is not None:
        return migrated(text, mark.seq)
    theirs = migrate_text(bank, text, name)
    settled = settled_of(checkpoints)
    if settled is None or not theirs.steps:
        return theirs
    base = decode(bank, migrated(settled.text, settled.seq, held(checkpoints)).text)
    ours = decode(bank, migrated(settled.text, settled.seq).text)
    document = decode(bank, theirs.text)
    said = merge(bank, base.answers, ours.answers, document.answers).answers
    return Migrated(encode(bank, document, said).text, theirs.steps)


def with_steps(data: Data, steps: Iterable[Step]) -> Data:
    """The data of an answer file with what the steps changed, by the names that they say."""
    data = copy.deepcopy(data)
    for step in steps:
        for change in step.changes:
            _put(data, change)
    return data


def _put(data: Data, change: Change) -> None:
    section, _, name = change.question.partition(".")
    if change.part in _TABLES:
        table, key = data.setdefault(_TABLES[change.part], {}), change.question
    elif change.part == "value":
        table, key = data.setdefault(section, {}), name
    else:
        table, key = data, change.part
    if not isinstance(table, dict):  # not what a table would be; it stays
        return
    present = freeze(table[key]) if key in table else None
    new = changed(present, change)
    if change.part == "profile":
        new = _profile(present, change.old, new)
    elif change.part in ("waivers", "conflicts"):
        new = (*_entries(new), *_unread(present, change.old))
    if new is None or (not new and change.part != "value"):
        table.pop(key, None)
    else:
        table[key] = thaw(new)


def _profile(present: Value | None, old: Value | None, new: Value | None) -> Value:
    """The profile with the parts that differ; what else the file says of it may not have been read."""
    said, before, after = (dict(side) if isinstance(side, Mapping) else {} for side in (present, old, new))
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            said.pop(name, None)
            if after.get(name) and (name, after[name]) != ("template", "full"):
                said[name] = after[name]
    return freeze(said)


def _entries(value: Value | None) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else ()


def _unread(present: Value | None, read: Value | None) -> list[Value]:
    """The entries of a file besides those that were read, which stay."""
    known = [thaw(entry) for entry in _entries(read)]
    return [entry for entry in _entries(present) if thaw(entry) not in known]


_TABLES = {"state": "status", "note": "notes", "seen": "ddl_seen", "looked": "ddl_looked_at"}
